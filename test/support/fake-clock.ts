// A clock that a test owns: sleeping moves it and takes no real time.
import {
  type Clock,
  type EpochMs,
  type Seconds,
  systemClock,
} from '../../layers/core/src/clock.ts';

/** A clock whose time only passes by sleeping or by hand. */
export type FakeClock = Clock & {
  /** Every sleep, in seconds, in order. */
  readonly slept: readonly Seconds[];
  /** Lets time pass without anybody sleeping. */
  pass(seconds: Seconds): void;
};

/** A clock that begins at `start` (2023-11-14T22:13:20Z when unset). */
export function createFakeClock(start: EpochMs = 1_700_000_000_000): FakeClock {
  let elapsed: Seconds = 0;
  const slept: Seconds[] = [];
  return {
    slept,
    now: () => start + elapsed * 1000,
    monotonic: () => elapsed,
    sleep: async (seconds, signal) => {
      signal?.throwIfAborted();
      slept.push(seconds);
      elapsed += Math.max(0, seconds);
      // Whoever waits for sockets at the same time gets a turn.
      await new Promise((resolve) => setImmediate(resolve));
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
