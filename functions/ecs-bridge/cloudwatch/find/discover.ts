// What a job asks for in one scope. The ECS API answers for ECS, static jobs name their metrics, and for the rest
// ListMetrics and tags do, by YACE's rules. A call that fails costs only the job that needs it.
import { type CloudWatchJob, SourceError } from '@fargaze/core/internal';
import { addTo } from '../../aws/call-tally.ts';
import { getTaggedResources, type TaggedResource } from '../../aws/tagging.ts';
import type { EcsReading } from '../../ecs/reading.ts';
import { type Association, associations, possibleArns } from './associate.ts';
import { discoverEcs, type EcsFacts } from './ecs-metrics.ts';
import { isReadFromEcs } from './job-source.ts';
import { listMetrics } from './list-metrics.ts';
import type { ListedMetric } from './memory.ts';
import {
  type Discovery,
  hasRequiredDimensions,
  type MetricQuery,
  matchesTags,
  noTags,
  type Resource,
  tagsOf,
} from './metric-query.ts';
import type { Search } from './search.ts';

/** ECS as read for a job. */
export type EcsSource = { readonly reading: EcsReading; readonly facts: EcsFacts };

/** What the job asks for. Calls that fail are faults of the pass; `readEcs` is called only for jobs that need it. */
export async function discover(
  job: CloudWatchJob,
  search: Search,
  readEcs: () => Promise<EcsSource>,
): Promise<Discovery> {
  if (job.kind === 'static') return discoverStatic(job, search);
  if (isReadFromEcs(job)) {
    const { facts, reading } = await readEcs();
    return discoverEcs(job, reading, facts);
  }
  const association = job.kind === 'discovery' ? associations[job.namespace] : undefined;
  const tags = await readTags(job, association, search);
  // Without the tags that it exports a series would be a different one: better late than wrong.
  if (tags.failed && job.searchTags.length + job.exportedTags.length > 0) return nothing;
  const listed = await Promise.all(job.metrics.map(({ name }) => listOrFail(job, name, search)));
  const queries = job.metrics.flatMap((metric, index) =>
    (listed[index] ?? []).flatMap((one) =>
      queryListed(job, { metric, one, association, tags }, search),
    ),
  );
  const resources = new Map(queries.map(({ resource }) => [resource.arn, resource]));
  return {
    queries,
    resources: [...resources.values()].filter(({ arn }) => arn.startsWith('arn:')),
    complete: tags.failed || listed.includes(undefined) ? 'partial' : 'complete',
    existing: undefined,
  };
}

const nothing: Discovery = {
  queries: [],
  resources: [],
  complete: 'partial',
  existing: undefined,
};

function discoverStatic(job: CloudWatchJob, { scope: { account } }: Search): Discovery {
  const { dimensions } = job;
  const resource: Resource = { arn: job.name, ...noTags, dimensions };
  const queries = job.metrics.map((metric): MetricQuery => {
    const common = { job, metric, resource, dimensions, account };
    return { ...common, linked: 'own', resolution: undefined };
  });
  return { queries, resources: [], complete: 'complete', existing: undefined };
}

/** Undefined when they cannot be listed. */
async function listOrFail(
  job: CloudWatchJob,
  name: string,
  search: Search,
): Promise<readonly ListedMetric[] | undefined> {
  try {
    return await listMetrics(job, name, search);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    search.pass.tally.faults.push(error);
    return undefined;
  }
}

/** Tags by ARN, and whether any resource has those that the job filters by. */
type Tags = {
  readonly byArn: ReadonlyMap<string, TaggedResource['tags']>;
  readonly any: 'some' | 'none';
};

const unknownTags: Tags = { byArn: new Map(), any: 'none' };

/** Tags for labels, filters and `_info` series. If they are only for the last, a job is complete without them. */
async function readTags(
  job: CloudWatchJob,
  association: Association | undefined,
  { pass: { tally }, scope }: Search,
): Promise<Tags & { readonly failed: boolean }> {
  const zeros = job.metrics.some(({ nilToZero }) => nilToZero);
  const needed = job.searchTags.length + job.exportedTags.length > 0 || zeros;
  if (association === undefined) return { ...unknownTags, failed: false };
  try {
    const onCall = () => addTo(tally.requests, 'GetResources');
    const resources = await getTaggedResources(scope.caller, association.types, onCall);
    const any = resources.some(({ tags }) => matchesTags(job, tags)) ? 'some' : 'none';
    return { byArn: new Map(resources.map(({ arn, tags }) => [arn, tags])), any, failed: false };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    tally.faults.push(error);
    return { ...unknownTags, failed: needed };
  }
}

type Listed = {
  readonly metric: CloudWatchJob['metrics'][number];
  readonly one: ListedMetric;
  readonly association: Association | undefined;
  readonly tags: Tags;
};

function queryListed(job: CloudWatchJob, listed: Listed, { scope }: Search): MetricQuery[] {
  const { metric, one } = listed;
  if (!hasRequiredDimensions(job, one.dimensions)) return [];
  const account = one.account ?? scope.account;
  const resource = resourceOf(job, listed, { region: scope.region, account });
  if (resource === undefined) return [];
  const linked = account === scope.account ? 'own' : 'linked';
  const { dimensions } = one;
  return [{ job, metric, resource, dimensions, account, linked, resolution: undefined }];
}

/** Undefined when the job's tag filters exclude the metric. */
function resourceOf(
  job: CloudWatchJob,
  { association, one, tags }: Listed,
  owner: { readonly region: string; readonly account: string },
): Resource | undefined {
  const { dimensions } = one;
  if (association === undefined) {
    const arn = job.kind === 'customNamespace' ? job.name : 'global';
    return { arn, ...noTags, dimensions };
  }
  const arns = possibleArns(association, dimensions, owner);
  const [first] = arns;
  const tagged = arns.find((arn) => {
    const own = tags.byArn.get(arn);
    return own !== undefined && matchesTags(job, own);
  });
  if (tagged !== undefined) {
    const own = tagsOf(job, tags.byArn.get(tagged) ?? new Map());
    return { arn: tagged, ...own, dimensions, since: 0 };
  }
  if (job.searchTags.length === 0) return { arn: first ?? 'global', ...noTags, dimensions };
  // As in YACE: a metric that belongs to no resource is kept if any resource matches.
  return first === undefined && tags.any === 'some'
    ? { arn: 'global', ...noTags, dimensions }
    : undefined;
}
