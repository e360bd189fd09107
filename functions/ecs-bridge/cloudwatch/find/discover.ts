// What a job asks for in one scope. Static jobs name their metrics; ListMetrics shows those of the others. Whom they belong to
// the ECS API says for ECS, and tags for the rest, by YACE's rules. A call that fails costs only the job that needs it.
import type { CloudWatchJob, ResourceCall } from '@fargaze/core/internal';
import type { TaggedResource } from '../../aws/tagging.ts';
import { Associator, builtArn } from './associate.ts';
import { discoverEcsListed, type EcsSource } from './ecs-listed.ts';
import { isReadFromEcs } from './job-source.ts';
import { listOrFail, withoutGone } from './list-metrics.ts';
import type { ListedMetric } from './memory.ts';
import {
  type Discovery,
  hasRequiredDimensions,
  type MetricQuery,
  noTags,
  type Resource,
  tagsOf,
} from './metric-query.ts';
import { ownPart, ownRest } from './own-part.ts';
import type { Search } from './search.ts';
import { findTagged } from './tagged.ts';

/** What the job asks for. Calls that fail are faults of the pass; `readEcs` is called only for jobs that need it. */
export async function discover(
  job: CloudWatchJob,
  search: Search,
  readEcs: () => Promise<EcsSource>,
): Promise<Discovery> {
  const { shard } = search.pass;
  if (job.kind === 'static') return ownPart(discoverStatic(job, search), shard);
  if (!isReadFromEcs(job)) return ownPart(await discoverListed(job, search), shard);
  return ownRest(await discoverEcsListed(job, search, await readEcs()), shard);
}

async function discoverListed(job: CloudWatchJob, search: Search): Promise<Discovery> {
  const { lacks, resources } = await findTagged(job, search);
  // A series without the tags that it exports would be a different one: better late than wrong.
  if (lacks === 'series') return { ...nothing, complete: 'partial' };
  // As in YACE: where no resource has the tags, no metric belongs to one.
  if (job.searchTags.length > 0 && job.association !== undefined && resources.length === 0) {
    return nothing;
  }
  const associator = job.association && new Associator(job.namespace, job.association, resources);
  const listed = await Promise.all(
    job.metrics.map(({ name }) => listWanted(job, name, { search, associator })),
  );
  const queries = job.metrics.flatMap((metric, index) =>
    (listed[index] ?? []).map((one) => {
      const resource = resourceOf(job, one, { search, associator });
      return queryOf({ job, metric, resource }, one, search);
    }),
  );
  const found = queries.flatMap(({ resource }) => (resource.arn === 'global' ? [] : [resource]));
  const tagged = resources.map((one) => taggedResource(job, one, []));
  // The first of each ARN counts, and that of a query has dimensions.
  const shown = queries.length === 0 ? [] : [...found, ...tagged];
  const failed = lacks !== 'nothing' || listed.includes(undefined);
  return {
    queries,
    resources: job.kind === 'discovery' ? distinct(shown) : [],
    complete: failed ? 'partial' : 'complete',
    existing: undefined,
  };
}

function distinct(resources: readonly Resource[]): Resource[] {
  const byArn = new Map<string, Resource>();
  for (const one of resources) if (!byArn.has(one.arn)) byArn.set(one.arn, one);
  return [...byArn.values()];
}

const nothing: Discovery = {
  queries: [],
  resources: [],
  complete: 'complete',
  existing: undefined,
};

function discoverStatic(job: CloudWatchJob, { scope: { account } }: Search): Discovery {
  const { dimensions } = job;
  const resource: Resource = { arn: givenName(job), ...noTags, dimensions };
  const queries = job.metrics.map((metric): MetricQuery => {
    const common = { job, metric, resource, dimensions, account };
    return { ...common, linked: 'own', resolution: undefined, found: 'job' };
  });
  return { queries, resources: [], complete: 'complete', existing: undefined };
}

function givenName(job: CloudWatchJob): string {
  return job.givenName ?? job.name;
}

/** Where metrics of a job belong. */
type Belonging = { readonly search: Search; readonly associator: Associator | undefined };

/** The metrics `name` that the job asks for; undefined when they cannot be listed. */
async function listWanted(
  job: CloudWatchJob,
  name: string,
  belonging: Belonging,
): Promise<readonly ListedMetric[] | undefined> {
  const { associator, search } = belonging;
  const listed = await listOrFail(job, name, search);
  const wanted = listed?.filter(
    (one) => hasRequiredDimensions(job, one.dimensions) && isWanted(job, one, belonging),
  );
  if (wanted === undefined || associator === undefined) return wanted;
  const isProven = (one: ListedMetric) => taggedOf(one, belonging) !== undefined;
  return withoutGone(wanted, { job, name, isProven }, search);
}

/** APIs that list all resources, with tags or without: what they lack has gone. */
const whole: ReadonlySet<string | undefined> = new Set<ResourceCall>([
  'auto-scaling',
  'spot-fleets',
  'storage-gateway',
  'transit-gateways',
]);

/** As in YACE: with tag filters, a metric of a resource that none of them matches is left out. */
function isWanted(job: CloudWatchJob, one: ListedMetric, belonging: Belonging): boolean {
  const filtered = job.searchTags.length > 0 || whole.has(job.association?.call);
  if (!filtered || belonging.associator === undefined) return true;
  const { dimensions } = one;
  return taggedOf(one, belonging) !== undefined || !belonging.associator.applies(dimensions);
}

function ownerOf({ account }: ListedMetric, { scope }: Search): string {
  return account ?? scope.account;
}

/** The tagged resource of a metric; tags of linked accounts cannot be read. */
function taggedOf(
  one: ListedMetric,
  { associator, search }: Belonging,
): TaggedResource | undefined {
  if (ownerOf(one, search) !== search.scope.account) return undefined;
  return associator?.find(one.dimensions);
}

function queryOf(
  { job, metric, resource }: Pick<MetricQuery, 'job' | 'metric' | 'resource'>,
  one: ListedMetric,
  search: Search,
): MetricQuery {
  const account = ownerOf(one, search);
  const linked = account === search.scope.account ? 'own' : 'linked';
  const { dimensions } = one;
  return {
    job,
    metric,
    resource,
    dimensions,
    account,
    linked,
    resolution: undefined,
    found: 'list',
  };
}

function resourceOf(job: CloudWatchJob, one: ListedMetric, belonging: Belonging): Resource {
  const { dimensions } = one;
  if (job.kind === 'customNamespace') return { arn: givenName(job), ...noTags, dimensions };
  const tagged = taggedOf(one, belonging);
  if (tagged !== undefined) return taggedResource(job, tagged, dimensions);
  const { search } = belonging;
  const owner = { region: search.scope.region, account: ownerOf(one, search) };
  const arn =
    job.searchTags.length > 0
      ? undefined
      : job.association && builtArn(job.association, dimensions, owner);
  return { arn: arn ?? 'global', ...noTags, dimensions };
}

function taggedResource(
  job: CloudWatchJob,
  { arn, tags }: TaggedResource,
  dimensions: Resource['dimensions'],
): Resource {
  return { arn, ...tagsOf(job, tags), dimensions, since: 0 };
}
