// The part of the catalogue about tasks without a service, EC2 instances, and events of ECS as they happen.
import { gauge } from './catalogue-gauge.ts';

const cluster = ['region', 'account_id', 'cluster'] as const;
const service = [...cluster, 'service'] as const;
const family = [...cluster, 'family'] as const;
const instance = [...cluster, 'container_instance'] as const;
/** Of a task: its service, or the family of its task definition where it has none. */
const eventPlace = [...service, 'family'] as const;

/** Metrics of families, instances (`ecs-bridge`) and events (`deliver`). */
export const taskMetrics = {
  ecs_family_tasks: gauge(
    'count',
    'Tasks of a task definition family that belong to no service (RunTask, schedules), by status',
    [...family, 'last_status'],
  ),
  ecs_family_stopped_tasks: gauge(
    'count',
    'Stopped tasks of a family that the API still shows (about an hour), by code',
    [...family, 'stop_code'],
  ),
  ecs_family_last_stop_timestamp_seconds: gauge(
    'timestamp',
    'When a task of a family last stopped with this code, in unixtime',
    [...family, 'stop_code'],
  ),
  ecs_family_container_exits: gauge(
    'count',
    'Containers of stopped tasks of a family, by reason and exit code (empty: never started)',
    [...family, 'container_name', 'reason', 'exit_code'],
  ),
  ecs_family_last_exit_code: gauge(
    'number',
    'Exit code of a container in the task of a family that stopped last; none where it never started',
    [...family, 'container_name'],
  ),
  ecs_container_instances: gauge('count', 'EC2 instances of a cluster, by status', [
    ...cluster,
    'status',
  ]),
  ecs_container_instance_agent_connected: gauge(
    'boolean',
    "Whether the agent of an EC2 instance is connected: without it, no task starts and none's state is known",
    instance,
  ),
  ecs_container_instance_running_tasks: gauge('count', 'Tasks that run on an instance', instance),
  ecs_container_instance_pending_tasks: gauge(
    'count',
    'Tasks that are starting on an instance',
    instance,
  ),
  ecs_container_instance_registered_cpu_units: gauge(
    'number',
    'CPU of an instance for tasks, in units of which 1,024 are a core',
    instance,
  ),
  ecs_container_instance_remaining_cpu_units: gauge(
    'number',
    'CPU of an instance that no task has reserved, in units of which 1,024 are a core',
    instance,
  ),
  ecs_container_instance_registered_memory_bytes: gauge(
    'bytes',
    'Memory of an instance for tasks',
    instance,
  ),
  ecs_container_instance_remaining_memory_bytes: gauge(
    'bytes',
    'Memory of an instance that no task has reserved',
    instance,
  ),
  ecs_event_task_stop: gauge(
    'count',
    'Is 1 at the second at which a task stopped (EventBridge, by remote write); sum_over_time counts the stops',
    [...eventPlace, 'stop_code'],
  ),
  ecs_event_container_exit: gauge(
    'count',
    'Is 1 at the second at which a task stopped, for each of its containers (exit code empty: never started)',
    [...eventPlace, 'container_name', 'reason', 'exit_code'],
  ),
  ecs_event_service: gauge(
    'count',
    'Is 1 at the second of a deployment state change or a service action of ECS',
    [...service, 'event_name', 'event_type'],
  ),
  ecs_event_task_stop_timestamp_seconds: gauge(
    'timestamp',
    'When a task stopped, in unixtime; of the last hour, where there is only a Pushgateway',
    [...eventPlace, 'stop_code', 'event_id'],
  ),
  ecs_event_container_exit_timestamp_seconds: gauge(
    'timestamp',
    'When the task of a container stopped, in unixtime; of the last hour, where there is only a Pushgateway',
    [...eventPlace, 'container_name', 'reason', 'exit_code', 'event_id'],
  ),
  ecs_event_service_timestamp_seconds: gauge(
    'timestamp',
    'When ECS sent an event about a service, in unixtime; of the last hour, where there is only a Pushgateway',
    [...service, 'event_name', 'event_type', 'event_id'],
  ),
} as const;
