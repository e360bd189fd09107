// Reads clusters, services and tasks with as few calls as the API allows. A call that fails costs only the data that
// needs it; the rest is read, and the failed calls are returned.
import { type EcsConfig, mapConcurrently, SourceError } from '@fargaze/core/internal';
import { describeLimits, type EcsApi } from '../aws/ecs-api.ts';
import {
  type Cluster,
  type ContainerInstance,
  narrowInstance,
  narrowService,
  narrowTask,
  type Service,
  type Task,
} from './narrow.ts';
import type { ClusterReading, EcsReading } from './reading.ts';
import { hasTags, missingClusters, needsList, selectsCluster, selectsService } from './select.ts';

/** Calls under way at once; the API's steady rate is about 20 a second for reads (ECS API throttling quotas). */
const concurrency = 8;

/** Reads the clusters and services that the configuration selects. A cluster that is named and missing is a fault. */
export async function readEcs(api: EcsApi, config: EcsConfig): Promise<EcsReading> {
  const reader = new EcsReader(api, config);
  const clusters = await reader.readClusters();
  return { clusters, faults: reader.faults };
}

class EcsReader {
  readonly #api: EcsApi;
  readonly #config: EcsConfig;
  readonly faults: SourceError[] = [];

  constructor(api: EcsApi, config: EcsConfig) {
    this.#api = api;
    this.#config = config;
  }

  async readClusters(): Promise<ClusterReading[]> {
    const names = await this.#clusterNames();
    const answers = await this.#describeParts(names, describeLimits.clusters, (part) =>
      this.#api.describeClusters(part),
    );
    const active = answers
      .flatMap((answer) => answer ?? [])
      .filter(({ status }) => status !== 'INACTIVE');
    // Which one is missing is not known where an answer is.
    if (!answers.includes(undefined)) {
      this.faults.push(...missingClusters(this.#config, active).map(missingFault));
    }
    return mapConcurrently(active, concurrency, (cluster) => this.#readCluster(cluster));
  }

  /** ARNs or names to describe: those that are named, or those of all clusters that match. */
  async #clusterNames(): Promise<readonly string[]> {
    if (!needsList(this.#config)) return this.#config.clusters;
    const all = await this.#attempt(() => this.#api.listClusters());
    return (all ?? []).filter((arn) => selectsCluster(this.#config, arn));
  }

  async #readCluster(cluster: Cluster): Promise<ClusterReading> {
    const arn = cluster.clusterArn ?? '';
    const [services, tasks, stoppedTasks, instances] = await Promise.all([
      this.#readServices(arn),
      this.#readTasks(arn, 'RUNNING'),
      this.#readTasks(arn, 'STOPPED'),
      // Fargate has none, and then the permission is not needed either.
      (cluster.registeredContainerInstancesCount ?? 0) > 0 ? this.#readInstances(arn) : [],
    ]);
    return { cluster, services, tasks, stoppedTasks, instances };
  }

  async #readInstances(cluster: string): Promise<ContainerInstance[] | undefined> {
    const arns = await this.#attempt(() => this.#api.listContainerInstances(cluster));
    return this.#inParts(arns, describeLimits.instances, async (part) =>
      (await this.#api.describeContainerInstances(cluster, part)).map(narrowInstance),
    );
  }

  async #readServices(cluster: string): Promise<Service[] | undefined> {
    const arns = await this.#attempt(() => this.#api.listServices(cluster));
    const selected = arns?.filter((arn) => selectsService(this.#config, arn));
    const services = await this.#inParts(selected, describeLimits.services, async (part) =>
      (await this.#api.describeServices(cluster, part)).map(narrowService),
    );
    // A deleted service is described for some time.
    return services?.filter(
      (service) => service.status !== 'INACTIVE' && hasTags(service, this.#config.tags),
    );
  }

  async #readTasks(cluster: string, status: 'RUNNING' | 'STOPPED'): Promise<Task[] | undefined> {
    const arns = await this.#attempt(() => this.#api.listTasks(cluster, status));
    return this.#inParts(arns, describeLimits.tasks, async (part) =>
      (await this.#api.describeTasks(cluster, part)).map(narrowTask),
    );
  }

  /** Describes `arns` in parts of at most `limit`; undefined when there is no list or a part failed. */
  async #inParts<T>(
    arns: readonly string[] | undefined,
    limit: number,
    describe: (part: readonly string[]) => Promise<T[]>,
  ): Promise<T[] | undefined> {
    if (arns === undefined) return undefined;
    const answers = await this.#describeParts(arns, limit, describe);
    const known = answers.filter((answer) => answer !== undefined);
    return known.length === answers.length ? known.flat() : undefined;
  }

  /** What each part of at most `limit` is answered; undefined for one that failed. */
  async #describeParts<T>(
    arns: readonly string[],
    limit: number,
    describe: (part: readonly string[]) => Promise<T[]>,
  ): Promise<(T[] | undefined)[]> {
    const parts = Array.from({ length: Math.ceil(arns.length / limit) }, (_, index) =>
      arns.slice(index * limit, (index + 1) * limit),
    );
    return mapConcurrently(parts, concurrency, (part) => this.#attempt(() => describe(part)));
  }

  /** The result, or undefined and a fault more. */
  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.faults.push(error);
      return undefined;
    }
  }
}

function missingFault(name: string): SourceError {
  const operation = 'bridge.ecs.clusters';
  const message = `${operation}: got ${JSON.stringify(name)}, want a cluster of this account and region`;
  return new SourceError(message, { operation, retryable: false });
}
