// Samples of tasks that belong to no service, as RunTask and schedules start them, by the family of their task definition. Pure.
import { type EcsConfig, type Sample, sample } from '@fargaze/core/internal';
import type { Task } from './narrow.ts';
import type { ClusterReading } from './reading.ts';
import { selectedFamily } from './select.ts';
import { countBy, countExits, countStops } from './task-samples.ts';

type ClusterLabels = {
  readonly region: string;
  readonly account_id: string;
  readonly cluster: string;
};

/** Samples of the families of a cluster; of a list that could not be read there are none. */
export function familySamples(
  { stoppedTasks, tasks }: Pick<ClusterReading, 'stoppedTasks' | 'tasks'>,
  labels: ClusterLabels,
  config: Pick<EcsConfig, 'services' | 'tags'>,
): Sample[] {
  const running = byFamily(tasks ?? [], config);
  const stopped = byFamily(stoppedTasks ?? [], config);
  return [
    ...[...running].flatMap(([family, own]) =>
      countBy(own, ({ lastStatus }) => [lastStatus ?? '']).map(([[last_status = ''], count]) =>
        sample('ecs_family_tasks', { last_status, family, ...labels }, count),
      ),
    ),
    ...[...stopped].flatMap(([family, own]) => stoppedSamples(own, { family, ...labels })),
  ];
}

function byFamily(
  tasks: readonly Task[],
  config: Pick<EcsConfig, 'services' | 'tags'>,
): Map<string, Task[]> {
  const families = new Map<string, Task[]>();
  for (const task of tasks) {
    const family = selectedFamily(config, task);
    if (family === undefined) continue;
    const known = families.get(family);
    if (known === undefined) families.set(family, [task]);
    else known.push(task);
  }
  return families;
}

function stoppedSamples(
  tasks: readonly Task[],
  labels: ClusterLabels & { readonly family: string },
): Sample[] {
  const last = tasks.reduce((a, b) => (endOf(b) > endOf(a) ? b : a));
  return [
    ...countStops(tasks).flatMap(({ count, last: at, stop_code }) => [
      sample('ecs_family_stopped_tasks', { stop_code, ...labels }, count),
      ...(at === undefined
        ? []
        : [sample('ecs_family_last_stop_timestamp_seconds', { stop_code, ...labels }, at)]),
    ]),
    ...countExits(tasks).map(({ count, ...exit }) =>
      sample('ecs_family_container_exits', { ...exit, ...labels }, count),
    ),
    ...last.containers.flatMap(({ exitCode, name: container_name = '' }) =>
      exitCode === undefined
        ? []
        : [sample('ecs_family_last_exit_code', { container_name, ...labels }, exitCode)],
    ),
  ];
}

function endOf({ stoppedAt, stoppingAt }: Task): number {
  return stoppedAt ?? stoppingAt ?? 0;
}
