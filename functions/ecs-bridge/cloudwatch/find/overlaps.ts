// How far before the watermark a pass reads again. Points are free in CloudWatch's bill, but not in time: most passes reach back
// ten minutes, and one in a quarter of an hour half an hour, for what was published or changed very late.
import type { Seconds } from '@fargaze/core/internal';
import { type EpochSeconds, floorTo } from '../pass/time.ts';

/** What every pass reads again. */
export const usualOverlap: Seconds = 10 * 60;

/** What is read again each quarter of an hour, and after a cold start. */
export const deepOverlap: Seconds = 30 * 60;

const deepEvery: Seconds = 15 * 60;

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
