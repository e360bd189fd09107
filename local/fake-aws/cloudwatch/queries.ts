// The queries of a GetMetricData request, read and checked against the limits that CloudWatch enforces.
import type { Context } from '../call/context.ts';
import { checkWindow, type Window } from '../metrics/buckets.ts';
import { keyOf, type MetricIdentity } from '../metrics/series.ts';
import { type Statistic, statisticOf } from '../metrics/statistics.ts';
import { validationError } from '../wire/errors.ts';
import {
  type Input,
  readFlag,
  readNumber,
  readObject,
  readObjects,
  readText,
  requireNumber,
  requireText,
  requireTime,
} from '../wire/input.ts';
import { type Expression, parseExpression } from './expression.ts';
import { readIdentity } from './metric-identity.ts';

/** Most queries of one request. */
const maxQueries = 500;

/** Statistics of one metric in one request that are billed as one. */
const statisticsPerBilledMetric = 5;

/** A query for a statistic of a metric. */
export type StatQuery = {
  readonly kind: 'stat';
  readonly identity: MetricIdentity;
  readonly account: string | undefined;
  readonly stat: string;
  readonly statistic: Statistic;
  readonly window: Window;
  /** Data in another unit do not match. */
  readonly unit: string | undefined;
};

/** A query that computes from others. */
export type MathQuery = { readonly kind: 'math'; readonly expression: Expression };

/** One query of a request. */
export type Query = {
  readonly id: string;
  readonly label: string;
  readonly returned: boolean;
  readonly ask: StatQuery | MathQuery;
};

/** The queries of a request. @throws AwsError ValidationError */
export function readQueries({ call }: Context): readonly Query[] {
  const inputs = readObjects(call.input, 'MetricDataQueries');
  if (inputs.length === 0) throw validationError('The parameter MetricDataQueries is required.');
  if (inputs.length > maxQueries) {
    throw validationError(
      `The collection MetricDataQueries must not have a size greater than ${maxQueries}.`,
    );
  }
  const start = requireTime(call.input, 'StartTime');
  const end = requireTime(call.input, 'EndTime');
  const queries = inputs.map((input) => readQuery(input, { start, end }));
  checkIds(queries);
  return queries;
}

function readQuery(input: Input, span: Omit<Window, 'period'>): Query {
  const id = requireText(input, 'Id');
  const expression = readText(input, 'Expression');
  const stat = readObject(input, 'MetricStat');
  if ((expression === undefined) === (stat === undefined)) {
    throw validationError(`Query ${id} needs either MetricStat or Expression, not both.`);
  }
  const ask =
    stat === undefined
      ? ({ kind: 'math', expression: parseExpression(expression ?? '') } as const)
      : readStat(stat, { ...span, account: readText(input, 'AccountId') });
  const usual = ask.kind === 'stat' ? ask.identity.name : id;
  return {
    id,
    label: readText(input, 'Label') ?? usual,
    returned: readFlag(input, 'ReturnData') ?? true,
    ask,
  };
}

type Span = Omit<Window, 'period'> & { readonly account: string | undefined };

function readStat(input: Input, { start, end, account }: Span): StatQuery {
  const window: Window = { start, end, period: requireNumber(input, 'Period') };
  checkWindow(window);
  const stat = requireText(input, 'Stat');
  return {
    kind: 'stat',
    identity: readIdentity(readObject(input, 'Metric') ?? {}),
    account,
    stat,
    statistic: statisticOf(stat),
    window,
    unit: readText(input, 'Unit'),
  };
}

function checkIds(queries: readonly Query[]): void {
  const ids = new Set<string>();
  for (const { id } of queries) {
    if (!/^[a-z]\w*$/.test(id)) {
      throw validationError(`The Id ${id} does not match the pattern ^[a-z][a-zA-Z0-9_]*$.`);
    }
    if (ids.has(id)) throw validationError(`The Id ${id} is used more than once.`);
    ids.add(id);
  }
  for (const { ask } of queries) {
    if (ask.kind !== 'math') continue;
    const unknown = ask.expression.ids.find((id) => !ids.has(id));
    if (unknown !== undefined) throw validationError(`Expression refers to unknown Id ${unknown}.`);
  }
}

/** How many points `MaxDatapoints` allows on a page, 100,800 by default. @throws AwsError */
export function readMaxPoints({ call, directives }: Context): number {
  const asked = readNumber(call.input, 'MaxDatapoints') ?? 100_800;
  if (asked < 1 || asked > 100_800) {
    throw validationError(`MaxDatapoints is ${asked}, want 1-100800.`);
  }
  return Math.min(asked, directives.pageSize ?? asked);
}

/** Metrics that AWS bills for the request: each metric once per five statistics. */
export function countBilled(queries: readonly Query[], ownAccount: string): number {
  const statistics = new Map<string, Set<string>>();
  for (const { ask } of queries) {
    if (ask.kind !== 'stat') continue;
    const key = `${ask.account ?? ownAccount} ${keyOf(ask.identity)}`;
    const known = statistics.get(key);
    if (known === undefined) statistics.set(key, new Set([ask.stat]));
    else known.add(ask.stat);
  }
  return [...statistics.values()].reduce(
    (total, { size }) => total + Math.ceil(size / statisticsPerBilledMetric),
    0,
  );
}
