// Where results go: to the Pushgateway, or, beyond what that carries, by remote write with their own times. A result
// that has moved leaves no group behind: Prometheus would go on scraping it, and show old beside new.
import {
  ConfigError,
  type Deadline,
  deleteGroup,
  type Group,
  groupKey,
  mapConcurrently,
  type Pushgateway,
  type Receivers,
  readEnv,
  type Seconds,
} from '@fargaze/core/internal';
import { createStore } from './pushgateway/store.ts';

/** What decides. */
export type Route = { readonly receivers: Receivers; readonly by: 'pushgateway' | 'remote-write' };

/** Seconds between two results up to which Prometheus shows the last one until the next: it looks back five minutes. */
const shownInterval: Seconds = 120;

/** Deletes under way at once. */
const concurrency = 8;

/**
 * How the environment wants results to be delivered (`FARGAZE_RESULTS`).
 * @throws ConfigError for an unknown way, or where the receiver that it needs is not configured.
 */
export function readRoute(receivers: Receivers): Route {
  const by = readEnv('FARGAZE_RESULTS') ?? 'pushgateway';
  const path = 'FARGAZE_RESULTS';
  if (by !== 'pushgateway' && by !== 'remote-write') {
    const message = `got ${JSON.stringify(by)}, want pushgateway or remote-write`;
    throw new ConfigError('environment', [{ path, message }]);
  }
  if (by === 'remote-write' && receivers.remoteWrite === undefined) {
    const message = 'is remote-write, but FARGAZE_REMOTE_WRITE_URL is unset';
    throw new ConfigError('environment', [{ path, message }]);
  }
  return { receivers, by };
}

/** What the bridge reads of ECS, each minute; it ends what has gone by itself. */
const ecsJob = 'fargaze-ecs';

/** Whether a group goes by remote write. Results that come rarely would disappear in between: they stay. */
export function goesByRemoteWrite({ grouping, samples }: Group, { by, receivers }: Route): boolean {
  if (receivers.pushgateway === undefined) return true;
  if (by === 'remote-write' && grouping.job === ecsJob) return true;
  const interval = samples.find(({ metric }) => metric === 'probe_interval_seconds')?.value;
  return by === 'remote-write' && interval !== undefined && interval <= shownInterval;
}

/**
 * Deletes what the Pushgateway still holds of `groups`, of which `moved` remembers those that are known to be gone.
 * @throws DeliveryError when it cannot be asked, or some could not be deleted.
 */
export async function leavePushgateway(
  groups: readonly Group[],
  about: { readonly pushgateway: Pushgateway; readonly moved: Set<string> },
  deadline: Deadline,
): Promise<void> {
  const { moved, pushgateway } = about;
  const open = groups.filter(({ grouping }) => !moved.has(groupKey(grouping)));
  if (open.length === 0) return;
  const held = await createStore(pushgateway, '').read(deadline);
  await mapConcurrently(open, concurrency, async ({ grouping }) => {
    const key = groupKey(grouping);
    if (held.has(key)) await deleteGroup(pushgateway, grouping, deadline);
    moved.add(key);
  });
}
