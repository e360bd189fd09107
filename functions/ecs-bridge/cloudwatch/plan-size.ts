// How much a pass asks of CloudWatch, for its price.
import type { CloudWatchJob } from '@fargaze/core/internal';
import { scopeKey, scopesOf } from '../aws/scope.ts';
import { countExpressionMetrics } from './find/expressions.ts';
import type { ReadUnit, ScopedExpression } from './find/found.ts';
import { listLifetime, type SearchCounts } from './find/memory.ts';
import type { Pass } from './pass/pass.ts';
import type { PlanSize } from './prices.ts';
import type { PlannedRequest } from './query/plan.ts';

/** A planned request in its scope. */
export type ScopedRequest = {
  readonly scope: Pass['scopes'][number];
  readonly planned: PlannedRequest<ReadUnit>;
};

/** Everything that a pass will read. */
export type Plan = {
  readonly requests: readonly ScopedRequest[];
  readonly expressions: readonly ScopedExpression[];
};

/** The size of a plan; lists are counted as the average of the passes that share one. */
export function sizeOf(plan: Plan, { config, region }: Pass, searches: SearchCounts): PlanSize {
  const units = plan.requests.reduce((sum, { planned }) => sum + planned.units.length, 0);
  const lists = new Set(config.jobs.flatMap((job) => listsOf(job, region)));
  return {
    metrics: units + countExpressionMetrics(plan.expressions, searches),
    listMetrics: (lists.size * config.interval) / listLifetime,
    getMetricStatistics: 0,
  };
}

/** The lists that a job needs, each named by a text. */
function listsOf(job: CloudWatchJob, region: string): string[] {
  if (job.kind === 'static') return [];
  return scopesOf(job, region).flatMap((scope) =>
    job.metrics.map(({ name }) => `${scopeKey(scope)} ${job.namespace} ${name}`),
  );
}
