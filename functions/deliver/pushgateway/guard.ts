// Puts groups into a store that replaces without looking, so that the newest stays although several do so at once.
// The store has no compare-and-set. What stands in for it: a put ends within `window` of the reading that allowed it, and
// nobody is done before a reading, `window` and `margin` after the last put, still shows theirs (docs/adr/0009).
import {
  type Clock,
  ConfigError,
  type Deadline,
  DeliveryError,
  type Group,
  groupKey,
  mapConcurrently,
  type Seconds,
  startDeadline,
} from '@fargaze/core/internal';

/** A group and when it was taken. */
export type TimedGroup = { readonly group: Group; readonly taken: Seconds };

/** A group that the store holds. */
export type Held = {
  readonly taken: Seconds;
  /** When it was put, by the store's own clock; NaN where that is not known. */
  readonly put: Seconds;
};

/** The store, as far as the guard needs it. */
export type Store = {
  /** Every group that is held, by `groupKey`. */
  read(deadline: Deadline): Promise<ReadonlyMap<string, Held>>;
  put(group: TimedGroup, deadline: Deadline): Promise<void>;
};

/** How long a put may take from the reading that allowed it, and what is waited beyond that. */
export type Settling = { readonly window: Seconds; readonly margin: Seconds };

/** What became of a group. */
export type GroupResult = TimedGroup & {
  readonly outcome: 'pushed' | 'superseded' | 'failed' | 'refused';
  /** How often it was put again because an older one had replaced it. */
  readonly repaired: number;
  readonly error?: unknown;
};

/** What the guard works with. */
export type GuardEnvironment = {
  readonly store: Store;
  readonly clock: Clock;
  readonly deadline: Deadline;
  readonly settling: Settling;
};

/** Puts under way at once. */
const concurrency = 8;

/** Seconds by which clocks may differ. Beyond that, a time is an error of whoever took it, and no reason to keep what holds it. */
const plausibleAhead: Seconds = 3600;

/** Whether a refusal is about what was sent and not about who sends, where, or when. */
export function isFinal(error: unknown): boolean {
  return error instanceof DeliveryError && [400, 413, 422].includes(error.status ?? 0);
}

type Work = {
  readonly timed: TimedGroup;
  outcome?: GroupResult['outcome'];
  /** Monotonic time since when our group is known to be there. */
  since?: Seconds | undefined;
  /** A slow reading has shown our group already. */
  doubted: boolean;
  repaired: number;
  /** Of the latest round. */
  error?: unknown;
  /** Of the latest round that had the time to say what is wrong. */
  cause?: unknown;
};

/** Puts every group that is newer than what the store holds. Keys must differ. Settles by the deadline; never throws. */
export async function putNewest(
  groups: readonly TimedGroup[],
  env: GuardEnvironment,
): Promise<GroupResult[]> {
  const works = groups.map((timed): Work => ({ timed, doubted: false, repaired: 0 }));
  const pressure: Pressure = { until: 0 };
  for (let open = works; open.length > 0; open = works.filter(({ outcome }) => !outcome)) {
    await runRound(open, env, pressure);
    const left = works.filter(({ outcome }) => !outcome);
    if (left.length > 0 && !(await pause(left, env, pressure))) {
      for (const work of left) work.outcome = 'failed';
    }
  }
  return works.map(({ cause, error = cause, outcome = 'failed', repaired, timed }) => ({
    ...timed,
    outcome,
    repaired,
    ...(error !== undefined && { error: cause ?? error }),
  }));
}

/** Until when, by the monotonic clock, the store wants to be left alone. */
type Pressure = { until: Seconds };

/** Keeps what an error says of when to come again. */
function notePressure(error: unknown, { clock }: GuardEnvironment, pressure: Pressure): void {
  if (!(error instanceof DeliveryError) || error.afterSeconds === undefined) return;
  pressure.until = Math.max(pressure.until, clock.monotonic() + error.afterSeconds);
}

/** One reading, and the puts that it allows; the first put whose store asks to wait stops those that follow. */
async function runRound(
  open: readonly Work[],
  env: GuardEnvironment,
  pressure: Pressure,
): Promise<void> {
  const begun = env.clock.monotonic();
  const most = Math.min(env.settling.window, env.deadline.remaining());
  const window = startDeadline(most, env.clock, env.deadline.signal);
  const note = (work: Work, error: unknown) => {
    work.error = error;
    notePressure(error, env, pressure);
    // A secret that cannot be read is not there a second later either: the queue brings the group again.
    if (error instanceof ConfigError) work.outcome = 'failed';
    // A round that the end of the run cuts short says less of the store than the one before.
    if (most === env.settling.window || !window.signal.aborted) work.cause = error;
  };
  try {
    const held = await env.store.read(window);
    for (const work of open) work.error = undefined;
    const seconds = env.clock.monotonic() - begun;
    const due = open.filter((work) => mustBePut(work, held, { env, begun, seconds }));
    await mapConcurrently(due, concurrency, async (work) => {
      if (env.clock.monotonic() >= pressure.until) await put(work, { env, window, note });
    });
  } catch (error) {
    for (const work of open) note(work, error);
  } finally {
    window.close();
  }
}

type Reading = {
  readonly env: GuardEnvironment;
  readonly begun: Seconds;
  readonly seconds: Seconds;
};

/** Judges one group by a reading. @returns whether it has to be put. */
function mustBePut(work: Work, held: ReadonlyMap<string, Held>, reading: Reading): boolean {
  const { env, begun, seconds } = reading;
  const { group, taken } = work.timed;
  const there = held.get(groupKey(group.grouping));
  if (there !== undefined && there.taken > taken && !isImpossible(there, taken)) {
    work.outcome = 'superseded';
    return false;
  }
  if (there?.taken !== taken) {
    // Ours was there and is from an impossible future itself: what has replaced it is better.
    if (work.since !== undefined && there !== undefined) {
      if (isImpossible({ taken, put: there.put }, there.taken)) {
        work.outcome = 'superseded';
        return false;
      }
    }
    if (work.since !== undefined) work.repaired += 1;
    work.since = undefined;
    work.doubted = false;
    return true;
  }
  const { margin, window } = env.settling;
  if (work.since === undefined) {
    work.since = begun + seconds;
  } else if (begun - work.since >= window + margin) {
    // A store that answers slowly may have requests waiting: those who came before this reading are done at the next.
    if (seconds <= margin || work.doubted) work.outcome = 'pushed';
    work.doubted = true;
  }
  return false;
}

/**
 * Whether a group is from a future that cannot be: by the store's clock, and by the other group's. The reader's clock does
 * not count: an older result must not win because the function's clock is wrong.
 */
function isImpossible({ put, taken }: Held, other: Seconds): boolean {
  return taken > put + plausibleAhead && taken > other + plausibleAhead;
}

type Round = {
  readonly env: GuardEnvironment;
  readonly window: Deadline;
  note(work: Work, error: unknown): void;
};

async function put(work: Work, { env, note, window }: Round): Promise<void> {
  // By the clock too: where the process was held up, the signal may be late.
  if (window.signal.aborted || window.remaining() <= 0) return;
  try {
    await env.store.put(work.timed, window);
    work.since = env.clock.monotonic();
    work.cause = undefined;
  } catch (error) {
    note(work, error);
    if (isFinal(error) || error instanceof RangeError) work.outcome = 'refused';
  }
}

/** Waits until the next reading can show something and is welcome. @returns false when the deadline comes before. */
async function pause(
  left: readonly Work[],
  { clock, deadline, settling }: GuardEnvironment,
  pressure: Pressure,
) {
  const now = clock.monotonic();
  const waits = left.map(({ error, since }) => {
    const settled = since === undefined ? 0 : since + settling.window + settling.margin - now;
    return error === undefined ? settled : Math.max(settled, settling.margin);
  });
  const seconds = Math.max(0.01, Math.min(...waits), pressure.until - now);
  if (deadline.signal.aborted || seconds >= deadline.remaining()) return false;
  await clock.sleep(seconds);
  return !deadline.signal.aborted;
}
