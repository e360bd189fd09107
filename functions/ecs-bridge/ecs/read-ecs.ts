// Reads clusters, services and tasks with as few calls as the API allows. A call that fails costs only the data that
// needs it; the rest is read, and the failed calls are returned.
import {
  type Clock,
  type EcsConfig,
  type EpochMs,
  mapConcurrently,
  type Seconds,
  type Shard,
  SourceError,
  systemClock,
} from '@fargaze/core/internal';
import { describeLimits, type EcsApi } from '../aws/ecs-api.ts';
import { Calls, concurrency } from './calls.ts';
import { type ClusterMemory, EcsMemory } from './memory.ts';
import {
  type Cluster,
  type ContainerInstance,
  narrowInstance,
  narrowService,
  type Service,
} from './narrow.ts';
import { readTasks } from './read-tasks.ts';
import type { ClusterReading, EcsReading } from './reading.ts';
import { hasTags, missingClusters, needsList, selectsCluster, selectsService } from './select.ts';
import { type ClusterPart, holds, partOf } from './share.ts';
import { readStages } from './stages.ts';

/** A list of services is kept for so long, while the cluster counts as many. */
const listLifetime: Seconds = 300;

/** What a reading depends on besides the configuration. */
export type ReadOptions = {
  /** The part to read; unset: everything. */
  readonly shard?: Shard | undefined;
  /** Of earlier readings. */
  readonly memory?: EcsMemory;
  readonly clock?: Clock;
};

/** Reads the clusters and services that the configuration selects. A cluster that is named and missing is a fault. */
export async function readEcs(
  api: EcsApi,
  config: EcsConfig,
  options: ReadOptions = {},
): Promise<EcsReading> {
  const reader = new EcsReader(api, config, options);
  const read = await reader.readClusters();
  return { ...read, faults: reader.faults };
}

/** A cluster, and what of it is read. */
type Owned = { readonly cluster: Cluster; readonly part: ClusterPart };

class EcsReader {
  readonly #api: EcsApi;
  readonly #config: EcsConfig;
  readonly #shard: Shard | undefined;
  readonly #memory: EcsMemory;
  readonly #now: EpochMs;
  readonly #calls = new Calls();

  constructor(api: EcsApi, config: EcsConfig, options: ReadOptions) {
    this.#api = api;
    this.#config = config;
    this.#shard = options.shard;
    this.#memory = options.memory ?? new EcsMemory();
    this.#now = (options.clock ?? systemClock).now();
  }

  get faults(): readonly SourceError[] {
    return this.#calls.faults;
  }

  async readClusters(): Promise<Omit<EcsReading, 'faults'>> {
    const names = await this.#clusterNames();
    const answers = await this.#calls.inParts(names, describeLimits.clusters, (part) =>
      this.#api.describeClusters(part),
    );
    const active = answers
      .flatMap((answer) => answer ?? [])
      .filter(({ status }) => status !== 'INACTIVE');
    // Which one is missing is not known where an answer is.
    if (!answers.includes(undefined)) {
      this.#calls.faults.push(...missingClusters(this.#config, active).map(missingFault));
    }
    const parts = active.map(
      (cluster): Owned => ({ cluster, part: partOf(cluster, this.#shard, this.#config) }),
    );
    const own = parts.filter(({ part }) => part !== 'none');
    const clusters = await mapConcurrently(own, concurrency, (one) => this.#readCluster(one));
    const elsewhere = parts.filter(({ part }) => part === 'none');
    return { clusters, elsewhere: elsewhere.map(({ cluster }) => cluster.clusterArn ?? '') };
  }

  /** ARNs or names to describe: those that are named, or those of all clusters that match. */
  async #clusterNames(): Promise<readonly string[]> {
    if (!needsList(this.#config)) return this.#config.clusters;
    const all = await this.#calls.attempt(() => this.#api.listClusters());
    return (all ?? []).filter((arn) => selectsCluster(this.#config, arn));
  }

  async #readCluster({ cluster, part }: Owned): Promise<ClusterReading> {
    const arn = cluster.clusterArn ?? '';
    const memory = this.#memory.of(arn);
    // Fargate has none, and then the permission is not needed either.
    const hasInstances = part !== 'rest' && (cluster.registeredContainerInstancesCount ?? 0) > 0;
    const [read, instances] = await Promise.all([
      this.#readParts({ cluster, part }, memory),
      hasInstances ? this.#readInstances(arn) : [],
    ]);
    return { cluster, part, ...read, instances };
  }

  /** Services, and their tasks: without services nobody could say whose a task is. */
  async #readParts(
    { cluster, part }: Owned,
    memory: ClusterMemory,
  ): Promise<Omit<ClusterReading, 'cluster'>> {
    const isOwn = (arn: string) => part === 'all' || holds(this.#shard, arn);
    const earlier = this.#freshList(cluster, memory);
    let selected = this.#select(earlier ?? (await this.#listServices(cluster, memory)));
    let services = await this.#describeServices(cluster, selected?.filter(isOwn), memory);
    // The cluster counts as many, but not the same.
    if (earlier !== undefined && memory.services === undefined) {
      const before = new Set(earlier);
      selected = this.#select(await this.#listServices(cluster, memory));
      const added = selected?.filter((arn) => isOwn(arn) && !before.has(arn));
      const more = await this.#describeServices(cluster, added, memory);
      services = services && more && [...services, ...more];
    }
    const otherServices = (selected ?? []).filter((arn) => !isOwn(arn));
    if (services === undefined) {
      return { services, otherServices, tasks: undefined, stoppedTasks: undefined };
    }
    if (part === 'rest' && services.length === 0) {
      return { services, otherServices, tasks: [], stoppedTasks: [] };
    }
    const question = { cluster, part, services, memory, now: this.#now };
    const [tasks, stages] = await Promise.all([
      readTasks(this.#api, this.#calls, question),
      readStages(this.#api, this.#calls, services),
    ]);
    return { services, stages, otherServices, ...tasks };
  }

  #select(arns: readonly string[] | undefined): readonly string[] | undefined {
    return arns?.filter((arn) => selectsService(this.#config, arn));
  }

  /** An earlier list of services, while the cluster counts as many. */
  #freshList(
    { activeServicesCount: count }: Cluster,
    { services: known }: ClusterMemory,
  ): readonly string[] | undefined {
    const isFresh = known !== undefined && this.#now - known.at < listLifetime * 1000;
    return isFresh && known.count === count ? known.arns : undefined;
  }

  /** ARNs of all services. */
  async #listServices(
    { activeServicesCount: count, clusterArn = '' }: Cluster,
    memory: ClusterMemory,
  ): Promise<readonly string[] | undefined> {
    const arns = await this.#calls.attempt(() => this.#api.listServices(clusterArn));
    // A list that lacks a service, or has one that is about to go, is not kept.
    const whole = arns !== undefined && arns.length === count;
    memory.services = whole ? { arns, count, at: this.#now } : undefined;
    return arns;
  }

  async #describeServices(
    { clusterArn = '' }: Cluster,
    arns: readonly string[] | undefined,
    memory: ClusterMemory,
  ): Promise<Service[] | undefined> {
    const services = await this.#calls.whole(arns, describeLimits.services, async (part) =>
      (await this.#api.describeServices(clusterArn, part)).map(narrowService),
    );
    const active = services?.filter(({ status }) => status === 'ACTIVE').length;
    // A call that failed says nothing of the list.
    if (active !== undefined && active !== arns?.length) memory.services = undefined;
    // A deleted service is described for some time.
    return services?.filter(
      (service) => service.status !== 'INACTIVE' && hasTags(service, this.#config.tags),
    );
  }

  async #readInstances(cluster: string): Promise<ContainerInstance[] | undefined> {
    const arns = await this.#calls.attempt(() => this.#api.listContainerInstances(cluster));
    return this.#calls.whole(arns, describeLimits.instances, async (part) =>
      (await this.#api.describeContainerInstances(cluster, part)).map(narrowInstance),
    );
  }
}

function missingFault(name: string): SourceError {
  const operation = 'bridge.ecs.clusters';
  const message = `${operation}: got ${JSON.stringify(name)}, want a cluster of this account and region`;
  return new SourceError(message, { operation, retryable: false });
}
