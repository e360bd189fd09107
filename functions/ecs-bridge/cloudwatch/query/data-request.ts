// What GetMetricData is asked: queries over one window in one scope. Each expression has a request of its own: the ids in
// it are its author's, and a request takes only one Metrics Insights query.
import type { EpochSeconds, NamedValue, Seconds } from '@fargaze/core/internal';
import { addTo } from '../../aws/call-tally.ts';
import type { ScopeClients } from '../../aws/scope.ts';
import type { MetricDataQuery } from '../../aws/sdk-types.ts';
import type { ReadUnit, ScopedExpression } from '../find/found.ts';
import { resultId } from './answer.ts';
import { type PlannedRequest, pointsOf } from './plan.ts';

/** A query with the namespace that its points are counted under. */
export type DataQuery = {
  readonly query: MetricDataQuery & { readonly Id: string };
  readonly namespace: string;
};

/** What is asked. */
export type DataRequest = {
  readonly scope: ScopeClients;
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
  readonly queries: readonly DataQuery[];
  /** Metrics billed for each page, by namespace. */
  readonly billed: ReadonlyMap<string, number>;
  /** Points in the answer at most. */
  readonly points: number;
};

/** The id of a statistic of a unit, both by their index. */
export function queryId(unit: number, statistic: number): string {
  return `u${unit}s${statistic}`;
}

/** The request for planned units. */
export function requestUnits(planned: PlannedRequest<ReadUnit>, scope: ScopeClients): DataRequest {
  const { end, start, units } = planned;
  const billed = new Map<string, number>();
  for (const { query } of units) addTo(billed, query.job.namespace);
  const queries = units.flatMap((unit, index) =>
    unit.statistics.map((statistic, at) => unitQuery(unit, queryId(index, at), statistic)),
  );
  return { scope, start, end, queries, billed, points: pointsOf(planned) };
}

function unitQuery({ period, query }: ReadUnit, id: string, statistic: string): DataQuery {
  const { account, dimensions, job, linked, metric } = query;
  const { namespace } = job;
  const stat = statOf({ namespace, metric: metric.name, dimensions, statistic }, period);
  const owner = linked === 'linked' ? { AccountId: account } : {};
  return { query: { Id: id, MetricStat: stat, ...owner }, namespace };
}

/** The request for an expression. */
export function requestExpression({ expression, scope, span }: ScopedExpression): DataRequest {
  const { inputs, period } = expression;
  const metrics = inputs.map(({ id, ...input }): DataQuery => {
    const query = { Id: id, MetricStat: statOf(input, period), ReturnData: false };
    return { query, namespace: input.namespace };
  });
  const result = { Id: resultId, Expression: expression.expression, Period: period };
  const billed = new Map<string, number>();
  for (const { namespace } of inputs) addTo(billed, namespace);
  return {
    scope,
    start: span.from,
    end: span.until,
    queries: [...metrics, { query: result, namespace: 'expression' }],
    billed,
    points: (span.until - span.from) / period,
  };
}

type Stat = {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: readonly NamedValue[];
  readonly statistic: string;
};

function statOf({ dimensions, metric, namespace, statistic }: Stat, period: Seconds) {
  return {
    Metric: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
    },
    Period: period,
    Stat: statistic,
  };
}

/** The request for some of its queries; each is billed as a metric of its own, which is never too little. */
export function narrowRequest(request: DataRequest, queries: readonly DataQuery[]): DataRequest {
  const billed = new Map<string, number>();
  for (const { namespace } of queries) addTo(billed, namespace);
  const points = (request.points * queries.length) / request.queries.length;
  return { ...request, queries, billed, points };
}
