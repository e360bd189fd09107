// Metrics as CloudWatch requests and answers name them.
import type { Context } from '../call/context.ts';
import type { Dimension, MetricIdentity, MetricSeries } from '../metrics/series.ts';
import type { Region } from '../model/types.ts';
import { findRegion } from '../model/world.ts';
import { validationError } from '../wire/errors.ts';
import { type Input, readObjects, readText, requireText } from '../wire/input.ts';

/** Reads Namespace, MetricName and Dimensions. @throws AwsError when one is missing. */
export function readIdentity(input: Input): MetricIdentity {
  return {
    namespace: requireText(input, 'Namespace'),
    name: requireText(input, 'MetricName'),
    dimensions: readDimensions(input),
  };
}

function readDimensions(input: Input): readonly Dimension[] {
  const dimensions = readObjects(input, 'Dimensions');
  if (dimensions.length > 30) {
    throw validationError('The collection Dimensions must not have a size greater than 30.');
  }
  return dimensions.map((item) => ({
    name: requireText(item, 'Name'),
    value: requireText(item, 'Value'),
  }));
}

/** Dimension filters: a name with any value, or with one. */
export function readFilters(input: Input): readonly { name: string; value: string | undefined }[] {
  return readObjects(input, 'Dimensions').map((item) => ({
    name: requireText(item, 'Name'),
    value: readText(item, 'Value'),
  }));
}

/** A metric as answers show it. */
export function describeMetric(series: MetricSeries): object {
  return {
    Namespace: series.namespace,
    MetricName: series.name,
    Dimensions: series.dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
  };
}

/** Accounts whose metrics the caller may read, its own first. */
export function readableAccounts({ region }: Context): readonly string[] {
  return [region.account.id, ...region.account.sources];
}

/** The caller's region in an account that it may read. @throws AwsError ValidationError for another account. */
export function regionIn(context: Context, account: string | undefined): Region {
  if (account === undefined || account === context.region.account.id) return context.region;
  if (!context.region.account.sources.has(account)) {
    throw validationError(`Account ${account} is not linked to ${context.region.account.id}.`);
  }
  return findRegion(context.world, { account, region: context.region.name });
}
