// Samples of the tasks of one service: counts, ages, images, stops and exits. Pure.
import { type EpochMs, exitReason, type Sample, sample } from '@fargaze/core/internal';
import type { Task } from './narrow.ts';

/** Labels of a service. */
export type ServiceLabels = {
  readonly region: string;
  readonly account_id: string;
  readonly cluster: string;
  readonly service: string;
};

/** Adds the samples of the running tasks of a service. */
export function addTasks(
  samples: Sample[],
  tasks: readonly Task[],
  { labels, now }: { readonly labels: ServiceLabels; readonly now: EpochMs },
): void {
  const { account_id, cluster, region, service } = labels;
  const counts = countBy(tasks, (task) => [task.lastStatus ?? '', task.healthStatus ?? 'UNKNOWN']);
  for (const [[last_status = '', health_status = ''], count] of counts) {
    const own = { last_status, health_status, service, region, account_id, cluster };
    samples.push(sample('ecs_service_tasks', own, count));
  }
  const oldest = min(tasks.map(({ startedAt }) => startedAt));
  if (oldest !== undefined) {
    samples.push(sample('ecs_service_oldest_task_age_seconds', labels, now / 1000 - oldest));
  }
  const starts = max(tasks.map((task) => secondsBetween(task.createdAt, task.startedAt)));
  if (starts !== undefined) {
    samples.push(sample('ecs_service_task_start_duration_max_seconds', labels, starts));
  }
  const pulls = max(tasks.map((task) => secondsBetween(task.pullStartedAt, task.pullStoppedAt)));
  if (pulls !== undefined) {
    samples.push(sample('ecs_service_image_pull_duration_max_seconds', labels, pulls));
  }
  addImages(samples, tasks, labels);
}

function addImages(samples: Sample[], tasks: readonly Task[], labels: ServiceLabels): void {
  const { account_id, cluster, region, service } = labels;
  const containers = tasks.flatMap((task) => task.containers);
  const images = countBy(containers, ({ image, imageDigest, name }) => [
    name ?? '',
    image ?? '',
    imageDigest ?? '',
  ]);
  for (const [[container_name = '', image = '', image_digest = '']] of images) {
    const own = { container_name, image, image_digest, service, region, account_id, cluster };
    samples.push(sample('ecs_service_image_info', own, 1));
  }
  const digests = countBy(images, ([[name = '']]) => [name]);
  for (const [[container_name = ''], count] of digests) {
    const own = { container_name, service, region, account_id, cluster };
    samples.push(sample('ecs_service_distinct_images', own, count));
  }
}

/** Adds the samples of the stopped tasks of a service, which ECS shows for about an hour. */
export function addStops(samples: Sample[], tasks: readonly Task[], labels: ServiceLabels): void {
  for (const { count, last, stop_code } of countStops(tasks)) {
    const own = { stop_code, ...labels };
    samples.push(sample('ecs_service_stopped_tasks', own, count));
    if (last === undefined) continue;
    samples.push(sample('ecs_service_last_stop_timestamp_seconds', own, last));
  }
  for (const { count, ...exit } of countExits(tasks)) {
    samples.push(sample('ecs_service_container_exits', { ...exit, ...labels }, count));
  }
}

/** How many tasks stopped with each code, and when the last of them did, in seconds since 1970. */
export function countStops(
  tasks: readonly Task[],
): { readonly stop_code: string; readonly count: number; readonly last: number | undefined }[] {
  return countBy(tasks, ({ stopCode }) => [stopCode ?? 'unknown']).map(
    ([[stop_code = ''], count]) => {
      const own = tasks.filter((task) => (task.stopCode ?? 'unknown') === stop_code);
      return {
        stop_code,
        count,
        last: max(own.map(({ stoppedAt, stoppingAt }) => stoppedAt ?? stoppingAt)),
      };
    },
  );
}

/** How many containers ended in each way. */
export function countExits(tasks: readonly Task[]) {
  return countBy(
    tasks.flatMap((task) => task.containers.map((container) => ({ container, task }))),
    ({ container, task }) => [
      container.name ?? '',
      exitReason(container, task),
      String(container.exitCode ?? ''),
    ],
  ).map(([[container_name = '', reason = '', exit_code = ''], count]) => ({
    container_name,
    reason,
    exit_code,
    count,
  }));
}

/** How many items have each key, the parts of which have no U+0000. */
export function countBy<T>(items: readonly T[], key: (item: T) => string[]): [string[], number][] {
  const counts = new Map<string, [string[], number]>();
  for (const item of items) {
    const parts = key(item);
    const id = parts.join('\u0000');
    const known = counts.get(id);
    if (known === undefined) counts.set(id, [parts, 1]);
    else known[1] += 1;
  }
  return [...counts.values()];
}

function secondsBetween(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}

/** The least of the known values; undefined without any. */
function min(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function max(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
