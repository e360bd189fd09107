// Deployments: one that completes, one that hangs, and one whose tasks fail until the circuit breaker gives up,
// with or without rolling back.

import { digitsOf } from '../metrics/seed.ts';
import { registerDefinition } from './definitions.ts';
import {
  beginChange,
  type Change,
  note,
  noteSteady,
  primaryOf,
  startTasks,
  stopTasks,
} from './lifecycle.ts';
import { desiredCountAt, wantedTasks } from './service.ts';
import type {
  ContainerExit,
  ContainerSpec,
  Deployment,
  StopCode,
  Task,
  TaskDefinition,
} from './types.ts';

/** Failed tasks after which the circuit breaker fails a deployment; 3 is its minimum. */
export const circuitBreakerThreshold = 3;

/** How a failing task ends. */
export type FailureSpec = {
  readonly stopCode?: StopCode;
  readonly reason?: string;
  /** The exit of its first container. */
  readonly container?: ContainerExit;
};

/** What to roll out and how it goes. */
export type RolloutSpec = {
  /** Containers of the new task definition; the old ones when left out. */
  readonly containers?: readonly ContainerSpec[];
  /** A new image for the first container. */
  readonly image?: string;
  readonly outcome?: 'complete' | 'fail' | 'hang';
  readonly failure?: FailureSpec;
  /** Whether the circuit breaker rolls a failed deployment back. */
  readonly rollback?: 'yes' | 'no';
};

const secondsBetweenFailures = 60;

/** Rolls out a new revision. */
export function rollOut(change: Change, spec: RolloutSpec): void {
  beginChange(change);
  const previous = primaryOf(change);
  const definition = registerDefinition(change.service.cluster.region, {
    family: previous.definition.family,
    containers: containersOf(previous.definition, spec),
    registeredAt: change.at,
  });
  switch (spec.outcome ?? 'complete') {
    case 'complete':
      completeRollout(change, { definition, rollbackOf: undefined });
      break;
    case 'fail':
      failRollout(change, { definition, previous: previous.definition, spec });
      break;
    case 'hang':
      hangRollout(change, definition);
      break;
  }
}

/** Replaces every task by one of `definition`, for a new service and for what goes well. */
export function completeRollout(
  change: Change,
  { definition, rollbackOf }: { definition: TaskDefinition; rollbackOf: string | undefined },
): void {
  const old = wantedTasks(change.service, change.at);
  const deployment = addDeployment(change, { definition, rollbackOf });
  const count = desiredCountAt(change.service, change.at);
  const started = startTasks(change, { deployment, count });
  const ready = Math.max(change.at, ...started.map((task) => task.startedAt ?? change.at));
  const drained = old.length === 0 ? ready : ready + change.world.timing.drain;
  stopTasks({ ...change, at: drained }, { tasks: old });
  const at = old.length === 0 ? ready : drained + change.world.timing.stop;
  const reason = `ECS deployment ${deployment.id} completed.`;
  deployment.end = { at, state: 'COMPLETED', reason };
  note({ ...change, at }, `(deployment ${deployment.id}) deployment completed.`);
  noteSteady({ ...change, at }, started);
}

function failRollout(
  change: Change,
  plan: { definition: TaskDefinition; previous: TaskDefinition; spec: RolloutSpec },
): void {
  const { world, service } = change;
  const attempts = Array.from(
    { length: circuitBreakerThreshold },
    (_, attempt) => change.at + attempt * secondsBetweenFailures,
  );
  const failures: number[] = [];
  const deployment = addDeployment(change, { definition: plan.definition, rollbackOf: undefined });
  for (const at of attempts) {
    const attempt = { ...change, at };
    const failure = failureOf(plan.spec.failure);
    const neverStarts = failure.code === 'TaskFailedToStart';
    const progress = neverStarts ? 'pulling' : 'running';
    const [task] = startTasks(attempt, { deployment, count: 1, progress });
    if (task === undefined) continue;
    const endsAt = (task.startedAt ?? at) + secondsBetweenFailures / 4;
    stopTasks({ ...change, at: endsAt }, { tasks: [task], ...failure, exits: exitsOf(task, plan) });
    failures.push(endsAt + world.timing.stop);
  }
  deployment.failures = failures;
  const failedAt = failures.at(-1) ?? change.at;
  const reason = 'ECS deployment circuit breaker: tasks failed to start.';
  deployment.end = { at: failedAt, state: 'FAILED', reason };
  note(
    { service, world, at: failedAt },
    `(deployment ${deployment.id}) deployment failed: tasks failed to start.`,
  );
  if (plan.spec.rollback !== 'yes') return;
  const rollback = { ...change, at: failedAt };
  note(rollback, `rolling back to (task definition ${plan.previous.arn}).`);
  completeRollout(rollback, { definition: plan.previous, rollbackOf: deployment.id });
}

function hangRollout(change: Change, definition: TaskDefinition): void {
  const deployment = addDeployment(change, { definition, rollbackOf: undefined });
  const count = desiredCountAt(change.service, change.at);
  startTasks(change, { deployment, count, progress: 'pulling' });
}

function addDeployment(
  { service, at }: Change,
  spec: {
    readonly definition: TaskDefinition;
    readonly rollbackOf: string | undefined;
  },
): Deployment {
  const deployment: Deployment = {
    id: `ecs-svc/${digitsOf(`${service.arn} ${at} ${service.deployments.length}`, 19)}`,
    definition: spec.definition,
    createdAt: at,
    failures: [],
    end: undefined,
    rollbackOf: spec.rollbackOf,
  };
  service.deployments.push(deployment);
  return deployment;
}

function containersOf(previous: TaskDefinition, spec: RolloutSpec): readonly ContainerSpec[] {
  const containers = spec.containers ?? previous.containers;
  const [first, ...rest] = containers;
  return spec.image === undefined || first === undefined
    ? containers
    : [{ ...first, image: spec.image }, ...rest];
}

function failureOf(spec: FailureSpec = {}): { code: StopCode; reason: string } {
  const code = spec.stopCode ?? 'EssentialContainerExited';
  return { code, reason: spec.reason ?? 'Essential container in task exited' };
}

function exitsOf(
  task: Task,
  { spec }: { readonly spec: RolloutSpec },
): ReadonlyMap<string, ContainerExit> {
  const [first] = task.definition.containers;
  return new Map(
    first === undefined ? [] : [[first.name, spec.failure?.container ?? { exitCode: 1 }]],
  );
}
