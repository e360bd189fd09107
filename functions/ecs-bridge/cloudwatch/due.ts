// What comes before reading: places are opened, jobs say what they want, and the plan is held against the budget.
import {
  type Clock,
  type CloudWatchConfig,
  type Deadline,
  type EcsConfig,
  isDue,
  mapConcurrently,
  type SeriesWriter,
  SourceError,
} from '@fargaze/core';
import { count } from '../aws/rate-limit.ts';
import { type OpenPlace, openPlace, placeKey, placesOf, type Where } from '../aws/scope.ts';
import type { EcsReading } from '../ecs/read.ts';
import type { Memory } from '../memory.ts';
import { decideBudget } from './budget.ts';
import { isReadFromEcs } from './find/ecs-metrics.ts';
import { type JobTools, jobKey, type PlacedJob, placeJobs } from './find/jobs.ts';
import { listLifetime } from './find/list-metrics.ts';
import type { ReadUnit } from './find/metric-query.ts';
import { countExpressionMetrics } from './query/expressions.ts';
import type { Request } from './query/plan.ts';
import { defaultOverlap } from './query/window.ts';
import type { CloudWatchReport } from './report.ts';
import { recallWatermarks } from './write/watermarks.ts';

/** What a reading needs. */
export type CloudWatchRun = {
  readonly config: CloudWatchConfig;
  readonly ecs: EcsConfig;
  readonly memory: Memory;
  readonly clock: Clock;
  /** The function's own region. */
  readonly region: string;
  readonly writer: SeriesWriter;
  /** The reading of ECS with own credentials in the own region. */
  readonly ownReading: Promise<EcsReading>;
  /** Nothing is read after it. */
  readonly reading: Deadline;
  /** Nothing is written after it. */
  readonly whole: Deadline;
  /** Seconds between ticks; undefined: by hand, so it is due whatever the time. */
  readonly schedule: number | undefined;
};

/** A place with its jobs. */
export type Opened = { readonly place: OpenPlace; readonly jobs: readonly PlacedJob[] };

/** The state of one reading. */
export type RunState = {
  readonly run: CloudWatchRun;
  readonly report: CloudWatchReport;
  readonly now: number;
  /** Jobs of which something is missing. */
  readonly broken: Set<string>;
};

/** A request with the place that it goes to. */
export type PlannedRequest = { readonly place: OpenPlace; readonly request: Request<ReadUnit> };

/** Places and jobs that are prepared at once. */
const concurrency = 5;

/** Opens every place and finds what its jobs want; a place that cannot be opened costs its own jobs. */
export async function openPlaces(state: RunState): Promise<Opened[]> {
  const { report, run } = state;
  const scopes = [...run.config.jobs, ...run.config.expressions];
  const wheres = new Map<string, Where>();
  for (const where of scopes.flatMap((scope) => placesOf(scope, run.region))) {
    wheres.set(placeKey(where), where);
  }
  const tools = {
    memory: run.memory,
    clock: run.clock,
    deadline: run.reading,
    tally: report.tally,
    stsRegion: run.config.stsRegion,
  };
  const places = await mapConcurrently([...wheres.values()], concurrency, async (where) => {
    try {
      return await openPlace(where, tools);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      report.faults.push(error);
      return undefined;
    }
  });
  const open = places.filter((place) => place !== undefined);
  await recall(state, open);
  return mapConcurrently(open, concurrency, async (place) => {
    const jobs = await placeJobs(jobsOf(state, place), place, jobTools(state));
    noteFound(state, jobs);
    return { place, jobs };
  });
}

function jobsOf({ run }: RunState, place: OpenPlace) {
  return run.config.jobs.filter((job) =>
    placesOf(job, run.region).some((where) => placeKey(where) === place.key),
  );
}

async function recall(state: RunState, places: readonly OpenPlace[]): Promise<void> {
  const { now, report, run } = state;
  const keys = places.flatMap((place) => jobsOf(state, place).map((job) => jobKey(job, place)));
  const { backfill } = run.config;
  const from = { writer: run.writer, now, backfill, deadline: run.reading };
  const fault = await recallWatermarks([...new Set(keys)], run.memory, from);
  if (fault !== undefined) report.notes.push(`${fault}: reading the whole of backfill`);
}

function jobTools({ now, report, run }: RunState): JobTools {
  return {
    config: run.config,
    ecs: run.ecs,
    memory: run.memory,
    tally: report.tally,
    now,
    deadline: run.reading,
    onFault: (fault) => report.faults.push(fault),
    ownReading: ({ region, role }) =>
      region === run.region && role === undefined ? run.ownReading : undefined,
  };
}

function noteFound({ broken, report, run }: RunState, jobs: readonly PlacedJob[]): void {
  for (const { discovery, job, key, units } of jobs) {
    if (discovery.complete === 'partial') broken.add(key);
    count(report.resources, job.namespace, discovery.resources.length);
    for (const { period, span, wanted } of units) {
      const usual = defaultOverlap + Math.max(wanted.metric.length, run.config.interval) + period;
      report.gap = Math.max(report.gap, span.until - span.from - usual);
    }
  }
}

/** What decides whether it is time to read; times in seconds. */
type Turn = {
  /** Between ticks; undefined: by hand. */
  readonly schedule: number | undefined;
  readonly now: number;
  readonly memory: Memory;
};

/**
 * Whether CloudWatch is due. Ticks come a little early or late, and seldom twice: counted from the last reading, where it is
 * known, none is billed twice and none left out.
 */
export function isTurn(interval: number, { memory, now, schedule }: Turn): boolean {
  if (schedule === undefined) return true;
  const { lastTick } = memory;
  if (lastTick === undefined || lastTick > now) {
    return isDue(interval, { schedule, time: now * 1000 });
  }
  return now - lastTick >= interval - schedule / 2;
}

/** Holds the plan against the budget; a slowed plan waits until its own interval is due. */
export function decide({ now, report, run }: RunState, plan: readonly PlannedRequest[]): void {
  judge({ now, report, run }, plan);
  if (report.ran !== 'waited' && run.schedule !== undefined) run.memory.lastTick = now;
}

type Judging = Pick<RunState, 'now' | 'report' | 'run'>;

function judge({ now, report, run }: Judging, plan: readonly PlannedRequest[]): void {
  const other = countExpressionMetrics(run.config.expressions, run.region, run.memory);
  const metrics = plan.reduce((sum, { request }) => sum + request.units.length, other);
  const names = new Set(run.config.jobs.flatMap((job) => listed(job, run.region)));
  const listMetrics = (names.size * run.config.interval) / listLifetime;
  const decision = decideBudget({ metrics, listMetrics, getMetricStatistics: 0 }, run.config);
  report.budget = decision;
  run.memory.slowedTo = decision.verdict === 'slowed' ? decision.interval : undefined;
  if (decision.verdict === 'fits') return;
  report.notes.push(decision.message);
  if (decision.verdict === 'refused') report.ran = 'refused';
  else if (!isTurn(decision.interval, { ...run, now })) report.ran = 'waited';
}

/** What a job lists, once in the life of a list. */
function listed(job: CloudWatchConfig['jobs'][number], region: string): string[] {
  if (job.kind === 'static' || isReadFromEcs(job)) return [];
  return placesOf(job, region).flatMap((where) =>
    job.metrics.map(({ name }) => `${placeKey(where)} ${job.namespace} ${name}`),
  );
}
