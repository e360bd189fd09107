// The ECS API by signed calls over kept connections. Lists hold every page, calls end with the deadline, what may succeed is
// called again, and a throttled account is called more slowly.
import { type Clock, type Deadline, systemClock } from '@fargaze/core/internal';
import { type CallTally, createCallTally } from './call-tally.ts';
import { Connections } from './connections.ts';
import { ownCredentials } from './own-credentials.ts';
import { RateLimiter } from './rate-limit.ts';
import type {
  ClientOptions,
  Cluster,
  RawContainerInstance,
  RawService,
  RawServiceDeployment,
  RawServiceRevision,
  RawTask,
} from './sdk-types.ts';
import { type Caller, callJson, nextTokenOf } from './signed-call.ts';

/** What the bridge asks of the ECS API. Every method throws SourceError. */
export type EcsApi = {
  readonly region: string;
  /** Calls by operation, repeats included, and those that were throttled. */
  readonly tally: CallTally;
  /** ARNs of the clusters of the account. */
  listClusters(): Promise<string[]>;
  describeClusters(arns: readonly string[]): Promise<Cluster[]>;
  listServices(cluster: string): Promise<string[]>;
  describeServices(cluster: string, arns: readonly string[]): Promise<RawService[]>;
  describeServiceRevisions(arns: readonly string[]): Promise<RawServiceRevision[]>;
  describeServiceDeployments(arns: readonly string[]): Promise<RawServiceDeployment[]>;
  /** ARNs of the tasks of a service, or of all. */
  listTasks(cluster: string, status: 'RUNNING' | 'STOPPED', service?: string): Promise<string[]>;
  describeTasks(cluster: string, arns: readonly string[]): Promise<RawTask[]>;
  listContainerInstances(cluster: string): Promise<string[]>;
  describeContainerInstances(
    cluster: string,
    arns: readonly string[],
  ): Promise<RawContainerInstance[]>;
  close(): void;
};

/** Most that one call describes (API reference of each operation). */
export const describeLimits = {
  clusters: 100,
  services: 10,
  revisions: 20,
  deployments: 20,
  tasks: 100,
  instances: 100,
} as const;

/** Whom to call as, and what counts the calls. */
export type EcsApiOptions = ClientOptions &
  Pick<Caller, 'reject'> & { readonly clock?: Clock; readonly tally?: CallTally };

/**
 * Calls in a second until the account is throttled; then half, and so on: AWS allows about 20 after a burst of 100, to all
 * callers of the account together.
 */
const rates = { calls: 500, points: Number.POSITIVE_INFINITY };

/** A client of the ECS API. */
export function createEcsApi(options: EcsApiOptions, deadline: Deadline): EcsApi {
  const { clock = systemClock, region = '', reject, tally = createCallTally() } = options;
  const connections = new Connections();
  const credentials = options.credentials ?? ownCredentials(deadline, region);
  const caller: Caller = { region, credentials, reject, deadline, clock, connections };
  const limiter = new RateLimiter(rates, { clock, tally });
  const call = <T>(operation: string, input: object): Promise<T> => {
    const api = operation;
    return limiter.run({ api, make: () => callEcs<T>(caller, operation, input) }, deadline);
  };
  const list = async (operation: string, key: string, input: object): Promise<string[]> => {
    const all: string[] = [];
    for (let nextToken: string | undefined, first = true; first || nextToken; first = false) {
      const asked = { ...input, maxResults: 100, ...(nextToken && { nextToken }) };
      const page = await call<Readonly<Record<string, unknown>>>(operation, asked);
      for (const arn of (page[key] ?? []) as readonly string[]) all.push(arn);
      nextToken = nextTokenOf(operation, nextToken, page.nextToken as string | undefined);
    }
    return all;
  };
  const describe = async <T>(operation: string, key: string, input: object): Promise<T[]> =>
    ((await call<Readonly<Record<string, unknown>>>(operation, input))[key] ?? []) as T[];
  return {
    region,
    tally,
    listClusters: () => list('ListClusters', 'clusterArns', {}),
    describeClusters: (clusters) =>
      describe('DescribeClusters', 'clusters', { clusters, include: ['TAGS', 'SETTINGS'] }),
    listServices: (cluster) => list('ListServices', 'serviceArns', { cluster }),
    describeServices: (cluster, services) =>
      describe('DescribeServices', 'services', { cluster, services, include: ['TAGS'] }),
    describeServiceRevisions: (serviceRevisionArns) =>
      describe('DescribeServiceRevisions', 'serviceRevisions', { serviceRevisionArns }),
    describeServiceDeployments: (serviceDeploymentArns) =>
      describe('DescribeServiceDeployments', 'serviceDeployments', { serviceDeploymentArns }),
    listTasks: (cluster, desiredStatus, serviceName) =>
      list('ListTasks', 'taskArns', {
        ...{ cluster, desiredStatus },
        ...(serviceName !== undefined && { serviceName }),
      }),
    describeTasks: (cluster, tasks) => describe('DescribeTasks', 'tasks', { cluster, tasks }),
    listContainerInstances: (cluster) =>
      list('ListContainerInstances', 'containerInstanceArns', { cluster }),
    describeContainerInstances: (cluster, containerInstances) =>
      describe('DescribeContainerInstances', 'containerInstances', { cluster, containerInstances }),
    close: () => connections.close(),
  };
}

/** One call; times in the answer are seconds since 1970. @throws SourceError */
function callEcs<T>(caller: Caller, operation: string, input: object): Promise<T> {
  return callJson(caller, {
    service: 'ecs',
    permissions: 'ecs',
    operation,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
    },
    body: JSON.stringify(input),
  });
}
