// Samples of the EC2 instances of a cluster. Pure.
import { type Sample, sample } from '@fargaze/core/internal';
import type { ContainerInstance } from './narrow.ts';
import { countBy } from './task-samples.ts';

type ClusterLabels = {
  readonly region: string;
  readonly account_id: string;
  readonly cluster: string;
};

const bytesInMiB = 1024 * 1024;

/** Samples of instances: their count by status, and what each has for tasks. */
export function instanceSamples(
  instances: readonly ContainerInstance[],
  labels: ClusterLabels,
): Sample[] {
  return [
    ...countBy(instances, ({ status }) => [status]).map(([[status = ''], count]) =>
      sample('ecs_container_instances', { status, ...labels }, count),
    ),
    ...instances.flatMap((one) => ofInstance(one, { container_instance: one.id, ...labels })),
  ];
}

function ofInstance(
  { agentConnected, pendingTasks, registered, remaining, runningTasks }: ContainerInstance,
  own: ClusterLabels & { readonly container_instance: string },
): Sample[] {
  const known = (value: number | undefined, make: (value: number) => Sample) =>
    value === undefined ? [] : [make(value)];
  const memory = (mib: number) => mib * bytesInMiB;
  return [
    sample('ecs_container_instance_agent_connected', own, agentConnected ? 1 : 0),
    sample('ecs_container_instance_running_tasks', own, runningTasks),
    sample('ecs_container_instance_pending_tasks', own, pendingTasks),
    ...known(registered.cpu, (value) =>
      sample('ecs_container_instance_registered_cpu_units', own, value),
    ),
    ...known(remaining.cpu, (value) =>
      sample('ecs_container_instance_remaining_cpu_units', own, value),
    ),
    ...known(registered.memory, (value) =>
      sample('ecs_container_instance_registered_memory_bytes', own, memory(value)),
    ),
    ...known(remaining.memory, (value) =>
      sample('ecs_container_instance_remaining_memory_bytes', own, memory(value)),
    ),
  ];
}
