// Cuts a window into buckets and collects the samples of each. Start is inclusive, end exclusive,
// buckets begin at multiples of the period, and a bucket without samples does not exist.
import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { validationError } from '../wire/errors.ts';
import type { MetricSeries } from './series.ts';
import { isPublished, shownAt, type View } from './visibility.ts';

/** What to read: [start, end) in buckets of `period` seconds. */
export type Window = {
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
  readonly period: number;
};

/** The samples of one bucket. */
export type Bucket = { readonly at: EpochSeconds; readonly samples: readonly number[] };

const shortPeriods = new Set([1, 5, 10, 20, 30]);
const hour = 3600;
const day = 86_400;

/** @throws AwsError when the period is not one that CloudWatch takes, or the window is empty. */
export function checkWindow(window: Window): void {
  const { period } = window;
  if (!shortPeriods.has(period) && (period < 60 || period % 60 !== 0)) {
    throw validationError(
      `Period must be 1, 5, 10, 20, 30 or a multiple of 60. Observed: ${period}`,
    );
  }
  if (window.start >= window.end) {
    throw validationError('The parameter StartTime must be less than the parameter EndTime.');
  }
}

/**
 * The window with its start rounded down as CloudWatch does: to the minute, or to the period if that is shorter;
 * then up to the first bucket, so that no bucket lacks its beginning.
 */
export function alignWindow(window: Window): Window {
  const grain = Math.min(window.period, 60);
  const start = Math.floor(window.start / grain) * grain;
  return { ...window, start: Math.ceil(start / window.period) * window.period };
}

/** How long data of a period are kept, in seconds (CloudWatch metrics retention). */
function retentionOf(period: number): number {
  if (period < 60) return 3 * hour;
  if (period < 300) return 15 * day;
  return period < hour ? 63 * day : 455 * day;
}

/** The buckets of a window that hold published samples, oldest first. The window must be aligned. */
export function collectBuckets(
  series: MetricSeries,
  window: Window,
  view: View,
): readonly Bucket[] {
  const { resolution } = series.source;
  const oldest = ceilTo(view.now - retentionOf(window.period), window.period);
  const end = Math.min(window.end, view.now);
  const buckets: Bucket[] = [];
  for (let at = Math.max(window.start, oldest); at < end; at += window.period) {
    const samples: number[] = [];
    const bucketEnd = Math.min(at + window.period, end);
    for (let slot = ceilTo(at, resolution); slot < bucketEnd; slot += resolution) {
      if (!isPublished(series, slot, view)) continue;
      for (const value of series.source.samples(slot, series.hash)) {
        samples.push(shownAt(series, { at: slot, value }, view));
      }
    }
    if (samples.length > 0) buckets.push({ at, samples });
  }
  return buckets;
}

function ceilTo(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
