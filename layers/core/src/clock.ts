// The one place that reads a clock and waits. Everything else is handed a Clock, so that tests can own time.
import { setTimeout } from 'node:timers/promises';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & { readonly __unit?: 'epoch-ms' };

/** A duration or monotonic reading in seconds. */
export type Seconds = number & { readonly __unit?: 's' };

/** Two readings of time: the calendar and a stopwatch that never runs backwards. */
export interface Clock {
  /** Wall clock, for timestamps only; it may jump. */
  now(): EpochMs;
  /** Monotonic seconds since an arbitrary start, microsecond resolution; for durations only. */
  monotonic(): Seconds;
  /** Resolves after `seconds` (0 or less: at once); rejects with the signal's reason as soon as it aborts. */
  sleep(seconds: Seconds, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now() / 1000,
  sleep: async (seconds, signal) => {
    try {
      await setTimeout(Math.max(0, seconds) * 1000, undefined, { signal });
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
