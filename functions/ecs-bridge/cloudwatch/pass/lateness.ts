// How long CloudWatch may still change what it shows.
import type { Seconds } from '@fargaze/core/internal';

/** CloudWatch publishes and revises points for so long after they begin: of load balancers for some minutes. */
export const lateness: Seconds = 15 * 60;
