// The Pushgateway as the guard's store: one reading shows when every group was taken. Where somebody else has pushed a
// metric of ours with another type, that metric is left out, so that the rest is stored and can be scraped.
import {
  type Conflicts,
  type Deadline,
  DeliveryError,
  findSeries,
  groupKey,
  isOwnMetric,
  markOwner,
  messageOf,
  type Pushgateway,
  pushSamples,
  readGroups,
  readPushgatewayPath,
  type Seconds,
  type StoredGroup,
  timeMetrics,
} from '@fargaze/core/internal';
import type { Held, Store } from './guard.ts';

/** A store that knows what it had to leave out. */
export type PushgatewayStore = Store & {
  /** How many groups were put without each metric, and why. */
  readonly leftOut: ReadonlyMap<string, { readonly groups: number; readonly why: string }>;
};

/** The store at `gateway`; what is put there is marked as `owner`'s. */
export function createStore(gateway: Pushgateway, owner: string): PushgatewayStore {
  const conflicts: Conflicts = new Map();
  const leftOut = new Map<string, { groups: number; why: string }>();
  return {
    leftOut,
    read: async (deadline) => {
      try {
        const { text } = await readPushgatewayPath(gateway, '/metrics', deadline);
        for (const [metric, why] of findOtherTypes(text)) conflicts.set(metric, why);
        return readTimes(text);
      } catch (error) {
        return await readContradiction(error, { gateway, conflicts, deadline });
      }
    },
    put: async ({ group, taken }, deadline) => {
      const marked = markOwner(group, taken, owner);
      for (const [metric, why] of await pushSamples(
        gateway,
        { group: marked, conflicts },
        deadline,
      )) {
        leftOut.set(metric, { why, groups: (leftOut.get(metric)?.groups ?? 0) + 1 });
      }
    },
  };
}

type Contradiction = {
  readonly gateway: Pushgateway;
  readonly conflicts: Conflicts;
  readonly deadline: Deadline;
};

/** A Pushgateway that does not check what it takes answers 500 where it holds two types of one metric. */
async function readContradiction(
  error: unknown,
  { conflicts, deadline, gateway }: Contradiction,
): Promise<Map<string, Held>> {
  if (!(error instanceof DeliveryError) || error.status !== 500) throw error;
  const { groups } = await readGroups(gateway, deadline);
  for (const metric of groups.flatMap(({ clashing }) => clashing)) {
    conflicts.set(metric, messageOf(error));
  }
  return new Map(groups.flatMap(toHeld));
}

function toHeld({ labels, pushed, taken }: StoredGroup): [string, Held][] {
  const key = keyOf(labels);
  return key === undefined || taken === undefined ? [] : [[key, { taken, put: pushed }]];
}

/** A group with a further label in its key is not one of fargaze's, whatever it holds. */
function keyOf({ instance, job, ...others }: Readonly<Record<string, string>>): string | undefined {
  if (job === undefined || instance === undefined || Object.keys(others).length > 0) return;
  return groupKey({ job, instance });
}

const mark = 'fargaze_group_timestamp_seconds';
const pushTime = 'push_time_seconds';
const wanted: ReadonlySet<string> = new Set([...timeMetrics, pushTime]);

/** Metrics of ours that somebody else has pushed with another type, and with which. */
function findOtherTypes(text: string): Conflicts {
  const found: Conflicts = new Map();
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (?!gauge$)(\S+)/gm)) {
    if (isOwnMetric(name)) found.set(name, `somebody else pushed it as ${type}, ours is a gauge`);
  }
  return found;
}

/** When each group of fargaze in Prometheus text was taken and put. The mark counts, else the latest time. */
export function readTimes(text: string): Map<string, Held> {
  const put = new Map<string, Seconds>();
  const marked = new Map<string, Seconds>();
  const latest = new Map<string, Seconds>();
  for (const { labels, metric, value } of findSeries(text, wanted)) {
    const { owner: _, ...rest } = labels;
    const key = keyOf(metric === mark ? rest : labels);
    if (key === undefined) continue;
    if (metric === pushTime) put.set(key, value);
    else if (metric === mark) marked.set(key, value);
    else latest.set(key, Math.max(value, latest.get(key) ?? value));
  }
  return new Map(
    [...latest, ...marked].map(([key, taken]) => [key, { taken, put: put.get(key) ?? Number.NaN }]),
  );
}
