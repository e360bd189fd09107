// One run of the bridge: ECS every time, CloudWatch when it is due, side by side. What one call costs, the others do not
// pay: the rest is delivered, what is missing is named, and the run fails only when nothing at all could be read or
// something could not be delivered.
import {
  type Batch,
  type BridgeConfig,
  type Clock,
  ConfigError,
  createLog,
  createSeriesWriter,
  createSink,
  type Deadline,
  type Group,
  type InvocationContext,
  type Log,
  parseDuration,
  readEnv,
  roundSeconds,
  type Sample,
  type SeriesWriter,
  type Sink,
  sample,
  startDeadline,
  systemClock,
} from '@fargaze/core';
import { type BridgeSummary, summarize } from './answer.ts';
import { createEcsApi, type EcsApi } from './aws/clients.ts';
import { isTurn } from './cloudwatch/due.ts';
import type { CloudWatchReport } from './cloudwatch/report.ts';
import { readCloudWatch } from './cloudwatch/run.ts';
import { isWhole, selfSamples } from './cloudwatch/self-samples.ts';
import { type EcsReading, readEcs } from './ecs/read.ts';
import { clusterSamples, readingSamples } from './ecs/samples.ts';
import { Memory } from './memory.ts';

/** What a run needs; everything but the configuration has a default, which tests replace. */
export type Bridge = {
  readonly config: BridgeConfig;
  /** Outlives runs in a warm function. */
  readonly memory?: Memory;
  readonly sink?: Sink;
  readonly writer?: SeriesWriter;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly api?: EcsApi;
};

/** Seconds of the invocation that are kept for delivering; of these for telling of a delivery that failed, and for the log. */
const reserve = { delivering: 10, telling: 4, log: 1 };

/** Runs the bridge once. @throws DeliveryError, ConfigError, or the first fault when nothing could be read. */
export async function runBridge(
  bridge: Bridge,
  event: unknown,
  context: InvocationContext,
): Promise<BridgeSummary> {
  const schedule = readSchedule(event);
  const clock = bridge.clock ?? systemClock;
  const log = bridge.log ?? createLog({ function: 'ecs-bridge' });
  const sink = bridge.sink ?? createSink();
  const available = context.getRemainingTimeInMillis() / 1000;
  const whole = startDeadline(Math.max(1, available - reserve.log), clock);
  const reading = whole.slice(Math.max(1, available - reserve.delivering));
  const region = readEnv('AWS_REGION');
  const api = bridge.api ?? createEcsApi(region === undefined ? {} : { region }, reading);
  const begun = clock.monotonic();
  const run: Run = { bridge, clock, sink, whole, reading, region: region ?? api.region, begun };
  try {
    const ecs = readEcs(api, bridge.config.ecs);
    const [delivered, cloudwatch] = await Promise.allSettled([
      deliverEcs(run, ecs),
      deliverCloudWatch(run, ecs, schedule),
    ]);
    const reading = await ecs;
    const report = cloudwatch.status === 'fulfilled' ? cloudwatch.value : undefined;
    const samples = delivered.status === 'fulfilled' ? delivered.value : 0;
    const summary = summarize(reading, { samples, report });
    tell(log, reading, report);
    log('info', 'invocation', {
      request: context.awsRequestId,
      ...summary,
      sink: sink.name,
      now: clock.now(),
      seconds: roundSeconds(clock.monotonic() - begun),
    });
    throwFaults([delivered, cloudwatch], report);
    throwIfNothing(reading, report);
    return summary;
  } finally {
    api.close();
    reading.close();
    whole.close();
  }
}

type Run = {
  readonly bridge: Bridge;
  readonly clock: Clock;
  readonly sink: Sink;
  readonly whole: Deadline;
  readonly reading: Deadline;
  readonly region: string;
  /** Monotonic seconds. */
  readonly begun: number;
};

/** Everything that an event may hold: the schedule's own input, or EventBridge's. Seconds between ticks; undefined: by hand. */
function readSchedule(event: unknown): number | undefined {
  const known = [
    'schedule',
    'time',
    'source',
    'detail-type',
    'detail',
    'id',
    'account',
    'region',
    'resources',
    'version',
  ];
  const given = (event ?? {}) as { readonly schedule?: unknown; readonly source?: unknown };
  const issues = Object.keys(given)
    .filter((key) => !known.includes(key))
    .map((path) => ({ path, message: 'unknown key' }));
  const { schedule, source } = given;
  const seconds = typeof schedule === 'string' ? parseDuration(schedule) : undefined;
  if (schedule !== undefined && !(seconds !== undefined && seconds > 0)) {
    const message = `got ${JSON.stringify(schedule)}, want a duration such as 1m`;
    issues.push({ path: 'schedule', message });
  }
  if (issues.length > 0) throw new ConfigError('event', issues);
  return seconds ?? (source === 'aws.events' ? 60 : undefined);
}

/** Delivers what ECS says; answers with the number of samples. */
async function deliverEcs(run: Run, ecs: Promise<EcsReading>): Promise<number> {
  const reading = await ecs;
  const batch = toBatch(reading, run);
  await run.sink.write(batch, run.whole);
  return batch.groups.reduce((sum, group) => sum + group.samples.length, 0);
}

/** One group for each cluster whose services are known, and one for the run itself. */
function toBatch(ecs: EcsReading, { begun, bridge, clock, region }: Run): Batch {
  const now = clock.now();
  const time = sample('fargaze_bridge_timestamp_seconds', {}, now / 1000);
  const group = (instance: string, samples: readonly Sample[]): Group => ({
    grouping: { job: 'fargaze-ecs', instance },
    samples: [...samples, time],
  });
  const { exportedTags } = bridge.config.ecs;
  const clusters = ecs.clusters.flatMap((reading) => {
    const samples = clusterSamples(reading, { now, exportedTags });
    return samples.length === 0 ? [] : [group(reading.cluster.clusterArn ?? '', samples)];
  });
  const own = [
    ...readingSamples(ecs, region),
    sample('fargaze_bridge_up', { source: 'ecs' }, ecs.faults.length === 0 ? 1 : 0),
    sample('fargaze_bridge_run_duration_seconds', {}, roundSeconds(clock.monotonic() - begun)),
  ];
  return { taken: now, groups: [...clusters, group('ecs-bridge', own)] };
}

/** Reads and delivers CloudWatch when it is due, and what the reading says of itself. */
async function deliverCloudWatch(
  run: Run,
  ecs: Promise<EcsReading>,
  schedule: number | undefined,
): Promise<CloudWatchReport | undefined> {
  const { bridge, clock, reading, region, whole } = run;
  const { cloudwatch: config, ecs: ecsConfig } = bridge.config;
  if (config === undefined || config.jobs.length + config.expressions.length === 0)
    return undefined;
  // Points that nobody could take are a mistake that every run tells; what ECS says is delivered all the same.
  const writer = bridge.writer ?? createSeriesWriter(run.sink);
  const memory = bridge.memory ?? new Memory();
  // Due by both, a slowed plan would run at multiples of both alone.
  const interval = memory.slowedTo ?? config.interval;
  if (!isTurn(interval, { schedule, now: clock.now() / 1000, memory })) return undefined;
  // A receiver that never answers must not take the time in which the other one is told of it.
  const writing = whole.slice(Math.max(1, whole.remaining() - reserve.telling));
  const shared = { config, ecs: ecsConfig, memory, clock, region, writer, reading, whole: writing };
  const report = await readCloudWatch({ ...shared, ownReading: ecs, schedule }).finally(
    writing.close,
  );
  const now = clock.now() / 1000;
  if (isWhole(report) && report.ran === 'read') memory.lastSuccess.set('cloudwatch', now);
  if (report.ran === 'waited') return report;
  const lastSuccess = memory.lastSuccess.get('cloudwatch');
  const samples = selfSamples(report, { config, now, lastSuccess });
  const grouping = { job: 'fargaze-cloudwatch', instance: 'ecs-bridge' };
  await run.sink.write({ taken: clock.now(), groups: [{ grouping, samples }] }, whole);
  return report;
}

/** What went wrong, once each; an over-budget plan is told on every run. */
function tell(log: Log, ecs: EcsReading, report: CloudWatchReport | undefined): void {
  const faults = [...ecs.faults, ...(report?.faults ?? [])].map(({ message }) => message);
  for (const detail of new Set(faults)) log('error', 'source failed', { detail });
  for (const detail of new Set(report?.notes ?? [])) log('warn', 'cloudwatch', { detail });
}

/** Errors of both parts come to light, but only after both have ended. */
function throwFaults(
  parts: readonly PromiseSettledResult<unknown>[],
  report: CloudWatchReport | undefined,
): void {
  const errors = [
    ...parts.flatMap((part) => (part.status === 'rejected' ? [part.reason as Error] : [])),
    ...(report?.deliveryFaults ?? []),
  ];
  const [first] = errors;
  if (first === undefined) return;
  const messages = [...new Set(errors.map(({ message }) => message))];
  if (messages.length === 1) throw first;
  throw new AggregateError(errors, messages.join('\n'));
}

function throwIfNothing({ clusters, faults }: EcsReading, report?: CloudWatchReport): void {
  const [first] = faults;
  const some = clusters.some(({ services }) => services !== undefined) || (report?.sent ?? 0) > 0;
  if (first !== undefined && !some) throw first;
}
