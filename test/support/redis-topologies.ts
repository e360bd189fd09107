// Real topologies of Redis on loopback: clusters, replicas, sentinels, twemproxy. Each stops without a trace.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPrograms } from '../../local/programs/find.ts';
import { clusterBusOffset, freePort } from '../../local/programs/ports.ts';
import { waitFor } from '../../local/programs/process.ts';
import { launch, type Server, startRedis } from '../../local/programs/servers.ts';
import { temporaryWorkFolder } from '../../local/programs/work-folder.ts';
import { sendTo } from './redis-admin.ts';

/** Several servers that belong together. */
export type Topology = { stop(): Promise<void> };

/** A cluster; `nodes` are three primaries, in the order of their slots, then their replicas. */
export type Cluster = Topology & { readonly nodes: readonly Server[] };

/** Options of every node of a cluster. */
export type ClusterOptions = {
  readonly replicas: 0 | 1;
  /** Further options of the node with this number. */
  readonly args?: (index: number) => readonly string[];
  /** Ports by which the nodes meet; unset: those of their clients. */
  readonly ports?: readonly number[];
};

const primaries = 3;

/** Milliseconds of silence after which nodes of a cluster give each other up, a meeting under way included. */
const nodeTimeout = 3_000;

/** A cluster of three shards that serves. */
export async function startCluster({ args, ports, replicas }: ClusterOptions): Promise<Cluster> {
  const count = primaries * (1 + replicas);
  const nodes = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      startRedis({
        args: [
          ...['--cluster-enabled', 'yes', '--cluster-node-timeout', String(nodeTimeout)],
          // A machine that is busy for longer must not change who is a primary.
          ...['--cluster-replica-no-failover', 'yes'],
          ...['--repl-diskless-sync-delay', '0', ...(args?.(index) ?? [])],
        ],
      }),
    ),
  );
  const stop = () => stopAll(nodes);
  try {
    await formCluster(
      nodes,
      nodes.map(({ port }, index) => ports?.[index] ?? port),
    );
  } catch (error) {
    const dead = nodes.filter((node) => node.process.ended() !== undefined);
    const words = dead.map(
      ({ port, process }) => `${port}: ${process.ended()}\n${process.output()}`,
    );
    await stop();
    throw new Error(`cluster: ${[String(error), ...words].join('\n')}`);
  }
  return { nodes, stop };
}

/** Makes one cluster of nodes that are met at `ports`, each of the last three a replica of one of the first. */
async function formCluster(nodes: readonly Server[], ports: readonly number[]): Promise<void> {
  const [first] = nodes;
  if (first === undefined) throw new Error('a cluster without nodes');
  await Promise.all(nodes.slice(0, primaries).map((node, index) => takeSlots(node, index)));
  await meetAll(first, ports);
  const knowsAll = async ({ url }: Server) => {
    const info = String(await sendTo(url, (send) => send('CLUSTER', 'INFO')));
    return (
      info.includes(`cluster_known_nodes:${nodes.length}`) && info.includes('cluster_state:ok')
    );
  };
  await waitFor({
    what: 'cluster',
    seconds: 60,
    check: async () => (await Promise.all(nodes.map(knowsAll))).every(Boolean),
  });
  await Promise.all(nodes.slice(primaries).map((node, index) => follow(node, nodes[index])));
  await showReplicas(nodes);
}

/** Makes the first node meet the others, again those whose handshake a busy machine let run out. */
async function meetAll({ url }: Server, ports: readonly number[]): Promise<void> {
  await sendTo(url, async (send) => {
    const missing = async () => {
      const known = String(await send('CLUSTER', 'NODES'));
      return ports.slice(1).filter((port) => !known.includes(`@${port + clusterBusOffset}`));
    };
    await waitFor({
      what: 'nodes that meet',
      seconds: 60,
      check: async () => {
        for (const port of await missing())
          await send('CLUSTER', 'MEET', '127.0.0.1', String(port));
        return !String(await send('CLUSTER', 'NODES')).includes('handshake');
      },
    });
  });
}

/** Nodes leave a replica out of their maps until they hear, by gossip, that it has been sent something. */
async function showReplicas(nodes: readonly Server[]): Promise<void> {
  for (const { url } of nodes.slice(0, primaries)) await sendTo(url, (send) => send('FLUSHALL'));
  const shown = async ({ url }: Server) => {
    const map = await sendTo(url, (send) => send('CLUSTER', 'SLOTS'));
    // Of each range: its ends, its primary, its replicas.
    const ranges = Array.isArray(map) ? (map as readonly (readonly unknown[])[]) : [];
    return ranges.reduce((sum, range) => sum + range.length - 3, 0) === nodes.length - primaries;
  };
  await waitFor({
    what: 'replicas in the map of every node',
    seconds: 60,
    check: async () => (await Promise.all(nodes.map(shown))).every(Boolean),
  });
}

async function takeSlots(node: Server, index: number): Promise<void> {
  const from = Math.floor((16384 / primaries) * index);
  const to = Math.floor((16384 / primaries) * (index + 1)) - 1;
  const slots = Array.from({ length: to - from + 1 }, (_, slot) => String(from + slot));
  await sendTo(node.url, (send) => send('CLUSTER', 'ADDSLOTS', ...slots));
}

async function follow(replica: Server, primary: Server | undefined): Promise<void> {
  if (primary === undefined) return;
  const id = String(await sendTo(primary.url, (send) => send('CLUSTER', 'MYID')));
  await waitFor({
    what: 'replication in the cluster',
    seconds: 60,
    check: async () => {
      await sendTo(replica.url, (send) => send('CLUSTER', 'REPLICATE', id)).catch(() => undefined);
      return hasLink(replica.url);
    },
  });
}

/** Whether a replica has a link to its primary. */
export async function hasLink(url: string, password?: string): Promise<boolean> {
  const info = String(await sendTo(url, (send) => send('INFO', 'replication'), password));
  return info.includes('master_link_status:up');
}

/** A primary and its replicas, all linked. */
export type Replication = Topology & {
  readonly primary: Server;
  readonly replicas: readonly Server[];
};

/** Starts a primary with `count` replicas. */
export async function startReplication(count: number): Promise<Replication> {
  const primary = await startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
  const args = ['--replicaof', '127.0.0.1', String(primary.port)];
  const replicas = await Promise.all(Array.from({ length: count }, () => startRedis({ args })));
  await waitFor({
    what: 'replication',
    seconds: 60,
    check: async () => (await Promise.all(replicas.map(({ url }) => hasLink(url)))).every(Boolean),
  });
  return { primary, replicas, stop: () => stopAll([primary, ...replicas]) };
}

/** Sentinels that know each other and watch one primary as `main`. */
export type Sentinels = Topology & { readonly sentinels: readonly Server[] };

/** Starts sentinels for the primary at `port`. */
export async function startSentinels(
  port: number,
  { count, quorum }: { readonly count: number; readonly quorum: number },
): Promise<Sentinels> {
  const { 'redis-server': program } = await findPrograms(['redis-server'], {
    report: () => undefined,
  });
  const workFolder = await temporaryWorkFolder('sentinels');
  const sentinels = await Promise.all(
    Array.from({ length: count }, async () => {
      const own = await freePort();
      const file = join(workFolder.path, `${own}.conf`);
      const lines = [
        `port ${own}`,
        'bind 127.0.0.1',
        `sentinel monitor main 127.0.0.1 ${port} ${quorum}`,
        // A machine that is busy for longer must not begin a failover.
        'sentinel down-after-milliseconds main 20000',
        'sentinel failover-timeout main 2000',
      ];
      await writeFile(file, `${lines.join('\n')}\n`);
      const args = () => [file, '--sentinel'];
      const server = await launch({ program, args, run: { port: own, workFolder } });
      return { ...server, url: `redis://127.0.0.1:${own}` };
    }),
  );
  const stop = async () => {
    await stopAll(sentinels);
    await workFolder.remove();
  };
  const knowsAll = async ({ url }: Server) => {
    const others = await sendTo(url, (send) => send('SENTINEL', 'SENTINELS', 'main'));
    return Array.isArray(others) && others.length === count - 1;
  };
  await waitFor({
    what: 'sentinels',
    seconds: 60,
    check: async () => (await Promise.all(sentinels.map(knowsAll))).every(Boolean),
  });
  return { sentinels, stop };
}

/** A twemproxy before the Redis at `port`, which it logs in to with `password`, as its clients must do then. */
export async function startTwemproxy(port: number, password?: string): Promise<Server> {
  const { nutcracker: program } = await findPrograms(['nutcracker'], { report: () => undefined });
  const workFolder = await temporaryWorkFolder('nutcracker');
  const own = await freePort();
  const [file, pid, stats] = ['pool.yml', 'pid', 'stats'].map((name) =>
    join(workFolder.path, name),
  );
  const pool = [
    'pool:',
    `  listen: 127.0.0.1:${own}`,
    '  redis: true',
    '  hash: fnv1a_64',
    '  distribution: ketama',
    ...(password === undefined ? [] : [`  redis_auth: ${password}`]),
    '  servers:',
    `    - 127.0.0.1:${port}:1 one`,
  ];
  await writeFile(file ?? '', `${pool.join('\n')}\n`);
  const statsPort = String(await freePort());
  const args = () => [
    ...['-c', file ?? '', '-p', pid ?? '', '-o', stats ?? ''],
    ...['-a', '127.0.0.1', '-s', statsPort],
  ];
  const server = await launch({ program, args, run: { port: own, workFolder } });
  const stop = async () => {
    await server.stop();
    await workFolder.remove();
  };
  return { ...server, url: `redis://127.0.0.1:${own}`, stop };
}

async function stopAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}
