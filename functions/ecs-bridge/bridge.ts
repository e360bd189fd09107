// One run of the bridge: read ECS, make samples, deliver. What one call costs, the others do not pay: the rest is
// delivered, what is missing is named, and the run fails only when nothing at all could be read or delivered.
import {
  type Batch,
  type BridgeConfig,
  type Clock,
  ConfigError,
  createLog,
  createSink,
  type Group,
  type InvocationContext,
  type Log,
  readEnv,
  roundSeconds,
  type Sample,
  type Sink,
  type SourceError,
  sample,
  startDeadline,
  systemClock,
} from '@fargaze/core';
import { createEcsApi, type EcsApi } from './aws.ts';
import { type EcsReading, readEcs } from './read.ts';
import { clusterSamples, readingSamples } from './samples.ts';

/** What a run needs; everything but the configuration has a default, which tests replace. */
export type Bridge = {
  readonly config: BridgeConfig;
  readonly sink?: Sink;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly api?: EcsApi;
};

/** The answer of the function. */
export type BridgeSummary = {
  readonly clusters: number;
  readonly services: number;
  readonly samples: number;
  readonly delivered: number;
  /** What could not be read, with the permission that is missing where that is why. */
  readonly faults: readonly string[];
};

/** Seconds of the invocation that are kept for delivering. */
const reserve = 10;

/** Runs the bridge once. @throws DeliveryError, ConfigError, or the first fault when nothing could be read. */
export async function runBridge(
  bridge: Bridge,
  event: unknown,
  context: InvocationContext,
): Promise<BridgeSummary> {
  refuseUnknown(event);
  const clock = bridge.clock ?? systemClock;
  const log = bridge.log ?? createLog({ function: 'ecs-bridge' });
  const sink = bridge.sink ?? createSink();
  const available = context.getRemainingTimeInMillis() / 1000;
  const whole = startDeadline(available, clock);
  const reading = whole.slice(Math.max(1, available - reserve));
  const begun = clock.monotonic();
  const region = readEnv('AWS_REGION');
  const api = bridge.api ?? createEcsApi(region, reading);
  try {
    const ecs = await readEcs(api, bridge.config.ecs);
    const run = { now: clock.now(), seconds: roundSeconds(clock.monotonic() - begun) };
    const { exportedTags } = bridge.config.ecs;
    const scope = { region: region ?? api.region, exportedTags };
    const batch = toBatch(ecs, scope, run);
    const samples = batch.groups.reduce((sum, group) => sum + group.samples.length, 0);
    for (const fault of ecs.faults) log('error', 'source failed', { detail: fault.message });
    await sink.write(batch, whole);
    const summary = summarize(ecs, samples);
    log('info', 'invocation', {
      request: context.awsRequestId,
      ...summary,
      sink: sink.name,
      ...run,
    });
    throwIfNothing(ecs);
    return summary;
  } finally {
    api.close();
    reading.close();
    whole.close();
  }
}

/** The bridge reads everything that is configured; the schedule's own input is all that an event may hold. */
function refuseUnknown(event: unknown): void {
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
  const unknown = Object.keys((event ?? {}) as object).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new ConfigError(
      'event',
      unknown.map((path) => ({ path, message: 'unknown key' })),
    );
  }
}

type Run = { readonly now: number; readonly seconds: number };

type Scope = { readonly region: string; readonly exportedTags: readonly string[] };

/** One group for each cluster whose services are known, and one for the run itself. */
function toBatch(ecs: EcsReading, { exportedTags, region }: Scope, run: Run): Batch {
  const time = sample('fargaze_bridge_timestamp_seconds', {}, run.now / 1000);
  const group = (instance: string, samples: readonly Sample[]): Group => ({
    grouping: { job: 'fargaze-ecs', instance },
    samples: [...samples, time],
  });
  const clusters = ecs.clusters.flatMap((reading) => {
    const samples = clusterSamples(reading, { now: run.now, exportedTags });
    return samples.length === 0 ? [] : [group(reading.cluster.clusterArn ?? '', samples)];
  });
  const own = [
    ...readingSamples(ecs, region),
    sample('fargaze_bridge_run_duration_seconds', {}, run.seconds),
  ];
  return { taken: run.now, groups: [...clusters, group('ecs-bridge', own)] };
}

function summarize({ clusters, faults }: EcsReading, samples: number): BridgeSummary {
  return {
    clusters: clusters.length,
    services: clusters.reduce((sum, { services }) => sum + (services?.length ?? 0), 0),
    samples,
    delivered: samples,
    faults: distinct(faults),
  };
}

function distinct(faults: readonly SourceError[]): string[] {
  return [...new Set(faults.map(({ message }) => message))];
}

function throwIfNothing({ clusters, faults }: EcsReading): void {
  const [first] = faults;
  if (first !== undefined && clusters.every(({ services }) => services === undefined)) throw first;
}
