// What remote write carries: series with samples of their own time. Refuses what no receiver may be sent.

import { catalogue } from '../catalogue.ts';
import type { Batch, Metadata, Point, Series } from '../sample.ts';

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

/** The series of a batch, those with times of their own last; other samples have the batch's time. */
export function seriesOfBatch({ groups, series: timed = [], taken }: Batch): Series[] {
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
  const own = [...series.values()].map((one) => ({
    ...one,
    points: one.points.sort((a, b) => a.at - b.at),
  }));
  return [...own, ...timed];
}
