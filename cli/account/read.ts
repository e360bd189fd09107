// Reads the services of an account: names, task definitions, load balancers. Read permissions only; what one call costs is nothing.
import { DescribeTaskDefinitionCommand, ECSClient, type TaskDefinition } from '@aws-sdk/client-ecs';
import { createEcsApi, describeLimits } from '../../functions/ecs-bridge/aws/ecs-api.ts';
import { ownCredentials } from '../../functions/ecs-bridge/aws/own-credentials.ts';
import type { RawService } from '../../functions/ecs-bridge/aws/sdk-types.ts';
import { toSourceError } from '../../functions/ecs-bridge/aws/source-error.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { mapConcurrently } from '../../layers/core/src/concurrency.ts';
import { matchesName } from '../../layers/core/src/config/name-pattern.ts';
import { didYouMean } from '../../layers/core/src/config/suggest.ts';
import { type Deadline, startDeadline } from '../../layers/core/src/deadline.ts';
import { SourceError } from '../../layers/core/src/errors.ts';
import { UsageError } from '../command/command.ts';
import { type Front, findFronts } from './load-balancers.ts';
import { ownRegion } from './region.ts';

/** A service with what its address follows from. */
export type FoundService = {
  readonly cluster: string;
  readonly name: string;
  readonly definition: TaskDefinition;
  readonly front: Front | undefined;
  /** Name and port of Service Connect. */
  readonly alias: { readonly dnsName: string; readonly port: number } | undefined;
};

/** The services, and what could not be read. */
export type Account = {
  readonly region: string;
  /** Names of the clusters that were read. */
  readonly clusters: readonly string[];
  readonly services: readonly FoundService[];
  readonly notes: readonly string[];
};

/** What to read. */
export type AccountQuery = {
  readonly region: string | undefined;
  /** Names or ARNs of clusters, `*` for any text; empty: all. */
  readonly clusters: readonly string[];
};

/** Seconds for all of it. */
const patience = 60;

const concurrency = 5;

/** Reads an account. @throws SourceError naming the permission that is missing; UsageError for a cluster that is not there. */
export async function readAccount(query: AccountQuery): Promise<Account> {
  const region = query.region ?? (await ownRegion());
  const deadline = startDeadline(patience, systemClock);
  const credentials = ownCredentials(deadline, region);
  const client = new ECSClient({ region, credentials, maxAttempts: 5 });
  try {
    const api = createEcsApi({ region, credentials }, deadline);
    try {
      const clusters = choose(await api.listClusters(), query.clusters, region);
      const services = await listServices(clusters, api);
      const notes: string[] = [];
      const arns = services.flatMap(({ loadBalancers = [] }) =>
        loadBalancers.flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
      );
      const fronts = await frontsOf([...new Set(arns)], { region, credentials, deadline, notes });
      const definitions = await readDefinitions(services, client, deadline);
      return {
        region,
        clusters: clusters.map(nameOfCluster),
        services: services.flatMap((service) => toFound(service, fronts, definitions)),
        notes,
      };
    } finally {
      api.close();
    }
  } finally {
    client.destroy();
    deadline.close();
  }
}

/** The clusters that are wanted. @throws UsageError where one of the wanted is not among them. */
function choose(arns: readonly string[], wanted: readonly string[], region: string): string[] {
  const names = arns.map(nameOfCluster);
  const patterns = wanted.map(nameOfCluster);
  const missing = patterns.find((pattern) => !names.some((name) => matchesName(name, pattern)));
  if (missing !== undefined) {
    const shown = [...names.slice(0, most), ...(names.length > most ? ['…'] : [])].join(', ');
    throw new UsageError(
      `--cluster: no ECS cluster ${JSON.stringify(missing)} in ${region}${didYouMean(missing, names)}`,
      `${names.length === 0 ? 'there is none' : `there are: ${shown}`}; another region: --region NAME`,
    );
  }
  const isWanted = (name: string) => patterns.some((pattern) => matchesName(name, pattern));
  return wanted.length === 0 ? [...arns] : arns.filter((arn) => isWanted(nameOfCluster(arn)));
}

/** Clusters that a message lists. */
const most = 10;

function nameOfCluster(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

async function listServices(
  clusters: readonly string[],
  api: ReturnType<typeof createEcsApi>,
): Promise<RawService[]> {
  const found: RawService[] = [];
  for (const cluster of clusters) {
    const services = await api.listServices(cluster);
    for (let at = 0; at < services.length; at += describeLimits.services) {
      found.push(
        ...(await api.describeServices(cluster, services.slice(at, at + describeLimits.services))),
      );
    }
  }
  return found.filter(({ status }) => status === 'ACTIVE');
}

type FrontQuery = Parameters<typeof findFronts>[1] & { readonly notes: string[] };

/** Without the permission the rest is still worth having. */
async function frontsOf(
  arns: readonly string[],
  { notes, ...caller }: FrontQuery,
): Promise<ReadonlyMap<string, Front>> {
  if (arns.length === 0) return new Map();
  try {
    return await findFronts(arns, caller);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    notes.push(`load balancers are left out: ${error.message}`);
    return new Map();
  }
}

async function readDefinitions(
  services: readonly RawService[],
  client: ECSClient,
  deadline: Deadline,
): Promise<ReadonlyMap<string, TaskDefinition>> {
  const arns = [...new Set(services.flatMap(({ taskDefinition }) => taskDefinition ?? []))];
  const read = await mapConcurrently(arns, concurrency, async (arn) => {
    try {
      const command = new DescribeTaskDefinitionCommand({ taskDefinition: arn });
      const { taskDefinition } = await client.send(command, { abortSignal: deadline.signal });
      return [arn, taskDefinition ?? {}] as const;
    } catch (error) {
      throw toSourceError('ecs', 'DescribeTaskDefinition', error);
    }
  });
  return new Map(read);
}

function toFound(
  service: RawService,
  fronts: ReadonlyMap<string, Front>,
  definitions: ReadonlyMap<string, TaskDefinition>,
): FoundService[] {
  const {
    clusterArn = '',
    deployments = [],
    loadBalancers = [],
    serviceName,
    taskDefinition = '',
  } = service;
  if (serviceName === undefined) return [];
  const [front] = loadBalancers.flatMap(
    ({ targetGroupArn = '' }) => fronts.get(targetGroupArn) ?? [],
  );
  const connect = deployments.find(
    ({ status }) => status === 'PRIMARY',
  )?.serviceConnectConfiguration;
  const [alias] = (connect?.services ?? []).flatMap(({ clientAliases = [] }) => clientAliases);
  return [
    {
      cluster: nameOfCluster(clusterArn),
      name: serviceName,
      definition: definitions.get(taskDefinition) ?? {},
      front,
      alias:
        alias?.dnsName === undefined || alias.port === undefined
          ? undefined
          : { dnsName: alias.dnsName, port: alias.port },
    },
  ];
}
