// What a job wants of one place. ECS is known already; static jobs say it themselves; the rest is listed, and tied to
// resources and their tags by YACE's rules. What cannot be found costs only the job that needs it.
import { type CloudWatchJob, type Seconds, SourceError } from '@fargaze/core';
import { count } from '../../aws/rate-limit.ts';
import { type Caller, getTaggedResources, type TaggedResource } from '../../aws/signed-calls.ts';
import type { EcsReading } from '../../ecs/read.ts';
import { type Association, associations, possibleArns } from './associate.ts';
import { discoverEcs, type EcsFacts, isReadFromEcs } from './ecs-metrics.ts';
import { type ListedMetric, type Lister, listLifetime, listMetrics } from './list-metrics.ts';
import {
  type Discovery,
  hasWantedDimensions,
  matchesTags,
  noTags,
  type Resource,
  tagsOf,
  type Wanted,
} from './metric-query.ts';

/** What discovering needs. */
export type Discoverer = {
  readonly region: string;
  /** The account that is read. */
  readonly account: string;
  readonly lister: Lister;
  readonly caller: Caller;
  /** Reads ECS, once for all jobs of the place. */
  readonly readEcs: () => Promise<{ readonly reading: EcsReading; readonly facts: EcsFacts }>;
  readonly onFault: (error: SourceError) => void;
};

/** Seconds that a metric may exist before it is found: the age of a list, and what CloudWatch itself needs to list it. */
export function discoveryLag(job: CloudWatchJob): Seconds {
  return job.kind === 'static' || isReadFromEcs(job) ? 0 : listLifetime + 900;
}

/** What the job wants; never throws for an API that fails. */
export async function discover(job: CloudWatchJob, from: Discoverer): Promise<Discovery> {
  if (job.kind === 'static') return discoverStatic(job, from);
  if (isReadFromEcs(job)) {
    const { facts, reading } = await from.readEcs();
    return discoverEcs(job, reading, facts);
  }
  const association = job.kind === 'discovery' ? associations[job.namespace] : undefined;
  const tags = await readTags(job, association, from);
  // Without the tags that it exports a series would be another one: better late than wrong.
  if (tags.failed && job.searchTags.length + job.exportedTags.length > 0) return nothing;
  const listed = await Promise.all(job.metrics.map((metric) => list(job, metric.name, from)));
  const wanted = job.metrics.flatMap((metric, index) =>
    (listed[index]?.metrics ?? []).flatMap((one) =>
      wantListed(job, { metric, one, association, tags }, from),
    ),
  );
  const resources = new Map(wanted.map(({ resource }) => [resource.arn, resource]));
  const failed = tags.failed || listed.some((each) => each.failed);
  return {
    wanted,
    resources: [...resources.values()].filter(({ arn }) => arn.startsWith('arn:')),
    complete: failed ? 'partial' : 'complete',
    existing: undefined,
  };
}

const nothing: Discovery = {
  wanted: [],
  resources: [],
  complete: 'partial',
  existing: undefined,
};

function discoverStatic(job: CloudWatchJob, { account }: Discoverer): Discovery {
  const { dimensions } = job;
  const resource: Resource = { arn: job.name, ...noTags, dimensions };
  const wanted = job.metrics.map((metric): Wanted => {
    const common = { job, metric, resource, dimensions, account };
    return { ...common, linked: 'own', resolution: undefined };
  });
  return { wanted, resources: [], complete: 'complete', existing: undefined };
}

async function list(
  job: CloudWatchJob,
  name: string,
  { lister, onFault }: Discoverer,
): Promise<{ readonly metrics: readonly ListedMetric[]; readonly failed: boolean }> {
  try {
    const { fault, metrics } = await listMetrics(lister, job, name);
    if (fault instanceof SourceError) onFault(fault);
    return { metrics, failed: false };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    onFault(error);
    return { metrics: [], failed: true };
  }
}

/** Tags by ARN, and whether any resource has those that the job wants. */
type Tags = {
  readonly byArn: ReadonlyMap<string, TaggedResource['tags']>;
  readonly any: 'some' | 'none';
};

const unknownTags: Tags = { byArn: new Map(), any: 'none' };

/** Tags for labels, filters and `_info` series. Where these alone are missing, the job is whole without them. */
async function readTags(
  job: CloudWatchJob,
  association: Association | undefined,
  { caller, lister, onFault }: Discoverer,
): Promise<Tags & { readonly failed: boolean }> {
  const zeros = job.metrics.some(({ nilToZero }) => nilToZero);
  const asked = job.searchTags.length + job.exportedTags.length > 0 || zeros;
  if (association === undefined) return { ...unknownTags, failed: false };
  try {
    const onCall = () => count(lister.tally.requests, 'GetResources');
    const resources = await getTaggedResources(caller, association.types, onCall);
    const any = resources.some(({ tags }) => matchesTags(job, tags)) ? 'some' : 'none';
    return { byArn: new Map(resources.map(({ arn, tags }) => [arn, tags])), any, failed: false };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    onFault(error);
    return { ...unknownTags, failed: asked };
  }
}

type Listed = {
  readonly metric: CloudWatchJob['metrics'][number];
  readonly one: ListedMetric;
  readonly association: Association | undefined;
  readonly tags: Tags;
};

function wantListed(job: CloudWatchJob, listed: Listed, from: Discoverer): Wanted[] {
  const { metric, one } = listed;
  if (!hasWantedDimensions(job, one.dimensions)) return [];
  const account = one.account ?? from.account;
  const resource = resourceOf(job, listed, { region: from.region, account });
  if (resource === undefined) return [];
  const linked = account === from.account ? 'own' : 'linked';
  const { dimensions } = one;
  return [{ job, metric, resource, dimensions, account, linked, resolution: undefined }];
}

/** Undefined when the job's tags leave the metric out. */
function resourceOf(
  job: CloudWatchJob,
  { association, one, tags }: Listed,
  place: { readonly region: string; readonly account: string },
): Resource | undefined {
  const { dimensions } = one;
  if (association === undefined) {
    const arn = job.kind === 'customNamespace' ? job.name : 'global';
    return { arn, ...noTags, dimensions };
  }
  const arns = possibleArns(association, dimensions, place);
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
  // As in YACE: what belongs to no resource is kept where any resource is.
  return first === undefined && tags.any === 'some'
    ? { arn: 'global', ...noTags, dimensions }
    : undefined;
}
