// How GetMetricData bills the statistics of a metric. Pure.

/** Statistics of one metric in one GetMetricData request that are billed as one metric (the pricing page's own words). */
export const statisticsPerMetric = 5;

/** Parts of at most five statistics, each once, as they are billed. */
export function splitStatistics(statistics: readonly string[]): string[][] {
  const distinct = [...new Set(statistics)];
  return Array.from({ length: Math.ceil(distinct.length / statisticsPerMetric) }, (_, index) =>
    distinct.slice(index * statisticsPerMetric, (index + 1) * statisticsPerMetric),
  );
}
