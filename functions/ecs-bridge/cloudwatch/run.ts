// One reading of CloudWatch: find what the jobs want, price it, read it in the fewest requests, and write each answer as it
// comes, so that what was read before a deadline or a fault is delivered. A job moves on only when it is whole.
import { DeliveryError, mapConcurrently, type Series } from '@fargaze/core';
import { count } from '../aws/rate-limit.ts';
import type { OpenPlace } from '../aws/scope.ts';
import {
  type CloudWatchRun,
  decide,
  openPlaces,
  type PlannedRequest,
  type RunState,
} from './due.ts';
import { jobKey, type PlacedJob, rememberWanted } from './find/jobs.ts';
import type { ReadUnit } from './find/metric-query.ts';
import { readExpressions } from './query/expressions.ts';
import { fetchInquiry, inquiryOf, queryId } from './query/get-metric-data.ts';
import { planRequests } from './query/plan.ts';
import { type CloudWatchReport, createReport } from './report.ts';
import { keyOf, type MadeSeries, makeInfo, makeSeries } from './write/series.ts';
import { watermarkSeries } from './write/watermarks.ts';

/** Requests under way at once: enough to keep the API busy, few enough to hold their points in memory. */
const concurrency = { usual: 5, heavy: 2 } as const;

/** Points of a request that make it heavy: an outage is being filled. */
const heavyPoints = 20_000;

/** Reads CloudWatch once. Nothing that fails is thrown: it is in the report. */
export async function readCloudWatch(run: CloudWatchRun): Promise<CloudWatchReport> {
  const report = createReport();
  const state: RunState = { run, report, now: run.clock.now() / 1000, broken: new Set() };
  const opened = await openPlaces(state);
  try {
    const plan = opened.flatMap(({ jobs, place }) =>
      planRequests(jobs.flatMap(({ units }) => units)).map((request) => ({ place, request })),
    );
    decide(state, plan);
    if (report.ran !== 'read') return report;
    await mapConcurrently(plan, limitOf(plan), (part) => readOne(state, part));
    await readExpressions(
      opened.map(({ place }) => place),
      { ...run, now: state.now, report, deliver: (series) => write(state, series) },
    );
    for (const { jobs, place } of opened) await finish(state, place, jobs);
    run.memory.prune(run.clock.now());
    return report;
  } finally {
    for (const { place } of opened) place.close();
  }
}

function limitOf(plan: readonly PlannedRequest[]): number {
  const heavy = plan.some(({ request }) => inquiryOf(request).points > heavyPoints);
  return heavy ? concurrency.heavy : concurrency.usual;
}

/** Reads one request and writes what came of it. */
async function readOne(state: RunState, { place, request }: PlannedRequest): Promise<void> {
  const { broken, report, run } = state;
  const lost = new Set<ReadUnit>();
  const lose = (units: readonly ReadUnit[]) => {
    for (const unit of units) {
      broken.add(jobKey(unit.wanted.job, place));
      lost.add(unit);
    }
  };
  // A receiver that does not answer will not have the rest either: reading on would only cost.
  if (report.deliveryFaults.length > 0) return lose(request.units);
  const reader = {
    api: place.cloudwatch,
    pace: place.dataPace,
    deadline: run.reading,
    tally: report.tally,
  };
  const { answers, fault, missing } = await fetchInquiry(inquiryOf(request), reader);
  if (fault !== undefined) report.faults.push(fault);
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  const maker = {
    naming: run.config,
    region: place.region,
    memory: run.memory,
    now: state.now,
  };
  const made = request.units.flatMap((unit, index) =>
    unit.statistics.flatMap((statistic, at) => {
      const id = queryId(index, at);
      if (missing.has(id)) lose([unit]);
      return makeSeries(unit, { answer: byId.get(id), statistic }, maker) ?? [];
    }),
  );
  noteNewest(state, request.units, byId);
  const written = await write(
    state,
    made.map(({ series }) => series),
  );
  if (!written) return lose(request.units);
  remember(state, made);
  for (const unit of request.units) {
    if (!lost.has(unit)) run.memory.progress.set(unit.progress, unit.span.until);
  }
}

function noteNewest(
  { report }: RunState,
  units: readonly ReadUnit[],
  answers: ReadonlyMap<string, { readonly points: readonly { readonly at: number }[] }>,
): void {
  for (const [index, { span, wanted }] of units.entries()) {
    const last = answers
      .get(queryId(index, 0))
      ?.points.findLast(({ at }) => at < span.until * 1000);
    if (last === undefined) continue;
    const { namespace } = wanted.job;
    const newest = Math.max(report.newest.get(namespace) ?? 0, last.at / 1000);
    report.newest.set(namespace, newest);
  }
}

function remember({ run }: RunState, made: readonly MadeSeries[]): void {
  for (const { arn, from, key, read, series } of made) {
    run.memory.remember(key, { arn, from, labels: series.labels, now: run.clock.now(), read });
  }
}

/** Whether the series were written; what the receiver refuses for good is counted. */
async function write({ report, run }: RunState, series: readonly Series[]): Promise<boolean> {
  if (series.length === 0) return true;
  try {
    const { rejected, sent } = await run.writer.write(series, run.whole);
    report.sent += sent;
    for (const [reason, number] of Object.entries(rejected)) {
      count(report.rejected, reason, number);
    }
    return true;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    report.deliveryFaults.push(error);
    return false;
  }
}

/** Ends series of what has gone, tells tags, and moves the watermarks of the jobs that are whole. */
async function finish(
  state: RunState,
  place: OpenPlace,
  jobs: readonly PlacedJob[],
): Promise<void> {
  const { broken, now, report, run } = state;
  const existing = jobs.find(({ discovery }) => discovery.existing)?.discovery.existing;
  const gone = existing === undefined ? none : run.memory.seriesOfGone(place.key, existing);
  const maker = { naming: run.config, region: place.region, memory: run.memory, now };
  const info = jobs.flatMap(({ discovery, job }) =>
    makeInfo(job, discovery, { ...maker, account: place.account }),
  );
  const markers = [...gone.values()].map((labels): Series => {
    return { labels, points: [{ at: Math.round(now * 1000), value: 'stale' }] };
  });
  if (!(await write(state, [...markers, ...distinct(info)]))) return;
  for (const key of gone.keys()) run.memory.forget(key);
  if (existing !== undefined) run.memory.seeExisting(place.key, existing);
  report.stale += gone.size;
  for (const placed of jobs) {
    if (broken.has(placed.key)) continue;
    rememberWanted(placed, run.memory);
    advance(state, placed);
  }
  const keys = jobs.map(({ key }) => key);
  await write(state, watermarkSeries([...new Set(keys)], run.memory, now));
}

const none: ReadonlyMap<string, Series['labels']> = new Map();

/** Resources of several jobs of a namespace have one series. */
function distinct(series: readonly Series[]): Series[] {
  return [...new Map(series.map((one) => [keyOf(one.labels), one])).values()];
}

function advance({ now, run }: RunState, { key, units }: PlacedJob): void {
  const { settle } = run.config;
  const ends = units.map(({ span }) => span.until);
  const until = ends.length === 0 ? Math.floor(now - settle) : Math.min(...ends);
  run.memory.watermarks.set(key, until);
  for (const [arn, { goneAt }] of run.memory.departed.get(key) ?? []) {
    if (until > goneAt) run.memory.departed.get(key)?.delete(arn);
  }
}
