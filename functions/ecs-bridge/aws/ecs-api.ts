// The ECS API by the SDK. Lists hold every page, calls end with the deadline, and the SDK retries what may succeed.
import {
  DescribeClustersCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  paginateListClusters,
  paginateListServices,
  paginateListTasks,
} from '@aws-sdk/client-ecs';
import type { Deadline } from '@fargaze/core/internal';
import { readPlainJson } from './plain-json.ts';
import type {
  ClientOptions,
  Cluster,
  RawService,
  RawServiceRevision,
  RawTask,
} from './sdk-types.ts';
import { toSourceError } from './source-error.ts';

/** What the bridge asks of the ECS API. Every method throws SourceError. */
export type EcsApi = {
  readonly region: string;
  /** ARNs of the clusters of the account. */
  listClusters(): Promise<string[]>;
  describeClusters(arns: readonly string[]): Promise<Cluster[]>;
  listServices(cluster: string): Promise<string[]>;
  describeServices(cluster: string, arns: readonly string[]): Promise<RawService[]>;
  describeServiceRevisions(arns: readonly string[]): Promise<RawServiceRevision[]>;
  listTasks(cluster: string, status: 'RUNNING' | 'STOPPED'): Promise<string[]>;
  describeTasks(cluster: string, arns: readonly string[]): Promise<RawTask[]>;
  close(): void;
};

/** Most that one call describes (API reference of each operation). */
export const describeLimits = { clusters: 100, services: 10, revisions: 20, tasks: 100 } as const;

/** A client of the ECS API. */
export function createEcsApi(options: ClientOptions, deadline: Deadline): EcsApi {
  const client = new ECSClient({ ...options, maxAttempts: 5, retryMode: 'adaptive' });
  readPlainJson(client);
  const abort = { abortSignal: deadline.signal };
  const call = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toSourceError('ecs', operation, error);
    }
  };
  const pages = { client, pageSize: 100 };
  return {
    region: options.region ?? '',
    listClusters: () =>
      call('ListClusters', () =>
        collect(paginateListClusters(pages, {}), ({ clusterArns }) => clusterArns),
      ),
    describeClusters: (arns) =>
      call('DescribeClusters', async () => {
        const input = { clusters: [...arns], include: ['TAGS' as const, 'SETTINGS' as const] };
        return (await client.send(new DescribeClustersCommand(input), abort)).clusters ?? [];
      }),
    listServices: (cluster) =>
      call('ListServices', () =>
        collect(paginateListServices(pages, { cluster }), ({ serviceArns }) => serviceArns),
      ),
    describeServices: (cluster, arns) =>
      call('DescribeServices', async () => {
        const input = { cluster, services: [...arns], include: ['TAGS' as const] };
        const { services } = await client.send(new DescribeServicesCommand(input), abort);
        return (services ?? []) as unknown as RawService[];
      }),
    describeServiceRevisions: (arns) =>
      call('DescribeServiceRevisions', async () => {
        const command = new DescribeServiceRevisionsCommand({ serviceRevisionArns: [...arns] });
        return (await client.send(command, abort)).serviceRevisions ?? [];
      }),
    listTasks: (cluster, desiredStatus) =>
      call('ListTasks', () =>
        collect(paginateListTasks(pages, { cluster, desiredStatus }), ({ taskArns }) => taskArns),
      ),
    describeTasks: (cluster, arns) =>
      call('DescribeTasks', async () => {
        const { tasks } = await client.send(
          new DescribeTasksCommand({ cluster, tasks: [...arns] }),
          abort,
        );
        return (tasks ?? []) as unknown as RawTask[];
      }),
    close: () => client.destroy(),
  };
}

async function collect<P>(pages: AsyncIterable<P>, pick: (page: P) => string[] | undefined) {
  const all: string[] = [];
  for await (const page of pages) all.push(...(pick(page) ?? []));
  return all;
}
