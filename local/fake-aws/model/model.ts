// The simulated cloud as tests and scenarios change it. Every change is plain data, so that it can also come over HTTP;
// a name that does not exist is refused with RangeError.

import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { hexOf } from '../metrics/seed.ts';
import { type Action, createAgenda, type Repeat } from './agenda.ts';
import { arnOf } from './arn.ts';
import { type BusEvent, busEvents, type EventSpan } from './bus-events.ts';
import { addMetric, type MetricSpec } from './declared-series.ts';
import { publishCluster } from './ecs-series.ts';
import { scaleService } from './lifecycle.ts';
import { addResource, type ResourceSpec } from './resources.ts';
import { type RolloutSpec, rollOut } from './rollout.ts';
import { archiveTasks } from './service.ts';
import {
  addService,
  deleteService,
  type RunTaskSpec,
  runTask,
  type ServiceSpec,
  type StopTaskSpec,
  setHealth,
  stopTask,
} from './service-changes.ts';
import type { Cluster, ContainerInstance, Health, Tags, Timing, World } from './types.ts';
import {
  defaultTiming,
  findAccount,
  findCluster,
  findRegion,
  findService,
  type Scope,
  type ServiceRef,
} from './world.ts';

/** Declares an account. */
export type AccountSpec = {
  readonly id: string;
  readonly alias?: string;
  /** The only roles that may be assumed, with their external id or null for none. */
  readonly roles?: Readonly<Record<string, string | null>>;
  /** Accounts whose metrics it may read. */
  readonly linkedAccounts?: readonly string[];
};

/** Declares a cluster. */
export type ClusterSpec = Scope & {
  readonly name: string;
  readonly tags?: Tags;
  readonly containerInsights?: 'disabled' | 'enabled';
};

/** Declares an EC2 instance of a cluster. */
export type InstanceSpec = Scope &
  Partial<Omit<ContainerInstance, 'arn'>> & {
    readonly cluster: string;
    readonly ec2InstanceId: string;
  };

/** When a change happens; now when left out. Changes of one service must not go back in time. */
export type When = { readonly at?: EpochSeconds };

/** The simulated cloud. */
export type Model = {
  readonly world: World;
  now(): EpochSeconds;
  addAccount(spec: AccountSpec): void;
  addCluster(spec: ClusterSpec): void;
  /** Deletes the services of a cluster, and then the cluster. @throws RangeError when there is none. */
  deleteCluster(spec: Scope & { readonly cluster: string }): void;
  addService(spec: ServiceSpec): void;
  scaleTo(spec: ServiceRef & When & { readonly desired: number }): void;
  deploy(spec: ServiceRef & When & RolloutSpec): void;
  stopTask(spec: ServiceRef & When & StopTaskSpec): void;
  deleteService(spec: ServiceRef & When): void;
  setHealth(spec: ServiceRef & { readonly health: Health }): void;
  tagService(spec: ServiceRef & { readonly tags: Tags }): void;
  /** Starts a task that belongs to no service. */
  runTask(spec: RunTaskSpec & When): void;
  /** Registers an EC2 instance with a cluster. */
  addInstance(spec: InstanceSpec): void;
  addMetric(spec: MetricSpec): void;
  /** Returns the ARN. */
  addResource(spec: ResourceSpec): string;
  /** Adds an item to the answer of an API that lists what has no model of its own. */
  addListed(spec: Scope & { readonly api: string; readonly item: object }): void;
  /** What EventBridge sends about ECS in a span of time, each event once. */
  busEvents(span: EventSpan): BusEvent[];
  /** Does something at a set time of the simulated clock. */
  schedule(time: EpochSeconds, action: Action): void;
  repeat(repeat: Repeat, action: Action): void;
  /** Does what is due; the server calls it before each answer. */
  settle(): void;
};

/** What a new cloud is made of. */
export type ModelOptions = {
  readonly now: () => EpochSeconds;
  readonly seed?: number;
  readonly account?: string;
  readonly region?: string;
  readonly timing?: Partial<Timing>;
};

/** An empty cloud. */
export function createModel(options: ModelOptions): Model {
  const world: World = {
    seed: options.seed ?? 1,
    defaults: {
      account: options.account ?? '111122223333',
      region: options.region ?? 'eu-west-1',
    },
    timing: { ...defaultTiming, ...options.timing },
    accounts: new Map(),
    now: options.now,
  };
  const agenda = createAgenda();
  const change = (spec: ServiceRef & When) => {
    const at = spec.at ?? world.now();
    const service = findService(world, spec);
    archiveTasks(service.cluster, service, at);
    return { world, at, service };
  };
  return {
    world,
    now: () => world.now(),
    addAccount: (spec) => addAccount(world, spec),
    addCluster: (spec) => addCluster(world, spec),
    deleteCluster: (spec) => {
      const cluster = findCluster(world, spec);
      for (const service of cluster.services.keys()) {
        const own = { ...spec, service };
        if (findService(world, own).deletedAt === undefined) deleteService(change(own));
      }
      cluster.region.clusters.delete(cluster.name);
      cluster.region.deletedClusters.set(cluster.name, cluster);
    },
    addService: (spec) => addService(world, spec),
    scaleTo: (spec) => scaleService(change(spec), spec.desired),
    deploy: (spec) => rollOut(change(spec), spec),
    stopTask: (spec) => stopTask(change(spec), spec),
    deleteService: (spec) => deleteService(change(spec)),
    setHealth: (spec) => setHealth(change(spec), spec.health),
    tagService: (spec) => {
      findService(world, spec).tags = spec.tags;
    },
    runTask: (spec) => runTask(world, { ...spec, at: spec.at ?? world.now() }),
    addInstance: (spec) => addInstance(world, spec),
    addMetric: (spec) => addMetric(world, spec),
    addResource: (spec) => addResource(world, spec),
    addListed: ({ api, item, ...place }) => {
      const { lists } = findRegion(world, place);
      lists.set(api, [...(lists.get(api) ?? []), item]);
    },
    busEvents: (span) => busEvents(world, span),
    schedule: agenda.at,
    repeat: agenda.every,
    settle: () => agenda.advance(world.now()),
  };
}

function addAccount(world: World, spec: AccountSpec): void {
  const account = findAccount(world, spec.id);
  account.alias = spec.alias;
  if (spec.roles !== undefined) {
    const roles = Object.entries(spec.roles);
    account.roles = new Map(roles.map(([name, externalId]) => [name, externalId ?? undefined]));
  }
  for (const source of spec.linkedAccounts ?? []) account.sources.add(source);
}

function addCluster(world: World, spec: ClusterSpec): void {
  const region = findRegion(world, spec);
  const cluster: Cluster = {
    arn: arnOf(region, 'ecs', `cluster/${spec.name}`),
    name: spec.name,
    region,
    tags: spec.tags ?? {},
    containerInsights: spec.containerInsights ?? 'disabled',
    createdAt: world.now() - 86_400,
    services: new Map(),
    tasks: new Map(),
    instances: [],
  };
  region.deletedClusters.delete(spec.name);
  region.clusters.set(spec.name, cluster);
  publishCluster(cluster);
}

function addInstance(world: World, spec: InstanceSpec): void {
  const { cluster: name, account: _, region: __, ...own } = spec;
  const cluster = findCluster(world, { ...spec, cluster: name });
  const id = hexOf(`${cluster.arn} ${spec.ec2InstanceId}`, 32);
  cluster.instances.push({
    agent: 'connected',
    status: 'ACTIVE',
    runningTasks: 0,
    pendingTasks: 0,
    cpu: { registered: 2048, remaining: 2048 },
    memory: { registered: 3884, remaining: 3884 },
    ...own,
    arn: arnOf(cluster.region, 'ecs', `container-instance/${cluster.name}/${id}`),
  });
}
