// Samples of clusters and services. Pure: the same reading and time give the same samples. No task is a label.
import {
  type EcsConfig,
  type EpochMs,
  type Sample,
  type Shard,
  sample,
} from '@fargaze/core/internal';
import type { EcsApi } from '../aws/ecs-api.ts';
import { tagLabels } from '../naming/yace-case.ts';
import { familySamples } from './family-samples.ts';
import { instanceSamples } from './instance-samples.ts';
import type { Deployment, Service, Task } from './narrow.ts';
import type { ClusterReading, EcsReading } from './reading.ts';
import { stageSamples } from './stages.ts';
import { addStops, addTasks, type ServiceLabels } from './task-samples.ts';

const rolloutStates = ['COMPLETED', 'FAILED', 'IN_PROGRESS'] as const;

/** What the samples of a cluster depend on besides the reading. */
export type SampleOptions = {
  readonly now: EpochMs;
  readonly config: Pick<EcsConfig, 'exportedTags' | 'services' | 'tags'>;
};

/**
 * Samples of one cluster; lists that could not be read have none. Those of services are added to one list, and their labels not
 * spread: both takes V8 several times as long, and a cluster may have thousands of services.
 */
export function clusterSamples(reading: ClusterReading, options: SampleOptions): Sample[] {
  const { cluster, instances, otherServices = [], part, services, stages } = reading;
  const { stoppedTasks, tasks } = reading;
  const { config, now } = options;
  const [, , , region = '', account_id = ''] = (cluster.clusterArn ?? '').split(':');
  const name = cluster.clusterName ?? '';
  // Spread last throughout: V8 gives an object that begins with a spread three times the memory.
  const labels = { region, account_id, cluster: name };
  if (services === undefined) return [];
  const running = tasks && byGroup(tasks);
  const stopped = stoppedTasks && byGroup(stoppedTasks);
  // What is of no service belongs to one part of a divided cluster.
  const whole =
    part === 'rest'
      ? []
      : [
          sample('ecs_services', labels, services.length + otherServices.length),
          ...familySamples({ tasks, stoppedTasks }, labels, config),
          ...instanceSamples(instances ?? [], labels),
        ];
  const samples: Sample[] = whole;
  for (const service of services) {
    const { serviceArn = '', serviceName = '' } = service;
    const own = { service: serviceName, region, account_id, cluster: name };
    const group = `service:${serviceName}`;
    const stage = stages?.get(serviceArn);
    samples.push(infoSample(service, own, config.exportedTags));
    addService(samples, service, own);
    if (stage !== undefined) samples.push(...stageSamples(stage, own));
    const [ran, ended] = [running?.get(group), stopped?.get(group)];
    if (ran !== undefined) addTasks(samples, ran, { labels: own, now });
    if (ended !== undefined) addStops(samples, ended, own);
  }
  return samples;
}

/** Tasks by group: with thousands of services and tasks, each task must be visited only once. */
function byGroup(tasks: readonly Task[]): Map<string, Task[]> {
  const groups = new Map<string, Task[]>();
  for (const task of tasks) {
    const group = task.group ?? '';
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [task]);
    else known.push(task);
  }
  return groups;
}

/** Samples about the reading itself, and the calls that it took. */
export function readingSamples(
  { clusters, elsewhere = [], faults, unread = { services: 0, tasks: 0 } }: EcsReading,
  {
    region,
    shard,
    tally,
  }: Pick<EcsApi, 'region' | 'tally'> & { readonly shard?: Shard | undefined },
): Sample[] {
  const failed = new Set(faults.map(({ operation }) => operation));
  const found = clusters.length + elsewhere.length;
  const operations = [
    'ListClusters',
    'DescribeClusters',
    'ListServices',
    'DescribeServices',
    'ListTasks',
    'DescribeTasks',
  ];
  return [
    // What every shard sees is reported by one.
    ...(shard !== undefined && shard.index > 1
      ? []
      : [
          sample('ecs_up', { region }, found > 0 || failed.size === 0 ? 1 : 0),
          sample('ecs_clusters', { region }, found),
        ]),
    sample('fargaze_bridge_ecs_unread', { what: 'services' }, unread.services),
    sample('fargaze_bridge_ecs_unread', { what: 'tasks' }, unread.tasks),
    ...operations.map((api) => sample('fargaze_bridge_api_up', { api }, failed.has(api) ? 0 : 1)),
    ...[...tally.requests].map(([api, count]) => sample('fargaze_bridge_requests', { api }, count)),
    ...[...tally.throttles].map(([api, count]) =>
      sample('fargaze_bridge_throttles', { api }, count),
    ),
  ];
}

function addService(samples: Sample[], service: Service, labels: ServiceLabels): void {
  const { deployments, notable } = service;
  samples.push(
    sample('ecs_service_desired_tasks', labels, service.desiredCount ?? 0),
    sample('ecs_service_running_tasks', labels, service.runningCount ?? 0),
    sample('ecs_service_pending_tasks', labels, service.pendingCount ?? 0),
    sample('ecs_service_deployments', labels, deployments.length),
  );
  for (const deployment of byStatus(deployments)) addDeployment(samples, deployment, labels);
  const { steadyAt, troubles } = notable;
  if (steadyAt !== undefined) {
    samples.push(sample('ecs_service_last_steady_state_timestamp_seconds', labels, steadyAt));
  }
  for (const [event, at] of troubles) {
    const own = { event, ...labels };
    samples.push(sample('ecs_service_last_event_timestamp_seconds', own, at));
  }
}

function infoSample(
  service: Service,
  labels: ServiceLabels,
  exportedTags: readonly string[],
): Sample {
  const definition = /([^/]+):(\d+)$/.exec(service.taskDefinition ?? '');
  const { account_id, cluster, region, service: name } = labels;
  const info = {
    launch_type: service.launchType ?? '',
    task_definition: definition?.[1] ?? '',
    revision: definition?.[2] ?? '',
    platform_version: service.platformVersion ?? '',
    capacity_provider: providersOf(service),
    status: service.status ?? '',
    scheduling_strategy: service.schedulingStrategy ?? '',
    deployment_controller: service.controller ?? '',
    deployment_strategy: service.strategy ?? '',
    service: name,
    region,
    account_id,
    cluster,
  };
  const base = sample('ecs_service_info', info, 1);
  const tags = (service.tags ?? []).flatMap(({ key = '', value = '' }) =>
    exportedTags.includes(key) ? [{ name: key, value }] : [],
  );
  if (tags.length === 0) return base;
  return { ...base, labels: Object.assign(tagLabels(tags), base.labels) };
}

/** `FARGATE`, or `FARGATE,FARGATE_SPOT` in the order of the strategy. */
function providersOf({ capacityProviderStrategy = [] }: Service): string {
  return capacityProviderStrategy.map(({ capacityProvider = '' }) => capacityProvider).join(',');
}

/**
 * One deployment of each status, for a series exists once: several old ones may be replaced at once. The tasks of all of them
 * count, the rest is the newest's.
 */
function byStatus(deployments: readonly Deployment[]): Deployment[] {
  const merged = new Map<string, Deployment>();
  for (const one of deployments) {
    const known = merged.get(one.status ?? '');
    merged.set(one.status ?? '', known === undefined ? one : mergeDeployments(known, one));
  }
  return [...merged.values()];
}

function mergeDeployments(a: Deployment, b: Deployment): Deployment {
  const newest = (b.createdAt ?? 0) > (a.createdAt ?? 0) ? b : a;
  return {
    ...newest,
    desiredCount: (a.desiredCount ?? 0) + (b.desiredCount ?? 0),
    runningCount: (a.runningCount ?? 0) + (b.runningCount ?? 0),
    pendingCount: (a.pendingCount ?? 0) + (b.pendingCount ?? 0),
    ...(newest.failedTasks !== undefined && {
      failedTasks: (a.failedTasks ?? 0) + (b.failedTasks ?? 0),
    }),
  };
}

function addDeployment(samples: Sample[], deployment: Deployment, labels: ServiceLabels): void {
  const { account_id, cluster, region, service } = labels;
  const { createdAt, failedTasks, rolloutState, status = '' } = deployment;
  const own = { status, service, region, account_id, cluster };
  samples.push(
    sample('ecs_service_deployment_desired_tasks', own, deployment.desiredCount ?? 0),
    sample('ecs_service_deployment_running_tasks', own, deployment.runningCount ?? 0),
    sample('ecs_service_deployment_pending_tasks', own, deployment.pendingCount ?? 0),
  );
  // Task sets have none, and deployments behind a Classic Load Balancer no state: what is not said is not zero.
  if (failedTasks !== undefined) {
    samples.push(sample('ecs_service_deployment_failed_tasks', own, failedTasks));
  }
  for (const state of rolloutState === undefined ? [] : rolloutStates) {
    const each = { state, status, service, region, account_id, cluster };
    const value = rolloutState === state ? 1 : 0;
    samples.push(sample('ecs_service_deployment_rollout_state', each, value));
  }
  if (createdAt !== undefined) {
    samples.push(sample('ecs_service_deployment_created_timestamp_seconds', own, createdAt));
  }
}
