// The window of time to read of a metric. Pure. A window consists of complete periods, ends before points that may still
// change, and overlaps the one before: late points and gaps are free, since CloudWatch bills metrics and not points.
import type { EpochSeconds, Seconds } from '@fargaze/core/internal';
import { floorTo, type Span } from '../pass/time.ts';

/** What the configuration of a metric asks for; YACE's names. */
export type WindowWish = {
  readonly period: Seconds;
  /** Shortest window. */
  readonly length: Seconds;
  /** Points younger than this are left for later; the longer of this and `settle` counts. */
  readonly delay: Seconds;
};

/** What is known when a window is chosen. */
export type WindowFacts = {
  readonly now: EpochSeconds;
  readonly settle: Seconds;
  /** The oldest point is in the period that was under way so long ago; a `delay` beyond `settle` is added. */
  readonly backfill: Seconds;
  /** All points before it have been delivered; undefined: unknown. */
  readonly watermark: EpochSeconds | undefined;
  /** How far before the watermark to read again. */
  readonly overlap: Seconds;
};

/** Points of periods below a minute are kept this long (CloudWatch concepts, "Metrics retention"). */
const shortRetention: Seconds = 3 * 3600;

/** The window of a metric: from the watermark less the overlap, at least `length`, at most `backfill` ago. */
export function windowOf(wish: WindowWish, facts: WindowFacts): Span {
  const { delay, length, period } = wish;
  const { backfill, now, overlap, settle, watermark } = facts;
  const until = floorTo(now - Math.max(settle, delay), period);
  // Points that a job leaves for later must still be within reach then.
  const reach =
    (period < 60 ? Math.min(backfill, shortRetention) : backfill) + Math.max(0, delay - settle);
  // A period longer than `backfill` is read all the same, once it has ended.
  const oldest = Math.min(floorTo(now - reach, period), until - period);
  const shortest = until - Math.max(length, period);
  const known = watermark === undefined ? oldest : Math.min(shortest, watermark - overlap);
  return { from: Math.min(Math.max(floorTo(known, period), oldest), until), until };
}

/** The window of a metric of which only the newest point counts: its `length`, as in YACE. */
export function latestWindowOf(
  { delay, length, period }: WindowWish,
  { now, settle }: Pick<WindowFacts, 'now' | 'settle'>,
): Span {
  const until = floorTo(now - Math.max(settle, delay), period);
  return { from: floorTo(until - Math.max(length, period), period), until };
}

/**
 * The period to read with: the finer of the configured one and the resolution, where a minute or less is configured.
 * @param resolution seconds between the points that are published; undefined: not known to be finer.
 */
export function finestPeriod(period: Seconds, resolution: Seconds | undefined): Seconds {
  return resolution !== undefined && period <= 60 ? Math.min(period, resolution) : period;
}
