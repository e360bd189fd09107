// A real Redis in every state that commands can put it into: phase and reason, and after each probe no connection is left
// and no key, or one that expires. Bytes that no Redis sends are in redis-probe-hostile.test.ts,
// TLS in redis-tls.test.ts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { type EpochMs, systemClock } from '../../layers/core/src/clock.ts';
import { findPrograms } from '../../local/programs/find.ts';
import { freePort } from '../../local/programs/ports.ts';
import { waitFor } from '../../local/programs/process.ts';
import { launch, type Server, startRedis } from '../../local/programs/servers.ts';
import { detail, redisModule, runProbe, verdict } from '../support/probing.ts';
import { startRawServer } from '../support/raw-server.ts';
import { type Send, sendTo } from '../support/redis-admin.ts';

let redis: Server;
let admin: ReturnType<typeof createClient>;
beforeAll(async () => {
  redis = await startRedis();
  await sendTo(redis.url, (first) => first(...administrator));
  admin = createClient({ url: redis.url, username: 'admin', password: 'any' });
  await admin.connect();
  process.env.TEST_RIGHT = 'right-one';
  process.env.TEST_WRONG = 'wrong-one';
});
afterAll(async () => {
  delete process.env.TEST_RIGHT;
  delete process.env.TEST_WRONG;
  admin.destroy();
  await redis.stop();
});

const administrator = ['ACL', 'SETUSER', 'admin', 'on', 'nopass', '~*', '&*', '+@all'];
const ask: Send = (...command) => admin.sendCommand(command);
const send = async (...commands: readonly (readonly string[])[]) => {
  for (const command of commands) await ask(...command);
};
const config = (key: string, value: string) => ['CONFIG', 'SET', key, value];
const grant = (...rights: string[]) => ['ACL', 'SETUSER', 'probe', 'reset', ...rights];
const all = ['on', '>right-one', '~*', '&*', '+@all'];

type Row = {
  readonly name: string;
  readonly want: string;
  /** Commands that bring the state about, and those that end it. */
  readonly before?: readonly (readonly string[])[];
  readonly after?: readonly (readonly string[])[];
  readonly redis?: object;
  readonly address?: (server: Server) => string;
  readonly words?: string | RegExp;
};

const user = { username: 'probe', password: 'env:TEST_RIGHT' };
const locked = [['ACL', 'SETUSER', 'default', 'resetpass', '>right-one']];
const unlocked = [['ACL', 'SETUSER', 'default', 'nopass']];

const rows: readonly Row[] = [
  { name: 'nothing', want: 'ok' },
  { name: 'a password that is not given', before: locked, after: unlocked, want: 'auth/noauth' },
  {
    name: 'a wrong password',
    before: locked,
    after: unlocked,
    redis: { password: 'env:TEST_WRONG' },
    want: 'auth/wrongpass',
  },
  {
    name: 'the right password',
    before: locked,
    after: unlocked,
    redis: { password: 'env:TEST_RIGHT' },
    want: 'ok',
  },
  { name: 'an unknown user', redis: { ...user, username: 'nobody' }, want: 'auth/wrongpass' },
  {
    name: 'a user that is off',
    before: [grant('off', '>right-one')],
    redis: user,
    want: 'auth/wrongpass',
  },
  { name: 'no right to PING', before: [grant(...all, '-ping')], redis: user, want: 'ping/noperm' },
  { name: 'no right to SET', before: [grant(...all, '-set')], redis: user, want: 'write/noperm' },
  { name: 'no right to GET', before: [grant(...all, '-get')], redis: user, want: 'read/noperm' },
  { name: 'no right to DEL', before: [grant(...all, '-del')], redis: user, want: 'delete/noperm' },
  {
    name: 'keys of others',
    before: [grant('on', '>right-one', '+@all', '~mine:*')],
    redis: user,
    want: 'write/noperm',
  },
  {
    name: 'a prefix that is allowed',
    before: [grant('on', '>right-one', '+@all', '~mine:*')],
    redis: { ...user, key_prefix: 'mine:' },
    want: 'ok',
  },
  { name: 'no right to HELLO', before: [grant(...all, '-hello')], redis: user, want: 'ok' },
  { name: 'no right to ROLE', before: [grant(...all, '-role')], redis: user, want: 'ok' },
  {
    name: 'no right to ROLE, and a role that is expected',
    before: [grant(...all, '-role')],
    redis: { ...user, expect_role: 'master' },
    want: 'role/noperm',
  },
  {
    name: 'no right to SELECT',
    before: [grant(...all, '-select')],
    redis: user,
    address: ({ url: plain }) => `${plain}/1`,
    want: 'auth/noperm',
  },
  {
    name: 'no right to publish',
    before: [grant('on', '>right-one', '+@all', '~*', '-publish')],
    redis: { ...user, pubsub: true },
    want: 'pubsub/noperm',
  },
  {
    name: 'channels of others',
    before: [grant('on', '>right-one', '+@all', '~*', 'resetchannels', '&mine:*')],
    redis: { ...user, pubsub: true },
    want: 'pubsub/noperm',
  },
  { name: 'a message that must pass', redis: { pubsub: true }, want: 'ok' },
  {
    name: 'a database that is not there',
    address: ({ url: plain }) => `${plain}/99`,
    want: 'auth/redis_error',
  },
  {
    name: 'a primary where a replica is wanted',
    redis: { expect_role: 'slave' },
    want: 'role/role',
  },
  { name: 'too few replicas', redis: { expect_replicas_min: 1 }, want: 'role/replicas' },
  {
    name: 'writes that want replicas',
    before: [config('min-replicas-to-write', '1')],
    after: [config('min-replicas-to-write', '0')],
    want: 'write/noreplicas',
  },
  {
    name: 'no memory left',
    before: [config('maxmemory', '1')],
    after: [config('maxmemory', '0')],
    want: 'write/oom',
  },
  {
    name: 'no memory left, read only',
    before: [config('maxmemory', '1')],
    after: [config('maxmemory', '0')],
    redis: { canary: 'read', expect_memory_max: 0.9 },
    want: 'health/memory',
    words: /^\d+ of 1 bytes \(\d+ %\) are used, want at most 90 %$/,
  },
  { name: 'memory without a limit', redis: { expect_memory_max: 0.9 }, want: 'ok' },
  {
    name: 'another policy of eviction',
    redis: { expect_eviction_policy: ['allkeys-lru', 'allkeys-lfu'] },
    want: 'health/eviction_policy',
    words: 'policy noeviction, want allkeys-lru or allkeys-lfu',
  },
  {
    name: 'the policy that is wanted',
    redis: { expect_eviction_policy: ['noeviction'] },
    want: 'ok',
  },
  { name: 'a newer version', redis: { expect_version_min: '99.1' }, want: 'health/version' },
  { name: 'an old version', redis: { expect_version_min: '2.8.19' }, want: 'ok' },
  {
    name: 'a save that succeeded',
    redis: { expect_persistence: true, expect_save_age_max: '1h' },
    want: 'ok',
  },
  {
    name: 'an INFO that is forbidden, where it is needed',
    before: [grant(...all, '-info')],
    redis: { ...user, expect_memory_max: 0.9 },
    want: 'health/unsupported',
    words: /^memory cannot be judged: INFO is refused \(NOPERM/,
  },
  {
    name: 'reads of health that are forbidden',
    before: [grant(...all, '-info', '-latency', '-slowlog')],
    redis: user,
    want: 'ok',
  },
  {
    name: 'no cluster',
    redis: { topology: 'cluster' },
    want: 'cluster/redis_error',
    words: /cluster support disabled/,
  },
  {
    name: 'no sentinel',
    redis: { topology: 'sentinel' },
    want: 'role/role',
    words: /sentinel/,
  },
  { name: 'a proxy that is none', redis: { topology: 'proxy' }, want: 'ok' },
  {
    name: 'TLS that is not wanted',
    redis: {},
    address: ({ port }) => `rediss://127.0.0.1:${port}`,
    want: 'tls/tls_not_spoken',
    words: /answers PING without TLS, want redis:\/\/$/,
  },
  {
    name: 'an address of IPv4 where IPv6 is wanted',
    redis: { preferred_ip_protocol: 'ip6', ip_protocol_fallback: false },
    want: 'resolve/no_address',
  },
  {
    name: 'an address that probes must not reach',
    address: () => 'redis://169.254.169.254:80',
    want: 'guard/blocked',
  },
  ...['/0x1', '/1.0', '/1e1', '/x', '/-1', '/ 1', '/+1', '#f', '?db=1'].map((end) => ({
    name: `the address ${end}`,
    address: ({ url: plain }: Server) => plain + end,
    want: 'guard/protocol',
  })),
  { name: 'port 0', address: () => 'redis://127.0.0.1:0', want: 'guard/protocol' },
  { name: 'an empty fragment', address: ({ url: plain }) => `${plain}#`, want: 'guard/protocol' },
];

it.each(rows)('$name: $want', async (row) => {
  await send(...(row.before ?? []));
  const address = row.address?.(redis) ?? redis.url;
  const probed = await runProbe(probeRedis, redisModule(row.redis ?? {}, '4s'), address);
  await send(...(row.after ?? []));
  expect([verdict(probed), detail(probed)]).toEqual([row.want, expect.anything()]);
  if (row.words !== undefined) expect(detail(probed)).toMatch(row.words);
  expect(JSON.stringify(probed)).not.toMatch(/right-one|wrong-one/);
  await expectNothingLeft();
});

/** No connection but the one that asks, and no key that stays. */
async function expectNothingLeft(): Promise<void> {
  await waitFor({
    what: 'the end of all connections',
    seconds: 60,
    check: async () => {
      const list = String(await ask('CLIENT', 'LIST'));
      return list.trim().split('\n').length === 1;
    },
  });
  const keys = (await ask('KEYS', '*')) as string[];
  for (const key of keys) {
    const left = Number(await ask('PTTL', key));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(60_000);
  }
  await ask('FLUSHALL');
}

it('a save that is too old', async () => {
  const later = { ...systemClock, now: () => Date.parse('2099-01-01') as EpochMs };
  const module = redisModule({ expect_save_age_max: '2h' });
  const probed = await runProbe(probeRedis, module, redis.url, later);
  expect(verdict(probed)).toBe('health/save_age');
});

it('another engine', async () => {
  const info = String(await ask('INFO', 'server'));
  const [engine, other] = info.includes('valkey_version')
    ? ['valkey', 'redis']
    : ['redis', 'valkey'];
  const probe = (name: unknown) =>
    runProbe(probeRedis, redisModule({ expect_engine: name }), redis.url);
  expect(verdict(await probe(engine))).toBe('ok');
  expect(verdict(await probe(other))).toBe('health/engine');
});

it('a password that is rotated between reading and using it is read once more', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-rotated-'));
  const file = join(directory, 'password');
  writeFileSync(file, 'old-one\n');
  let asked = 0;
  const server = await startRawServer((socket) => {
    socket.on('data', (chunk) => {
      asked += 1;
      const old = chunk.toString().includes('old-one');
      writeFileSync(file, 'new-one\n');
      if (asked < 3) socket.write(old ? '-WRONGPASS invalid\r\n' : '%1\r\n+server\r\n+redis\r\n');
      else socket.write(asked === 3 ? '+PONG\r\n' : '-NOPERM\r\n');
    });
  });
  const module = redisModule({ password: `file:${file}`, canary: 'ping', health: false });
  const probed = await runProbe(probeRedis, module, `redis://127.0.0.1:${server.port}`);
  await server.close();
  rmSync(directory, { recursive: true });
  expect(verdict(probed)).toBe('ok');
  expect(server.received()).toContain('new-one');
});

it('a dataset that is being loaded', async () => {
  // It answers after each 2 MiB that it has read: 20 keys here.
  const slow = ['--key-load-delay', '20000'];
  const first = await startRedis({ args: ['--rdbcompression', 'no'] });
  const directory = String(
    ((await sendTo(first.url, (ask) => ask('CONFIG', 'GET', 'dir'))) as Record<string, string>).dir,
  );
  const value = 'x'.repeat(100_000);
  await sendTo(first.url, async (ask) => {
    for (let key = 0; key < 500; key++) await ask('SET', `k${key}`, value);
    await ask('SAVE');
  });
  const second = await startRedis({ args: ['--dir', directory, ...slow] });
  const probed = await runProbe(probeRedis, redisModule({}, '4s'), second.url);
  await second.stop();
  await first.stop();
  expect(verdict(probed)).toBe('ping/loading');
  expect(probed.samples.probe_redis_loading).toBe(1);
});

it('a process that is stopped: what was waited for is named', async () => {
  process.kill(redis.process.pid, 'SIGSTOP');
  const probed = await runProbe(probeRedis, redisModule({}, '1s'), redis.url);
  process.kill(redis.process.pid, 'SIGCONT');
  expect(verdict(probed)).toBe('auth/timeout');
  expect(detail(probed)).toBe('HELLO: no answer (deadline of 1s exceeded)');
  await expectNothingLeft();
});

it('a port that is closed, with and without TLS', async () => {
  const port = await freePort();
  for (const scheme of ['redis', 'rediss']) {
    const probed = await runProbe(probeRedis, redisModule({}), `${scheme}://127.0.0.1:${port}`);
    expect(verdict(probed)).toBe('connect/refused');
  }
});

const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ family, internal }) => family === 'IPv4' && !internal)
  .map(({ address }) => address)
  .slice(0, 1);

it.each(outside)('protected mode refuses a client from %s', async (address) => {
  const { 'redis-server': program } = await findPrograms(['redis-server'], {
    report: () => undefined,
  });
  // Redis 6.2 lets everybody in where it is told what to bind to.
  const args = (port: number, directory: string) => ['--port', String(port), '--dir', directory];
  const server = await launch({ program, args });
  const target = `redis://${address}:${server.port}`;
  const probed = await runProbe(probeRedis, redisModule({}), target);
  await server.stop();
  expect(verdict(probed)).toBe('auth/denied');
  expect(detail(probed)).toMatch(/^HELLO: DENIED .*running in protected mode/i);
});
