// What was read of ECS, as samples. Pure: the same reading and time give the same samples. No task is a label.
import { type EpochMs, type Labels, type Sample, sample } from '@fargaze/core';
import { tagLabels } from '../cloudwatch/write/naming.ts';
import type { Deployment, Service, Task } from './answers.ts';
import { exitReason } from './exits.ts';
import type { ClusterReading, EcsReading } from './read.ts';

const rolloutStates = ['COMPLETED', 'FAILED', 'IN_PROGRESS'] as const;

/** Labels of a service. */
type ServiceLabels = {
  readonly region: string;
  readonly account_id: string;
  readonly cluster: string;
  readonly service: string;
};

/** What the samples of a cluster depend on beside the reading. */
export type SampleOptions = {
  readonly now: EpochMs;
  /** Keys of tags that become labels of `ecs_service_info`. */
  readonly exportedTags: readonly string[];
};

/** Samples of one cluster; what the API did not tell has none. */
export function clusterSamples(reading: ClusterReading, options: SampleOptions): Sample[] {
  const { cluster, services, stoppedTasks, tasks } = reading;
  const [, , , region = '', account_id = ''] = (cluster.clusterArn ?? '').split(':');
  const name = cluster.clusterName ?? '';
  // Spread last throughout: V8 gives an object that begins with a spread three times the memory.
  const labels = { region, account_id, cluster: name };
  if (services === undefined) return [];
  const running = tasks && byGroup(tasks);
  const stopped = stoppedTasks && byGroup(stoppedTasks);
  return [
    sample('ecs_services', labels, services.length),
    ...services.flatMap((service) => {
      const own = { service: service.serviceName ?? '', ...labels };
      const group = `service:${service.serviceName}`;
      return [
        ...serviceSamples(service, own, options.exportedTags),
        ...(running === undefined ? [] : taskSamples(running.get(group) ?? [], own, options.now)),
        ...(stopped === undefined ? [] : stopSamples(stopped.get(group) ?? [], own)),
      ];
    }),
  ];
}

/** A cluster may have thousands of services and tasks: each task is looked at once. */
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

/** Samples on the reading as a whole. */
export function readingSamples({ clusters, faults }: EcsReading, region: string): Sample[] {
  const failed = new Set(faults.map(({ operation }) => operation));
  const operations = [
    'ListClusters',
    'DescribeClusters',
    'ListServices',
    'DescribeServices',
    'ListTasks',
    'DescribeTasks',
  ];
  return [
    sample('ecs_up', { region }, clusters.length > 0 || failed.size === 0 ? 1 : 0),
    sample('ecs_clusters', { region }, clusters.length),
    ...operations.map((api) => sample('fargaze_bridge_api_up', { api }, failed.has(api) ? 0 : 1)),
  ];
}

function serviceSamples(
  service: Service,
  labels: ServiceLabels,
  exportedTags: readonly string[],
): Sample[] {
  const { deployments } = service;
  return [
    infoSample(service, labels, exportedTags),
    sample('ecs_service_desired_tasks', labels, service.desiredCount ?? 0),
    sample('ecs_service_running_tasks', labels, service.runningCount ?? 0),
    sample('ecs_service_pending_tasks', labels, service.pendingCount ?? 0),
    sample('ecs_service_deployments', labels, deployments.length),
    ...firstByStatus(deployments).flatMap((deployment) => deploymentSamples(deployment, labels)),
    ...eventSamples(service, labels),
  ];
}

function infoSample(
  service: Service,
  labels: ServiceLabels,
  exportedTags: readonly string[],
): Sample {
  const definition = /([^/]+):(\d+)$/.exec(service.taskDefinition ?? '');
  const info = {
    launch_type: service.launchType ?? '',
    task_definition: definition?.[1] ?? '',
    revision: definition?.[2] ?? '',
    platform_version: service.platformVersion ?? '',
    capacity_provider: service.capacityProviderStrategy?.[0]?.capacityProvider ?? '',
    ...labels,
  };
  const base = sample('ecs_service_info', info, 1);
  const tags: Labels = tagLabels(
    (service.tags ?? []).flatMap(({ key = '', value = '' }) =>
      exportedTags.includes(key) ? [{ name: key, value }] : [],
    ),
  );
  return { ...base, labels: { ...tags, ...base.labels } };
}

function eventSamples({ notable }: Service, labels: ServiceLabels): Sample[] {
  const { steadyAt, troubles } = notable;
  return [
    ...(steadyAt === undefined
      ? []
      : [sample('ecs_service_last_steady_state_timestamp_seconds', labels, steadyAt)]),
    ...[...troubles].map(([event, at]) =>
      sample('ecs_service_last_event_timestamp_seconds', { event, ...labels }, at),
    ),
  ];
}

/** The newest deployment of each status: several old ones may drain at once, and a series exists once. */
function firstByStatus(deployments: readonly Deployment[]): Deployment[] {
  const byStatus = new Map<string, Deployment>();
  for (const deployment of deployments) {
    const status = deployment.status ?? '';
    if (!byStatus.has(status)) byStatus.set(status, deployment);
  }
  return [...byStatus.values()];
}

function deploymentSamples(deployment: Deployment, labels: ServiceLabels): Sample[] {
  const own = { status: deployment.status ?? '', ...labels };
  const samples = [
    sample('ecs_service_deployment_desired_tasks', own, deployment.desiredCount ?? 0),
    sample('ecs_service_deployment_running_tasks', own, deployment.runningCount ?? 0),
    sample('ecs_service_deployment_pending_tasks', own, deployment.pendingCount ?? 0),
    sample('ecs_service_deployment_failed_tasks', own, deployment.failedTasks ?? 0),
    ...rolloutStates.map((state) => {
      const value = deployment.rolloutState === state ? 1 : 0;
      return sample('ecs_service_deployment_rollout_state', { state, ...own }, value);
    }),
  ];
  const { createdAt } = deployment;
  if (createdAt !== undefined) {
    samples.push(sample('ecs_service_deployment_created_timestamp_seconds', own, createdAt));
  }
  return samples;
}

function taskSamples(tasks: readonly Task[], labels: ServiceLabels, now: EpochMs): Sample[] {
  const counts = countBy(tasks, (task) => [task.lastStatus ?? '', task.healthStatus ?? 'UNKNOWN']);
  const samples = counts.map(([[last_status = '', health_status = ''], count]) =>
    sample('ecs_service_tasks', { last_status, health_status, ...labels }, count),
  );
  const oldest = least(tasks.map(({ startedAt }) => startedAt));
  if (oldest !== undefined) {
    samples.push(sample('ecs_service_oldest_task_age_seconds', labels, now / 1000 - oldest));
  }
  const starts = most(tasks.map((task) => span(task.createdAt, task.startedAt)));
  if (starts !== undefined) {
    samples.push(sample('ecs_service_task_start_duration_max_seconds', labels, starts));
  }
  const pulls = most(tasks.map((task) => span(task.pullStartedAt, task.pullStoppedAt)));
  if (pulls !== undefined) {
    samples.push(sample('ecs_service_image_pull_duration_max_seconds', labels, pulls));
  }
  return [...samples, ...imageSamples(tasks, labels)];
}

function imageSamples(tasks: readonly Task[], labels: ServiceLabels): Sample[] {
  const containers = tasks.flatMap((task) => task.containers);
  const images = countBy(containers, ({ image, imageDigest, name }) => [
    name ?? '',
    image ?? '',
    imageDigest ?? '',
  ]);
  const digests = countBy(
    images.map(([key]) => key),
    ([name = '']) => [name],
  );
  return [
    ...images.map(([[container_name = '', image = '', image_digest = '']]) =>
      sample('ecs_service_image_info', { container_name, image, image_digest, ...labels }, 1),
    ),
    ...digests.map(([[container_name = ''], count]) =>
      sample('ecs_service_distinct_images', { container_name, ...labels }, count),
    ),
  ];
}

function stopSamples(tasks: readonly Task[], labels: ServiceLabels): Sample[] {
  const codes = countBy(tasks, ({ stopCode }) => [stopCode ?? 'unknown']);
  const exits = countBy(
    tasks.flatMap((task) => task.containers.map((container) => ({ container, task }))),
    ({ container, task }) => [
      container.name ?? '',
      exitReason(container, task),
      String(container.exitCode ?? ''),
    ],
  );
  return [
    ...codes.flatMap(([[stop_code = ''], count]) => {
      const own = tasks.filter((task) => (task.stopCode ?? 'unknown') === stop_code);
      const last = most(own.map(({ stoppedAt, stoppingAt }) => stoppedAt ?? stoppingAt));
      const time = sample(
        'ecs_service_last_stop_timestamp_seconds',
        { stop_code, ...labels },
        last ?? 0,
      );
      return [
        sample('ecs_service_stopped_tasks', { stop_code, ...labels }, count),
        ...(last === undefined ? [] : [time]),
      ];
    }),
    ...exits.map(([[container_name = '', reason = '', exit_code = ''], count]) => {
      const own = { container_name, reason, exit_code, ...labels };
      return sample('ecs_service_container_exits', own, count);
    }),
  ];
}

function countBy<T>(items: readonly T[], key: (item: T) => string[]): [string[], number][] {
  const counts = new Map<string, [string[], number]>();
  for (const item of items) {
    const parts = key(item);
    const id = JSON.stringify(parts);
    counts.set(id, [parts, (counts.get(id)?.[1] ?? 0) + 1]);
  }
  return [...counts.values()];
}

function span(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}

function least(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function most(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
