// The jobs of one place: what each wants, over which window, in units that are read together.
import type { CloudWatchConfig, CloudWatchJob, EcsConfig, SourceError } from '@fargaze/core';
import type { CallTally } from '../../aws/rate-limit.ts';
import type { OpenPlace } from '../../aws/scope.ts';
import { type EcsReading, readEcs } from '../../ecs/read.ts';
import type { Memory } from '../../memory.ts';
import { splitStatistics } from '../query/plan.ts';
import { defaultOverlap, type EpochSeconds, finestPeriod, windowOf } from '../query/window.ts';
import { type Discoverer, discover, discoveryLag } from './discover.ts';
import { isReadFromEcs } from './ecs-metrics.ts';
import type { Discovery, ReadUnit, Wanted } from './metric-query.ts';
import { readResolutions, wantsResolutions } from './resolutions.ts';

/** A job at a place, ready to be read. */
export type PlacedJob = {
  readonly job: CloudWatchJob;
  readonly key: string;
  readonly discovery: Discovery;
  readonly units: readonly ReadUnit[];
};

/** What all jobs share. */
export type JobTools = {
  readonly config: CloudWatchConfig;
  readonly ecs: EcsConfig;
  readonly memory: Memory;
  readonly tally: CallTally;
  /** Seconds since 1970. */
  readonly now: EpochSeconds;
  readonly onFault: (error: SourceError) => void;
  /** The reading of the function's own place, which is made anyway. */
  readonly ownReading: (place: OpenPlace) => Promise<EcsReading> | undefined;
  readonly deadline: Discoverer['caller']['deadline'];
};

/** A text that is equal for the same job at the same place. */
export function jobKey(job: CloudWatchJob, { account, region }: OpenPlace): string {
  return JSON.stringify([job.name, region, account]);
}

/** What the jobs want of a place. */
export async function placeJobs(
  jobs: readonly CloudWatchJob[],
  place: OpenPlace,
  tools: JobTools,
): Promise<PlacedJob[]> {
  const reading = shareReading(jobs, place, tools);
  return Promise.all(
    jobs.map(async (job) => {
      const key = jobKey(job, place);
      const since = Math.min(
        ...job.metrics.map((metric) => window(metric, { job, key, tools }).from),
      );
      const discovery = await discover(job, {
        region: place.region,
        account: place.account,
        lister: {
          api: place.cloudwatch,
          pace: place.listPace,
          tally: tools.tally,
          lists: tools.memory.lists,
          place: place.key,
          now: tools.now * 1000,
          deadline: tools.deadline,
        },
        caller: place.caller,
        readEcs: async () => ({
          reading: await reading(),
          facts: { since, resolutions: tools.memory.resolutions },
        }),
        onFault: tools.onFault,
      });
      const wanted = [...discovery.wanted, ...departed(key, discovery, tools)];
      const units = wanted.flatMap((one) => unitsOf(one, { job, key, tools }));
      return { job, key, discovery, units };
    }),
  );
}

/** Reads ECS once for all jobs of the place that need it, and how often its services publish. */
function shareReading(
  jobs: readonly CloudWatchJob[],
  place: OpenPlace,
  tools: JobTools,
): () => Promise<EcsReading> {
  let made: Promise<EcsReading> | undefined;
  const make = async () => {
    const own = tools.ownReading(place);
    const reading = await (own ?? readEcs(place.ecs(), tools.ecs));
    if (own === undefined) for (const fault of reading.faults) tools.onFault(fault);
    if (jobs.some(wantsResolutions)) {
      const faults = await readResolutions(place.ecs(), reading, tools.memory.resolutions);
      for (const fault of faults) tools.onFault(fault);
    }
    return reading;
  };
  return () => {
    made ??= make();
    return made;
  };
}

type Context = { readonly job: CloudWatchJob; readonly key: string; readonly tools: JobTools };

function window(
  metric: CloudWatchJob['metrics'][number],
  { key, tools }: Context,
  more: { readonly period?: number; readonly lag?: number; readonly unit?: string } = {},
) {
  const { backfill, settle } = tools.config;
  return windowOf(
    { period: more.period ?? metric.period, length: metric.length, delay: metric.delay },
    {
      now: tools.now,
      settle,
      backfill,
      watermark: tools.memory.progress.get(more.unit ?? '') ?? tools.memory.watermarks.get(key),
      overlap: defaultOverlap + (more.lag ?? 0),
    },
  );
}

function unitsOf(wanted: Wanted, context: Context): ReadUnit[] {
  const { job, key, tools } = context;
  const { metric, resolution } = wanted;
  const period = finestPeriod(metric.period, resolution);
  const lag = tools.memory.isNew(metricKey(key, wanted)) ? discoveryLag(job) : 0;
  return splitStatistics(metric.statistics).map((statistics) => {
    const size = statistics.length;
    const progress = `${metricKey(key, wanted)}\u0000${statistics[0]}`;
    const span = window(metric, context, { period, lag, unit: progress });
    return { wanted, statistics, size, period, span, progress };
  });
}

/** A text that is equal for the same metric of a job. */
function metricKey(key: string, { account, dimensions, metric }: Wanted): string {
  const pairs = dimensions.map(({ name, value }) => `${name}=${value}`);
  return [key, account, metric.name, ...pairs].join('\u0000');
}

/** Remembers what was wanted, once it has been read: only what is new later may have begun long before. */
export function rememberWanted({ discovery, job, key }: PlacedJob, memory: Memory): void {
  if (discoveryLag(job) > 0) {
    for (const wanted of discovery.wanted) memory.see(metricKey(key, wanted));
  }
  if (!isReadFromEcs(job)) return;
  const byArn = new Map<string, Wanted[]>();
  for (const wanted of discovery.wanted) {
    const list = byArn.get(wanted.resource.arn) ?? [];
    list.push(wanted);
    byArn.set(wanted.resource.arn, list);
  }
  memory.lastWanted.set(key, byArn);
}

/** What has gone since the last run is read until all of its points are settled. */
function departed(key: string, { existing }: Discovery, { memory, now }: JobTools): Wanted[] {
  const leaving = memory.departed.get(key) ?? new Map();
  memory.departed.set(key, leaving);
  if (existing !== undefined) {
    for (const [arn, wanted] of memory.lastWanted.get(key) ?? []) {
      if (!existing.has(arn) && !leaving.has(arn)) leaving.set(arn, { wanted, goneAt: now });
    }
    for (const arn of existing) leaving.delete(arn);
  }
  return [...leaving.values()].flatMap((one) => one.wanted.map(withoutProof));
}

/** What has gone is no longer proven to exist: it gets no zeros. */
function withoutProof(wanted: Wanted): Wanted {
  const { since: _, ...resource } = wanted.resource;
  return { ...wanted, resource };
}
