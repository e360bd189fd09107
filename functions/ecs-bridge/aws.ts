// The one file of this function that imports the AWS SDK. Every call ends with the deadline, every page is read, and an
// error says which permission is missing where that is the cause.
import {
  type Cluster,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  paginateListClusters,
  paginateListServices,
  paginateListTasks,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { type Deadline, SourceError } from '@fargaze/core';

export type { Cluster, Container, Deployment, Service, Task } from '@aws-sdk/client-ecs';

/** What the bridge asks of the ECS API; lists are whole, whatever the API's pages. */
export type EcsApi = {
  readonly region: string;
  /** ARNs of the clusters of the account. */
  listClusters(): Promise<string[]>;
  describeClusters(arns: readonly string[]): Promise<Cluster[]>;
  listServices(cluster: string): Promise<string[]>;
  describeServices(cluster: string, arns: readonly string[]): Promise<Service[]>;
  listTasks(cluster: string, status: 'RUNNING' | 'STOPPED'): Promise<string[]>;
  describeTasks(cluster: string, arns: readonly string[]): Promise<Task[]>;
  close(): void;
};

/** Most that one call describes (API reference of each operation). */
export const describeLimits = { clusters: 100, services: 10, tasks: 100 } as const;

/** The ECS API of a region, with the function's own credentials. */
export function createEcsApi(region: string | undefined, deadline: Deadline): EcsApi {
  const client = new ECSClient({
    ...(region !== undefined && { region }),
    maxAttempts: 5,
    retryMode: 'adaptive',
  });
  const options = { abortSignal: deadline.signal };
  const call = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explain(operation, error);
    }
  };
  const pages = { client, pageSize: 100 };
  return {
    region: region ?? '',
    listClusters: () =>
      call('ListClusters', async () =>
        collect(paginateListClusters(pages, {}), ({ clusterArns }) => clusterArns),
      ),
    describeClusters: (arns) =>
      call('DescribeClusters', async () => {
        const command = new DescribeClustersCommand({ clusters: [...arns], include: ['TAGS'] });
        return (await client.send(command, options)).clusters ?? [];
      }),
    listServices: (cluster) =>
      call('ListServices', async () =>
        collect(paginateListServices(pages, { cluster }), ({ serviceArns }) => serviceArns),
      ),
    describeServices: (cluster, arns) =>
      call('DescribeServices', async () => {
        const input = { cluster, services: [...arns], include: ['TAGS' as const] };
        return (await client.send(new DescribeServicesCommand(input), options)).services ?? [];
      }),
    listTasks: (cluster, status) =>
      call('ListTasks', async () =>
        collect(
          paginateListTasks(pages, { cluster, desiredStatus: status }),
          ({ taskArns }) => taskArns,
        ),
      ),
    describeTasks: (cluster, arns) =>
      call('DescribeTasks', async () => {
        const command = new DescribeTasksCommand({ cluster, tasks: [...arns] });
        return (await client.send(command, options)).tasks ?? [];
      }),
    close: () => client.destroy(),
  };
}

async function collect<P>(pages: AsyncIterable<P>, pick: (page: P) => string[] | undefined) {
  const all: string[] = [];
  for await (const page of pages) all.push(...(pick(page) ?? []));
  return all;
}

type SdkError = {
  readonly name?: string;
  readonly message?: string;
  readonly $retryable?: unknown;
};

function explain(operation: string, cause: unknown): SourceError {
  const { message = String(cause), name = 'Error', $retryable } = cause as SdkError;
  const denied = /AccessDenied|Unauthorized/.test(name);
  const missing = denied ? `permission ecs:${operation} is missing: ` : '';
  const retryable = $retryable !== undefined || /Throttl|Timeout|Abort/.test(name);
  return new SourceError(`${operation}: ${missing}${name}: ${message}`, {
    operation,
    retryable,
    cause,
  });
}
