// A clock that a test owns: sleeping takes no real time, and of several sleepers the one that is due first wakes first.
import {
  type Clock,
  type EpochMs,
  type Seconds,
  systemClock,
} from '../../layers/core/src/clock.ts';

/** A clock whose time only passes by sleeping or by hand. */
export type FakeClock = Clock & {
  /** Every sleep that was begun, in seconds, in order. */
  readonly slept: readonly Seconds[];
  /** Lets time pass without anybody sleeping. */
  pass(seconds: Seconds): void;
};

type Sleeper = { readonly until: Seconds; wake(): void };

/** A clock that begins at `start` (2023-11-14T22:13:20Z when unset). */
export function createFakeClock(start: EpochMs = 1_700_000_000_000): FakeClock {
  let elapsed: Seconds = 0;
  const slept: Seconds[] = [];
  const sleepers: Sleeper[] = [];
  const wakeNext = () => {
    const [next] = sleepers.sort((a, b) => a.until - b.until).splice(0, 1);
    if (next === undefined) return;
    elapsed = Math.max(elapsed, next.until);
    next.wake();
  };
  return {
    slept,
    now: () => start + elapsed * 1000,
    monotonic: () => elapsed,
    sleep: (seconds, signal) => {
      slept.push(seconds);
      return new Promise((resolve, reject) => {
        if (signal?.aborted) reject(signal.reason);
        sleepers.push({ until: elapsed + Math.max(0, seconds), wake: resolve });
        // Whoever works meanwhile gets its turns first.
        setImmediate(() => setImmediate(wakeNext));
      });
    },
    pass: (seconds) => {
      elapsed += seconds;
    },
  };
}

/** The system's stopwatch and waits with another calendar. */
export function withCalendar(now: () => EpochMs): Clock {
  return { ...systemClock, now };
}
