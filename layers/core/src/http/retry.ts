// Waiting between attempts, the same for every receiver.
import type { Seconds } from '../clock.ts';
import type { Deadline } from '../deadline.ts';

/** Seconds before the first retry; doubled each time, with jitter of half of it. */
const firstBackoff: Seconds = 0.1;

/** Seconds that are waited for at most. */
const mostBackoff: Seconds = 5;

/** The wait before retry `attempt` (from 0). */
export function backoffOf(attempt: number, random = Math.random): Seconds {
  return Math.min(mostBackoff, firstBackoff * 2 ** attempt) * (0.5 + random() / 2);
}

/** Waits, but not beyond the deadline. @returns false when the deadline leaves no time for it. */
export async function waitWithin(seconds: Seconds, deadline: Deadline): Promise<boolean> {
  if (deadline.signal.aborted || seconds >= deadline.remaining()) return false;
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return !deadline.signal.aborted;
}
