// What ECS's scheduler does to a service: scale, replace, stop. Each step writes down when its consequences happen.
import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { archiveTasks, begun, wantedTasks } from './service.ts';
import { endTask, makeTask, type Progress } from './task.ts';
import type { ContainerExit, Deployment, Service, StopCode, Task, World } from './types.ts';

/** A change to one service at one instant. */
export type Change = {
  readonly world: World;
  readonly service: Service;
  readonly at: EpochSeconds;
};

/** Takes back what has not happened by `at`, forgets what ECS no longer shows. */
export function beginChange({ service, at }: Change): void {
  const { cluster } = service;
  for (const task of service.tasks) if (task.createdAt > at) cluster.tasks.delete(task.id);
  service.tasks = service.tasks.filter((task) => task.createdAt <= at);
  for (const task of service.tasks) {
    if (task.stop !== undefined && task.stop.stoppingAt > at) task.stop = undefined;
  }
  service.deployments = service.deployments.filter((deployment) => deployment.createdAt <= at);
  for (const deployment of service.deployments) {
    deployment.failures = deployment.failures.filter((failure) => failure <= at);
    if (deployment.end !== undefined && deployment.end.at > at) deployment.end = undefined;
  }
  service.events = service.events.filter((event) => event.at <= at).slice(-100);
  service.desired = service.desired.filter((step) => step.at <= at);
  archiveTasks(cluster, service, at);
}

/** The deployment that is primary at the change. @throws RangeError when the service has none. */
export function primaryOf({ service, at }: Change): Deployment {
  const [primary] = begun(service, at);
  if (primary === undefined) throw new RangeError(`service ${service.name} has no deployment`);
  return primary;
}

/** Which tasks to start. */
export type StartSpec = {
  readonly deployment: Deployment;
  readonly count: number;
  readonly progress?: Progress;
};

/** Starts tasks of a deployment and says so in an event. */
export function startTasks(change: Change, spec: StartSpec): readonly Task[] {
  const { world, service, at } = change;
  const { cluster } = service;
  const started: Task[] = [];
  for (let index = 0; started.length < spec.count; index++) {
    const task = makeTask({
      cluster,
      service,
      deploymentId: spec.deployment.id,
      definition: spec.deployment.definition,
      createdAt: at,
      index,
      timing: world.timing,
      progress: spec.progress ?? 'running',
    });
    if (cluster.tasks.has(task.id)) continue;
    cluster.tasks.set(task.id, task);
    service.tasks.push(task);
    started.push(task);
  }
  if (started.length > 0) note(change, `has started ${started.length} tasks: ${listed(started)}.`);
  return started;
}

/** How tasks of a service are stopped. */
export type StopTasksSpec = {
  readonly tasks: readonly Task[];
  readonly code?: StopCode;
  readonly reason?: string;
  readonly exits?: ReadonlyMap<string, ContainerExit>;
};

/** Stops tasks; without a code because the scheduler wants fewer of them. */
export function stopTasks(change: Change, spec: StopTasksSpec): void {
  const { world, at } = change;
  const { tasks, code = 'ServiceSchedulerInitiated' } = spec;
  for (const task of tasks) {
    const scaling = `Scaling activity initiated by (deployment ${task.deploymentId})`;
    const reason = spec.reason ?? scaling;
    const exits = spec.exits === undefined ? {} : { exits: spec.exits };
    endTask(task, { at, code, reason, timing: world.timing, ...exits });
  }
  if (tasks.length > 0)
    note(change, `has stopped ${tasks.length} running tasks: ${listed(tasks)}.`);
}

/**
 * Sets the desired count and starts or stops tasks to meet it, the newest first to go.
 * @throws RangeError while a rollback is still to come, whose task count is already decided.
 */
export function scaleService(change: Change, desired: number): void {
  const { service, at } = change;
  const coming = service.deployments.find((deployment) => deployment.createdAt > at);
  if (coming !== undefined) {
    throw new RangeError(
      `service ${service.name} rolls back at ${coming.createdAt}, scale it later`,
    );
  }
  service.desired.push({ at, value: desired });
  const wanted = wantedTasks(service, at).filter((task) => task.stop === undefined);
  const deployment = primaryOf(change);
  if (desired > wanted.length) {
    const started = startTasks(change, { deployment, count: desired - wanted.length });
    noteSteady(change, started);
  } else {
    stopTasks(change, { tasks: wanted.slice(desired) });
    noteSteady(change, []);
  }
}

/** Says when the service is steady: once every given task has started. */
export function noteSteady(change: Change, tasks: readonly Task[]): void {
  const at = Math.max(change.at, ...tasks.map((task) => task.startedAt ?? change.at));
  note({ ...change, at }, 'has reached a steady state.');
}

/** Adds a service event. */
export function note({ service, at }: Change, message: string): void {
  service.events.push({ at, message: `(service ${service.name}) ${message}` });
}

function listed(tasks: readonly Task[]): string {
  return tasks.map((task) => `(task ${task.id})`).join(' ');
}
