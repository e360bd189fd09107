// Computes the points of queries. A metric's buckets are collected once per request, however many statistics want them.
import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import type { Context } from '../call/context.ts';
import { alignWindow, type Bucket, collectBuckets } from '../metrics/buckets.ts';
import { keyOf } from '../metrics/series.ts';
import { validationError } from '../wire/errors.ts';
import { regionIn } from './metric-identity.ts';
import type { Query, StatQuery } from './queries.ts';

/** Points of a query, oldest first. */
export type Points = readonly { readonly at: EpochSeconds; readonly value: number }[];

/** Computes every query, expressions after what they refer to. @throws AwsError */
export function evaluateQueries(
  context: Context,
  queries: readonly Query[],
): ReadonlyMap<string, Points> {
  const evaluation: Evaluation = {
    context,
    queries: new Map(queries.map((query) => [query.id, query])),
    buckets: new Map(),
    points: new Map(),
    open: new Set(),
  };
  for (const { id } of queries) evaluate(evaluation, id);
  return evaluation.points;
}

type Evaluation = {
  readonly context: Context;
  readonly queries: ReadonlyMap<string, Query>;
  readonly buckets: Map<string, readonly Bucket[]>;
  readonly points: Map<string, Points>;
  /** Expressions being computed, to refuse circles. */
  readonly open: Set<string>;
};

function evaluate(evaluation: Evaluation, id: string): Points {
  const known = evaluation.points.get(id);
  if (known !== undefined) return known;
  const query = evaluation.queries.get(id);
  if (query === undefined) throw validationError(`Unknown Id ${id}.`);
  if (evaluation.open.has(id)) throw validationError(`Expression ${id} refers to itself.`);
  evaluation.open.add(id);
  const { ask } = query;
  const points =
    ask.kind === 'stat' ? statPoints(evaluation, ask) : mathPoints(evaluation, ask.expression);
  evaluation.points.set(id, points);
  return points;
}

function statPoints(evaluation: Evaluation, ask: StatQuery): Points {
  return bucketsOf(evaluation, ask).map(({ at, samples }) => ({
    at,
    value: ask.statistic(samples),
  }));
}

function bucketsOf({ context, buckets }: Evaluation, ask: StatQuery): readonly Bucket[] {
  const { account, identity, window, unit } = ask;
  const key = `${account} ${window.period} ${unit} ${keyOf(identity)}`;
  const known = buckets.get(key);
  if (known !== undefined) return known;
  const series = regionIn(context, account).series.find(identity);
  const matches = series !== undefined && (unit === undefined || unit === series.source.unit);
  const found = matches ? collectBuckets(series, alignWindow(window), context.view) : [];
  buckets.set(key, found);
  return found;
}

function mathPoints(
  evaluation: Evaluation,
  expression: { readonly ids: readonly string[]; evaluate(values: Map<string, number>): number },
): Points {
  const operands = expression.ids.map((id) => ({ id, points: evaluate(evaluation, id) }));
  const [first, ...others] = operands;
  if (first === undefined) throw validationError('An expression needs at least one metric.');
  const tables = others.map(({ id, points }) => ({
    id,
    values: new Map(points.map(({ at, value }) => [at, value])),
  }));
  return first.points.flatMap(({ at, value }) => {
    const values = new Map([[first.id, value]]);
    for (const table of tables) {
      const operand = table.values.get(at);
      // Without it the result is not a number.
      if (operand !== undefined) values.set(table.id, operand);
    }
    const result = expression.evaluate(values);
    return Number.isFinite(result) ? [{ at, value: result }] : [];
  });
}
