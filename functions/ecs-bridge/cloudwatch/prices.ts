// Prices of reading CloudWatch, as data with sources, and the cost of a plan. Pure. List prices of us-east-1, without free
// tiers: the free million of requests excludes GetMetricData.
import type { Seconds } from '@fargaze/core/internal';
import { statisticsPerMetric } from './find/statistics.ts';

/** A price of one unit in US dollars. */
export type Price = { readonly usd: number; readonly unit: string; readonly source: string };

const source = 'https://aws.amazon.com/cloudwatch/pricing/';

/** List prices. */
const prices = {
  getMetricData: { usd: 0.01 / 1000, unit: 'metric requested', source },
  listMetrics: { usd: 0.01 / 1000, unit: 'request', source },
  getMetricStatistics: { usd: 0.01 / 1000, unit: 'request', source },
  metricStream: {
    usd: 0.003 / 1000,
    unit: 'metric update, up to five statistics (without Amazon Data Firehose)',
    source,
  },
} as const satisfies Readonly<Record<string, Price>>;

/** The month that costs are given for. */
export const month: Seconds = 30 * 86_400;

/** What one run requests. Averages are allowed where a cache answers most runs. */
export type PlanSize = {
  /** Metrics billed by GetMetricData. */
  readonly metrics: number;
  readonly listMetrics: number;
  readonly getMetricStatistics: number;
};

/** Metrics billed for one request, from how many statistics of each of its metrics it asks for. */
export function billedMetrics(statistics: Iterable<number>): number {
  let sum = 0;
  for (const count of statistics) sum += Math.ceil(count / statisticsPerMetric);
  return sum;
}

/** US dollars of one run. */
export function costOfRun(plan: PlanSize): number {
  return (
    plan.metrics * prices.getMetricData.usd +
    plan.listMetrics * prices.listMetrics.usd +
    plan.getMetricStatistics * prices.getMetricStatistics.usd
  );
}

/** US dollars in 30 days of a plan that runs every `interval` seconds. */
export function costPerMonth(plan: PlanSize, interval: Seconds): number {
  return (costOfRun(plan) * month) / interval;
}

/** US dollars in 30 days of Metric Streams for as many metrics with one update in each `period`. */
export function streamCostPerMonth(metrics: number, period: Seconds): number {
  return (metrics * prices.metricStream.usd * month) / period;
}

/** The interval in seconds at which GetMetricData costs as much as Metric Streams do for points of `period`. */
export function breakEvenInterval(period: Seconds): Seconds {
  return (period * prices.getMetricData.usd) / prices.metricStream.usd;
}
