// Which part of time to read of a metric. Pure. A window is whole periods, ends before what is not yet final, and reaches
// back over what was read before: late points and gaps cost nothing, since CloudWatch bills metrics and not points.
import type { Seconds } from '@fargaze/core';

/** Seconds since 1970. */
export type EpochSeconds = number;

/** Periods that begin in [from, until); both are multiples of the period. Empty when they are equal. */
export type Span = { readonly from: EpochSeconds; readonly until: EpochSeconds };

/** What a metric asks for; YACE's names. */
export type WindowWish = {
  readonly period: Seconds;
  /** Shortest window. */
  readonly length: Seconds;
  /** Points younger than this are left for later; the longer one of it and `settle` counts. */
  readonly delay: Seconds;
};

/** What is known when a window is chosen. */
export type WindowFacts = {
  readonly now: EpochSeconds;
  readonly settle: Seconds;
  /** Nothing older is read than the period that was under way then; a `delay` beyond `settle` comes on top. */
  readonly backfill: Seconds;
  /** Everything before it has been delivered; undefined: unknown. */
  readonly watermark: EpochSeconds | undefined;
  /** How far back of the watermark to read again. */
  readonly overlap: Seconds;
};

/** Points that came late are found for this long after their time was first read. */
export const defaultOverlap: Seconds = 600;

/** Points of periods below a minute are kept this long (CloudWatch concepts, "Metrics retention"). */
const shortRetention: Seconds = 3 * 3600;

/** The window of a metric: from the watermark less the overlap, at least `length`, at most `backfill` ago. */
export function windowOf(wish: WindowWish, facts: WindowFacts): Span {
  const { delay, length, period } = wish;
  const { backfill, now, overlap, settle, watermark } = facts;
  const until = floorTo(now - Math.max(settle, delay), period);
  // What a job leaves for later must not fall out of reach meanwhile.
  const reach =
    (period < 60 ? Math.min(backfill, shortRetention) : backfill) + Math.max(0, delay - settle);
  // Never nothing: a period longer than `backfill` is read once it has ended.
  const oldest = Math.min(floorTo(now - reach, period), until - period);
  const wanted = until - Math.max(length, period);
  const known = watermark === undefined ? oldest : Math.min(wanted, watermark - overlap);
  return { from: Math.min(Math.max(floorTo(known, period), oldest), until), until };
}

/**
 * The period to read with: 20 s where a minute or less is wanted and the service publishes every 20 s, else as wanted.
 * @param resolution seconds between the points that are published; undefined: not known to be finer.
 */
export function finestPeriod(period: Seconds, resolution: Seconds | undefined): Seconds {
  return resolution !== undefined && period <= 60 ? Math.min(period, resolution) : period;
}

/** The greatest multiple of `step` that is not above `value`. */
export function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

/** The least multiple of `step` that is not below `value`. */
export function ceilTo(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
