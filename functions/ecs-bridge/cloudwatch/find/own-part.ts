// The part of what jobs ask for that a run reads, where several functions share it. All metrics of a resource, and its `_info`
// series, are in the same one; a metric without a resource goes by its dimensions. Pure.
import type { CloudWatchJob, Shard } from '@fargaze/core/internal';
import { holds } from '../../ecs/share.ts';
import { dimensionsKey } from './list-metrics.ts';
import type { Discovery, MetricQuery } from './metric-query.ts';

/** What the run reads of what a job asks for. */
export function ownPart(discovery: Discovery, shard: Shard | undefined): Discovery {
  if (shard === undefined) return discovery;
  return {
    ...discovery,
    queries: discovery.queries.filter((query) => holds(shard, ownerOf(query))),
    resources: discovery.resources.filter(({ arn }) => holds(shard, arn)),
  };
}

/** The same of a job whose clusters and services are shared already: what belongs to none of them. */
export function ownRest(discovery: Discovery, shard: Shard | undefined): Discovery {
  const queries = discovery.queries.filter(
    (query) => !isHomeless(query) || holds(shard, ownerOf(query)),
  );
  return { ...discovery, queries };
}

function ownerOf(query: MetricQuery): string {
  const { account, dimensions, job, resource } = query;
  return isHomeless(query)
    ? [job.namespace, account, dimensionsKey(dimensions)].join('\u0000')
    : resource.arn;
}

/** Static and custom jobs have the name of the job in place of an ARN. */
function isHomeless({ job, resource }: { job: CloudWatchJob; resource: MetricQuery['resource'] }) {
  return job.kind !== 'discovery' || resource.arn === 'global';
}
