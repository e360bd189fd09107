// The ECS metrics that a job may ask for, from the ECS API: clusters and services with or without tags, but of one that has
// had no task only the counts that Container Insights publish all the same. Pure.
import type {
  CloudWatchJob,
  CloudWatchMetric,
  EpochSeconds,
  NamedValue,
} from '@fargaze/core/internal';
import type { Cluster, Service } from '../../ecs/narrow.ts';
import type { ClusterReading, EcsReading } from '../../ecs/reading.ts';
import type { Resolutions } from './memory.ts';
import {
  type Discovery,
  type Existing,
  hasRequiredDimensions,
  type MetricQuery,
  matchesTags,
  type Resource,
  tagsOf,
} from './metric-query.ts';
import { resolutionOf } from './resolutions.ts';

/** Metrics that exist only for clusters, and only for services (ECS developer guide, CloudWatch metrics and Container Insights metrics). */
const onlyOfClusters = new Set([
  'CPUReservation',
  'MemoryReservation',
  'GPUReservation',
  'TaskCount',
  'ServiceCount',
  'ContainerInstanceCount',
]);
const onlyOfServices = new Set([
  'EBSFilesystemUtilization',
  'DesiredTaskCount',
  'RunningTaskCount',
  'PendingTaskCount',
  'DeploymentCount',
  'TaskSetCount',
]);

/** Counts that are published while nothing runs: they say so. */
export const evenIdle: ReadonlySet<string> = new Set([
  'TaskCount',
  'ServiceCount',
  'ContainerInstanceCount',
  'DesiredTaskCount',
  'RunningTaskCount',
  'PendingTaskCount',
  'DeploymentCount',
  'TaskSetCount',
]);

/** What is known besides the reading. */
export type EcsFacts = {
  /** Services whose tasks all stopped before this have no data. */
  readonly since: EpochSeconds;
  readonly resolutions: Resolutions;
};

/** What the job asks for. */
export function discoverEcs(job: CloudWatchJob, reading: EcsReading, facts: EcsFacts): Discovery {
  const parts = reading.clusters.flatMap((cluster) => {
    const about = { cluster, stopped: stoppedGroups(cluster, facts.since) };
    const services = cluster.services ?? [];
    return [
      ...(cluster.part === 'rest' ? [] : [clusterPart(job, about)]),
      ...services.map((service) => servicePart(job, { ...about, service, facts })),
    ];
  });
  const listed = hasAllServices(reading);
  const matching = parts.filter((part) => part.matches);
  return {
    queries: matching.flatMap(({ queries }) => queries),
    resources: matching.map(({ resource }) => resource),
    complete: listed ? 'complete' : 'partial',
    existing: listed ? existingIn(reading, parts) : undefined,
  };
}

/** What exists, with all of what other functions read: the series of that are not for this one to end. */
function existingIn({ clusters, elsewhere = [] }: EcsReading, parts: readonly Part[]): Existing {
  const others = clusters.flatMap(({ otherServices = [] }) => otherServices);
  const arns = new Set([...parts.map(({ resource }) => resource.arn), ...others, ...elsewhere]);
  const foreign = new Set(elsewhere);
  return {
    has: (arn) => arns.has(arn) || foreign.has(clusterOf(arn)),
    [Symbol.iterator]: () => arns.values(),
  };
}

/** The ARN of the cluster of a service; a service's older format does not name it. */
function clusterOf(service: string): string {
  return service.replace(/:service\/([^/]+)\/.*$/, ':cluster/$1');
}

/** Whether all clusters and services that exist were read; tasks that could not be read do not matter here. */
function hasAllServices({ clusters, faults }: EcsReading): boolean {
  const lists = ['ListClusters', 'DescribeClusters'];
  return (
    !faults.some(({ operation }) => lists.includes(operation)) &&
    clusters.every(({ services }) => services !== undefined)
  );
}

type Part = {
  readonly resource: Resource;
  readonly matches: boolean;
  readonly queries: readonly MetricQuery[];
};

type ClusterFacts = {
  readonly cluster: ClusterReading;
  readonly stopped: ReadonlySet<string> | undefined;
};

function clusterPart(job: CloudWatchJob, { cluster: reading, stopped }: ClusterFacts): Part {
  const { cluster, part: read = 'all', tasks } = reading;
  const running = (cluster.runningTasksCount ?? 0) + (tasks?.length ?? 0) > 0;
  // Tasks of the other parts are not known.
  const hasData = running || read !== 'all' || stopped === undefined || stopped.size > 0;
  const dimensions = [{ name: 'ClusterName', value: cluster.clusterName ?? '' }];
  const about = { cluster, arn: cluster.clusterArn ?? '', tags: cluster.tags, dimensions };
  return part(job, about, (resource) =>
    job.metrics
      .filter(({ name }) => !onlyOfServices.has(name) && (hasData || evenIdle.has(name)))
      .map((metric) => queryOf(job, metric, resource)),
  );
}

type ServiceFacts = ClusterFacts & {
  readonly service: Service;
  readonly facts: EcsFacts;
};

function servicePart(job: CloudWatchJob, known: ServiceFacts): Part {
  const { facts, service, stopped } = known;
  const { cluster } = known.cluster;
  const dimensions = [
    { name: 'ClusterName', value: cluster.clusterName ?? '' },
    { name: 'ServiceName', value: service.serviceName ?? '' },
  ];
  const { createdAt, serviceArn: arn = '', tags } = service;
  const about = { cluster, arn, tags, dimensions, ...(createdAt !== undefined && { createdAt }) };
  const group = `service:${service.serviceName}`;
  const hasRun = (service.runningCount ?? 0) > 0 || (stopped?.has(group) ?? true);
  return part(job, about, (resource) =>
    job.metrics
      .filter(({ name }) => !onlyOfClusters.has(name) && (hasRun || evenIdle.has(name)))
      .map((metric) => ({
        ...queryOf(job, metric, resource),
        resolution: resolutionOf(service, metric, facts.resolutions),
      })),
  );
}

type ResourceFacts = {
  readonly cluster: Cluster;
  readonly arn: string;
  readonly tags: Cluster['tags'];
  readonly dimensions: readonly NamedValue[];
  readonly createdAt?: EpochSeconds;
};

function part(
  job: CloudWatchJob,
  { arn, cluster, createdAt, dimensions, tags: list }: ResourceFacts,
  queriesFor: (resource: Resource) => MetricQuery[],
): Part {
  const tags = new Map(list?.map(({ key = '', value = '' }) => [key, value]));
  const resource: Resource = {
    arn,
    dimensions,
    ...tagsOf(job, tags),
    ...(createdAt !== undefined && { since: createdAt }),
  };
  const published = job.namespace === 'AWS/ECS' || !hasNoInsights(cluster);
  const asked = published && hasRequiredDimensions(job, dimensions);
  return { resource, matches: matchesTags(job, tags), queries: asked ? queriesFor(resource) : [] };
}

/** Whether Container Insights are off; where the API does not say, they may be on. */
function hasNoInsights({ settings }: Cluster): boolean {
  return settings?.find(({ name }) => name === 'containerInsights')?.value === 'disabled';
}

/**
 * Groups of tasks of which one has stopped since then, or at an unknown time. Undefined: unknown, so it may be any; a lost
 * point costs more than a metric that is read for nothing.
 */
function stoppedGroups(
  { stoppedTasks }: ClusterReading,
  since: EpochSeconds,
): ReadonlySet<string> | undefined {
  if (stoppedTasks === undefined) return undefined;
  const recent = stoppedTasks.filter(({ stoppedAt, stoppingAt }) => {
    const end = stoppedAt ?? stoppingAt;
    return end === undefined || end >= since;
  });
  return new Set(recent.map(({ group = '' }) => group));
}

function queryOf(job: CloudWatchJob, metric: CloudWatchMetric, resource: Resource): MetricQuery {
  const [, , , , account = ''] = resource.arn.split(':');
  const { dimensions } = resource;
  const common = { job, metric, resource, dimensions, account };
  return { ...common, linked: 'own', resolution: undefined, found: 'resource' };
}
