// What the janitor has seen stale, kept in a group of its own at the Pushgateway: the function itself forgets. All times
// are of the Pushgateway's clock.
import {
  type Deadline,
  deleteGroup,
  groupKey,
  type Pushgateway,
  pushSamples,
  type Seconds,
  type StoredGroup,
  sample,
} from '@fargaze/core/internal';
import type { Judgement } from './judge.ts';

/** The job of the group that holds the memory. */
export const memoryJob = 'fargaze-janitor';

const metric = 'fargaze_janitor_stale_since_timestamp_seconds';

/** Since when a group is known to be stale, by `groupKey`. */
export type Memory = ReadonlyMap<string, Seconds>;

/** A group that is stale. */
export type StaleGroup = {
  readonly group: StoredGroup;
  readonly reason: Judgement;
  readonly since: Seconds;
};

/** What `owner`'s janitor remembers in `groups`; undefined where it has no group. */
export function findMemory(groups: readonly StoredGroup[], owner: string): Memory | undefined {
  const own = groups.find(({ labels }) => labels.job === memoryJob && labels.instance === owner);
  if (own === undefined) return undefined;
  return new Map(
    own.series(metric).map(({ labels, value }) => {
      const { stale_instance: instance = '', stale_job: job = '' } = labels;
      return [groupKey({ job, instance }), value];
    }),
  );
}

/** Keeps what is `stale`, as of `now`. Nothing that is stale needs no group. */
export async function keepMemory(
  gateway: Pushgateway,
  about: { readonly owner: string; readonly now: Seconds; readonly stale: readonly StaleGroup[] },
  deadline: Deadline,
): Promise<void> {
  const { now, owner, stale } = about;
  const grouping = { job: memoryJob, instance: owner };
  if (stale.length === 0) {
    await deleteGroup(gateway, grouping, deadline);
    return;
  }
  const samples = stale.map(({ group, since }) => {
    const { instance = '', job = '' } = group.labels;
    return sample(metric, { stale_job: job, stale_instance: instance }, since);
  });
  samples.push(sample('fargaze_group_timestamp_seconds', { owner }, now));
  await pushSamples(gateway, { group: { grouping, samples }, conflicts: new Map() }, deadline);
}
