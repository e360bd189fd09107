// The nouns of the simulated cloud. Every fact carries its own time, so that what is visible is a function of `now`.
import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import type { SeriesTable } from '../metrics/series-table.ts';

/** Tag keys and values. */
export type Tags = Readonly<Record<string, string>>;

/** A container of a task definition. */
export type ContainerSpec = {
  readonly name: string;
  readonly image: string;
  /** Whether the task ends with it; true unless said otherwise. */
  readonly essential?: boolean;
  readonly environment?: Tags;
  /** Command of its health check, e.g. `CMD-SHELL`, `curl -f http://localhost/health`. */
  readonly healthCheck?: readonly string[];
};

/** The application load balancer in front of a service. */
export type BalancerSpec = {
  readonly name: string;
  readonly scheme: 'internet-facing' | 'internal';
  readonly protocol: 'HTTP' | 'HTTPS';
  /** Hosts of the rule that leads to the service; none: the listener's default action does. */
  readonly hosts: readonly string[];
  readonly healthCheckPath: string;
};

/** A name of Service Connect. */
export type ConnectAlias = { readonly dnsName: string; readonly port: number };

/** A registered task definition. */
export type TaskDefinition = {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly containers: readonly ContainerSpec[];
  /** CPU units; 1024 are one vCPU. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  readonly registeredAt: EpochSeconds;
};

/** Why a task stops, as ECS names it. */
export type StopCode =
  | 'EssentialContainerExited'
  | 'InfrastructureHealth'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'
  | 'TaskFailedToStart'
  | 'TerminationNotice'
  | 'UserInitiated';

/** How one container ended. */
export type ContainerExit = { readonly exitCode?: number; readonly reason?: string };

/** The end of a task. */
export type Stop = {
  readonly stoppingAt: EpochSeconds;
  readonly executionStoppedAt: EpochSeconds;
  readonly stoppedAt: EpochSeconds;
  readonly code: StopCode;
  readonly reason: string;
  readonly exits: ReadonlyMap<string, ContainerExit>;
};

/** Health as ECS reports it. */
export type Health = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

/** A task; a time that is undefined never comes. */
export type Task = {
  readonly id: string;
  readonly arn: string;
  readonly serviceName: string | undefined;
  readonly deploymentId: string | undefined;
  readonly definition: TaskDefinition;
  readonly zone: string;
  /** Private IPv4 address of its network interface. */
  readonly address: string;
  readonly createdAt: EpochSeconds;
  readonly pullStartedAt: EpochSeconds | undefined;
  readonly pullStoppedAt: EpochSeconds | undefined;
  readonly startedAt: EpochSeconds | undefined;
  stop: Stop | undefined;
  health: Health;
};

/** The end of a rollout. */
export type Rollout = {
  readonly at: EpochSeconds;
  readonly state: 'COMPLETED' | 'FAILED';
  readonly reason: string;
};

/** One deployment of a service. */
export type Deployment = {
  readonly id: string;
  readonly definition: TaskDefinition;
  readonly createdAt: EpochSeconds;
  /** When tasks of it failed. */
  failures: readonly EpochSeconds[];
  /** Undefined while it is in progress, for ever if nothing ends it. */
  end: Rollout | undefined;
  /** The deployment that this one rolls back. */
  readonly rollbackOf: string | undefined;
};

/** A value that holds from `at` on. */
export type Step = { readonly at: EpochSeconds; readonly value: number };

/** A span [from, to). */
export type Span = { readonly from: EpochSeconds; readonly to: EpochSeconds };

/** A service message. */
export type ServiceEvent = { readonly at: EpochSeconds; readonly message: string };

/** An ECS service. */
export type Service = {
  readonly arn: string;
  readonly name: string;
  readonly cluster: Cluster;
  tags: Tags;
  readonly capacityProvider: 'FARGATE' | 'FARGATE_SPOT' | undefined;
  readonly healthCheck: 'yes' | 'no';
  /** Whether tasks have the service's tags. */
  readonly propagateTags: 'SERVICE' | 'NONE';
  /** Private IPv4 address of its tasks; each has its own where undefined. */
  readonly address: string | undefined;
  readonly balancer: BalancerSpec | undefined;
  readonly connect: ConnectAlias | undefined;
  /** Who replaces its tasks; others than ECS have task sets in place of deployments. */
  readonly controller: 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';
  /** A daemon has a task on each instance. */
  readonly scheduling: 'REPLICA' | 'DAEMON';
  /** How its tasks are replaced. */
  readonly strategy: 'ROLLING' | 'BLUE_GREEN' | 'CANARY' | 'LINEAR';
  /** Seconds between the samples of AWS/ECS metrics. */
  readonly resolution: 20 | 60;
  readonly createdAt: EpochSeconds;
  deletedAt: EpochSeconds | undefined;
  desired: Step[];
  deployments: Deployment[];
  tasks: Task[];
  events: ServiceEvent[];
  /** When tasks ran that ECS no longer shows. */
  ran: Span[];
};

/** An EC2 instance of a cluster. CPU in units of which 1,024 are a core, memory in MiB. */
export type ContainerInstance = {
  readonly arn: string;
  readonly ec2InstanceId: string;
  readonly agent: 'connected' | 'disconnected';
  readonly status: 'ACTIVE' | 'DRAINING' | 'REGISTERING';
  readonly runningTasks: number;
  readonly pendingTasks: number;
  readonly cpu: { readonly registered: number; readonly remaining: number };
  readonly memory: { readonly registered: number; readonly remaining: number };
};

/** An ECS cluster. */
export type Cluster = {
  readonly arn: string;
  readonly name: string;
  readonly region: Region;
  readonly tags: Tags;
  readonly containerInsights: 'disabled' | 'enabled';
  readonly createdAt: EpochSeconds;
  readonly services: Map<string, Service>;
  readonly tasks: Map<string, Task>;
  readonly instances: ContainerInstance[];
};

/** Anything with an ARN that is not of ECS. */
export type Resource = { readonly arn: string; readonly tags: Tags };

/** One region of one account. */
export type Region = {
  readonly name: string;
  readonly account: Account;
  readonly clusters: Map<string, Cluster>;
  /** By name; ECS describes them as INACTIVE. */
  readonly deletedClusters: Map<string, Cluster>;
  readonly definitions: Map<string, TaskDefinition[]>;
  readonly series: SeriesTable;
  readonly resources: Map<string, Resource>;
  /** Items of lists that have no model of their own, by API. */
  readonly lists: Map<string, object[]>;
};

/** An AWS account. */
export type Account = {
  readonly id: string;
  alias: string | undefined;
  /** Role names that may be assumed with their external id, if any; undefined allows every role. */
  roles: ReadonlyMap<string, string | undefined> | undefined;
  /** Accounts whose metrics this one may read (CloudWatch cross-account observability). */
  readonly sources: Set<string>;
  readonly regions: Map<string, Region>;
};

/** How long the steps of a task's life take, in seconds. */
export type Timing = {
  readonly provision: number;
  readonly pull: number;
  readonly start: number;
  readonly drain: number;
  readonly stop: number;
};

/** The whole simulated cloud. */
export type World = {
  readonly seed: number;
  readonly defaults: { readonly account: string; readonly region: string };
  readonly timing: Timing;
  readonly accounts: Map<string, Account>;
  now(): EpochSeconds;
};
