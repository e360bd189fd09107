// Reads one cluster in steps, which readEcs puts in order: its services, its tasks, and what else it has.
import type { EcsConfig, EpochMs, Seconds, Shard } from '@fargaze/core/internal';
import { describeLimits, type EcsApi } from '../aws/ecs-api.ts';
import type { Calls } from './calls.ts';
import type { ClusterMemory } from './memory.ts';
import { type Cluster, type ContainerInstance, narrowInstance } from './narrow.ts';
import { type ReadServices, readServices, rememberedServices } from './read-services.ts';
import { readTasks, type Tasks } from './read-tasks.ts';
import type { ClusterReading } from './reading.ts';
import type { ClusterPart } from './share.ts';
import { readStages, type Stage } from './stages.ts';

/** The run before was at most so long ago; services that are older are read before the tasks. */
const sinceLastRun: Seconds = 90;
const freshFor: Seconds = 180;

/** Whom to ask, and what a run reads. */
export type ClusterRun = {
  readonly api: EcsApi;
  readonly calls: Calls;
  readonly config: EcsConfig;
  readonly shard: Shard | undefined;
  readonly now: EpochMs;
};

/** A cluster, what of it is read, and what is known of it. */
export type OwnedCluster = {
  readonly cluster: Cluster;
  readonly part: ClusterPart;
  readonly memory: ClusterMemory;
};

/** Reads a cluster; each step once. */
export class ClusterReader {
  readonly #run: ClusterRun;
  readonly #owned: OwnedCluster;
  /** Services as earlier runs read them, where the last one had no time for their tasks. Every other run at most. */
  readonly #remembered: ReadServices | undefined;
  #services: ReadServices | undefined;
  #tasks: Tasks = { tasks: undefined, stoppedTasks: undefined };
  #stages: ReadonlyMap<string, Stage> = new Map();
  #instances: readonly ContainerInstance[] | undefined = [];

  constructor(run: ClusterRun, owned: OwnedCluster) {
    const { memory } = owned;
    const isLate = memory.tasksAt < run.now - sinceLastRun * 1000;
    const mayGoFirst = isLate && !memory.tasksFirst;
    this.#run = run;
    this.#owned = owned;
    this.#remembered = mayGoFirst
      ? rememberedServices({ ...run, ...owned }, run.now - freshFor * 1000)
      : undefined;
    memory.tasksFirst = this.#remembered !== undefined;
  }

  get memory(): ClusterMemory {
    return this.#owned.memory;
  }

  /** Whether the tasks can be read before the services, and should be. */
  get tasksFirst(): boolean {
    return this.#remembered !== undefined;
  }

  async readServices(): Promise<void> {
    const { api, calls } = this.#run;
    this.#services = await readServices(api, calls, { ...this.#run, ...this.#owned });
  }

  /** Tasks: without services nobody could say whose a task is. */
  async readTasks(): Promise<void> {
    const { api, calls } = this.#run;
    const { part } = this.#owned;
    const services = (this.#remembered ?? this.#services)?.services;
    if (services === undefined) return;
    const isEmpty = part === 'rest' && services.length === 0;
    this.#tasks = isEmpty
      ? { tasks: [], stoppedTasks: [] }
      : await readTasks(api, calls, { ...this.#run, ...this.#owned, services });
  }

  /** Stages of deployments, and instances. */
  async readRest(): Promise<void> {
    const { api, calls } = this.#run;
    const { cluster, part } = this.#owned;
    // Fargate has none, and then the permission is not needed either.
    const hasInstances = part !== 'rest' && (cluster.registeredContainerInstancesCount ?? 0) > 0;
    [this.#stages, this.#instances] = await Promise.all([
      readStages(api, calls, this.#services?.services ?? []),
      hasInstances ? this.#readInstances(cluster.clusterArn ?? '') : [],
    ]);
  }

  /** What was read. */
  get reading(): ClusterReading {
    const { cluster, part } = this.#owned;
    const { otherServices = [], services, unread = 0 } = this.#services ?? {};
    const about = { cluster, part, otherServices, instances: this.#instances };
    const known = services !== undefined && { stages: this.#stages, ...this.#tasks };
    return {
      ...{ tasks: undefined, stoppedTasks: undefined, services, unread },
      ...about,
      ...known,
    };
  }

  async #readInstances(cluster: string): Promise<ContainerInstance[] | undefined> {
    const { api, calls } = this.#run;
    const arns = await calls.attempt(() => api.listContainerInstances(cluster));
    return calls.whole(arns, describeLimits.instances, async (part) =>
      (await api.describeContainerInstances(cluster, part)).map(narrowInstance),
    );
  }
}
