// Metric math and Metrics Insights, passed through. Each expression goes by itself: the ids in it are its author's, and a
// request takes one Insights query. Read anew from the window's start each time: what it computes may change.
import {
  type Clock,
  type CloudWatchConfig,
  type CloudWatchExpression,
  type Deadline,
  mapConcurrently,
  type Series,
} from '@fargaze/core';
import { count } from '../../aws/rate-limit.ts';
import { type OpenPlace, placeKey, placesOf } from '../../aws/scope.ts';
import type { Memory } from '../../memory.ts';
import type { CloudWatchReport } from '../report.ts';
import { keyOf } from '../write/series.ts';
import { type Answer, fetchInquiry, type Inquiry } from './get-metric-data.ts';
import { defaultOverlap, type Span, windowOf } from './window.ts';

/** What reading expressions needs. */
export type ExpressionRun = {
  readonly config: CloudWatchConfig;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly reading: Deadline;
  readonly region: string;
  /** Seconds since 1970. */
  readonly now: number;
  readonly report: CloudWatchReport;
  /** Whether the series were written. */
  readonly deliver: (series: readonly Series[]) => Promise<boolean>;
};

/** Metrics that a reading of the expressions is billed for; what a search finds is taken from its last answer. */
export function countExpressionMetrics(
  expressions: readonly CloudWatchExpression[],
  region: string,
  { found }: Memory,
): number {
  return expressions
    .flatMap((one) =>
      placesOf(one, region).map((at) => [one, foundKey(one, placeKey(at))] as const),
    )
    .map(([{ inputs, ...one }, key]) => inputs.length + (isSearch(one) ? (found.get(key) ?? 1) : 0))
    .reduce((sum, metrics) => sum + metrics, 0);
}

/** Whether CloudWatch itself finds the metrics, and bills each. */
function isSearch({ expression }: Pick<CloudWatchExpression, 'expression'>): boolean {
  return /\bSEARCH\s*\(|^\s*SELECT\b/i.test(expression);
}

function foundKey({ name }: Pick<CloudWatchExpression, 'name'>, place: string): string {
  return `expression ${name} ${place}`;
}

/** The id of the query that bears the expression. */
const resultId = 'fargazeresult';

/** Reads every expression at every place that it names. */
export async function readExpressions(
  places: readonly OpenPlace[],
  run: ExpressionRun,
): Promise<void> {
  const pairs = places.flatMap((place) =>
    run.config.expressions
      .filter((one) => placesOf(one, run.region).some((at) => placeKey(at) === place.key))
      .map((expression) => ({ place, expression })),
  );
  await mapConcurrently(pairs, 4, ({ expression, place }) => readOne(expression, place, run));
}

async function readOne(
  expression: CloudWatchExpression,
  place: OpenPlace,
  run: ExpressionRun,
): Promise<void> {
  const { report } = run;
  if (report.deliveryFaults.length > 0) return;
  const key = foundKey(expression, place.key);
  const span = spanOf(expression, run.memory.watermarks.get(key), run);
  const reader = {
    api: place.cloudwatch,
    pace: place.dataPace,
    deadline: run.reading,
    tally: report.tally,
  };
  const { answers, fault, missing } = await fetchInquiry(inquiryOf(expression, span), reader);
  if (fault !== undefined) report.faults.push(fault);
  if (isSearch(expression)) {
    count(report.tally.billed, 'expression', answers.length);
    if (fault === undefined) run.memory.found.set(key, answers.length);
  }
  const made = answers.flatMap((answer) => toSeries(expression, { answer, place, span, run }));
  if (!(await run.deliver(made.map(({ series }) => series)))) return;
  for (const { read, series } of made) {
    const { labels } = series;
    const from = span.from * 1000;
    run.memory.remember(keyOf(labels), { arn: '', from, labels, now: run.clock.now(), read });
  }
  if (missing.size === 0) run.memory.watermarks.set(key, span.until);
}

function spanOf(
  { period }: CloudWatchExpression,
  watermark: number | undefined,
  { config, now }: ExpressionRun,
): Span {
  const { backfill, interval, settle } = config;
  const wish = { period, length: interval, delay: 0 };
  return windowOf(wish, { now, settle, backfill, watermark, overlap: defaultOverlap });
}

function inquiryOf({ expression, inputs, period }: CloudWatchExpression, span: Span): Inquiry {
  const metrics = inputs.map(({ dimensions, id, metric, namespace, statistic }) => ({
    query: {
      Id: id,
      MetricStat: {
        Metric: {
          Namespace: namespace,
          MetricName: metric,
          Dimensions: dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
        },
        Period: period,
        Stat: statistic,
      },
      ReturnData: false,
    },
    namespace,
  }));
  const math = { Id: resultId, Expression: expression, Period: period };
  const cost = new Map<string, number>();
  for (const { namespace } of inputs) cost.set(namespace, (cost.get(namespace) ?? 0) + 1);
  return {
    start: span.from,
    end: span.until,
    questions: [...metrics, { query: math, namespace: 'expression' }],
    cost,
    points: (span.until - span.from) / period,
  };
}

type Context = {
  readonly answer: Answer;
  readonly place: OpenPlace;
  readonly span: Span;
  readonly run: ExpressionRun;
};

function toSeries(expression: CloudWatchExpression, { answer, place, run, span }: Context) {
  const read = answer.points.filter(
    ({ at, value }) => at >= span.from * 1000 && at < span.until * 1000 && Number.isFinite(value),
  );
  const labels = {
    ...Object.fromEntries(expression.labels.map(({ name, value }) => [name, value])),
    // A query without a label of its own is called after its id, which says nothing.
    ...(answer.label !== resultId && { label: answer.label }),
    region: place.region,
    account_id: place.account,
    __name__: expression.name,
  };
  const points = run.memory.unsent(keyOf(labels), read);
  if (points.length === 0) return [];
  const metadata = { type: 'gauge', help: expression.help, unit: '' } as const;
  return [{ series: { labels, points, metadata } satisfies Series, read }];
}
