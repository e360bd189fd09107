// The one place that reads a clock and waits. Everything else is handed a Clock, so that tests can own time.

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number & { readonly __unit?: 'epoch-ms' };

/** Seconds since 1970-01-01T00:00:00Z. */
export type EpochSeconds = number & { readonly __unit?: 'epoch-s' };

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

/** Milliseconds for a timer, 24.8 days at most: beyond 2^31 - 1 Node's would fire at once. */
export function timerMs(seconds: Seconds): number {
  return Math.min(2 ** 31 - 1, Math.max(0, Math.ceil(seconds * 1000)));
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now() / 1000,
  sleep: (seconds, signal) =>
    new Promise((resolve, reject) => {
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, timerMs(seconds));
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    }),
};

let lastTurn: Promise<void> = Promise.resolve();

/** Resolves in a turn of the event loop that nobody else who asked has: timers and sockets get theirs in between. */
export function nextTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => new Promise((resolve) => void setImmediate(resolve)));
  return lastTurn;
}

/** Calls `tick` about every `seconds` until the function that it answers with is called; keeps no process alive. */
export function every(seconds: Seconds, tick: () => void): () => void {
  const timer = setInterval(tick, timerMs(seconds));
  timer.unref();
  return () => clearInterval(timer);
}
