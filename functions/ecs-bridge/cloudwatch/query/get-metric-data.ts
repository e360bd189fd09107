// Carries out one request: every page, and what came back partial asked for again. What could be had is given back with
// what is missing; it never throws for an API that fails.
import { type Deadline, type Point, SourceError } from '@fargaze/core';
import type { CloudWatchApi, MetricDataQuery, MetricDataResult } from '../../aws/clients.ts';
import { type CallTally, count, type Pace } from '../../aws/rate-limit.ts';
import type { ReadUnit } from '../find/metric-query.ts';
import { type Request, requestLimits } from './plan.ts';

/** What reading needs, and where it counts. */
export type Reader = {
  readonly api: CloudWatchApi;
  readonly pace: Pace;
  readonly deadline: Deadline;
  readonly tally: FetchTally;
};

/** What was asked and answered; added to as it happens. */
export type FetchTally = CallTally & {
  /** Metrics billed, by namespace. */
  readonly billed: Map<string, number>;
  /** Points answered, by namespace. */
  readonly points: Map<string, number>;
  /** Results that were not complete, by `status outcome`. */
  readonly partial: Map<string, number>;
};

/** A query with the name that its answer bears, and what it is counted under. */
export type Question = {
  readonly query: MetricDataQuery & { readonly Id: string };
  readonly namespace: string;
};

/** A series of an answer; points in order of time. */
export type Answer = {
  readonly id: string;
  /** What CloudWatch calls the series; tells the series of one query apart. */
  readonly label: string;
  readonly points: Point[];
};

/** Everything that came of a request. */
export type Fetched = {
  readonly answers: readonly Answer[];
  /** Ids whose points are not all there. */
  readonly missing: ReadonlySet<string>;
  readonly fault: SourceError | undefined;
};

/** What is asked: questions over one window, and how many metrics they cost. */
export type Inquiry = {
  readonly start: number;
  readonly end: number;
  readonly questions: readonly Question[];
  /** Metrics billed, by namespace; counted for each page. */
  readonly cost: ReadonlyMap<string, number>;
  /** Points at most. */
  readonly points: number;
};

/** Times that a partial answer is asked for again. */
const repeats = 2;

/** The inquiry of a planned request; `idOf` names the query of a unit's statistic. */
export function inquiryOf({ end, start, units }: Request<ReadUnit>): Inquiry {
  const cost = new Map<string, number>();
  for (const { wanted } of units) count(cost, wanted.job.namespace);
  const points = units.reduce((sum, { period, size }) => sum + (size * (end - start)) / period, 0);
  const questions = units.flatMap((unit, index) =>
    unit.statistics.map((_, at) => toQuestion(unit, queryId(index, at), at)),
  );
  return { start, end, questions, cost, points };
}

/** The id of a statistic of a unit in its request. */
export function queryId(unit: number, statistic: number): string {
  return `u${unit}s${statistic}`;
}

function toQuestion(unit: ReadUnit, Id: string, statistic: number): Question {
  const { account, dimensions, job, linked, metric } = unit.wanted;
  const Metric = {
    Namespace: job.namespace,
    MetricName: metric.name,
    Dimensions: dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
  };
  const stat = unit.statistics[statistic];
  return {
    query: {
      Id,
      MetricStat: { Metric, Period: unit.period, Stat: stat },
      ...(linked === 'linked' && { AccountId: account }),
    },
    namespace: job.namespace,
  };
}

/** Reads an inquiry. */
export async function fetchInquiry(inquiry: Inquiry, reader: Reader): Promise<Fetched> {
  const state: State = { answers: new Map(), status: new Map(), fault: undefined };
  await readPages(inquiry, reader, state);
  const first = new Map(state.status);
  for (let round = 0; round < repeats && state.fault === undefined; round++) {
    const bad = inquiry.questions.filter(({ query }) => isRepeatable(state.status.get(query.Id)));
    if (bad.length === 0) break;
    await readPages(narrow(inquiry, bad), reader, state);
  }
  countPartial(first, state, reader.tally);
  const missing = inquiry.questions
    .map(({ query }) => query.Id)
    .filter((id) => state.status.get(id) !== 'Complete');
  return {
    answers: [...state.answers.values()],
    missing: new Set(missing),
    fault: state.fault ?? missingFault(missing, state),
  };
}

type State = {
  readonly answers: Map<string, Answer>;
  /** By id. */
  readonly status: Map<string, string>;
  fault: SourceError | undefined;
};

function isRepeatable(status: string | undefined): boolean {
  return status === 'PartialData' || status === 'InternalError';
}

/** What a call that succeeded did not answer. */
function missingFault(missing: readonly string[], { status }: State): SourceError | undefined {
  if (missing.length === 0) return undefined;
  const codes = new Set(missing.map((id) => status.get(id) ?? ''));
  const why = codes.has('Forbidden')
    ? 'Forbidden: a linked account does not share its metrics'
    : `results stayed ${[...codes].sort().join(', ')} after ${repeats} repeats`;
  return new SourceError(`GetMetricData: ${why}`, {
    operation: 'GetMetricData',
    retryable: !codes.has('Forbidden'),
  });
}

/** The inquiry for fewer questions; each counts as a metric of its own, which is never too little. */
function narrow(inquiry: Inquiry, questions: readonly Question[]): Inquiry {
  const cost = new Map<string, number>();
  for (const { namespace } of questions) count(cost, namespace);
  const points = (inquiry.points * questions.length) / inquiry.questions.length;
  return { ...inquiry, questions, cost, points };
}

async function readPages(
  { cost, end, points, questions, start }: Inquiry,
  { api, deadline, pace, tally }: Reader,
  state: State,
): Promise<void> {
  const spaces = new Map(questions.map(({ namespace, query }) => [query.Id, namespace]));
  const input = {
    MetricDataQueries: questions.map(({ query }) => query),
    StartTime: new Date(start * 1000),
    EndTime: new Date(end * 1000),
    MaxDatapoints: requestLimits.points,
    ScanBy: 'TimestampAscending' as const,
  };
  let token: string | undefined;
  let asked = points;
  try {
    do {
      const NextToken = token;
      const make = () =>
        api.getMetricData({ ...input, ...(NextToken !== undefined && { NextToken }) });
      const page = await pace.run({ api: 'GetMetricData', points: asked, make }, deadline);
      for (const [namespace, metrics] of cost) count(tally.billed, namespace, metrics);
      for (const result of page.MetricDataResults ?? []) {
        const own = take(result, state);
        count(tally.points, spaces.get(result.Id ?? '') ?? '', own);
      }
      token = page.NextToken;
      asked = 0;
    } while (token !== undefined && token !== '');
    // A query that no page names has no data.
    for (const { query } of questions) {
      if (!state.status.has(query.Id)) state.status.set(query.Id, 'Complete');
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    state.fault = error;
    // Pages that were not read may hold points of any of them.
    for (const { query } of questions) {
      if (state.status.get(query.Id) === 'Complete' && token !== undefined) continue;
      state.status.set(query.Id, 'unread');
    }
  }
}

/** Adds a result to what earlier pages gave; returns how many points it had. */
function take(result: MetricDataResult, { answers, status }: State): number {
  const { Id = '', Label = '', StatusCode = 'Complete', Timestamps = [], Values = [] } = result;
  const key = `${Id} ${Label}`;
  const answer = answers.get(key) ?? { id: Id, label: Label, points: [] };
  answers.set(key, answer);
  let last = answer.points.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  let ordered = true;
  for (const [index, time] of Timestamps.entries()) {
    const at = Math.round(time * 1000);
    answer.points.push({ at, value: Number(Values[index]) });
    ordered &&= at > last;
    last = at;
  }
  if (!ordered) putInOrder(answer.points);
  status.set(Id, StatusCode);
  return Timestamps.length;
}

/** By time; of two points of one time the later read counts. */
function putInOrder(points: Point[]): void {
  const byTime = new Map(points.map((point) => [point.at, point]));
  points.splice(0, points.length, ...byTime.values());
  points.sort((a, b) => a.at - b.at);
}

/** A result that other pages completed was not partial: that is how CloudWatch marks what goes on. */
function countPartial(first: ReadonlyMap<string, string>, { status }: State, tally: FetchTally) {
  for (const [id, code] of first) {
    if (code !== 'PartialData' && code !== 'InternalError') continue;
    const outcome = status.get(id) === 'Complete' ? 'recovered' : 'missing';
    count(tally.partial, `${code} ${outcome}`);
  }
}
