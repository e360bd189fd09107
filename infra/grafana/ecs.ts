// ECS services: what they want and have, rollouts, stops, how much of their reservation they use, what they run.
import { type Board, jobAndInstance } from './board.ts';
import { chosen, rolloutPanels } from './ecs-rollouts.ts';
import { freshBridge } from './expressions.ts';
import { series, stacked, stat, table } from './panels.ts';

// CloudWatch has series of the whole cluster too, without a service.
const bridged =
  '{dimension_ClusterName=~"$cluster",dimension_ServiceName=~"$service",dimension_ServiceName!=""}';
const byService = 'sum by (cluster, service)';
const each = '{{cluster}}/{{service}}';

const now = [
  stat({
    title: 'Missing',
    description: 'Tasks that services want and that do not run; 0 is good.',
    queries: [
      {
        expr: `sum(clamp_min(${freshBridge('ecs_service_desired_tasks', chosen)} - ${freshBridge('ecs_service_running_tasks', chosen)}, 0))`,
      },
    ],
    steps: ['green', [1, 'red']],
  }),
  stat({
    title: 'Starting',
    description: 'Tasks that are pending.',
    queries: [{ expr: `sum(${freshBridge('ecs_service_pending_tasks', chosen)})` }],
    steps: ['green', [1, 'orange']],
  }),
  stat({
    title: 'Rollouts under way',
    description: 'Services with more than one deployment.',
    queries: [{ expr: `sum(${freshBridge('ecs_service_deployments', chosen)} > bool 1)` }],
    steps: ['green', [1, 'blue']],
  }),
  stat({
    title: 'Stops in the last hour',
    description: 'Stopped tasks that ECS still shows, which it does for about an hour. 0 is good.',
    queries: [
      {
        expr: `sum(${freshBridge('ecs_service_stopped_tasks', chosen)}) or 0 * sum(${freshBridge('ecs_service_desired_tasks', chosen)})`,
      },
    ],
    steps: ['green', [1, 'orange']],
  }),
  stat({
    title: 'Mixed images',
    description:
      'Containers that run more than one image across tasks: a rollout, or one that stuck.',
    queries: [{ expr: `sum(${freshBridge('ecs_service_distinct_images', chosen)} > bool 1)` }],
    steps: ['green', [1, 'blue']],
  }),
  stat({
    title: 'ECS API',
    description:
      'Whether the bridge could read ECS in its last run. Unknown: the bridge does not run.',
    queries: [{ expr: `min(${freshBridge('ecs_up', '{job=~"$job",instance=~"$instance"}')})` }],
    states: { 0: ['DOWN', 'red'], 1: ['OK', 'green'] },
  }),
];

const tasks = [
  series({
    title: 'Running against desired',
    description: 'Running tasks less desired ones: 0 is right, below 0 tasks are missing.',
    queries: [
      {
        expr: `${byService} (${freshBridge('ecs_service_running_tasks', chosen)}) - ${byService} (${freshBridge('ecs_service_desired_tasks', chosen)})`,
        legend: each,
      },
    ],
    width: 8,
    decimals: 0,
  }),
  series({
    title: 'Desired, running, pending',
    description: 'Tasks of the chosen services together.',
    queries: [
      { expr: `sum(${freshBridge('ecs_service_desired_tasks', chosen)})`, legend: 'desired' },
      { expr: `sum(${freshBridge('ecs_service_running_tasks', chosen)})`, legend: 'running' },
      { expr: `sum(${freshBridge('ecs_service_pending_tasks', chosen)})`, legend: 'pending' },
    ],
    width: 8,
    min: 0,
    decimals: 0,
  }),
  stacked({
    title: 'Tasks by health',
    description: 'Tasks by what their health checks say; UNKNOWN has no check or no answer yet.',
    queries: [
      {
        expr: `sum by (last_status, health_status) (${freshBridge('ecs_service_tasks', chosen)})`,
        legend: '{{last_status}} {{health_status}}',
      },
    ],
    width: 8,
    min: 0,
    decimals: 0,
  }),
];

const stops = [
  stacked({
    title: 'Stops by code',
    description: 'Stopped tasks that ECS still shows, by its code. Nothing is good.',
    queries: [
      {
        expr: `sum by (cluster, service, stop_code) (${freshBridge('ecs_service_stopped_tasks', chosen)})`,
        legend: '{{cluster}}/{{service}} {{stop_code}}',
      },
    ],
    min: 0,
    decimals: 0,
  }),
  stacked({
    title: 'Exits by reason',
    description:
      'Containers of stopped tasks by why they ended: out of memory, health check, pull…',
    queries: [
      {
        expr: `sum by (cluster, service, container_name, reason) (${freshBridge('ecs_service_container_exits', chosen)})`,
        legend: '{{cluster}}/{{service}}/{{container_name}} {{reason}}',
      },
    ],
    min: 0,
    decimals: 0,
  }),
];

const resources = [
  series({
    title: 'CPU of the reservation',
    description: 'Mean CPU of each service in percent of what its tasks reserve, from CloudWatch.',
    queries: [
      {
        expr: `aws_ecs_cpuutilization_average${bridged}`,
        legend: '{{dimension_ClusterName}}/{{dimension_ServiceName}}',
      },
    ],
    unit: 'percent',
    min: 0,
    limits: ['text', [90, 'red']],
  }),
  series({
    title: 'Memory of the reservation',
    description:
      'Mean memory of each service in percent of what its tasks reserve, from CloudWatch.',
    queries: [
      {
        expr: `aws_ecs_memory_utilization_average${bridged}`,
        legend: '{{dimension_ClusterName}}/{{dimension_ServiceName}}',
      },
    ],
    unit: 'percent',
    min: 0,
    limits: ['text', [90, 'red']],
  }),
];

const software = [
  table({
    title: 'Images',
    description:
      'The image that each container runs, by digest: a tag may move, a digest does not.',
    queries: [{ expr: freshBridge('ecs_service_image_info', chosen) }],
    columns: {
      service: 'service',
      container_name: 'container',
      image: 'image',
      image_digest: 'digest',
      cluster: 'cluster',
      ...meta(),
    },
    width: 14,
  }),
  table({
    title: 'Services',
    description: 'Task definition and where the tasks run.',
    queries: [{ expr: freshBridge('ecs_service_info', chosen) }],
    columns: {
      service: 'service',
      task_definition: 'task definition',
      revision: 'revision',
      launch_type: 'launch type',
      capacity_provider: 'capacity provider',
      cluster: '',
      platform_version: '',
      ...meta(),
    },
    width: 10,
  }),
];

function meta() {
  const names = [
    'Value #A',
    'Value',
    'Time',
    '__name__',
    'job',
    'instance',
    'region',
    'account_id',
  ];
  return Object.fromEntries(names.map((name) => [name, '']));
}

/** The ECS services. */
export const ecs: Board = {
  uid: 'fargaze-ecs',
  title: 'fargaze / ECS',
  description: 'Tasks, rollouts, stops, CPU and memory against the reservation, images.',
  variables: [
    ...jobAndInstance('ecs_services', 'Group'),
    { name: 'cluster', label: 'Cluster', metric: 'ecs_services{job=~"$job"}' },
    { name: 'service', label: 'Service', metric: 'ecs_service_desired_tasks{cluster=~"$cluster"}' },
  ],
  rows: [
    { title: 'Now', panels: now },
    { title: 'Tasks', panels: tasks },
    { title: 'Rollouts', panels: rolloutPanels },
    { title: 'Stops', panels: stops, shown: 'when opened' },
    { title: 'CPU and memory', panels: resources },
    { title: 'What runs', panels: software, shown: 'when opened' },
  ],
  marks: chosen,
};
