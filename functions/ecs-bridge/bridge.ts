// One run of the bridge: ECS every time, CloudWatch when it is due, side by side. A call that fails costs only the data that
// needs it: the rest is delivered and the failure is named. The run fails when a delivery fails or nothing could be read.
import {
  type Batch,
  type BridgeConfig,
  type BridgeEvent,
  type Clock,
  type CloudWatchConfig,
  createLog,
  createSeriesWriter,
  createSink,
  type Deadline,
  type Group,
  type InvocationContext,
  type Log,
  parseBridgeEvent,
  readEnv,
  roundSeconds,
  type Sample,
  type Seconds,
  type SeriesWriter,
  type Shard,
  type Sink,
  sample,
  startDeadline,
  systemClock,
} from '@fargaze/core/internal';
import { type BridgeSummary, summarize } from './answer.ts';
import { createEcsApi, type EcsApi } from './aws/ecs-api.ts';
import { bridgeSamples, isComplete } from './cloudwatch/bridge-samples.ts';
import { Memory } from './cloudwatch/memory.ts';
import type { PassReport } from './cloudwatch/report.ts';
import { runPass } from './cloudwatch/run.ts';
import { clusterSamples, readingSamples } from './ecs/ecs-samples.ts';
import { partsOf } from './ecs/parts.ts';
import { isMissingCluster, readEcs } from './ecs/read-ecs.ts';
import type { EcsReading } from './ecs/reading.ts';
import { instanceOfCluster, instanceOfRun } from './ecs/share.ts';

/** What a run needs; everything but the configuration has a default, which tests replace. */
export type Bridge = {
  readonly config: Omit<BridgeConfig, 'shards'>;
  /** Outlives runs in a warm function. */
  readonly memory?: Memory;
  readonly sink?: Sink;
  readonly writer?: SeriesWriter;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly api?: EcsApi;
  /** Unset: that of the environment. */
  readonly region?: string;
};

/** Seconds of the invocation that are kept for delivering; of these for reporting a failed delivery, and for the log. */
const reserve = { delivering: 10, reporting: 4, log: 1 };

/** Runs the bridge once. @throws DeliveryError, ConfigError, or the first fault when nothing could be read. */
export async function runBridge(
  bridge: Bridge,
  event: unknown,
  context: InvocationContext,
): Promise<BridgeSummary> {
  const run = startRun(bridge, parseBridgeEvent(event), context);
  try {
    const { clock, memory, shard } = run;
    const reading = readEcs(run.api, bridge.config.ecs, { shard, memory: memory.ecs, clock });
    const [delivered, passed] = await Promise.allSettled([
      deliverEcs(run, reading),
      deliverCloudWatch(run, reading),
    ]);
    const ecs = await reading;
    const report = passed.status === 'fulfilled' ? passed.value : undefined;
    const samples = delivered.status === 'fulfilled' ? delivered.value : 0;
    const summary = summarize(ecs, { samples, report });
    logRun(run, summary, context.awsRequestId);
    throwRunFaults([delivered, passed], report);
    throwIfNothing(ecs, report);
    return summary;
  } finally {
    run.api.close();
    run.readDeadline.close();
    run.deadline.close();
  }
}

/** A run under way. */
type Run = {
  readonly config: Bridge['config'];
  readonly memory: Memory;
  readonly sink: Sink;
  readonly writer: SeriesWriter | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly api: EcsApi;
  readonly region: string;
  readonly schedule: Seconds | undefined;
  /** The part that it reads; undefined: everything. */
  readonly shard: Shard | undefined;
  /** Of the run. */
  readonly deadline: Deadline;
  readonly readDeadline: Deadline;
  /** Monotonic seconds. */
  readonly begun: Seconds;
};

function startRun(
  bridge: Bridge,
  { schedule, shard }: BridgeEvent,
  context: InvocationContext,
): Run {
  const { clock = systemClock, config, writer } = bridge;
  const log = bridge.log ?? createLog({ function: 'ecs-bridge' });
  const sink = bridge.sink ?? createSink();
  const memory = (bridge.memory ?? new Memory()).ofShard(shard);
  const available = context.getRemainingTimeInMillis() / 1000;
  const deadline = startDeadline(Math.max(1, available - reserve.log), clock);
  const readDeadline = deadline.slice(Math.max(1, available - reserve.delivering));
  const own = readEnv('AWS_REGION') ?? readEnv('AWS_DEFAULT_REGION') ?? '';
  const region = bridge.region ?? own;
  const api = bridge.api ?? createEcsApi({ region, clock }, readDeadline);
  const begun = clock.monotonic();
  const given = { config, memory, sink, writer, clock, log, api, region, schedule, shard };
  return { ...given, deadline, readDeadline, begun };
}

/** Delivers the ECS data; returns the number of samples. */
async function deliverEcs(run: Run, reading: Promise<EcsReading>): Promise<number> {
  const ecs = await reading;
  const { deadline, memory, sink } = run;
  const batch = toBatch(ecs, run);
  const extent = ecs.faults.every(isMissingCluster) ? 'all' : 'some';
  const series = endsSeries(sink) ? memory.lastGroups.endsIn(batch, extent) : [];
  await sink.write({ ...batch, ...(series.length > 0 && { series }) }, deadline);
  if (endsSeries(sink)) memory.lastGroups.keep(batch, extent);
  return batch.groups.reduce((sum, { samples }) => sum + samples.length, 0);
}

/** Whether what is read of ECS is stored as series, one by one, and not as groups of a Pushgateway. */
function endsSeries({ series }: Sink): boolean {
  return (
    series === 'stored' || (series === 'forwarded' && readEnv('FARGAZE_RESULTS') === 'remote-write')
  );
}

/** A group for each cluster whose services are known, several for a large one, and one for the run itself. */
function toBatch(ecs: EcsReading, { api, begun, clock, config, region, shard }: Run): Batch {
  const now = clock.now();
  const time = sample('fargaze_bridge_timestamp_seconds', {}, now / 1000);
  const group = (instance: string, samples: readonly Sample[]): Group => ({
    grouping: { job: 'fargaze-ecs', instance },
    samples: [...samples, time],
  });
  const clusters = ecs.clusters.flatMap((reading) => {
    const samples = clusterSamples(reading, { now, config: config.ecs });
    const arn = reading.cluster.clusterArn ?? '';
    const parts = partsOf(instanceOfCluster(arn, reading.part ?? 'all', shard), samples);
    return [...parts].map(([instance, part]) => group(instance, part));
  });
  const own = [
    ...readingSamples(ecs, { region, shard, tally: api.tally }),
    sample('fargaze_bridge_up', { source: 'ecs' }, ecs.faults.length === 0 ? 1 : 0),
    sample('fargaze_bridge_run_duration_seconds', {}, roundSeconds(clock.monotonic() - begun)),
  ];
  return { taken: now, groups: [...clusters, group(instanceOfRun('ecs-bridge', shard), own)] };
}

/** Runs a pass over CloudWatch when it is due, and delivers the samples about it. */
async function deliverCloudWatch(
  run: Run,
  ownEcs: Promise<EcsReading>,
): Promise<PassReport | undefined> {
  const { clock, deadline, memory, readDeadline, region, schedule, shard, sink } = run;
  const { cloudwatch: config, ecs: ecsConfig } = run.config;
  if (config === undefined || config.jobs.length + config.expressions.length === 0)
    return undefined;
  // A sink that cannot take points with times is a mistake that every run reports; ECS is delivered all the same.
  const writer = run.writer ?? createSeriesWriter(sink);
  if (!memory.turns.isDue(config.interval, { schedule, now: clock.now() / 1000 })) return undefined;
  // A receiver that never answers must leave time to report that to the other one.
  const writeDeadline = deadline.slice(Math.max(1, deadline.remaining() - reserve.reporting));
  const own = { config: shareBudget(config, shard), ecsConfig, shard, region, clock, schedule };
  const pass = { ...own, ownEcs, readDeadline, writer };
  const report = await runPass({ ...pass, writeDeadline }, memory).finally(writeDeadline.close);
  if (report.ran === 'waited') return report;
  const now = clock.now() / 1000;
  if (isComplete(report)) memory.turns.lastSuccess = now;
  const { lastSuccess } = memory.turns;
  const samples = bridgeSamples(report, { config: own.config, now, lastSuccess });
  const grouping = { job: 'fargaze-cloudwatch', instance: instanceOfRun('ecs-bridge', shard) };
  await sink.write({ taken: clock.now(), groups: [{ grouping, samples }] }, deadline);
  return report;
}

/** Each shard may cost an equal part. */
function shareBudget(config: CloudWatchConfig, shard: Shard | undefined): CloudWatchConfig {
  const { budget } = config;
  if (budget === undefined || shard === undefined) return config;
  return { ...config, budget: { ...budget, monthlyUsd: budget.monthlyUsd / shard.of } };
}

/** One line for each fault and note, and one for the run. */
function logRun({ begun, clock, log, sink }: Run, summary: BridgeSummary, request?: string): void {
  for (const detail of summary.faults) log('error', 'source failed', { detail });
  for (const detail of summary.cloudwatch?.notes ?? []) log('warn', 'cloudwatch', { detail });
  if (summary.unread !== undefined) log('warn', 'ecs is not read as a whole yet', summary.unread);
  log('info', 'invocation', {
    request,
    ...summary,
    sink: sink.name,
    now: clock.now(),
    seconds: roundSeconds(clock.monotonic() - begun),
  });
}

/** Throws the errors of both parts, once both have ended. */
function throwRunFaults(
  parts: readonly PromiseSettledResult<unknown>[],
  report: PassReport | undefined,
): void {
  const errors = [
    ...parts.flatMap((part) => (part.status === 'rejected' ? [part.reason as Error] : [])),
    ...(report?.tally.deliveryFaults ?? []),
  ];
  const [first] = errors;
  if (first === undefined) return;
  const messages = [...new Set(errors.map(({ message }) => message))];
  if (messages.length === 1) throw first;
  throw new AggregateError(errors, messages.join('\n'));
}

/** Throws the first fault when it left nothing to deliver. */
function throwIfNothing({ clusters, faults }: EcsReading, report?: PassReport): void {
  const [first] = faults;
  const sent = report?.tally.sent ?? 0;
  const some = clusters.some(({ services }) => services !== undefined) || sent > 0;
  if (first !== undefined && !some) throw first;
}
