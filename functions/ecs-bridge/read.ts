// Reads clusters, services and tasks with as few calls as the API allows. A call that fails costs only what needs it:
// the rest is read, and what is missing is told by operation.
import { mapConcurrently, SourceError } from '@fargaze/core';
import { type Cluster, describeLimits, type EcsApi, type Service, type Task } from './aws.ts';

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

/** Reads the clusters whose name or ARN is among `wanted`, or all for `*`. */
export async function readEcs(api: EcsApi, wanted: readonly string[]): Promise<EcsReading> {
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
  const names = wanted.includes('*') ? await attempt(() => api.listClusters()) : wanted;
  const described = await describe(names ?? [], describeLimits.clusters, (part) =>
    attempt(() => api.describeClusters(part)),
  );
  const clusters = await mapConcurrently(described ?? [], concurrency, async (cluster) => {
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
        () => api.listServices(arn),
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
    return { cluster, services, tasks, stoppedTasks };
  });
  return { clusters, faults };
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
