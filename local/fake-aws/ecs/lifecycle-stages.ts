// Where a blue/green, canary or linear deployment stands, by the seconds since it began: its stage and its shares of traffic.
import { rolloutStateOf } from '../model/service.ts';
import type { Deployment, Service } from '../model/types.ts';

/** How ECS replaces the tasks of a service. */
export type DeploymentStrategy = Service['strategy'];

type Stage = { readonly name: string; readonly test: number; readonly production: number };

/** When each stage begins, as a share of the deployment's time, with the traffic of the new revision in percent. */
const stages: readonly (readonly [number, Stage])[] = [
  [0, { name: 'PRE_SCALE_UP', test: 0, production: 0 }],
  [0.1, { name: 'SCALE_UP', test: 0, production: 0 }],
  [0.4, { name: 'TEST_TRAFFIC_SHIFT', test: 100, production: 0 }],
  [0.5, { name: 'PRODUCTION_TRAFFIC_SHIFT', test: 100, production: 25 }],
  [0.7, { name: 'BAKE_TIME', test: 100, production: 100 }],
  [0.9, { name: 'CLEAN_UP', test: 100, production: 100 }],
];

/** The stage at `now`; undefined for a rolling deployment and one that has ended. */
export function stageAt(
  { strategy }: Service,
  deployment: Deployment,
  now: number,
): Stage | undefined {
  if (strategy === 'ROLLING' || rolloutStateOf(deployment, now) !== 'IN_PROGRESS') return undefined;
  const { createdAt, end } = deployment;
  const passed = end === undefined ? 0 : (now - createdAt) / (end.at - createdAt);
  return stages.findLast(([from]) => passed >= from)?.[1];
}
