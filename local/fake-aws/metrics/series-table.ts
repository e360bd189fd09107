// The metrics of one region, found by identity or listed in a stable order.
import {
  keyOf,
  type MetricIdentity,
  type MetricSeries,
  makeSeries,
  type Source,
} from './series.ts';

/** The metrics of one region. */
export type SeriesTable = {
  /** Adds a metric; one that is already there is replaced. */
  add(identity: MetricIdentity, source: Source): void;
  find(identity: MetricIdentity): MetricSeries | undefined;
  /** In order of namespace, name and dimensions. */
  list(namespace: string | undefined): readonly MetricSeries[];
};

/** An empty table. */
export function createSeriesTable(regionHash: number): SeriesTable {
  const byKey = new Map<string, MetricSeries>();
  const sorted = new Map<string | undefined, readonly MetricSeries[]>();
  return {
    add: (identity, source) => {
      const series = makeSeries(identity, source, regionHash);
      byKey.set(series.key, series);
      sorted.clear();
    },
    find: (identity) => byKey.get(keyOf(identity)),
    list: (namespace) => {
      const known = sorted.get(namespace);
      if (known !== undefined) return known;
      const series = [...byKey.values()]
        .filter((item) => namespace === undefined || item.namespace === namespace)
        .sort((left, right) => (left.key < right.key ? -1 : 1));
      sorted.set(namespace, series);
      return series;
    },
  };
}
