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

/** Samples of the running tasks of a service. */
export function taskSamples(tasks: readonly Task[], labels: ServiceLabels, now: EpochMs): Sample[] {
  const counts = countBy(tasks, (task) => [task.lastStatus ?? '', task.healthStatus ?? 'UNKNOWN']);
  const samples = counts.map(([[last_status = '', health_status = ''], count]) =>
    sample('ecs_service_tasks', { last_status, health_status, ...labels }, count),
  );
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

/** Samples of the stopped tasks of a service, which ECS shows for about an hour. */
export function stopSamples(tasks: readonly Task[], labels: ServiceLabels): Sample[] {
  return [
    ...countStops(tasks).flatMap(({ count, last, stop_code }) => [
      sample('ecs_service_stopped_tasks', { stop_code, ...labels }, count),
      ...(last === undefined
        ? []
        : [sample('ecs_service_last_stop_timestamp_seconds', { stop_code, ...labels }, last)]),
    ]),
    ...countExits(tasks).map(({ count, ...exit }) =>
      sample('ecs_service_container_exits', { ...exit, ...labels }, count),
    ),
  ];
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

/** How many items have each key. */
export function countBy<T>(items: readonly T[], key: (item: T) => string[]): [string[], number][] {
  const counts = new Map<string, [string[], number]>();
  for (const item of items) {
    const parts = key(item);
    const id = JSON.stringify(parts);
    counts.set(id, [parts, (counts.get(id)?.[1] ?? 0) + 1]);
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
