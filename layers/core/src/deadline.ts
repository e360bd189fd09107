// A point in time after which nothing may still be under way. Built once per invocation, sliced per stage.
import { setMaxListeners } from 'node:events';
import { type Clock, type Seconds, timerMs } from './clock.ts';

/** Aborts when time is up. `close()` in a `finally` releases its timer. */
export interface Deadline {
  /** Aborted at the deadline or when the parent's deadline passes; `reason` is a {@link DeadlineExceeded}. */
  readonly signal: AbortSignal;
  /** Seconds left, never negative. */
  remaining(): Seconds;
  /** A deadline at most `seconds` from now and never later than this one. */
  slice(seconds: Seconds): Deadline;
  /** Releases the timer and the tie to the parent; the signal then never aborts. */
  close(): void;
}

/** The reason that a deadline's signal aborts with. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
  /** The length in seconds of the deadline that passed. */
  readonly seconds: Seconds;

  constructor(seconds: Seconds) {
    super(`deadline of ${formatSeconds(seconds)} exceeded`);
    this.seconds = seconds;
  }
}

/**
 * A deadline `seconds` from now (0 or less: already passed; it aborts after 24.8 days at most).
 * @throws RangeError when `seconds` is not a finite number.
 */
export function startDeadline(seconds: Seconds, clock: Clock, parent?: AbortSignal): Deadline {
  if (!Number.isFinite(seconds)) {
    throw new RangeError(`deadline of ${seconds} seconds, want a finite number`);
  }
  const length = Math.max(0, seconds);
  const end = clock.monotonic() + length;
  const controller = new AbortController();
  // Every probe under way listens; Node would take more than ten for a leak.
  setMaxListeners(0, controller.signal);
  const expire = () => controller.abort(new DeadlineExceeded(length));
  const inherit = () => controller.abort(parent?.reason);
  const timer = setTimeout(expire, timerMs(length));
  const close = () => {
    clearTimeout(timer);
    parent?.removeEventListener('abort', inherit);
  };
  if (length === 0) expire();
  if (parent?.aborted) inherit();
  else parent?.addEventListener('abort', inherit, { once: true });
  // A timer may be a fraction of a millisecond early.
  const remaining = () => (controller.signal.aborted ? 0 : Math.max(0, end - clock.monotonic()));
  return {
    signal: controller.signal,
    remaining,
    slice: (part) => startDeadline(Math.min(part, remaining()), clock, controller.signal),
    close,
  };
}

/** Settles as `work` does, or rejects with the deadline's reason if that comes first. */
export function raceDeadline<T>(work: Promise<T>, { signal }: Deadline): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    const settle = () => signal.removeEventListener('abort', abort);
    work.then(resolve, reject).finally(settle);
  });
}

function formatSeconds(seconds: Seconds): string {
  return `${Math.round(seconds * 1000) / 1000}s`;
}
