// What a configuration costs in a month, and what the same costs elsewhere. Pure.

import { knownMetrics, uncountedJobs } from '../../build/cost.ts';
import {
  bridgingCost,
  peerProbingCosts,
  probingCost,
  promqlCostPerMonth,
} from '../../build/cost-peers.ts';
import { costPerMonth, streamCostPerMonth } from '../../functions/ecs-bridge/cloudwatch/prices.ts';
import type { Seconds } from '../../layers/core/src/clock.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import { servedBy } from '../../layers/core/src/config/probes.ts';

/** What is assumed of the fleet. */
export type Fleet = { readonly services: number; readonly latency: Seconds };

/** US dollars in 30 days. */
export type Bill = {
  readonly targets: number;
  readonly metrics: number;
  /** Jobs of other namespaces than those of ECS, whose metrics are in no sum: what they find is known in the account. */
  readonly uncountedJobs: number;
  /** Between two readings of CloudWatch; undefined where it is not read. */
  readonly bridgeInterval: Seconds | undefined;
  readonly probing: { readonly fargaze: number; readonly peers: Readonly<Record<string, number>> };
  readonly reading: {
    readonly fargaze: number;
    /** The bridge's functions, of which each shard has one. */
    readonly functions: number;
    readonly peers: Readonly<Record<string, number>>;
  };
};

/** Points of CloudWatch are a minute apart. */
const point: Seconds = 60;

/** The bill of a configuration for a fleet. */
export function estimate(config: Config, { latency, services }: Fleet): Bill {
  const { cloudwatch } = config.bridge;
  const each = cloudwatch === undefined ? undefined : knownMetrics(cloudwatch);
  const metrics =
    each === undefined
      ? 0
      : services * each.service + (services > 0 ? each.cluster : 0) + each.always;
  const targets = config.probes.length;
  const perMinute = config.probes.reduce((sum, { interval }) => sum + 60 / interval, 0);
  const probing = {
    targets,
    // The interval that makes as many results.
    interval: targets === 0 ? 60 : (60 * targets) / perMinute,
    functions: functionsOf(config),
    latency,
  };
  const plan = { metrics, listMetrics: 0, getMetricStatistics: 0 };
  const interval = cloudwatch?.interval;
  return {
    targets,
    metrics,
    uncountedJobs: cloudwatch === undefined ? 0 : uncountedJobs(cloudwatch),
    bridgeInterval: interval,
    probing: { fargaze: probingCost(probing), peers: peerProbingCosts(probing) },
    reading: {
      fargaze: interval === undefined ? 0 : costPerMonth(plan, interval),
      functions: bridgingCost({ services, shards: config.bridge.shards, interval }),
      peers: {
        'YACE, every minute': costPerMonth(plan, point),
        'Metric Streams, without Firehose': streamCostPerMonth(metrics, point),
        "CloudWatch's PromQL": promqlCostPerMonth(metrics, point),
      },
    },
  };
}

/** How many functions run at each tick. */
export function functionsOf({ modules, probes, shards }: Config): number {
  const kinds = probes.map(
    ({ module, vantage }) => `${servedBy[modules[module]?.prober ?? 'http']} ${vantage}`,
  );
  return [...new Set(kinds)].reduce((sum, kind) => sum + (kind.startsWith('http') ? shards : 1), 0);
}
