// What remote write carries: series with samples of their own time. Refuses what no receiver may be sent.

import { catalogue } from '../catalogue.ts';
import type { EpochMs } from '../clock.ts';
import type { Batch } from '../sample.ts';

/** A value, or `stale`: from here on the series is gone. */
export type PointValue = number | 'stale';

/** One sample of a series. */
export type Point = { readonly at: EpochMs; readonly value: PointValue };

/** What a receiver may show beside a metric. */
export type Metadata = {
  readonly type: 'gauge' | 'counter' | 'unknown';
  readonly help: string;
  readonly unit: string;
};

/** A series; `labels` hold `__name__`. Points in order of time. */
export type Series = {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
  readonly metadata?: Metadata;
};

/**
 * The labels as receivers want them: sorted by name, without empty values.
 * @throws RangeError when there is no `__name__`.
 */
export function canonicalLabels(labels: Readonly<Record<string, string>>): [string, string][] {
  const entries = Object.entries(labels).filter(([, value]) => value !== '');
  if (!entries.some(([name]) => name === '__name__')) {
    throw new RangeError(`series ${JSON.stringify(labels)} has no __name__`);
  }
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The series of a batch; samples without a time of their own have the batch's. */
export function seriesOfBatch({ groups, taken }: Batch): Series[] {
  const series = new Map<
    string,
    { labels: Record<string, string>; points: Point[]; metadata: Metadata }
  >();
  for (const { grouping, samples } of groups) {
    for (const { at = taken, labels, metric, value } of samples) {
      const all = { ...grouping, ...labels, __name__: metric };
      const key = JSON.stringify(canonicalLabels(all));
      const { help, type, unit } = catalogue[metric];
      const found = series.get(key) ?? {
        labels: all,
        points: [] as Point[],
        metadata: { type, help, unit },
      };
      found.points.push({ at, value });
      series.set(key, found);
    }
  }
  return [...series.values()].map((one) => ({
    ...one,
    points: one.points.sort((a, b) => a.at - b.at),
  }));
}
