// How far before the watermark a pass reads again. Points are free in CloudWatch's bill, but not in time: most passes reach back
// ten minutes, and one in a quarter of an hour three quarters of an hour, for what was published or changed very late.
import type { EpochSeconds, Seconds } from '@fargaze/core/internal';
import { lateness } from '../pass/lateness.ts';
import { floorTo } from '../pass/time.ts';

/** What every pass reads again. */
export const usualOverlap: Seconds = 10 * 60;

const deepEvery: Seconds = 15 * 60;

/**
 * What is read again each quarter of an hour, and after a cold start: a point is read once more when it is final, although nearly
 * two quarters may lie between two such passes.
 */
export const deepOverlap: Seconds = lateness + 2 * deepEvery;

/** When a warm function last read far back. */
export class Overlaps {
  #deepAt: EpochSeconds | undefined;

  /** The overlap of a pass at `now`. */
  of(now: EpochSeconds): Seconds {
    const quarter = floorTo(now, deepEvery);
    return this.#deepAt === quarter ? usualOverlap : deepOverlap;
  }

  /** Records a pass that read everything that was to be read. */
  take(now: EpochSeconds): void {
    this.#deepAt = floorTo(now, deepEvery);
  }
}
