// docs/cost-*.svg: what watching costs a month by targets, metrics and services, beside peers, from list prices.

import {
  peerPricesOf,
  peerProbingCosts,
  probingCost,
  promqlCostPerMonth,
} from '../../build/cost-peers.ts';
import { costPerMonth, streamCostPerMonth } from '../../functions/ecs-bridge/cloudwatch/prices.ts';
import { renderPlot } from './plot.ts';

const y = { label: 'US dollars in 30 days' };
const minute = 60;
const bridgeInterval = 300;
const metricsOfService = 2;

const probingOf = (targets: number) => ({ targets, interval: minute, functions: 1, latency: 0.3 });
const readingOf = (metrics: number) => ({ metrics, listMetrics: 0, getMetricStatistics: 0 });

/** What so many targets cost, by the name of the peer. */
function probing(targets: number): Readonly<Record<string, number>> {
  return { fargaze: probingCost(probingOf(targets)), ...peerProbingCosts(probingOf(targets)) };
}

/** What so many metrics cost, a point for each minute. */
function reading(metrics: number): Readonly<Record<string, number>> {
  return {
    'fargaze, every 5 minutes': costPerMonth(readingOf(metrics), bridgeInterval),
    'YACE, every minute': costPerMonth(readingOf(metrics), minute),
    'Metric Streams': streamCostPerMonth(metrics, minute),
    'CloudWatch PromQL': promqlCostPerMonth(metrics, minute),
  };
}

/** What so many services cost: a target and two metrics each. */
function serving(services: number): Readonly<Record<string, number>> {
  const [probes, metrics] = [probing(services), reading(services * metricsOfService)];
  const sum = (probe: string, metric: string) => (probes[probe] ?? 0) + (metrics[metric] ?? 0);
  return {
    fargaze: sum('fargaze', 'fargaze, every 5 minutes'),
    'Synthetics and YACE': sum('CloudWatch Synthetics', 'YACE, every minute'),
    'Checkly and Metric Streams': sum('Checkly API checks', 'Metric Streams'),
    'Route 53 and PromQL': sum('Route 53 health checks', 'CloudWatch PromQL'),
  };
}

type Curve = {
  readonly label: string;
  readonly values: readonly number[];
  readonly costs: (count: number) => Readonly<Record<string, number>>;
};

function draw({ costs, label, values }: Curve): string {
  const each = values.map(costs);
  const names = Object.keys(each[0] ?? {});
  return renderPlot({
    title: `Cost by ${label}, list prices as of ${peerPricesOf}`,
    x: { label, values },
    y,
    lines: names.map((name) => ({ name, values: each.map((one) => one[name] ?? 0) })),
  });
}

/** The plots by their path. */
export const costPlots: Readonly<Record<string, () => string>> = {
  'docs/cost-targets.svg': () =>
    draw({
      label: 'targets, probed every minute',
      values: [1, 3, 10, 30, 100, 300, 1000],
      costs: probing,
    }),
  'docs/cost-metrics.svg': () =>
    draw({
      label: 'metrics of CloudWatch',
      values: [10, 30, 100, 300, 1000, 3000, 10_000],
      costs: reading,
    }),
  'docs/cost-services.svg': () =>
    draw({ label: 'services', values: [1, 3, 10, 30, 100, 300, 1000], costs: serving }),
};
