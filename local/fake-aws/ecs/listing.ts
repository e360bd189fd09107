// What the ECS operations share: finding clusters and services as requests name them, pages, tags, limits.
import type { Context } from '../call/context.ts';
import { takePage } from '../call/paging.ts';
import { nameOf } from '../model/arn.ts';
import { statusOf } from '../model/service.ts';
import type { Cluster, Service, Tags } from '../model/types.ts';
import { AwsError, invalidParameter } from '../wire/errors.ts';
import { readNumber, readText, readTexts } from '../wire/input.ts';

/** The cluster that a request names, `default` when it names none. @throws AwsError ClusterNotFoundException */
export function requestedCluster({ region, call }: Context): Cluster {
  const named = readText(call.input, 'cluster') ?? 'default';
  const cluster = region.clusters.get(nameOf(named));
  if (cluster === undefined || (named.startsWith('arn:') && named !== cluster.arn)) {
    throw new AwsError({ code: 'ClusterNotFoundException' }, 'Cluster not found.');
  }
  return cluster;
}

/** An existing service of a cluster by name or ARN. @throws AwsError ServiceNotFoundException */
export function requestedService(context: Context, cluster: Cluster, named: string): Service {
  const service = cluster.services.get(nameOf(named));
  if (service === undefined || statusOf(service, context.view.now) === 'INACTIVE') {
    throw new AwsError({ code: 'ServiceNotFoundException' }, 'Service not found.');
  }
  return service;
}

/** Default and greatest number of items on a page. */
export type PageLimits = { readonly usual: number; readonly most: number };

/** A page of ARNs, sorted. @throws AwsError InvalidParameterException for a wrong size or token. */
export function arnPage(
  { call, directives }: Context,
  arns: readonly string[],
  limits: PageLimits,
): { readonly arns: readonly string[]; readonly nextToken: string | undefined } {
  const asked = readNumber(call.input, 'maxResults') ?? limits.usual;
  if (asked < 1 || asked > limits.most) {
    throw invalidParameter(`maxResults must be between 1 and ${limits.most}. Observed: ${asked}`);
  }
  const page = takePage([...arns].sort(), {
    keyOf: (arn) => arn,
    token: readText(call.input, 'nextToken'),
    size: Math.min(asked, directives.pageSize ?? asked),
    invalidToken: () => invalidParameter('Invalid token.'),
  });
  return { arns: page.items, nextToken: page.nextToken };
}

/** The names or ARNs that a Describe call asks for. @throws AwsError InvalidParameterException beyond the limit. */
export function describedNames(context: Context, key: string, most: number): readonly string[] {
  const names = readTexts(context.call.input, key) ?? [];
  if (names.length === 0) throw invalidParameter(`${capitalised(key)} cannot be empty.`);
  if (names.length > most) throw invalidParameter(`${key} can have at most ${most} items.`);
  return names;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Whether `include` asks for something. */
export function includes({ call }: Context, what: string): boolean {
  return readTexts(call.input, 'include')?.includes(what) ?? false;
}

/** Tags as ECS writes them. */
export function tagList(tags: Tags): readonly { readonly key: string; readonly value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/** A failure of a Describe call for something that is not there. */
export function missingFailure(arn: string): { readonly arn: string; readonly reason: 'MISSING' } {
  return { arn, reason: 'MISSING' };
}
