// The one file of this function that imports the AWS SDK. Every call ends with the deadline, every page is read, and an
// error says which permission is missing where that is the cause.
import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type GetMetricDataCommandOutput,
  ListMetricsCommand,
  type ListMetricsCommandInput,
  type ListMetricsCommandOutput,
  type MetricDataResult as SdkMetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import {
  type Cluster,
  DescribeClustersCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  paginateListClusters,
  paginateListServices,
  paginateListTasks,
} from '@aws-sdk/client-ecs';
import { type AwsCredentials, type Deadline, SourceError } from '@fargaze/core';
import {
  narrowRevision,
  narrowService,
  narrowTask,
  type RawService,
  type RawTask,
  type Service,
  type ServiceRevision,
  type Task,
} from '../ecs/answers.ts';
import { readPlainJson } from './plain-json.ts';

export type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';

/** What the bridge asks of the ECS API; lists are whole, whatever the API's pages. */
export type EcsApi = {
  readonly region: string;
  /** ARNs of the clusters of the account. */
  listClusters(): Promise<string[]>;
  describeClusters(arns: readonly string[]): Promise<Cluster[]>;
  listServices(cluster: string): Promise<string[]>;
  describeServices(cluster: string, arns: readonly string[]): Promise<Service[]>;
  describeServiceRevisions(arns: readonly string[]): Promise<ServiceRevision[]>;
  listTasks(cluster: string, status: 'RUNNING' | 'STOPPED'): Promise<string[]>;
  describeTasks(cluster: string, arns: readonly string[]): Promise<Task[]>;
  close(): void;
};

/** Most that one call describes (API reference of each operation). */
export const describeLimits = { clusters: 100, services: 10, revisions: 20, tasks: 100 } as const;

/** Which region to call, and as whom; by default as the environment says. */
export type ApiPlace = {
  readonly region?: string;
  readonly credentials?: () => Promise<AwsCredentials>;
};

/** The ECS API of a place. */
export function createEcsApi(place: ApiPlace, deadline: Deadline): EcsApi {
  const client = new ECSClient({ ...place, maxAttempts: 5, retryMode: 'adaptive' });
  readPlainJson(client);
  const options = { abortSignal: deadline.signal };
  const call = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explain('ecs', operation, error);
    }
  };
  const pages = { client, pageSize: 100 };
  return {
    region: place.region ?? '',
    listClusters: () =>
      call('ListClusters', async () =>
        collect(paginateListClusters(pages, {}), ({ clusterArns }) => clusterArns),
      ),
    describeClusters: (arns) =>
      call('DescribeClusters', async () => {
        const command = new DescribeClustersCommand({
          clusters: [...arns],
          include: ['TAGS', 'SETTINGS'],
        });
        return (await client.send(command, options)).clusters ?? [];
      }),
    listServices: (cluster) =>
      call('ListServices', async () =>
        collect(paginateListServices(pages, { cluster }), ({ serviceArns }) => serviceArns),
      ),
    describeServices: (cluster, arns) =>
      call('DescribeServices', async () => {
        const input = { cluster, services: [...arns], include: ['TAGS' as const] };
        const { services } = await client.send(new DescribeServicesCommand(input), options);
        return ((services ?? []) as unknown as RawService[]).map(narrowService);
      }),
    describeServiceRevisions: (arns) =>
      call('DescribeServiceRevisions', async () => {
        const command = new DescribeServiceRevisionsCommand({ serviceRevisionArns: [...arns] });
        return ((await client.send(command, options)).serviceRevisions ?? []).map(narrowRevision);
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
        const { tasks } = await client.send(command, options);
        return ((tasks ?? []) as unknown as RawTask[]).map(narrowTask);
      }),
    close: () => client.destroy(),
  };
}

/** A result of GetMetricData as CloudWatch writes it: times in seconds since 1970, what is no number as text. */
export type MetricDataResult = Omit<SdkMetricDataResult, 'Timestamps' | 'Values'> & {
  readonly Timestamps?: readonly number[];
  readonly Values?: readonly (number | string)[];
};

/** A page of GetMetricData. */
export type MetricDataPage = Omit<GetMetricDataCommandOutput, 'MetricDataResults'> & {
  readonly MetricDataResults?: readonly MetricDataResult[];
};

/** What the bridge asks of CloudWatch: single calls, each one page; whoever calls tries again and counts. */
export type CloudWatchApi = {
  getMetricData(input: GetMetricDataCommandInput): Promise<MetricDataPage>;
  listMetrics(input: ListMetricsCommandInput): Promise<ListMetricsCommandOutput>;
  /** What the calls are signed with. */
  credentials(): Promise<AwsCredentials>;
  close(): void;
};

/** The CloudWatch API of a place. */
export function createCloudWatchApi(place: ApiPlace, deadline: Deadline): CloudWatchApi {
  const client = new CloudWatchClient({ ...place, maxAttempts: 1 });
  readPlainJson(client);
  const options = { abortSignal: deadline.signal };
  return {
    getMetricData: async (input) => {
      try {
        const page: unknown = await client.send(new GetMetricDataCommand(input), options);
        return page as MetricDataPage;
      } catch (error) {
        throw explain('cloudwatch', 'GetMetricData', error);
      }
    },
    listMetrics: async (input) => {
      try {
        return await client.send(new ListMetricsCommand(input), options);
      } catch (error) {
        throw explain('cloudwatch', 'ListMetrics', error);
      }
    },
    credentials: () => client.config.credentials(),
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
  readonly $metadata?: { readonly httpStatusCode?: number };
};

/** An error of an API as the bridge tells it. `service` is the prefix of its permissions. */
export function explain(service: string, operation: string, cause: unknown): SourceError {
  const { message = String(cause), name = 'Error', $metadata, $retryable } = cause as SdkError;
  const denied = /AccessDenied|Unauthorized/.test(name);
  const missing = denied ? `permission ${service}:${operation} is missing: ` : '';
  const status = $metadata?.httpStatusCode;
  const broken = status === undefined ? !denied : status >= 500 || status === 429;
  const retryable = broken || $retryable !== undefined || /Throttl|Timeout|Abort/.test(name);
  return new SourceError(`${operation}: ${missing}${name}: ${message}`, {
    operation,
    retryable,
    cause,
  });
}

/** Whether the API asked to be called less often. */
export function isThrottled({ cause }: SourceError): boolean {
  const { name = '', $metadata } = cause as SdkError;
  return (
    /Throttl|TooManyRequests|RequestLimit|SlowDown/.test(name) || $metadata?.httpStatusCode === 429
  );
}
