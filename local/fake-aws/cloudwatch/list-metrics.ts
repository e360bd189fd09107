// ListMetrics: metrics with data in the last two weeks, or three hours, 500 a page.
import type { Context } from '../call/context.ts';
import { takePage } from '../call/paging.ts';
import type { MetricSeries } from '../metrics/series.ts';
import { AwsError, validationError } from '../wire/errors.ts';
import { readFlag, readText } from '../wire/input.ts';
import { describeMetric, readableAccounts, readFilters, regionIn } from './metric-identity.ts';

const pageSize = 500;
const forgottenAfter = 14 * 86_400;
const recently = 3 * 3600;

/** A metric with the account that it belongs to. */
type Listed = { readonly account: string; readonly series: MetricSeries };

/** ListMetrics. @throws AwsError for an unknown RecentlyActive, account or token. */
export function listMetrics(context: Context): object {
  const { input } = context.call;
  const linked = readFlag(input, 'IncludeLinkedAccounts') ?? false;
  const matching = accountsOf(context).flatMap((account) => listIn(context, account));
  const page = takePage(matching, {
    keyOf: ({ account, series }) => `${rank(context, account)} ${series.key}`,
    token: readText(input, 'NextToken'),
    size: Math.min(pageSize, context.directives.pageSize ?? pageSize),
    invalidToken: () => new AwsError({ code: 'InvalidNextToken' }, 'Invalid nextToken'),
  });
  return {
    Metrics: page.items.map(({ series }) => describeMetric(series)),
    NextToken: page.nextToken,
    OwningAccounts: linked ? page.items.map(({ account }) => account) : undefined,
  };
}

function accountsOf(context: Context): readonly string[] {
  const { input } = context.call;
  const owning = readText(input, 'OwningAccount');
  const linked = readFlag(input, 'IncludeLinkedAccounts') ?? false;
  if (owning !== undefined && !linked) {
    throw validationError('OwningAccount needs IncludeLinkedAccounts to be true.');
  }
  if (owning !== undefined) return [owning];
  return linked ? readableAccounts(context) : [context.region.account.id];
}

/** Lists are in the order of the accounts, so keys must sort the same way. */
function rank(context: Context, account: string): string {
  return String(readableAccounts(context).indexOf(account)).padStart(6, '0');
}

function listIn(context: Context, account: string): readonly Listed[] {
  const { input } = context.call;
  const name = readText(input, 'MetricName');
  const filters = readFilters(input);
  const since = context.view.now - activeSpan(readText(input, 'RecentlyActive'));
  return regionIn(context, account)
    .series.list(readText(input, 'Namespace'))
    .filter((series) => name === undefined || series.name === name)
    .filter((series) =>
      filters.every((filter) =>
        series.dimensions.some(
          (dimension) =>
            dimension.name === filter.name &&
            (filter.value === undefined || dimension.value === filter.value),
        ),
      ),
    )
    .filter((series) => series.source.active(since, context.view.now))
    .map((series) => ({ account, series }));
}

function activeSpan(recentlyActive: string | undefined): number {
  if (recentlyActive === undefined) return forgottenAfter;
  if (recentlyActive !== 'PT3H') {
    throw validationError(`RecentlyActive is ${recentlyActive}, want PT3H.`);
  }
  return recently;
}
