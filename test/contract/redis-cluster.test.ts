// The Redis probe against a real cluster of three shards with a replica each: healthy, with a slot on the move, while it
// fails over, and with a shard dead. The order matters: each test leaves the cluster as the next one expects it.
import { createConnection } from 'node:net';
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { slotOf } from '../../functions/redis-probe/slots.ts';
import { waitFor } from '../../local/programs/process.ts';
import { detail, type Probed, redisModule, runProbe, verdict } from '../support/probing.ts';
import { startRawServer } from '../support/raw-server.ts';
import { sendTo } from '../support/redis-admin.ts';
import { documentedRights } from '../support/redis-rights.ts';
import { type Cluster, startCluster } from '../support/redis-topologies.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ replicas: 1 });
});
afterAll(() => cluster.stop());

const node = (index: number) => {
  const found = cluster.nodes[index];
  if (found === undefined) throw new Error(`no node ${index}`);
  return found;
};
const send = (index: number, ...command: string[]) =>
  sendTo(node(index).url, (ask) => ask(...command));
const shards = ({ samples }: Probed) =>
  Object.entries(samples).filter(([name]) => name.startsWith('probe_redis_shard_success'));
const countKeys = async () =>
  (await Promise.all([0, 1, 2].map((index) => send(index, 'DBSIZE')))).reduce<number>(
    (sum, size) => sum + Number(size),
    0,
  );

describe('a healthy cluster', () => {
  it('is up in each of many probes, at any node, with a canary in every shard', async () => {
    for (let round = 0; round < 12; round++) {
      const probed = await runProbe(probeRedis, redisModule({}), node(round % 6).url);
      expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
      expect(shards(probed).map(([, value]) => value)).toEqual([1, 1, 1]);
    }
    expect(await countKeys()).toBe(0);
  });

  it('has no list of replicas, which cannot be placed in shards', async () => {
    const module = redisModule({ replicas: [`127.0.0.1:${node(3).port}`] });
    const probed = await runProbe(probeRedis, module, node(0).url);
    expect([verdict(probed), detail(probed)]).toEqual([
      'replicate/unsupported',
      'replicas: a list is for one primary, and this is a cluster, want discover',
    ]);
    expect(shards(probed).map(([, value]) => value)).toEqual([1, 1, 1]);
  });

  it('with a primary that is frozen shows what it is, and the health of the target all the same', async () => {
    // Longer than the probe by what a busy machine may need to begin it.
    await send(1, 'CLIENT', 'PAUSE', '4000', 'ALL');
    const probed = await runProbe(probeRedis, redisModule({}, '2s'), node(0).url);
    expect(verdict(probed)).toMatch(/timeout$/);
    expect(detail(probed)).toContain(`127.0.0.1:${node(1).port}`);
    expect(
      shards(probed)
        .map(([, value]) => value)
        .sort(),
    ).toEqual([0, 1, 1]);
    expect(probed.samples.probe_redis_memory_used_bytes).toBeGreaterThan(0);
    // The answer comes when the pause is over.
    expect(await send(1, 'PING')).toBe('PONG');
  });

  it('has its state, its slots and the time of each shard in series', async () => {
    const { samples } = await runProbe(probeRedis, redisModule({}), node(0).url);
    expect(samples).toMatchObject({
      probe_redis_cluster_state_ok: 1,
      probe_redis_shards: 3,
      probe_redis_redirects: 0,
      'probe_redis_cluster_slots{state="covered"}': 16384,
      'probe_redis_cluster_slots{state="ok"}': 16384,
      'probe_redis_cluster_slots{state="fail"}': 0,
      'probe_redis_canary_success{op="write"}': 1,
    });
    expect(
      samples[`probe_redis_shard_duration_seconds{shard="0",node="127.0.0.1:${node(0).port}"}`],
    ).toBeGreaterThan(0);
  });

  it('shows what was written on each replica, with the time of each', async () => {
    const module = redisModule({ replicas: 'discover', expect_replicas_min: 1 });
    const probed = await runProbe(probeRedis, module, node(1).url);
    expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
    for (const { port } of cluster.nodes.slice(3)) {
      const labels = `{replica="127.0.0.1:${port}"}`;
      expect(probed.samples[`probe_redis_replica_visible${labels}`]).toBe(1);
      expect(probed.samples[`probe_redis_replication_visibility_seconds${labels}`]).toBeGreaterThan(
        0,
      );
    }
    expect(probed.samples['probe_redis_expectation_met{expectation="visibility"}']).toBe(1);
    expect(probed.samples['probe_redis_expectation_met{expectation="replicas"}']).toBe(1);
  });

  it('that should have more replicas says which shard has too few', async () => {
    const probed = await runProbe(probeRedis, redisModule({ expect_replicas_min: 2 }), node(0).url);
    expect(verdict(probed)).toBe('role/replicas');
    expect(detail(probed)).toMatch(/^shard \d+ at .*: 1 replicas follow, want at least 2$/);
  });

  it('is judged by INFO of the primary of every shard, whichever node is the target', async () => {
    const expecting = { expect_eviction_policy: ['noeviction'], expect_version_min: '6.0' };
    const probe = () => runProbe(probeRedis, redisModule(expecting), node(0).url);
    const met = ({ samples }: Probed) =>
      ['eviction_policy', 'version'].map(
        (name) => samples[`probe_redis_expectation_met{expectation="${name}"}`],
      );
    const fine = await probe();
    expect([verdict(fine), ...met(fine)]).toEqual(['ok', 1, 1]);
    await send(2, 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const one = await probe();
    await send(2, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    expect([verdict(one), ...met(one)]).toEqual(['health/eviction_policy', 0, 1]);
    expect(detail(one)).toBe(
      `shard 10922 at 127.0.0.1:${node(2).port}: policy allkeys-lru, want noeviction`,
    );
    // The series are those of the node that was asked.
    expect(one.samples['probe_redis_eviction_policy_info{policy="noeviction"}']).toBe(1);
  });

  it('is read only with canary: read, and passes a message with pubsub', async () => {
    const before = await countKeys();
    const module = redisModule({ canary: 'read', pubsub: true });
    const probed = await runProbe(probeRedis, module, node(0).url);
    expect(verdict(probed)).toBe('ok');
    expect(probed.samples['probe_redis_canary_success{op="write"}']).toBeUndefined();
    expect(probed.samples['probe_redis_canary_success{op="pubsub"}']).toBe(1);
    expect(await countKeys()).toBe(before);
  });

  it('as a single server is judged by the slot that the key has: MOVED is a failure there', async () => {
    const module = redisModule({ topology: 'standalone' });
    const verdicts = new Set<string>();
    for (let round = 0; round < 30; round++) {
      verdicts.add(verdict(await runProbe(probeRedis, module, node(0).url)));
    }
    expect([...verdicts].sort()).toEqual(['ok', 'write/moved']);
  });
});

describe('users of a cluster', () => {
  const grant = (rights: readonly string[]) =>
    Promise.all(
      [0, 1, 2, 3, 4, 5].map((index) =>
        send(index, 'ACL', 'SETUSER', 'probe', 'reset', 'on', '>right-one', ...rights),
      ),
    );
  const probe = (options: object) => {
    const redis = { username: 'probe', password: 'env:TEST_RIGHT', ...options };
    return runProbe(probeRedis, redisModule(redis), node(0).url);
  };
  beforeAll(() => {
    process.env.TEST_RIGHT = 'right-one';
  });
  afterAll(() => {
    delete process.env.TEST_RIGHT;
  });

  it('need exactly the documented rights, without which something is missing', async () => {
    await grant(documentedRights('cluster'));
    const probed = await probe({ topology: 'cluster', replicas: 'discover' });
    expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
    const unsupported = Object.entries(probed.samples).filter(
      ([name, value]) => name.includes('check_supported') && value === 0,
    );
    expect(unsupported).toEqual([]);
  });

  it('that may not read the map get one canary that follows MOVED; topology: cluster wants the map', async () => {
    await grant(documentedRights('cluster').filter((right) => !right.startsWith('+cluster')));
    // The key's slot is a matter of chance: a third of them lies on the first node.
    const redirects = new Set<unknown>();
    for (let round = 0; round < 200 && redirects.size < 2; round++) {
      const probed = await probe({});
      expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
      expect(probed.samples['probe_redis_check_supported{check="cluster_slots"}']).toBe(0);
      redirects.add(probed.samples.probe_redis_redirects);
    }
    const blind = await probe({ replicas: 'discover' });
    expect([verdict(blind), detail(blind)]).toEqual([
      'replicate/unsupported',
      'replicas: discover needs the map of the cluster, want +cluster|slots',
    ]);
    expect(blind.samples['probe_redis_expectation_met{expectation="visibility"}']).toBe(0);
    expect(redirects).toEqual(new Set([0, 1]));
    expect(verdict(await probe({ topology: 'cluster' }))).toBe('cluster/noperm');
  });
});

/** Passes bytes on to the first node, but answers the named commands as if they were renamed. */
const startRenaming = (names: readonly string[]) =>
  startRawServer((socket) => {
    const far = createConnection(node(0).port, '127.0.0.1').on('error', () => undefined);
    far.on('data', (chunk) => socket.write(chunk));
    socket.on('close', () => far.destroy());
    socket.on('data', (chunk: Buffer) => {
      const name = chunk.toString('latin1').split('\r\n')[2] ?? '';
      if (names.includes(name)) socket.write(`-ERR unknown command '${name}'\r\n`);
      else far.write(chunk);
    });
  });

it.each([
  { by: 'INFO', renamed: ['HELLO'], found: 3 },
  { by: 'CLUSTER INFO', renamed: ['HELLO', 'INFO'], found: 3 },
  { by: 'MOVED', renamed: ['HELLO', 'INFO', 'CLUSTER'], found: 0 },
])('a cluster whose node knows no HELLO is found out by $by', async ({ found, renamed }) => {
  const proxy = await startRenaming(renamed);
  const address = `redis://127.0.0.1:${proxy.port}`;
  for (let round = 0; round < 8; round++) {
    const probed = await runProbe(probeRedis, redisModule({}), address);
    expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
    expect(shards(probed)).toHaveLength(found);
  }
  await proxy.close();
});

it('a slot on the move: ASK is followed, and replicas that cannot have the key are not looked at', async () => {
  // The tag that the probe uses for the first shard: the smallest number whose slot lies in it.
  const tag = Array.from({ length: 100 }, (_, number) => String(number)).find(
    (number) => slotOf(number) < 5461,
  );
  const slot = String(slotOf(tag ?? ''));
  const [from, to] = [await send(0, 'CLUSTER', 'MYID'), await send(1, 'CLUSTER', 'MYID')];
  await send(1, 'CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(from));
  await send(0, 'CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(to));
  const module = redisModule({ replicas: 'discover', expect_visibility_max: '5s' });
  const probed = await runProbe(probeRedis, module, node(2).url);
  await send(1, 'CLUSTER', 'SETSLOT', slot, 'STABLE');
  await send(0, 'CLUSTER', 'SETSLOT', slot, 'STABLE');
  expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
  // SET, GET and DEL.
  expect(probed.samples.probe_redis_redirects).toBe(3);
  const visible = [3, 4, 5].map(
    (index) =>
      probed.samples[`probe_redis_replica_visible{replica="127.0.0.1:${node(index).port}"}`],
  );
  expect(visible).toEqual([undefined, 1, 1]);
});

it('a failover while it is probed ends with the new primary, and each verdict names its shard', async () => {
  const seen: string[] = [];
  const failover = send(3, 'CLUSTER', 'FAILOVER');
  await waitFor({
    what: 'failover',
    seconds: 60,
    check: async () => {
      const probed = await runProbe(probeRedis, redisModule({}), node(1).url);
      if (!probed.outcome.ok) seen.push(detail(probed));
      return Object.keys(probed.samples).some(
        (name) => name.startsWith('probe_redis_shard_success') && name.includes(`:${node(3).port}`),
      );
    },
  });
  await failover;
  const probed = await runProbe(probeRedis, redisModule({}), node(1).url);
  expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
  for (const words of seen) expect(words).toMatch(/shard|state/);
});

describe('a shard that is dead', () => {
  it('is named before the cluster has noticed, and makes the cluster down once it has', async () => {
    // Its replica first: nobody takes over.
    await node(4).process.stop();
    await node(1).process.stop();
    const first = await runProbe(probeRedis, redisModule({ canary: 'ping' }), node(0).url);
    expect(first.outcome.ok).toBe(false);
    const shard = new RegExp(`shard 5461 at 127.0.0.1:${node(1).port}: `);
    if (verdict(first) === 'connect/refused') expect(detail(first)).toMatch(shard);
    await waitFor({
      what: 'state fail',
      seconds: 60,
      check: async () => String(await send(0, 'CLUSTER', 'INFO')).includes('cluster_state:fail'),
    });
    const probed = await runProbe(probeRedis, redisModule({ canary: 'ping' }), node(0).url);
    expect(verdict(probed)).toBe('cluster/clusterdown');
    expect(probed.samples.probe_redis_cluster_state_ok).toBe(0);
    expect(probed.samples['probe_redis_cluster_slots{state="fail"}']).toBe(5461);
    expect(shards(probed).filter(([, value]) => value === 0)).toHaveLength(1);
    // The others serve PING.
    expect(shards(probed).filter(([, value]) => value === 1)).toHaveLength(2);
  });

  it('whose slots nobody has to cover: the other shards serve, its slots are missing', async () => {
    await Promise.all(
      [0, 2, 3, 5].map((index) =>
        send(index, 'CONFIG', 'SET', 'cluster-require-full-coverage', 'no'),
      ),
    );
    await waitFor({
      what: 'state ok',
      seconds: 60,
      // Each primary finds out by itself.
      check: async () =>
        (await Promise.all([2, 3].map((index) => send(index, 'CLUSTER', 'INFO')))).every((info) =>
          String(info).includes('cluster_state:ok'),
        ),
    });
    const probed = await runProbe(probeRedis, redisModule({}), node(3).url);
    expect(probed.outcome.ok).toBe(false);
    expect(verdict(probed)).toMatch(/^(?:cluster\/slots|connect\/refused)$/);
    expect(shards(probed).filter(([, value]) => value === 1)).toHaveLength(2);
  });
});
