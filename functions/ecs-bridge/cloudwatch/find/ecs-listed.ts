// The ECS metrics that a job asks for: those that ListMetrics shows, of clusters and services that the ECS API shows. So nothing
// is asked for that does not exist, other dimensions (task, family, Service Connect) are found as in YACE, and a service that
// no list has yet is read from its first point.
import type { CloudWatchJob, NamedValue } from '@fargaze/core/internal';
import type { EcsReading } from '../../ecs/reading.ts';
import { discoverEcs, type EcsFacts, evenIdle } from './ecs-metrics.ts';
import { dimensionsKey, inOrder, listOrFail, withoutGone } from './list-metrics.ts';
import type { ListedMetric } from './memory.ts';
import { type Discovery, type MetricQuery, noTags, type Resource } from './metric-query.ts';
import type { Search } from './search.ts';

/** ECS as read for a job. */
export type EcsSource = { readonly reading: EcsReading; readonly facts: EcsFacts };

/** The metrics of a job that were listed, by name; undefined: they could not be. */
type Lists = ReadonlyMap<string, readonly ListedMetric[] | undefined>;

/** What the job asks for. */
export async function discoverEcsListed(
  job: CloudWatchJob,
  search: Search,
  { facts, reading }: EcsSource,
): Promise<Discovery> {
  const known = discoverEcs(job, reading, facts);
  const names = [...new Set(job.metrics.map(({ name }) => name))];
  const lists: Lists = new Map(
    await Promise.all(
      names.map(async (name) => [name, await listOrFail(job, name, search)] as const),
    ),
  );
  const others = await findOthers(job, search, { known, lists });
  const failed = [...lists.values()].includes(undefined);
  return {
    ...known,
    queries: [...listedOrNew(known.queries, lists), ...others],
    complete: failed ? 'partial' : known.complete,
  };
}

/**
 * Queries for metrics that exist. A list may be an hour old: of a resource that it does not have at all, those metrics are asked
 * for that its like have.
 */
function listedOrNew(queries: readonly MetricQuery[], lists: Lists): MetricQuery[] {
  // A resource that only has counts has not run for as long as lists reach back: when it does, they lack the rest.
  const all = [...lists].flatMap(([name, list]) => (evenIdle.has(name) ? [] : (list ?? [])));
  const resources = new Set(all.map(({ dimensions }) => dimensionsKey(dimensions)));
  const kinds = new Set(all.map(({ dimensions }) => kindOf(dimensions)));
  const byName = new Map(
    [...lists].map(([name, list]) => [
      name,
      list && {
        keys: new Set(list.map(({ dimensions }) => dimensionsKey(dimensions))),
        kinds: new Set(list.map(({ dimensions }) => kindOf(dimensions))),
      },
    ]),
  );
  return queries.filter(({ dimensions, metric }) => {
    const own = byName.get(metric.name);
    const key = dimensionsKey(dimensions);
    if (own === undefined || own.keys.has(key)) return true;
    const kind = kindOf(dimensions);
    const isFirst = own.keys.size === 0 && !kinds.has(kind);
    return !resources.has(key) && (own.kinds.has(kind) || isFirst);
  });
}

function kindOf(dimensions: readonly NamedValue[]): string {
  return inOrder(dimensions.map(({ name }) => name)).join(' ');
}

type Found = { readonly known: Discovery; readonly lists: Lists };

/** Metrics with further dimensions, of the cluster or service that they name. */
async function findOthers(
  job: CloudWatchJob,
  search: Search,
  { known, lists }: Found,
): Promise<MetricQuery[]> {
  if (job.dimensionNameRequirements.length > 0) return [];
  const owners = new Map(known.resources.map((one) => [dimensionsKey(one.dimensions), one]));
  const found = await Promise.all(
    [...lists].map(async ([name, list]): Promise<MetricQuery[]> => {
      const others = (list ?? []).filter(
        ({ dimensions }) => !isOwn(dimensions) && ownerOf(dimensions, owners, search),
      );
      const kept = await withoutGone(others, { job, name, isProven: () => false }, search);
      return job.metrics
        .filter((metric) => metric.name === name)
        .flatMap((metric) =>
          kept.map(({ dimensions }): MetricQuery => {
            const owner = ownerOf(dimensions, owners, search) ?? nobody;
            const { since: _, ...resource } = { ...owner, dimensions };
            const own = { account: search.scope.account, linked: 'own', found: 'list' } as const;
            return { job, metric, resource, dimensions, resolution: undefined, ...own };
          }),
        );
    }),
  );
  return found.flat();
}

/** Whether the dimensions are those of a cluster or service itself. */
function isOwn(dimensions: readonly NamedValue[]): boolean {
  return ['ClusterName', 'ClusterName ServiceName'].includes(kindOf(dimensions));
}

const nobody: Resource = { arn: 'global', ...noTags, dimensions: [] };

/** The service or cluster of a metric; undefined when it has gone, or is not selected. */
function ownerOf(
  dimensions: readonly NamedValue[],
  owners: ReadonlyMap<string, Resource>,
  { pass: { ecsConfig } }: Search,
): Resource | undefined {
  const named = dimensions.filter(({ name }) => name === 'ClusterName' || name === 'ServiceName');
  if (named.some(({ name }) => name === 'ClusterName')) return owners.get(dimensionsKey(named));
  // A metric that names no cluster belongs to the job only if every cluster does.
  const { clusters, services, tags } = ecsConfig;
  const all = clusters.includes('*') && services.includes('*') && tags.length === 0;
  return all && owners.size > 0 ? nobody : undefined;
}
