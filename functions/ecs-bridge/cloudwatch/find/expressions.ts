// Metric math and Metrics Insights: which expressions are read in which scope, over which window, and how many metrics
// they are billed for.
import type { CloudWatchExpression } from '@fargaze/core/internal';
import { holds } from '../../ecs/share.ts';
import { backfillOf, isReadIn, type Pass, settleOf, shownOf } from '../pass/pass.ts';
import type { ScopedExpression } from './found.ts';
import type { SearchCounts } from './memory.ts';
import type { Delivered } from './search.ts';
import { latestWindowOf, windowOf } from './window.ts';

/** The expressions of a pass, for each scope in which they are read. */
export function findExpressions(pass: Pass, delivered: Delivered): ScopedExpression[] {
  const { config, now, overlap, shard } = pass;
  const { interval } = config;
  const [settle, backfill] = [settleOf(pass), backfillOf(pass)];
  return pass.scopes.flatMap((scope) =>
    config.expressions
      .filter((expression) => isReadIn(expression, scope, pass))
      .filter((expression) => holds(shard, expressionKey(expression, scope.key)))
      .map((expression) => {
        const key = expressionKey(expression, scope.key);
        const wish = { period: expression.period, length: interval, delay: 0 };
        const watermark = delivered.until(key);
        const facts = { now, settle, backfill, watermark, overlap };
        const shown = shownOf(wish, pass);
        const span = shown === 'latest' ? latestWindowOf(wish, facts) : windowOf(wish, facts);
        return { expression, scope, key, shown, span, watermark };
      }),
  );
}

/** Metrics that reading the expressions is billed for; a search counts as many as it found last, or one. */
export function countExpressionMetrics(
  expressions: readonly Pick<ScopedExpression, 'expression' | 'key'>[],
  found: SearchCounts,
): number {
  return expressions
    .map(({ expression, key }) => {
      const searched = isSearch(expression) ? (found.get(key) ?? 1) : 0;
      return expression.inputs.length + searched;
    })
    .reduce((sum, metrics) => sum + metrics, 0);
}

/** Whether CloudWatch itself finds the metrics, and bills each. */
export function isSearch({ expression }: CloudWatchExpression): boolean {
  return /\bSEARCH\s*\(|^\s*SELECT\b/i.test(expression);
}

/** A text that is equal for the same expression in the same scope (its key). */
export function expressionKey({ name }: CloudWatchExpression, scope: string): string {
  return `expression ${name} ${scope}`;
}
