// A task's life: what ECS shows of it at an instant. Nothing is stored but the times at which things happen.

import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { hexOf, seedOf } from '../metrics/seed.ts';
import { arnOf } from './arn.ts';
import type {
  Cluster,
  ContainerExit,
  Health,
  Service,
  StopCode,
  Task,
  TaskDefinition,
  Timing,
} from './types.ts';

/** How long ECS still shows a stopped task, in seconds. */
export const stoppedVisibleSeconds = 3600;

/** The states that ECS reports. */
export type LastStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'RUNNING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

/** How far a new task gets. */
export type Progress = 'running' | 'pulling' | 'never-pulls';

/** What makes a task. */
export type TaskSpec = {
  readonly cluster: Cluster;
  readonly service?: Service;
  readonly deploymentId?: string;
  readonly definition: TaskDefinition;
  readonly createdAt: EpochSeconds;
  /** Distinguishes tasks that are created at the same instant. */
  readonly index: number;
  readonly timing: Timing;
  readonly progress: Progress;
};

/** Makes a task; its id depends only on cluster, time and index. */
export function makeTask(spec: TaskSpec): Task {
  const { cluster, service, createdAt, timing } = spec;
  const key = `${cluster.arn}/${service?.name ?? spec.definition.family}/${createdAt}/${spec.index}`;
  const id = hexOf(key, 32);
  const pulling = createdAt + timing.provision;
  const pulled = pulling + timing.pull;
  const health: Health = service?.healthCheck === 'yes' ? 'HEALTHY' : 'UNKNOWN';
  return {
    id,
    arn: arnOf(cluster.region, 'ecs', `task/${cluster.name}/${id}`),
    serviceName: service?.name,
    deploymentId: spec.deploymentId,
    definition: spec.definition,
    address: service?.address ?? `10.0.${seedOf(id) % 256}.${seedOf(key) % 256}`,
    zone: `${cluster.region.name}${'abc'[seedOf(id) % 3]}`,
    createdAt,
    pullStartedAt: spec.progress === 'never-pulls' ? undefined : pulling,
    pullStoppedAt: spec.progress === 'running' ? pulled : undefined,
    startedAt: spec.progress === 'running' ? pulled + timing.start : undefined,
    stop: undefined,
    health,
  };
}

/** Id of the task's network interface. */
export function interfaceIdOf(task: Task): string {
  return `eni-${hexOf(`${task.id} interface`, 17)}`;
}

/** How a task ends. */
export type StopSpec = {
  readonly at: EpochSeconds;
  readonly code: StopCode;
  readonly reason: string;
  readonly timing: Timing;
  readonly exits?: ReadonlyMap<string, ContainerExit>;
};

/** Ends a task, unless it already ends earlier. */
export function endTask(task: Task, spec: StopSpec): void {
  if (task.stop !== undefined && task.stop.stoppingAt <= spec.at) return;
  task.stop = {
    stoppingAt: spec.at,
    executionStoppedAt: spec.at + spec.timing.stop * 0.6,
    stoppedAt: spec.at + spec.timing.stop,
    code: spec.code,
    reason: spec.reason,
    exits: spec.exits ?? new Map(task.definition.containers.map(({ name }) => [name, clean(task)])),
  };
}

/** A container that obeys SIGTERM exits with 0; one that never ran has no exit code. */
function clean(task: Task): ContainerExit {
  return task.startedAt === undefined ? {} : { exitCode: 0 };
}

/** The state at `now`. */
export function lastStatusOf(task: Task, now: EpochSeconds): LastStatus {
  if (task.stop !== undefined) {
    if (now >= task.stop.stoppedAt) return 'STOPPED';
    if (now >= task.stop.executionStoppedAt) return 'DEPROVISIONING';
    if (now >= task.stop.stoppingAt) return 'STOPPING';
  }
  if (task.startedAt !== undefined && now >= task.startedAt) return 'RUNNING';
  return task.pullStartedAt !== undefined && now >= task.pullStartedAt ? 'PENDING' : 'PROVISIONING';
}

/** What ECS wants of the task at `now`. */
export function desiredStatusOf(task: Task, now: EpochSeconds): 'RUNNING' | 'STOPPED' {
  return task.stop !== undefined && now >= task.stop.stoppingAt ? 'STOPPED' : 'RUNNING';
}

/** Whether ECS shows the task at all. */
export function isVisible(task: Task, now: EpochSeconds): boolean {
  if (now < task.createdAt) return false;
  return task.stop === undefined || now < task.stop.stoppedAt + stoppedVisibleSeconds;
}

/** Whether the task ran at any time of [from, to). */
export function ranDuring(task: Task, from: EpochSeconds, to: EpochSeconds): boolean {
  if (task.startedAt === undefined || task.startedAt >= to) return false;
  const end = task.stop?.stoppingAt ?? Number.POSITIVE_INFINITY;
  return end > from && end > task.startedAt;
}
