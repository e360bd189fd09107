// What a job wants of ECS, from what the ECS API told: no ListMetrics call, services with or without tags, and none
// that has no task and so no data. Pure.
import type { CloudWatchJob, CloudWatchMetric, NamedValue } from '@fargaze/core';
import type { Cluster, Service } from '../../ecs/answers.ts';
import type { ClusterReading, EcsReading } from '../../ecs/read.ts';
import type { EpochSeconds } from '../query/window.ts';
import {
  type Discovery,
  hasWantedDimensions,
  matchesTags,
  type Resource,
  tagsOf,
  type Wanted,
} from './metric-query.ts';
import { type Resolutions, resolutionOf } from './resolutions.ts';

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
  return job.kind === 'discovery' && ecs && known && job.linkedAccounts.length === 0;
}

/** What is known beside the reading. */
export type EcsFacts = {
  /** Services whose tasks all stopped before it have no data. */
  readonly since: EpochSeconds;
  readonly resolutions: Resolutions;
};

/** What the job wants. */
export function discoverEcs(job: CloudWatchJob, reading: EcsReading, facts: EcsFacts): Discovery {
  const parts = reading.clusters.flatMap((cluster) => {
    const about = { cluster, stopped: stoppedGroups(cluster, facts.since) };
    const services = cluster.services ?? [];
    return [
      clusterPart(job, about),
      ...services.map((service) => servicePart(job, { ...about, service, facts })),
    ];
  });
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

type ClusterFacts = {
  readonly cluster: ClusterReading;
  readonly stopped: ReadonlySet<string> | undefined;
};

function clusterPart(job: CloudWatchJob, { cluster: reading, stopped }: ClusterFacts): Part {
  const { cluster, tasks } = reading;
  const running = (cluster.runningTasksCount ?? 0) + (tasks?.length ?? 0) > 0;
  const hasData = running || stopped === undefined || stopped.size > 0;
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
    hasRun
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
  readonly createdAt?: EpochSeconds;
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
    ...(createdAt !== undefined && { since: createdAt }),
  };
  const published = job.namespace === 'AWS/ECS' || !hasNoInsights(cluster);
  const asked = published && hasWantedDimensions(job, dimensions);
  return { resource, matches: matchesTags(job, tags), wanted: asked ? wanted(resource) : [] };
}

/** Container Insights are off; where the API did not tell, they may be on. */
function hasNoInsights({ settings }: Cluster): boolean {
  return settings?.find(({ name }) => name === 'containerInsights')?.value === 'disabled';
}

/**
 * Groups of tasks of which any has stopped since then. Undefined: not known, and then perhaps all, since a point that is
 * lost costs more than a metric.
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

function want(job: CloudWatchJob, metric: CloudWatchMetric, resource: Resource): Wanted {
  const [, , , , account = ''] = resource.arn.split(':');
  const { dimensions } = resource;
  return { job, metric, resource, dimensions, account, linked: 'own', resolution: undefined };
}
