// Reads clusters, services and tasks with as few calls as the API allows. A call that fails costs only the data that
// needs it; the rest is read, and the failed calls are returned.
import {
  type Clock,
  type EcsConfig,
  mapConcurrently,
  type Shard,
  SourceError,
  systemClock,
} from '@fargaze/core/internal';
import { describeLimits, type EcsApi } from '../aws/ecs-api.ts';
import { Calls, concurrency } from './calls.ts';
import { EcsMemory } from './memory.ts';
import type { Cluster } from './narrow.ts';
import { ClusterReader, type ClusterRun } from './read-cluster.ts';
import type { ClusterReading, EcsReading, Unread } from './reading.ts';
import { missingClusters, needsList, selectsCluster } from './select.ts';
import { partOf } from './share.ts';

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
  const { memory = new EcsMemory(), shard } = options;
  const calls = new Calls();
  const now = (options.clock ?? systemClock).now();
  const run: ClusterRun = { api, calls, config, shard, now };
  const active = await describeClusters(run);
  const parts = active.map((cluster) => ({ cluster, part: partOf(cluster, shard, config) }));
  const own = parts.filter(({ part }) => part !== 'none');
  const readers = own.map(({ cluster, part }) => {
    const owned = { cluster, part, memory: memory.of(cluster.clusterArn ?? '', now) };
    return new ClusterReader(run, owned);
  });
  await readInOrder(readers);
  memory.prune(now);
  const elsewhere = parts.filter(({ part }) => part === 'none');
  const clusters = readers.map(({ reading }) => reading);
  return {
    clusters,
    elsewhere: elsewhere.map(({ cluster }) => cluster.clusterArn ?? ''),
    unread: unreadOf(clusters),
    faults: calls.faults,
  };
}

/**
 * Services of every cluster, then tasks; what waits longest comes first, so that the next run begins with what this one has no
 * time for. Where the last run had none for the tasks, and has just read the services, the tasks come before them.
 */
async function readInOrder(readers: readonly ClusterReader[]): Promise<void> {
  const byServices = readers.toSorted((a, b) => a.memory.servicesAt - b.memory.servicesAt);
  const byTasks = readers.toSorted((a, b) => a.memory.tasksAt - b.memory.tasksAt);
  const first = byTasks.filter(({ tasksFirst }) => tasksFirst);
  const last = byTasks.filter(({ tasksFirst }) => !tasksFirst);
  await mapConcurrently(first, concurrency, (one) => one.readTasks());
  await mapConcurrently(byServices, concurrency, (one) => one.readServices());
  await mapConcurrently(byServices, concurrency, (one) => one.readRest());
  await mapConcurrently(last, concurrency, (one) => one.readTasks());
}

/** Clusters that are not deleted. */
async function describeClusters({ api, calls, config }: ClusterRun): Promise<readonly Cluster[]> {
  const names = await clusterNames(api, calls, config);
  const answers = await calls.inParts(names, describeLimits.clusters, (part) =>
    api.describeClusters(part),
  );
  const active = answers
    .flatMap((answer) => answer ?? [])
    .filter(({ status }) => status !== 'INACTIVE');
  // Which one is missing is not known where an answer is.
  if (!answers.includes(undefined)) {
    calls.faults.push(...missingClusters(config, active).map(missingFault));
  }
  return active;
}

/** ARNs or names to describe: those that are named, or those of all clusters that match. */
async function clusterNames(
  api: EcsApi,
  calls: Calls,
  config: EcsConfig,
): Promise<readonly string[]> {
  if (!needsList(config)) return config.clusters;
  const all = await calls.attempt(() => api.listClusters());
  return (all ?? []).filter((arn) => selectsCluster(config, arn));
}

/** What the run could not read. */
function unreadOf(clusters: readonly ClusterReading[]): Unread {
  const sum = (count: (one: ClusterReading) => number) =>
    clusters.reduce((total, one) => total + count(one), 0);
  return {
    services: sum(({ unread = 0 }) => unread),
    tasks: sum(({ services, stoppedTasks, tasks, unread = 0 }) =>
      tasks === undefined || stoppedTasks === undefined ? (services?.length ?? unread) : 0,
    ),
  };
}

const clusterSetting = 'bridge.ecs.clusters';

/** Whether a fault says that a cluster is not there, and not that something could not be read. */
export function isMissingCluster({ operation }: SourceError): boolean {
  return operation === clusterSetting;
}

function missingFault(name: string): SourceError {
  const operation = clusterSetting;
  const message = `${operation}: got ${JSON.stringify(name)}, want a cluster of this account and region`;
  return new SourceError(message, { operation, retryable: false });
}
