// Deletes stale groups so that no push is lost: a Pushgateway deletes whatever it holds, so a delete ends within `window`
// of the reading that allowed it. `deliver` looks again later than that, and puts what is gone once more.
import {
  type Clock,
  type Deadline,
  DeliveryError,
  deleteGroup,
  groupKey,
  messageOf,
  type Pushgateway,
  readGroups,
  type Seconds,
  type StoredGroup,
  startDeadline,
} from '@fargaze/core/internal';
import type { StaleGroup } from './memory.ts';

/** Seconds from the begin of a reading to the end of the last delete that it allows; as deliver's puts have. */
const window: Seconds = 2;

/** Where and until when is deleted. */
export type Sweep = {
  readonly pushgateway: Pushgateway;
  readonly clock: Clock;
  readonly deadline: Deadline;
};

/** What became of a group that was to be deleted. */
export type Swept = StaleGroup & {
  readonly outcome: 'deleted' | 'renewed' | 'failed';
  readonly why?: string;
};

/** Deletes those of `stale` that have not been pushed since. Never throws; what could not be deleted says why. */
export async function sweepGroups(stale: readonly StaleGroup[], sweep: Sweep): Promise<Swept[]> {
  const swept: Swept[] = [];
  let open = stale;
  while (open.length > 0) {
    const done = await sweepOnce(open, sweep);
    swept.push(...done);
    open = open.slice(done.length);
  }
  return swept;
}

/** One reading, and what it allows; at least the first of `open` is done with. */
async function sweepOnce(open: readonly StaleGroup[], sweep: Sweep): Promise<Swept[]> {
  const { clock, deadline, pushgateway } = sweep;
  const allowed = startDeadline(Math.min(window, deadline.remaining()), clock, deadline.signal);
  const swept: Swept[] = [];
  try {
    const { groups } = await readGroups(pushgateway, allowed);
    const held = new Map(groups.map((group) => [keyOf(group), group.pushed]));
    for (const stale of open) {
      if (allowed.remaining() <= 0) break;
      swept.push(await deleteStale(stale, { held, pushgateway, allowed }));
    }
  } catch (error) {
    return open.map((stale) => ({ ...stale, outcome: 'failed', why: messageOf(error) }));
  } finally {
    allowed.close();
  }
  if (swept.length > 0) return swept;
  const why = `the Pushgateway needs more than ${window} s to show its groups, so none can be deleted safely`;
  return open.map((stale) => ({ ...stale, outcome: 'failed', why }));
}

type Reading = {
  readonly held: ReadonlyMap<string, Seconds>;
  readonly pushgateway: Pushgateway;
  readonly allowed: Deadline;
};

async function deleteStale(stale: StaleGroup, reading: Reading): Promise<Swept> {
  const { allowed, held, pushgateway } = reading;
  if (held.get(keyOf(stale.group)) !== stale.group.pushed) return { ...stale, outcome: 'renewed' };
  try {
    await deleteGroup(pushgateway, stale.group.labels, allowed);
    return { ...stale, outcome: 'deleted' };
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    return { ...stale, outcome: 'failed', why: messageOf(error) };
  }
}

/** By the whole key: a group with a further label is another one. */
function keyOf({ labels: { instance = '', job = '', ...others } }: StoredGroup): string {
  return `${groupKey({ job, instance })}${JSON.stringify(Object.entries(others).sort())}`;
}
