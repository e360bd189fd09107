// Trying again: the one loop, for every receiver and every API. It waits by the clock that it is given and never beyond
// the deadline.
import type { Clock, EpochMs, Seconds } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import type { HttpAnswer } from './exchange.ts';

/** Seconds before the first retry; doubled each time, with jitter of half of it. */
const firstBackoff: Seconds = 0.1;

/** Seconds that are waited for at most, unless the far side asks for more. */
const maxBackoff: Seconds = 5;

/** How long and how often is tried. */
export type RetryOptions<T> = {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly deadline: Deadline;
  /** Whether a result is worth another attempt, and after how many seconds at least. */
  readonly again: (result: T) => false | { readonly afterSeconds?: Seconds | undefined };
  /** Attempts at most; unset: until the deadline leaves no time. */
  readonly maxAttempts?: number;
  /** A number from 0 to 1 for jitter. */
  readonly random?: (() => number) | undefined;
};

/** The last result: the first that is not worth another attempt, or the one after which no attempt or no time was left. */
export async function retry<T>(
  attempt: () => Promise<T>,
  { again, clock, deadline, maxAttempts = Number.POSITIVE_INFINITY, random }: RetryOptions<T>,
): Promise<T> {
  for (let made = 1; ; made += 1) {
    const result = await attempt();
    const more = again(result);
    if (more === false || made >= maxAttempts) return result;
    const wait = Math.max(more.afterSeconds ?? 0, backoffOf(made - 1, random));
    if (deadline.signal.aborted || wait >= deadline.remaining()) return result;
    try {
      await clock.sleep(wait, deadline.signal);
    } catch {
      // Time is up: the deadline's own error would hide why there was a wait.
      return result;
    }
  }
}

/** The wait before retry `attempt` (from 0). */
export function backoffOf(attempt: number, random: () => number = Math.random): Seconds {
  return Math.min(maxBackoff, firstBackoff * 2 ** attempt) * (0.5 + random() / 2);
}

/**
 * Seconds that an answer asks to wait, given as seconds or as a date (RFC 9110, 10.2.3); undefined when it does not.
 * @param now where the answer has no date of its own: its clock may be hours off, and the date to wait for is by that clock.
 */
export function readRetryAfter({ headers }: HttpAnswer, now: EpochMs): Seconds | undefined {
  const text = headers['retry-after'];
  if (typeof text !== 'string') return undefined;
  if (/^\s*\d+\s*$/.test(text)) return Number(text);
  // Date would read a month or a year out of any text with a number.
  const date = /^\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(date)) return undefined;
  const answered = Date.parse(String(headers.date));
  return Math.max(0, (date - (Number.isNaN(answered) ? now : answered)) / 1000);
}
