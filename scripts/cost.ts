// `npm run cost [-- services…]`: what the configured bridge costs for so many services, beside other intervals and Metric
// Streams. Computed from list prices; no AWS account is asked.
import { decideBudget } from '../functions/ecs-bridge/cloudwatch/budget.ts';
import {
  billedMetrics,
  breakEvenInterval,
  costPerMonth,
  streamCostPerMonth,
} from '../functions/ecs-bridge/cloudwatch/prices.ts';
import type {
  BridgeConfig,
  CloudWatchConfig,
  CloudWatchJob,
  CloudWatchScope,
} from '../layers/core/src/config/bridge.ts';
import { formatDuration } from '../layers/core/src/config/duration.ts';

const point = 60;
const otherIntervals = [60, 120, 600] as const;

function isOfEcs({ kind, namespace }: CloudWatchJob): boolean {
  return kind === 'discovery' && ['AWS/ECS', 'ECS/ContainerInsights'].includes(namespace);
}

function placesOf({ regions, roles }: CloudWatchScope): number {
  return Math.max(1, regions.length) * roles.length;
}

/** Metrics that are billed for each service that runs, for each cluster, and whatever runs. */
export function knownMetrics({ expressions, jobs }: CloudWatchConfig): {
  readonly service: number;
  readonly cluster: number;
  readonly always: number;
} {
  let [service, cluster] = [0, 0];
  let always = expressions.reduce((sum, one) => sum + one.inputs.length * placesOf(one), 0);
  for (const job of jobs) {
    const billed =
      billedMetrics(job.metrics.map(({ statistics }) => statistics.length)) * placesOf(job);
    if (job.kind === 'static') always += billed;
    if (!isOfEcs(job)) continue;
    const wants = (names: string) =>
      job.dimensionNameRequirements.length === 0 ||
      [...job.dimensionNameRequirements].sort().join() === names;
    if (wants('ClusterName,ServiceName')) service += billed;
    if (wants('ClusterName')) cluster += billed;
  }
  return { service, cluster, always };
}

/** How many jobs ask for what the number of ECS services does not give: discovery in other namespaces. */
export function uncountedJobs({ jobs }: CloudWatchConfig): number {
  return jobs.filter((job) => !isOfEcs(job) && job.kind !== 'static').length;
}

/** The report for a configuration and counts of services, each row one count. */
export function renderCost(bridge: BridgeConfig, counts: readonly number[]): string {
  const { cloudwatch } = bridge;
  if (cloudwatch === undefined)
    return 'bridge.cloudwatch is not configured: reading the ECS API costs nothing';
  const each = knownMetrics(cloudwatch);
  const metricsFor = (services: number) => services * each.service + each.cluster + each.always;
  const intervals = [cloudwatch.interval, ...otherIntervals];
  const header = [
    'services',
    'metrics',
    ...intervals.map(
      (interval, index) => `${index === 0 ? 'this, ' : ''}every ${formatDuration(interval)}`,
    ),
    'Metric Streams',
  ];
  const rows = counts.map((services) => {
    const metrics = metricsFor(services);
    const plan = { metrics, listMetrics: 0, getMetricStatistics: 0 };
    return [
      String(services),
      String(metrics),
      ...intervals.map((interval) => usd(costPerMonth(plan, interval))),
      usd(streamCostPerMonth(metrics, point)),
    ];
  });
  const others = uncountedJobs(cloudwatch);
  return [
    `${each.service} metrics for each service that runs, ${each.cluster} for the cluster, ${each.always} besides; US dollars in 30 days, 1-minute points`,
    '',
    ...align([header, ...rows]),
    '',
    `Reading every ${formatDuration(breakEvenInterval(point))} costs as much as Metric Streams (Amazon Data Firehose is not in it).`,
    ...onTop(cloudwatch),
    ...(others === 0
      ? []
      : [
          `Not in it: ${others === 1 ? '1 job of another namespace' : `${others} jobs of other namespaces`}, whose cost depends on what is found.`,
        ]),
    ...budgetLines(cloudwatch, counts.map(metricsFor)),
  ].join('\n');
}

/** What the counts of services do not give. */
function onTop({ jobs }: CloudWatchConfig): string[] {
  const ofEcs = jobs.filter(isOfEcs);
  const open = ofEcs.filter(({ dimensionNameRequirements: names }) => names.length === 0);
  const byTask = open.some(({ namespace }) => namespace === 'ECS/ContainerInsights');
  return [
    ...(ofEcs.length === 0
      ? []
      : ['Not in it: ListMetrics, a request an hour for each metric name and 500 services.']),
    ...(byTask
      ? [
          'Not in it: Container Insights by task, container and family, which dimensionNameRequirements: [ClusterName, ServiceName] leaves out.',
        ]
      : []),
  ];
}

function budgetLines(cloudwatch: CloudWatchConfig, metrics: readonly number[]): string[] {
  return metrics.flatMap((count) => {
    const plan = { metrics: count, listMetrics: 0, getMetricStatistics: 0 };
    const decision = decideBudget(plan, cloudwatch);
    return decision.verdict === 'fits' ? [] : [decision.message];
  });
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '),
  );
}

function usd(value: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
