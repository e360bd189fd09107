// Reads clusters, services and tasks with as few calls as the API allows. A call that fails costs only what needs it:
// the rest is read, and what is missing is told by operation.
import { type EcsConfig, mapConcurrently, SourceError } from '@fargaze/core';
import { describeLimits, type EcsApi } from '../aws/clients.ts';
import type { Cluster, Service, Task } from './answers.ts';
import { hasTags, missingClusters, needsList, wantsCluster, wantsService } from './select.ts';

/** What is known of one cluster; undefined where the API did not tell. */
export type ClusterReading = {
  readonly cluster: Cluster;
  readonly services: readonly Service[] | undefined;
  readonly tasks: readonly Task[] | undefined;
  readonly stoppedTasks: readonly Task[] | undefined;
};

/** Everything that was read, and every call that failed. */
export type EcsReading = {
  readonly clusters: readonly ClusterReading[];
  readonly faults: readonly SourceError[];
};

/** Calls under way at once; the API's steady rate is about 20 a second for reads (ECS API throttling quotas). */
const concurrency = 8;

/** Reads the clusters and services that are asked for. A cluster that is named and not there is a fault. */
export async function readEcs(api: EcsApi, wanted: EcsConfig): Promise<EcsReading> {
  const faults: SourceError[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      faults.push(error);
      return undefined;
    }
  };
  const names = await clusterNames(wanted, () => attempt(() => api.listClusters()));
  const described = await describe(names, describeLimits.clusters, (part) =>
    attempt(() => api.describeClusters(part)),
  );
  const known = described?.filter(({ status }) => status !== 'INACTIVE');
  if (known !== undefined) faults.push(...missingClusters(wanted, known).map(toFault));
  const clusters = await mapConcurrently(known ?? [], concurrency, async (cluster) => {
    const arn = cluster.clusterArn ?? '';
    const list = async <T>(
      arns: () => Promise<string[]>,
      limit: number,
      detail: (part: readonly string[]) => Promise<T[]>,
    ) => {
      const found = await attempt(arns);
      if (found === undefined) return undefined;
      return describe(found, limit, (part) => attempt(() => detail(part)));
    };
    const [services, tasks, stoppedTasks] = await Promise.all([
      list(
        async () => (await api.listServices(arn)).filter((own) => wantsService(wanted, own)),
        describeLimits.services,
        (part) => api.describeServices(arn, part),
      ),
      list(
        () => api.listTasks(arn, 'RUNNING'),
        describeLimits.tasks,
        (part) => api.describeTasks(arn, part),
      ),
      list(
        () => api.listTasks(arn, 'STOPPED'),
        describeLimits.tasks,
        (part) => api.describeTasks(arn, part),
      ),
    ]);
    const meant = services?.filter((service) => hasTags(service, wanted.tags));
    return { cluster, services: meant, tasks, stoppedTasks };
  });
  return { clusters, faults };
}

/** ARNs or names to describe: what is named, and what a pattern finds among all clusters. */
async function clusterNames(
  wanted: EcsConfig,
  list: () => Promise<string[] | undefined>,
): Promise<readonly string[]> {
  if (!needsList(wanted)) return wanted.clusters;
  return ((await list()) ?? []).filter((arn) => wantsCluster(wanted, arn));
}

function toFault(name: string): SourceError {
  const operation = 'bridge.ecs.clusters';
  const message = `${operation}: got ${JSON.stringify(name)}, want a cluster of this account and region`;
  return new SourceError(message, { operation, retryable: false });
}

/** Describes in parts of `limit`; undefined when any part failed, since half a list would be a wrong count. */
async function describe<T>(
  arns: readonly string[],
  limit: number,
  call: (part: readonly string[]) => Promise<T[] | undefined>,
): Promise<T[] | undefined> {
  const parts = Array.from({ length: Math.ceil(arns.length / limit) }, (_, index) =>
    arns.slice(index * limit, (index + 1) * limit),
  );
  const answers = await mapConcurrently(parts, concurrency, call);
  const whole = answers.filter((answer) => answer !== undefined);
  return whole.length === answers.length ? whole.flat() : undefined;
}
