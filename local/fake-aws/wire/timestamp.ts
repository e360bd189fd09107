// An instant in an answer: each wire protocol writes it in its own way, so handlers never format one.
import type { EpochSeconds } from '../../../layers/core/src/clock.ts';

/** Marks a number of an answer as an instant. JSON writes it as epoch seconds by itself. */
export class Timestamp {
  readonly seconds: EpochSeconds;

  constructor(seconds: EpochSeconds) {
    this.seconds = seconds;
  }

  /** What JSON.stringify writes: epoch seconds. */
  toJSON(): EpochSeconds {
    return this.seconds;
  }
}

/** A timestamp when the instant is known and not in the future of `now`; otherwise undefined. */
export function stampIfPast(
  seconds: EpochSeconds | undefined,
  now: EpochSeconds,
): Timestamp | undefined {
  return seconds === undefined || seconds > now ? undefined : new Timestamp(seconds);
}
