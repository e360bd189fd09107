// The part of the catalogue about ECS: what its API says when ecs-bridge asks, and what it sends by EventBridge.
import { gauge } from './catalogue-gauge.ts';

const cluster = ['region', 'account_id', 'cluster'] as const;
const service = [...cluster, 'service'] as const;
const family = [...cluster, 'family'] as const;
const instance = [...cluster, 'container_instance'] as const;
/** Of a task: its service, or the family of its task definition where it has none. */
const eventPlace = [...service, 'family'] as const;

/** Metrics of the ECS API and of its events. Names that slok/ecs-exporter had keep their name and meaning. */
export const ecsMetrics = {
  ecs_up: gauge('boolean', 'Whether the ECS API of the region could be read', ['region']),
  ecs_clusters: gauge('count', 'Clusters that were read', ['region']),
  ecs_services: gauge('count', 'Services of a cluster that were read', cluster),
  ecs_service_info: gauge(
    'info',
    'How a service runs; status is ACTIVE or DRAINING; tags that are exported are labels tag_<key>',
    [
      ...service,
      'launch_type',
      'task_definition',
      'revision',
      'platform_version',
      'capacity_provider',
      'status',
      'scheduling_strategy',
      'deployment_controller',
      'deployment_strategy',
    ],
  ),
  ecs_service_desired_tasks: gauge('count', 'Tasks that a service wants', service),
  ecs_service_running_tasks: gauge('count', 'Tasks of a service that run', service),
  ecs_service_pending_tasks: gauge('count', 'Tasks of a service that are starting', service),
  ecs_service_deployments: gauge(
    'count',
    'Deployments of a service that are under way or current',
    service,
  ),
  ecs_service_deployment_desired_tasks: gauge(
    'count',
    'Tasks that the deployments of a status want',
    [...service, 'status'],
  ),
  ecs_service_deployment_running_tasks: gauge(
    'count',
    'Tasks of the deployments of a status that run',
    [...service, 'status'],
  ),
  ecs_service_deployment_pending_tasks: gauge(
    'count',
    'Tasks of the deployments of a status that are starting',
    [...service, 'status'],
  ),
  ecs_service_deployment_failed_tasks: gauge(
    'count',
    'Tasks of the deployments of a status that failed to start',
    [...service, 'status'],
  ),
  ecs_service_deployment_rollout_state: gauge(
    'boolean',
    'Whether the newest deployment of a status is in this state of its rollout',
    [...service, 'status', 'state'],
  ),
  ecs_service_deployment_created_timestamp_seconds: gauge(
    'timestamp',
    'When the newest deployment of a status was created, in unixtime',
    [...service, 'status'],
  ),
  ecs_service_deployment_stage: gauge(
    'info',
    'Stage of a blue/green, canary or linear deployment under way, and its status (IN_PROGRESS, ROLLBACK_IN_PROGRESS)',
    [...service, 'stage', 'deployment_status'],
  ),
  ecs_service_deployment_traffic_ratio: gauge(
    'number',
    'Share of the traffic that a deployment under way gives the old and the new revision (source, target), of each listener',
    [...service, 'revision', 'listener'],
  ),
  ecs_service_last_steady_state_timestamp_seconds: gauge(
    'timestamp',
    'When a service last reported a steady state, in unixtime',
    service,
  ),
  ecs_service_last_event_timestamp_seconds: gauge(
    'timestamp',
    'When a service last reported trouble of a kind, in unixtime; of the events that the API still shows',
    [...service, 'event'],
  ),
  ecs_service_tasks: gauge('count', 'Tasks of a service by status and health', [
    ...service,
    'last_status',
    'health_status',
  ]),
  ecs_service_oldest_task_age_seconds: gauge(
    'seconds',
    'Age of the task that has run longest',
    service,
  ),
  ecs_service_task_start_duration_max_seconds: gauge(
    'seconds',
    'Longest time from creation to start among the tasks that run',
    service,
  ),
  ecs_service_image_pull_duration_max_seconds: gauge(
    'seconds',
    'Longest image pull among the tasks that run',
    service,
  ),
  ecs_service_image_info: gauge('info', 'Image that a container of a service runs', [
    ...service,
    'container_name',
    'image',
    'image_digest',
  ]),
  ecs_service_distinct_images: gauge(
    'count',
    'Different images that a container runs across tasks; above 1 a rollout is mixed',
    [...service, 'container_name'],
  ),
  ecs_service_stopped_tasks: gauge(
    'count',
    'Stopped tasks that the API still shows (about an hour), by code',
    [...service, 'stop_code'],
  ),
  ecs_service_last_stop_timestamp_seconds: gauge(
    'timestamp',
    'When a task last stopped with this code, in unixtime',
    [...service, 'stop_code'],
  ),
  ecs_service_container_exits: gauge(
    'count',
    'Containers of stopped tasks that the API still shows, by reason and exit code (empty: never started)',
    [...service, 'container_name', 'reason', 'exit_code'],
  ),
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
