// Makes and ends services and single tasks. A name that is taken or unknown is refused with RangeError.

import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { serviceArn } from './arn.ts';
import { registerDefinition } from './definitions.ts';
import { publishService } from './ecs-series.ts';
import { beginChange, type Change, primaryOf, startTasks, stopTasks } from './lifecycle.ts';
import { completeRollout } from './rollout.ts';
import { statusOf, wantedTasks } from './service.ts';
import { endTask, makeTask } from './task.ts';
import type {
  BalancerSpec,
  ConnectAlias,
  ContainerExit,
  ContainerSpec,
  Health,
  Service,
  StopCode,
  Tags,
  World,
} from './types.ts';
import { findCluster, type Scope } from './world.ts';

/** Declares a service. Its tasks run since shortly after `createdAt`. */
export type ServiceSpec = Scope & {
  readonly cluster: string;
  readonly name: string;
  readonly tags?: Tags;
  /** Number of tasks, 1 by default. */
  readonly desired?: number;
  /** One container named as the service by default. */
  readonly containers?: readonly ContainerSpec[];
  readonly capacityProvider?: 'FARGATE' | 'FARGATE_SPOT';
  readonly healthCheck?: 'yes' | 'no';
  /** `NONE` by default. */
  readonly propagateTags?: 'SERVICE' | 'NONE';
  /** Private IPv4 address that all its tasks have, such as one of loopback; each has its own by default. */
  readonly address?: string;
  readonly balancer?: BalancerSpec;
  readonly connect?: ConnectAlias;
  /** `ECS` by default. */
  readonly controller?: Service['controller'];
  /** `REPLICA` by default. */
  readonly scheduling?: Service['scheduling'];
  /** `ROLLING` by default. */
  readonly strategy?: Service['strategy'];
  /** Seconds between points of its AWS/ECS metrics, 60 by default. */
  readonly resolution?: 20 | 60;
  /** A day before now by default. */
  readonly createdAt?: EpochSeconds;
};

/** Makes a service. @throws RangeError when an active one has the name. */
export function addService(world: World, spec: ServiceSpec): void {
  const cluster = findCluster(world, spec);
  const at = spec.createdAt ?? world.now() - 86_400;
  const before = cluster.services.get(spec.name);
  if (before !== undefined && statusOf(before, at) === 'ACTIVE') {
    throw new RangeError(`service ${spec.name} is already active in ${spec.cluster}`);
  }
  const service: Service = {
    arn: serviceArn(cluster, spec.name),
    name: spec.name,
    cluster,
    tags: spec.tags ?? {},
    capacityProvider: spec.capacityProvider,
    healthCheck: spec.healthCheck ?? 'no',
    propagateTags: spec.propagateTags ?? 'NONE',
    address: spec.address,
    balancer: spec.balancer,
    connect: spec.connect,
    controller: spec.controller ?? 'ECS',
    scheduling: spec.scheduling ?? 'REPLICA',
    strategy: spec.strategy ?? 'ROLLING',
    resolution: spec.resolution ?? 60,
    createdAt: at,
    deletedAt: undefined,
    desired: [{ at, value: spec.desired ?? 1 }],
    deployments: [],
    // ECS still shows the tasks of a service of the same name that was deleted.
    tasks: before?.tasks ?? [],
    events: [],
    ran: before?.ran ?? [],
  };
  cluster.services.set(spec.name, service);
  publishService(service);
  const containers = spec.containers ?? [{ name: spec.name, image: `example/${spec.name}:1` }];
  const family = spec.name;
  const definition = registerDefinition(cluster.region, { family, containers, registeredAt: at });
  completeRollout({ world, service, at }, { definition, rollbackOf: undefined });
}

/** Deletes a service and stops its tasks. */
export function deleteService(change: Change): void {
  beginChange(change);
  const { service, at } = change;
  service.desired.push({ at, value: 0 });
  service.deletedAt = at;
  stopTasks(change, { tasks: wantedTasks(service, at) });
}

/** Which task of a service stops, and why. */
export type StopTaskSpec = {
  /** Its position among the running ones, oldest first; 0 by default. */
  readonly index?: number;
  readonly code?: StopCode;
  readonly reason?: string;
  /** How its containers end, by name. */
  readonly exits?: Readonly<Record<string, ContainerExit>>;
  /** Whether the scheduler starts another at once; `yes` by default. */
  readonly replace?: 'yes' | 'no';
};

/** Stops one task of a service. @throws RangeError when there is none at the index. */
export function stopTask(change: Change, spec: StopTaskSpec): void {
  const wanted = wantedTasks(change.service, change.at);
  const task = wanted[spec.index ?? 0];
  if (task === undefined) {
    throw new RangeError(`service ${change.service.name} has ${wanted.length} tasks to stop`);
  }
  const { code = 'EssentialContainerExited', reason = 'Essential container in task exited' } = spec;
  const exits = spec.exits === undefined ? {} : { exits: new Map(Object.entries(spec.exits)) };
  stopTasks(change, { tasks: [task], code, reason, ...exits });
  if (spec.replace !== 'no') startTasks(change, { deployment: primaryOf(change), count: 1 });
}

/** Sets the health of every task that is wanted. */
export function setHealth({ service, at }: Change, health: Health): void {
  for (const task of wantedTasks(service, at)) task.health = health;
}

/** Declares a task that belongs to no service. */
export type RunTaskSpec = Scope & {
  readonly cluster: string;
  readonly family: string;
  readonly containers?: readonly ContainerSpec[];
  /** Seconds from its creation until it ends; for ever when left out. */
  readonly seconds?: number;
  /** How its containers end, by name; with exit code 0 when left out. */
  readonly exits?: Readonly<Record<string, ContainerExit>>;
};

/** Starts a task that belongs to no service. */
export function runTask(world: World, spec: RunTaskSpec & { readonly at: EpochSeconds }): void {
  const cluster = findCluster(world, spec);
  const { family, at } = spec;
  const containers = spec.containers ?? [{ name: family, image: `example/${family}:1` }];
  const definition =
    cluster.region.definitions.get(family)?.at(-1) ??
    registerDefinition(cluster.region, { family, containers, registeredAt: at });
  const index = cluster.tasks.size;
  const task = makeTask({
    cluster,
    definition,
    createdAt: at,
    index,
    timing: world.timing,
    progress: 'running',
  });
  if (spec.seconds !== undefined) {
    const reason = 'Essential container in task exited';
    const end = { at: at + spec.seconds, code: 'EssentialContainerExited', reason } as const;
    const exits = spec.exits === undefined ? {} : { exits: new Map(Object.entries(spec.exits)) };
    endTask(task, { ...end, timing: world.timing, ...exits });
  }
  cluster.tasks.set(task.id, task);
}
