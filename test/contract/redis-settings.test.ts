// Settings of redis.conf that change what a server answers: the probe says what the server does not do, and nothing else.
import { networkInterfaces } from 'node:os';
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { freePort } from '../../local/programs/ports.ts';
import { startRedis } from '../../local/programs/servers.ts';
import { detail, redisModule, runProbe, verdict } from '../support/probing.ts';
import { startCluster } from '../support/redis-topologies.ts';

jest.setTimeout(120_000);

type Row = {
  readonly setting: string;
  readonly args: readonly string[];
  readonly want: string;
  readonly says?: string | RegExp;
  readonly redis?: object;
  readonly path?: string;
  readonly refused?: readonly string[];
};

const without = (...commands: readonly string[]) =>
  commands.flatMap((command) => ['--rename-command', command, '']);

const rows: readonly Row[] = [
  {
    setting: 'no SET',
    args: without('SET'),
    want: 'write/unknown_command',
    says: /^SET: ERR unknown command/,
  },
  {
    setting: 'no GET',
    args: without('GET'),
    want: 'read/unknown_command',
    says: /^GET: ERR unknown command/,
  },
  {
    setting: 'no DEL',
    args: without('DEL'),
    want: 'delete/unknown_command',
    says: /^DEL: ERR unknown command/,
  },
  {
    setting: 'no PING',
    args: without('PING'),
    want: 'ping/unknown_command',
    says: /^PING: ERR unknown command/,
  },
  { setting: 'no ROLE', args: without('ROLE'), want: 'ok', refused: ['role'] },
  {
    setting: 'no ROLE, and a role that is expected',
    args: without('ROLE'),
    redis: { expect_role: 'master' },
    want: 'role/unknown_command',
    says: /^ROLE: ERR unknown command/,
    refused: ['role'],
  },
  { setting: 'no INFO', args: without('INFO'), want: 'ok', refused: ['info'] },
  {
    setting: 'no HELLO, ROLE and INFO',
    args: without('HELLO', 'ROLE', 'INFO', 'LATENCY', 'SLOWLOG', 'CLUSTER', 'SELECT'),
    want: 'ok',
    refused: ['hello', 'role', 'info', 'cluster_info', 'latency', 'slowlog'],
  },
  { setting: 'one database', args: ['--databases', '1'], want: 'ok' },
  {
    setting: 'one database, and another one is asked for',
    args: ['--databases', '1'],
    path: '/1',
    want: 'auth/redis_error',
    says: 'SELECT: ERR DB index is out of range',
  },
  { setting: 'an idle time of one second', args: ['--timeout', '1'], want: 'ok' },
  {
    setting: 'the smallest limits of what clients send',
    args: ['--proto-max-bulk-len', '1mb', '--client-query-buffer-limit', '1mb'],
    want: 'ok',
  },
];

it.each(rows)('$setting: $want', async (row) => {
  const { args, path = '', redis = {}, refused = [], says = '', want } = row;
  const server = await startRedis({ args });
  const probed = await runProbe(probeRedis, redisModule(redis), server.url + path);
  await server.stop();
  expect([verdict(probed), detail(probed)]).toEqual([want, expect.stringMatching(says)]);
  const missing = Object.entries(probed.samples).flatMap(([series, value]) => {
    const [, check] = /^probe_redis_check_supported\{check="(.*)"\}$/.exec(series) ?? [];
    return value === 0 && check !== undefined ? [check] : [];
  });
  expect(missing).toEqual(refused);
});

const loopback6 = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ address, internal }) => internal && address === '::1');

it.each(loopback6)('bound to $address: that address is up', async ({ address }) => {
  const server = await startRedis({ args: ['--bind', '127.0.0.1', address] });
  const target = `redis://[${address}]:${server.port}`;
  const probed = await runProbe(probeRedis, redisModule({}), target);
  await server.stop();
  expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
  expect(probed.samples.probe_ip_protocol).toBe(6);
});

it('a node that announces a place where it is not: its shard is down, by that place', async () => {
  const closed = await freePort();
  const args = (index: number) => (index === 1 ? ['--cluster-announce-port', String(closed)] : []);
  const cluster = await startCluster({ replicas: 0, args });
  for (const { url } of cluster.nodes.slice(0, 2)) {
    const probed = await runProbe(probeRedis, redisModule({}), url);
    const says = `shard 5461 at 127.0.0.1:${closed}: connect ECONNREFUSED 127.0.0.1:${closed}`;
    expect([verdict(probed), detail(probed)]).toEqual(['connect/refused', says]);
    expect(probed.samples['probe_redis_cluster_slots{state="ok"}']).toBe(16_384);
  }
  await cluster.stop();
});
