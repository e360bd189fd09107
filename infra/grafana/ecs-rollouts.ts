// Deployments of ECS services: how far they are, their traffic, what fails, how long tasks take to start.
import { freshBridge } from './expressions.ts';
import { type PlacedPanel, series, timeline } from './panels.ts';

/** The services that a board shows. */
export const chosen = '{job=~"$job",instance=~"$instance",cluster=~"$cluster",service=~"$service"}';
const byService = 'sum by (cluster, service)';
const each = '{{cluster}}/{{service}}';

/** The panels of the row. */
export const rolloutPanels: readonly PlacedPanel[] = [
  timeline({
    title: 'Rollouts',
    description: 'State of the newest deployment of each service: done, in progress or failed.',
    queries: [
      {
        expr: `max by (cluster, service) (${rollout('IN_PROGRESS')} + ignoring (state) (2 * ${rollout('FAILED')}))`,
        legend: each,
      },
    ],
    states: { 0: ['COMPLETED', 'green'], 1: ['IN PROGRESS', 'blue'], 2: ['FAILED', 'red'] },
  }),
  timeline({
    title: 'Stages',
    description:
      'Where each deployment stands that shifts traffic: blue/green, canary or linear. Nothing while none is under way.',
    queries: [
      {
        expr: `max by (cluster, service, stage) (${freshBridge('ecs_service_deployment_stage', chosen)})`,
        legend: `${each} {{stage}}`,
      },
    ],
    states: { 1: ['UNDER WAY', 'blue'] },
    width: 16,
  }),
  series({
    title: 'Traffic of the new revision',
    description:
      'Share of the traffic that a deployment has shifted to the new revision, by listener. Nothing while none is under way.',
    queries: [
      {
        expr: freshBridge(
          'ecs_service_deployment_traffic_ratio',
          `{${chosen.slice(1, -1)},revision="target"}`,
        ),
        legend: `${each} {{listener}}`,
      },
    ],
    unit: 'percentunit',
    min: 0,
    max: 1,
    width: 8,
  }),
  series({
    title: 'Tasks that failed to start',
    description: 'Failed tasks of the newest deployment; the circuit breaker counts the same ones.',
    queries: [
      {
        expr: `${byService} (${freshBridge('ecs_service_deployment_failed_tasks', chosen)})`,
        legend: each,
      },
    ],
    min: 0,
    decimals: 0,
    width: 8,
  }),
  series({
    title: 'Start and image pull',
    description:
      'Longest time from creation to start, and of that the image pull, among tasks that run.',
    queries: [
      {
        expr: freshBridge('ecs_service_task_start_duration_max_seconds', chosen),
        legend: 'start {{cluster}}/{{service}}',
      },
      {
        expr: freshBridge('ecs_service_image_pull_duration_max_seconds', chosen),
        legend: 'pull {{cluster}}/{{service}}',
      },
    ],
    unit: 's',
    min: 0,
    width: 8,
  }),
  series({
    title: 'Oldest task',
    description: 'Age of the task of each service that has run longest. A fall to 0 is a restart.',
    queries: [{ expr: freshBridge('ecs_service_oldest_task_age_seconds', chosen), legend: each }],
    unit: 's',
    min: 0,
    width: 8,
  }),
];

/** 1 while the newest deployment of a service is in `state`, else 0. */
function rollout(state: string): string {
  return freshBridge(
    'ecs_service_deployment_rollout_state',
    `{${chosen.slice(1, -1)},status="PRIMARY",state="${state}"}`,
  );
}
