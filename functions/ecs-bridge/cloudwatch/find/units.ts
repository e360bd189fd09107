// Units of reading: the statistics of one metric that are billed as one, with the window to read.
import type { CloudWatchMetric, Seconds } from '@fargaze/core/internal';
import { backfillOf, settleOf, shownOf } from '../pass/pass.ts';
import type { Span } from '../pass/time.ts';
import type { ReadUnit } from './found.ts';
import { listLag } from './job-source.ts';
import type { MetricQuery } from './metric-query.ts';
import type { Search } from './search.ts';
import { splitStatistics } from './statistics.ts';
import { finestPeriod, latestWindowOf, windowOf } from './window.ts';

/** The units of a metric of the job `job` (its key). */
export function unitsOf(query: MetricQuery, job: string, search: Search): ReadUnit[] {
  const { metric, resolution } = query;
  const period = finestPeriod(metric.period, resolution);
  const name = metricKey(query, job);
  const lag = isLate(query, { name, job }, search) ? listLag : 0;
  const { region } = search.scope;
  return splitStatistics(metric.statistics).map((statistics) => {
    const key = `${name}\u0000${statistics[0]}`;
    const watermark = search.delivered.until(job, key);
    const wish = { ...metric, period };
    const shown = shownOf(wish, search.pass);
    const span =
      shown === 'latest'
        ? latestWindowOf(wish, { now: search.pass.now, settle: settleOf(search.pass) })
        : spanOf(wish, { watermark, lag }, search);
    const size = statistics.length;
    return { query, job, region, statistics, size, period, shown, span, watermark, key };
  });
}

/**
 * Whether the metric may have points from before it was found: one of a list that has not been read, or one of a resource
 * that appears while the function is warm. After a cold start the watermark of the job says how far others were read.
 */
function isLate(
  { found }: MetricQuery,
  { job, name }: { readonly name: string; readonly job: string },
  { memory }: Search,
): boolean {
  if (found === 'job' || !memory.isNew(name)) return false;
  return found === 'list' || memory.hasRead(job);
}

/** A text that is equal for the same metric of a job. */
export function metricKey({ account, dimensions, metric }: MetricQuery, job: string): string {
  const pairs = dimensions.map(({ name, value }) => `${name}=${value}`);
  return [job, account, metric.name, ...pairs].join('\u0000');
}

/** The window of a metric; `lag` seconds are added to the overlap. */
export function spanOf(
  metric: CloudWatchMetric,
  { lag, watermark }: { readonly watermark: number | undefined; readonly lag: Seconds },
  { pass }: Search,
): Span {
  const { now, overlap } = pass;
  const facts = { now, settle: settleOf(pass), backfill: backfillOf(pass), watermark };
  return windowOf(metric, { ...facts, overlap: overlap + lag });
}
