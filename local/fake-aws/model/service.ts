// What ECS shows of a service at an instant: counts, deployments, rollout states, status.
import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { desiredStatusOf, lastStatusOf, ranDuring, stoppedVisibleSeconds } from './task.ts';
import type { Cluster, Deployment, Service, Task } from './types.ts';

/** As long as CloudWatch keeps one-minute data. */
const rememberedSeconds = 15 * 86_400;

/** Running and pending tasks. */
export type Counts = { readonly running: number; readonly pending: number };

/** Counts tasks by what ECS calls running and pending. */
export function countTasks(tasks: Iterable<Task>, now: EpochSeconds): Counts {
  let running = 0;
  let pending = 0;
  for (const task of tasks) {
    if (now < task.createdAt) continue;
    const status = lastStatusOf(task, now);
    if (status === 'RUNNING') running += 1;
    if (status === 'PENDING' || status === 'PROVISIONING') pending += 1;
  }
  return { running, pending };
}

/** The desired count at an instant; 0 before the service was made. */
export function desiredCountAt(service: Service, at: EpochSeconds): number {
  return service.desired.findLast((step) => step.at <= at)?.value ?? 0;
}

/** ACTIVE, then DRAINING while tasks of a deleted service remain, then INACTIVE. */
export function statusOf(service: Service, now: EpochSeconds): 'ACTIVE' | 'DRAINING' | 'INACTIVE' {
  if (service.deletedAt === undefined || now < service.deletedAt) return 'ACTIVE';
  const remains = service.tasks.some(
    (task) => task.createdAt <= now && lastStatusOf(task, now) !== 'STOPPED',
  );
  return remains ? 'DRAINING' : 'INACTIVE';
}

/** Deployments that ECS lists, newest first: the primary one and those whose tasks are not gone yet. */
export function visibleDeployments(service: Service, now: EpochSeconds): readonly Deployment[] {
  const [primary, ...older] = begun(service, now);
  if (primary === undefined || statusOf(service, now) === 'INACTIVE') return [];
  const draining = older.filter((deployment) =>
    service.tasks.some(
      (task) =>
        task.deploymentId === deployment.id &&
        task.createdAt <= now &&
        lastStatusOf(task, now) !== 'STOPPED',
    ),
  );
  return [primary, ...draining];
}

/** Every deployment that has begun, newest first. */
export function begun(service: Service, now: EpochSeconds): readonly Deployment[] {
  return service.deployments.filter((deployment) => deployment.createdAt <= now).reverse();
}

/** The rollout state at an instant. */
export function rolloutStateOf(
  deployment: Deployment,
  now: EpochSeconds,
): 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' {
  if (deployment.end === undefined || now < deployment.end.at) return 'IN_PROGRESS';
  return deployment.end.state;
}

/** Tasks that ECS wants to run at `now`, oldest first. */
export function wantedTasks(service: Service, now: EpochSeconds): readonly Task[] {
  return service.tasks.filter(
    (task) => task.createdAt <= now && desiredStatusOf(task, now) === 'RUNNING',
  );
}

/** How many tasks of a service ran at any time of [from, to), also those that ECS has forgotten. */
export function countRan(service: Service, from: EpochSeconds, to: EpochSeconds): number {
  let count = 0;
  for (const task of service.tasks) if (ranDuring(task, from, to)) count += 1;
  for (const span of service.ran) if (span.from < to && span.to > from) count += 1;
  return count;
}

/** Forgets tasks that ECS no longer shows but keeps when they ran. */
export function archiveTasks(cluster: Cluster, service: Service, now: EpochSeconds): void {
  const gone = (task: Task) =>
    task.stop !== undefined && task.stop.stoppedAt + stoppedVisibleSeconds < now;
  for (const task of service.tasks.filter(gone)) {
    cluster.tasks.delete(task.id);
    if (task.startedAt !== undefined && task.stop !== undefined) {
      service.ran.push({ from: task.startedAt, to: task.stop.stoppingAt });
    }
  }
  service.tasks = service.tasks.filter((task) => !gone(task));
  service.ran = service.ran.filter((span) => span.to > now - rememberedSeconds);
}
