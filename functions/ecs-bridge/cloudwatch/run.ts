// One pass over CloudWatch: find what jobs ask for, price it, read it in the fewest requests, and write each answer as it
// comes, so that data read before a deadline or a fault is delivered. A job's watermark moves only when nothing is missing.
import { mapConcurrently, type Series } from '@fargaze/core/internal';
import { addTo } from '../aws/call-tally.ts';
import type { ScopeClients } from '../aws/scope.ts';
import { type BudgetDecision, decideBudget } from './budget.ts';
import { findExpressions, isSearch } from './find/expressions.ts';
import type { ReadUnit, ScopedExpression, ScopedJob } from './find/found.ts';
import { findJobs, jobsOf, keepFound } from './find/jobs.ts';
import { jobKey } from './find/search.ts';
import type { Memory } from './memory.ts';
import { closePass, openPass } from './pass/open-pass.ts';
import { type Pass, type PassOptions, settleOf } from './pass/pass.ts';
import { type Plan, type ScopedRequest, sizeOf } from './plan-size.ts';
import type { AnsweredSeries } from './query/answer.ts';
import { queryId, requestExpression, requestUnits } from './query/data-request.ts';
import { getMetricData } from './query/get-metric-data.ts';
import { planRequests, pointsOf } from './query/plan.ts';
import type { PassReport } from './report.ts';
import { orderNotes } from './write/point-order.ts';
import { SeriesMaker, seriesKey } from './write/series.ts';
import { writeMade } from './write/write-made.ts';
import { writeSeries } from './write/write-series.ts';

/** Requests under way at once: enough to keep the API busy, few enough to hold their points in memory. */
const concurrency = { usual: 5, heavy: 2, expressions: 4 } as const;

/** Points of a request from which it counts as heavy, as when an outage is filled. */
const heavyPoints = 20_000;

/** Runs a pass. Calls and writes that fail are not thrown: they are in the report. */
export async function runPass(options: PassOptions, memory: Memory): Promise<PassReport> {
  const order = await memory.order.learn(options);
  const overlap = memory.overlaps.of(options.clock.now() / 1000);
  const pass = await openPass({ ...options, order, overlap }, memory.sessions);
  if (order !== 'any') pass.tally.notes.push(orderNotes[order]);
  try {
    const run = new PassRun(pass, memory);
    const jobs = await run.find();
    const requests = jobs.flatMap(([scope, own]) =>
      planRequests(own.flatMap(({ units }) => units)).map((planned) => ({ scope, planned })),
    );
    const plan = { requests, expressions: findExpressions(pass, memory.watermarks) };
    const budget = decideBudget(sizeOf(plan, pass, memory.find.searches), pass.config);
    const ran = run.decide(budget);
    if (ran === 'read') {
      await run.read(plan);
      for (const [scope, own] of jobs) await run.finish(scope, own);
      if (pass.tally.incomplete.size === 0) memory.overlaps.take(pass.now);
      run.prune();
      memory.attempts.end(pass);
    }
    return { tally: pass.tally, budget, order, ran };
  } finally {
    closePass(pass);
  }
}

class PassRun {
  readonly #pass: Pass;
  readonly #memory: Memory;
  readonly #maker: SeriesMaker;
  #begun: Promise<void> | undefined;

  constructor(pass: Pass, memory: Memory) {
    this.#pass = pass;
    this.#memory = memory;
    this.#maker = new SeriesMaker(pass, memory.sent);
  }

  /** Each scope with its jobs and what they ask for. */
  async find(): Promise<[ScopeClients, ScopedJob[]][]> {
    const pass = this.#pass;
    const { claims, ecs, find: memory, watermarks: delivered } = this.#memory;
    const keys = pass.scopes.flatMap((scope) =>
      jobsOf(pass, scope).map((job) => jobKey(job, scope)),
    );
    await delivered.recall([...new Set(keys)], pass);
    const found = await mapConcurrently(
      pass.scopes,
      concurrency.usual,
      async (scope) =>
        [
          scope,
          await findJobs({ scope, pass, memory, ecs, delivered, tagged: new Map() }),
        ] as const,
    );
    return claims.settle(found, pass);
  }

  /** Whether the plan is carried out; a slowed one waits until its own interval is due. */
  decide(budget: BudgetDecision): PassReport['ran'] {
    const { tally } = this.#pass;
    const { turns } = this.#memory;
    turns.slowTo(budget.verdict === 'slowed' ? budget.interval : undefined);
    if (budget.verdict !== 'fits') tally.notes.push(budget.message);
    if (budget.verdict === 'slowed' && !turns.isTurn(budget.interval, this.#pass)) return 'waited';
    turns.take(this.#pass);
    return budget.verdict === 'refused' ? 'refused' : 'read';
  }

  /** Reads a plan and writes every answer. */
  async read({ expressions, requests }: Plan): Promise<void> {
    const heavy = requests.some(({ planned }) => pointsOf(planned) > heavyPoints);
    const limit = heavy ? concurrency.heavy : concurrency.usual;
    await mapConcurrently(requests, limit, (request) => this.#readUnits(request));
    await mapConcurrently(expressions, concurrency.expressions, (one) => this.#readExpression(one));
  }

  /** Says how far this pass will write, once and only when there is something to write: a run that reads nothing holds up nobody. */
  #begin(answers: readonly AnsweredSeries[]): Promise<void> | undefined {
    const { attempts, sent } = this.#memory;
    if (answers.every(({ points }) => points.length === 0)) return undefined;
    this.#begun ??= attempts.begin(this.#pass).then((until) => sent.doubtUntil(until));
    return this.#begun;
  }

  async #readUnits({ planned, scope }: ScopedRequest): Promise<void> {
    const { units } = planned;
    const { incomplete, deliveryFaults } = this.#pass.tally;
    const lost = new Set<ReadUnit>();
    // A receiver that failed once will not take the rest either: reading on would only cost.
    if (deliveryFaults.length > 0) {
      for (const { job } of units) incomplete.add(job);
      return;
    }
    const { answers, missing } = await getMetricData(requestUnits(planned, scope), this.#pass);
    await this.#begin(answers);
    const byId = new Map(answers.map((answer) => [answer.id, answer]));
    const made = units.flatMap((unit, index) =>
      unit.statistics.flatMap((statistic, at) => {
        const id = queryId(index, at);
        if (missing.has(id)) lost.add(unit);
        return this.#maker.ofUnit(unit, statistic, byId.get(id));
      }),
    );
    this.#noteNewest(units, byId);
    const written = await writeMade(made, this.#pass, this.#memory);
    for (const unit of units) {
      if (!written || lost.has(unit)) incomplete.add(unit.job);
      else this.#memory.watermarks.setUnit(unit.key, unit.span.until);
    }
  }

  async #readExpression(scoped: ScopedExpression): Promise<void> {
    const { tally } = this.#pass;
    if (tally.deliveryFaults.length > 0) return;
    const { answers, fault } = await getMetricData(requestExpression(scoped), this.#pass);
    if (isSearch(scoped.expression)) {
      addTo(tally.billed, 'expression', answers.length);
      if (fault === undefined) this.#memory.find.searches.set(scoped.key, answers.length);
    }
    await this.#begin(answers);
    const made = answers.flatMap((answer) => this.#maker.ofExpression(scoped, answer));
    const written = await writeMade(made, this.#pass, this.#memory);
    if (written && fault === undefined) this.#memory.watermarks.set(scoped.key, scoped.span.until);
  }

  #noteNewest(units: readonly ReadUnit[], answers: ReadonlyMap<string, AnsweredSeries>): void {
    const { newest } = this.#pass.tally;
    for (const [index, { query, span }] of units.entries()) {
      const points = answers.get(queryId(index, 0))?.points ?? [];
      const last = points.findLast(({ at }) => at < span.until * 1000);
      if (last === undefined) continue;
      const { namespace } = query.job;
      newest.set(namespace, Math.max(newest.get(namespace) ?? 0, last.at / 1000));
    }
  }

  /** Ends the series of resources that have gone, writes `_info` series, and moves the watermarks of complete jobs. */
  async finish(scope: ScopeClients, jobs: readonly ScopedJob[]): Promise<void> {
    const { now, tally } = this.#pass;
    const { find, sent, watermarks } = this.#memory;
    const existing = jobs.find(({ discovery }) => discovery.existing)?.discovery.existing;
    const gone = existing === undefined ? none : sent.ofGone(scope.key, existing);
    const at = Math.round(now * 1000);
    const ends = [...gone.values()].map(
      (labels): Series => ({ labels, points: [{ at, value: 'stale' }] }),
    );
    const info = jobs.flatMap((job) => this.#maker.ofResources(job));
    if ((await writeSeries([...ends, ...distinct(info)], this.#pass)) === undefined) return;
    for (const key of gone.keys()) sent.forget(key);
    if (existing !== undefined) sent.recordExisting(scope.key, existing);
    tally.stale += gone.size;
    for (const job of jobs) {
      if (tally.incomplete.has(job.key)) continue;
      const until = this.#deliveredUntil(job);
      keepFound(job, find, at);
      watermarks.set(job.key, until);
      find.settleDeparted(job.key, until);
    }
    const keys = new Set(jobs.map(({ key }) => key));
    await writeSeries(watermarks.series([...keys], this.#pass), this.#pass);
  }

  #deliveredUntil({ units }: ScopedJob): number {
    const { now } = this.#pass;
    return units
      .filter(({ shown }) => shown === 'points')
      .reduce(
        (until, { span }) => Math.min(until, span.until),
        Math.floor(now - settleOf(this.#pass)),
      );
  }

  prune(): void {
    const now = this.#pass.clock.now();
    this.#memory.sent.prune(now);
    this.#memory.watermarks.prune(now);
    this.#memory.find.prune(now);
  }
}

const none: ReadonlyMap<string, Series['labels']> = new Map();

/** Several jobs of a namespace share the `_info` series of a resource. */
function distinct(series: readonly Series[]): Series[] {
  return [...new Map(series.map((one) => [seriesKey(one.labels), one])).values()];
}
