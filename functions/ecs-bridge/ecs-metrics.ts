// What a job wants of ECS, from what the ECS API told: no ListMetrics call, services with or without tags, and none
// that has no task and so no data. Pure.
import type { CloudWatchJob, CloudWatchMetric, NamedValue } from '@fargaze/core';
import type { Cluster, Service, Task } from './aws.ts';
import type { ClusterReading, EcsReading } from './read.ts';
import { type Resolutions, resolutionOf } from './resolutions.ts';
import {
  type Discovery,
  hasWantedDimensions,
  matchesTags,
  type Resource,
  tagsOf,
  type Wanted,
} from './wanted.ts';
import type { EpochSeconds } from './window.ts';

const dimensionNames = ['ClusterName', 'ServiceName'];

/** Metrics that exist at one level alone (ECS developer guide, CloudWatch metrics and Container Insights metrics). */
const clusterAlone = new Set([
  'CPUReservation',
  'MemoryReservation',
  'GPUReservation',
  'TaskCount',
  'ServiceCount',
  'ContainerInstanceCount',
]);
const serviceAlone = new Set([
  'EBSFilesystemUtilization',
  'DesiredTaskCount',
  'RunningTaskCount',
  'PendingTaskCount',
  'DeploymentCount',
  'TaskSetCount',
]);

/** Whether the ECS API tells all dimensions that the job can want: clusters and their services, in the own account. */
export function isReadFromEcs(job: CloudWatchJob): boolean {
  const ecs = job.namespace === 'AWS/ECS' || job.namespace === 'ECS/ContainerInsights';
  const known = job.dimensionNameRequirements.every((name) => dimensionNames.includes(name));
  return job.kind === 'discovery' && ecs && known;
}

/** What is known beside the reading. */
export type EcsFacts = {
  /** Services whose tasks all stopped before it have no data. */
  readonly since: EpochSeconds;
  readonly resolutions: Resolutions;
};

/** What the job wants. */
export function discoverEcs(job: CloudWatchJob, reading: EcsReading, facts: EcsFacts): Discovery {
  const parts = reading.clusters.flatMap((cluster) => [
    clusterPart(job, cluster, facts),
    ...(cluster.services ?? []).map((service) => servicePart(job, { cluster, service, facts })),
  ]);
  const whole = isWhole(reading);
  const matching = parts.filter((part) => part.matches);
  return {
    wanted: matching.flatMap(({ wanted }) => wanted),
    resources: matching.map(({ resource }) => resource),
    complete: whole ? 'complete' : 'partial',
    existing: whole ? new Set(parts.map(({ resource }) => resource.arn)) : undefined,
  };
}

/** Whether all clusters and services that there are were read; what of tasks is missing changes nothing of that. */
function isWhole({ clusters, faults }: EcsReading): boolean {
  const lists = ['ListClusters', 'DescribeClusters'];
  return (
    !faults.some(({ operation }) => lists.includes(operation)) &&
    clusters.every(({ services }) => services !== undefined)
  );
}

type Part = {
  readonly resource: Resource;
  readonly matches: boolean;
  readonly wanted: readonly Wanted[];
};

function clusterPart(job: CloudWatchJob, reading: ClusterReading, { since }: EcsFacts): Part {
  const { cluster, tasks } = reading;
  const running = (cluster.runningTasksCount ?? 0) + (tasks?.length ?? 0) > 0;
  const hasData = running || hasStopped(reading, since, () => true);
  const dimensions = [{ name: 'ClusterName', value: cluster.clusterName ?? '' }];
  const about = { cluster, arn: cluster.clusterArn ?? '', tags: cluster.tags, dimensions };
  return part(job, about, (resource) =>
    hasData
      ? job.metrics
          .filter(({ name }) => !serviceAlone.has(name))
          .map((metric) => want(job, metric, resource))
      : [],
  );
}

type ServiceFacts = {
  readonly cluster: ClusterReading;
  readonly service: Service;
  readonly facts: EcsFacts;
};

function servicePart(job: CloudWatchJob, { cluster: reading, service, facts }: ServiceFacts): Part {
  const { cluster } = reading;
  const dimensions = [
    { name: 'ClusterName', value: cluster.clusterName ?? '' },
    { name: 'ServiceName', value: service.serviceName ?? '' },
  ];
  const { createdAt, serviceArn: arn = '', tags } = service;
  const about = { cluster, arn, tags, dimensions, ...(createdAt !== undefined && { createdAt }) };
  return part(job, about, (resource) =>
    hasRun(reading, service, facts.since)
      ? job.metrics
          .filter(({ name }) => !clusterAlone.has(name))
          .map((metric) => ({
            ...want(job, metric, resource),
            resolution: resolutionOf(service, metric, facts.resolutions),
          }))
      : [],
  );
}

type ResourceFacts = {
  readonly cluster: Cluster;
  readonly arn: string;
  readonly tags: Cluster['tags'];
  readonly dimensions: readonly NamedValue[];
  readonly createdAt?: Date;
};

function part(
  job: CloudWatchJob,
  { arn, cluster, createdAt, dimensions, tags: list }: ResourceFacts,
  wanted: (resource: Resource) => Wanted[],
): Part {
  const tags = new Map(list?.map(({ key = '', value = '' }) => [key, value]));
  const resource: Resource = {
    arn,
    dimensions,
    ...tagsOf(job, tags),
    ...(createdAt !== undefined && { since: createdAt.getTime() / 1000 }),
  };
  const published = job.namespace === 'AWS/ECS' || !hasNoInsights(cluster);
  const asked = published && hasWantedDimensions(job, dimensions);
  return { resource, matches: matchesTags(job, tags), wanted: asked ? wanted(resource) : [] };
}

/** Container Insights are off; where the API did not tell, they may be on. */
function hasNoInsights({ settings }: Cluster): boolean {
  return settings?.find(({ name }) => name === 'containerInsights')?.value === 'disabled';
}

function hasRun(reading: ClusterReading, service: Service, since: EpochSeconds): boolean {
  if ((service.runningCount ?? 0) > 0) return true;
  return hasStopped(reading, since, ({ group }) => group === `service:${service.serviceName}`);
}

/** Whether any of the tasks that are meant ran since then. Unknown: perhaps, and a point that is lost costs more than a metric. */
function hasStopped(
  { stoppedTasks }: ClusterReading,
  since: EpochSeconds,
  isMeant: (task: Task) => boolean,
): boolean {
  if (stoppedTasks === undefined) return true;
  return stoppedTasks.some((task) => {
    const end = task.stoppedAt ?? task.stoppingAt;
    return isMeant(task) && (end === undefined || end.getTime() / 1000 >= since);
  });
}

function want(job: CloudWatchJob, metric: CloudWatchMetric, resource: Resource): Wanted {
  const [, , , , account = ''] = resource.arn.split(':');
  const { dimensions } = resource;
  return { job, metric, resource, dimensions, account, linked: 'own', resolution: undefined };
}
