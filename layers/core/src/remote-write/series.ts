// What remote write carries: series with samples of their own time. Refuses what no receiver may be sent.

import { catalogue } from '../catalogue.ts';
import type { Batch, Metadata, Point, Series } from '../sample.ts';

/**
 * The labels as receivers want them: sorted by name, without empty values.
 * @throws RangeError when there is no `__name__`.
 */
export function canonicalLabels(labels: Readonly<Record<string, string>>): [string, string][] {
  const sorted: [string, string][] = [];
  for (const entry of Object.entries(labels)) {
    if (entry[1] === '') continue;
    // By insertion: series have few labels, and most come nearly in order.
    let at = sorted.length;
    for (let before = sorted[at - 1]; before !== undefined && before[0] > entry[0]; ) {
      sorted[at] = before;
      at -= 1;
      before = sorted[at - 1];
    }
    sorted[at] = entry;
  }
  if (labels.__name__ === undefined || labels.__name__ === '') {
    throw new RangeError(`series ${JSON.stringify(labels)} has no __name__`);
  }
  return sorted;
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
