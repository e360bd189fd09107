// How long CloudWatch may still change what it shows.
import type { Seconds } from '@fargaze/core/internal';

/** CloudWatch publishes and revises points for so long after they begin: of load balancers for some minutes. */
export const lateness: Seconds = 15 * 60;

/** And for so long after the end of a period that is longer. */
const latenessAfterEnd: Seconds = 10 * 60;

/** How old the points of a period are when they no longer change, from their beginning. */
export function finalAge(period: Seconds): Seconds {
  return Math.max(lateness, period + latenessAfterEnd);
}
