// What a configuration would do, in numbers. Pure; what depends on the account is said for a number of services in one cluster.
import type { Config } from '../../layers/core/src/config/config.ts';
import { formatDuration } from '../../layers/core/src/config/duration.ts';
import { servedBy } from '../../layers/core/src/config/probes.ts';
import { type Bill, estimate, functionsOf } from '../cost/estimate.ts';

/** Probes of one function. */
export type PlannedProbes = {
  readonly function: 'web-probe' | 'redis-probe';
  readonly vantage: string;
  readonly targets: number;
  readonly intervals: readonly string[];
};

/** The plan. */
export type Plan = {
  readonly probes: readonly PlannedProbes[];
  readonly resultsPerHour: number;
  readonly schedules: number;
  readonly shards: number;
  /** Functions that share what the bridge reads. */
  readonly bridgeShards: number;
  readonly series: number;
  readonly ecsCallsPerMinute: number;
  readonly cloudWatch?: {
    readonly jobs: number;
    readonly expressions: number;
    readonly interval: string;
    readonly metricsPerReading: number;
    readonly requestsPerReading: number;
  };
  readonly objectives: number;
  readonly bill: Bill;
};

/** Series of one target that is up, by prober; over TLS eight more. */
export const seriesOfTarget = { http: 27, tcp: 16, dns: 22, grpc: 22, redis: 40 } as const;

/** Series of TLS. */
const seriesOfTls = 8;

/** Series of one service that the ECS API gives. */
const seriesOfService = 18;

/** Metrics that one GetMetricData asks for: 500 queries, of up to five statistics each (docs/bridge.md). */
const metricsPerRequest = 250;

/** Plans `config` for as many services in one cluster. */
export function planOf(config: Config, services: number): Plan {
  const bill = estimate(config, { services, latency: 0.3 });
  const { cloudwatch } = config.bridge;
  return {
    probes: groupsOf(config),
    resultsPerHour: Math.round(
      config.probes.reduce((sum, { interval }) => sum + 3600 / interval, 0),
    ),
    schedules: functionsOf(config) + config.bridge.shards,
    shards: config.shards,
    bridgeShards: config.bridge.shards,
    series: seriesOf(config) + services * seriesOfService + bill.metrics,
    ecsCallsPerMinute: callsFor(services, config.bridge.shards),
    ...(cloudwatch !== undefined && {
      cloudWatch: {
        jobs: cloudwatch.jobs.length,
        expressions: cloudwatch.expressions.length,
        interval: formatDuration(cloudwatch.interval),
        metricsPerReading: bill.metrics,
        requestsPerReading:
          Math.ceil(bill.metrics / metricsPerRequest) + cloudwatch.expressions.length,
      },
    }),
    objectives: config.slos.length,
    bill,
  };
}

/** A quiet minute, and a tenth of what once in ten minutes is read as a whole: lists, and two tasks of each service. */
function callsFor(services: number, shards: number): number {
  const lists = 2 + Math.ceil((services * 2) / 100);
  const whole = shards * (lists + Math.ceil(services / 100)) + Math.ceil((services * 2) / 100);
  return 3 * shards + Math.ceil(services / 10) + Math.ceil(whole / 10);
}

function groupsOf({ modules, probes }: Config): PlannedProbes[] {
  const groups = new Map<string, { targets: number; readonly intervals: Set<number> }>();
  for (const { interval, module, vantage } of probes) {
    const name =
      servedBy[modules[module]?.prober ?? 'http'] === 'http' ? 'web-probe' : 'redis-probe';
    const key = `${name} ${vantage}`;
    const group = groups.get(key) ?? { targets: 0, intervals: new Set() };
    groups.set(key, group);
    group.targets += 1;
    group.intervals.add(interval);
  }
  return [...groups].sort().map(([key, { intervals, targets }]) => {
    const [name = '', vantage = ''] = key.split(' ');
    const sorted = [...intervals].sort((a, b) => a - b).map(formatDuration);
    return { function: name as PlannedProbes['function'], vantage, targets, intervals: sorted };
  });
}

function seriesOf({ modules, probes }: Config): number {
  return probes.reduce((sum, { module, target }) => {
    const { prober = 'http' } = modules[module] ?? {};
    return (
      sum + seriesOfTarget[prober] + (/^(?:https|rediss|valkeys):/.test(target) ? seriesOfTls : 0)
    );
  }, 0);
}
