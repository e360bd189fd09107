// The Redis probe against a real redis-server in every state that the server can be put into.
// One file: it is the whole table of those states.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { freePort } from '../../local/programs/ports.ts';
import { waitFor } from '../../local/programs/process.ts';
import { type Server, startRedis } from '../../local/programs/servers.ts';
import { detail, redisModule, runProbe, verdict } from '../support/probing.ts';
import { hasLink } from '../support/redis-topologies.ts';

const servers: Server[] = [];

async function start(...args: string[]): Promise<Server> {
  const server = await startRedis({ args });
  servers.push(server);
  return server;
}

/** Runs commands as an administrator would. */
async function admin<T>(
  url: string,
  work: (send: (...args: string[]) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const client = createClient({ url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work((...args) => client.sendCommand(args));
  } finally {
    client.destroy();
  }
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

const phase = (name: string) => `probe_redis_duration_seconds{phase="${name}"}`;
const canary = (op: string) => `probe_redis_canary_success{op="${op}"}`;
const plain = redisModule({});

describe('a healthy server', () => {
  it('is up, with every phase timed, its role reported and no key left behind', async () => {
    const { url } = await start();
    const probed = await runProbe(probeRedis, plain, url);
    expect(verdict(probed)).toBe('ok');
    for (const name of ['resolve', 'connect', 'auth', 'ping', 'role', 'write', 'read', 'delete']) {
      expect(probed.samples[phase(name)]).toBeGreaterThan(0);
    }
    expect(probed.samples[phase('tls')]).toBeUndefined();
    expect(probed.samples['probe_redis_role_info{role="master",expected="any"}']).toBe(1);
    expect(probed.samples.probe_redis_connected_replicas).toBe(0);
    expect(await admin(url, (send) => send('DBSIZE'))).toBe(0);
  });

  it('writes a key that expires by itself, under the prefix', async () => {
    const { url } = await start();
    const monitor = admin(url, async (send) => {
      await send('CONFIG', 'SET', 'notify-keyspace-events', 'KEA');
      await send('CONFIG', 'SET', 'slowlog-log-slower-than', '0');
    });
    await monitor;
    await runProbe(probeRedis, redisModule({ key_prefix: 'mine:' }), url);
    const log = JSON.stringify(await admin(url, (send) => send('SLOWLOG', 'GET', '20')));
    expect(log).toMatch(/"SET","mine:test:[0-9a-f]{24}","[0-9a-f]{24}","NX","PX","60000"/);
    expect(log).toMatch(/"DEL","mine:test:[0-9a-f]{24}"/);
  });

  it('is only read with canary: ping', async () => {
    const { url } = await start();
    const probed = await runProbe(probeRedis, redisModule({ canary: 'ping' }), url);
    expect(verdict(probed)).toBe('ok');
    expect(probed.samples[canary('write')]).toBeUndefined();
  });

  it('a database other than 0 is selected; one that is not there is reported', async () => {
    const { url } = await start('--databases', '2');
    expect(verdict(await runProbe(probeRedis, plain, `${url}/1`))).toBe('ok');
    const gone = await runProbe(probeRedis, plain, `${url}/5`);
    expect(verdict(gone)).toBe('auth/redis_error');
    expect(detail(gone)).toBe('SELECT: ERR DB index is out of range');
  });
});

describe('credentials', () => {
  beforeAll(() => {
    process.env.TEST_RIGHT = 'right-one';
    process.env.TEST_WRONG = 'wrong-one';
  });
  afterAll(() => {
    delete process.env.TEST_RIGHT;
    delete process.env.TEST_WRONG;
  });

  it.each([
    {
      name: 'none',
      redis: {},
      want: 'auth/noauth',
      says: 'the server wants a password, and none is given: want redis.password',
    },
    { name: 'the wrong password', redis: { password: 'env:TEST_WRONG' }, want: 'auth/wrongpass' },
    { name: 'the right password', redis: { password: 'env:TEST_RIGHT' }, want: 'ok' },
    {
      name: 'an unknown user',
      redis: { username: 'nobody', password: 'env:TEST_RIGHT' },
      want: 'auth/wrongpass',
    },
    {
      name: 'a user without a password',
      redis: { username: 'nobody' },
      want: 'auth/wrongpass',
      says: 'HELLO: WRONGPASS invalid username-password pair or user is disabled. (no password is given, want redis.password)',
    },
  ])('with requirepass and $name: $want', async ({ redis, says, want }) => {
    const { url } = await start('--requirepass', 'right-one');
    const probed = await runProbe(probeRedis, redisModule(redis), url);
    expect(verdict(probed)).toBe(want);
    if (says !== undefined) expect(detail(probed)).toBe(says);
    expect(probed.samples[phase('connect')]).toBeGreaterThan(0);
    expect(JSON.stringify(probed)).not.toMatch(/right-one|wrong-one/);
  });

  it('in the address work too, percent-encoded, and are never shown', async () => {
    const { url } = await start('--requirepass', 'p@ss:w/rd');
    const address = url.replace('//', '//:p%40ss%3Aw%2Frd@');
    const probed = await runProbe(probeRedis, plain, address);
    expect(verdict(probed)).toBe('ok');
    expect(JSON.stringify(probed)).not.toContain('p@ss');
  });

  it('a user with the least rights is enough; each right that is missing shows where', async () => {
    const { url } = await start();
    const rights = ['+ping', '+hello', '+auth', '+set', '+get', '+del', '+role', '~fargaze:*'];
    const grant = (list: readonly string[]) =>
      admin(url, (send) => send('ACL', 'SETUSER', 'probe', 'reset', 'on', '>right-one', ...list));
    const module = redisModule({ username: 'probe', password: 'env:TEST_RIGHT' });
    const without = (right: string) => rights.filter((other) => other !== right);
    const verdicts: Record<string, string> = {};
    for (const right of ['nothing', ...rights]) {
      await grant(without(right));
      verdicts[right] = verdict(await runProbe(probeRedis, module, url));
    }
    expect(verdicts).toEqual({
      nothing: 'ok',
      '+ping': 'ping/noperm',
      '+hello': 'ok',
      '+auth': 'ok',
      '+set': 'write/noperm',
      '+get': 'read/noperm',
      '+del': 'delete/noperm',
      '+role': 'ok',
      '~fargaze:*': 'write/noperm',
    });
  });

  it('a role that cannot be asked for fails only when one is expected', async () => {
    const { url } = await start();
    await admin(url, (send) => send('ACL', 'SETUSER', 'default', '-role'));
    const probed = await runProbe(probeRedis, plain, url);
    expect(verdict(probed)).toBe('ok');
    expect(probed.samples.probe_redis_role_match).toBeUndefined();
    const expecting = await runProbe(probeRedis, redisModule({ expect_role: 'master' }), url);
    expect(verdict(expecting)).toBe('role/noperm');
  });
});

describe('a server that does not serve', () => {
  it('a closed port is a refusal', async () => {
    const probed = await runProbe(probeRedis, plain, `redis://127.0.0.1:${await freePort()}`);
    expect(verdict(probed)).toBe('connect/refused');
    expect(probed.samples[phase('connect')]).toBeGreaterThan(0);
  });

  it('a stopped process accepts and is silent: a timeout', async () => {
    const server = await start();
    process.kill(server.process.pid, 'SIGSTOP');
    const probed = await runProbe(probeRedis, redisModule({}, '2s'), server.url);
    process.kill(server.process.pid, 'SIGCONT');
    expect(verdict(probed)).toBe('auth/timeout');
    expect(probed.samples[phase('auth')]).toBeGreaterThan(0.1);
  });

  it.each([
    { name: 'too few replicas', args: ['--min-replicas-to-write', '1'], want: 'write/noreplicas' },
    {
      name: 'no memory left',
      args: ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'],
      want: 'write/oom',
    },
    {
      name: 'a cluster without slots',
      args: ['--cluster-enabled', 'yes'],
      want: 'cluster/clusterdown',
    },
  ])('$name: PING answers, the canary says why not ($want)', async ({ args, want }) => {
    const { url } = await start(...args);
    const probed = await runProbe(probeRedis, plain, url);
    expect(verdict(probed)).toBe(want);
    expect(probed.samples[phase('ping')]).toBeGreaterThan(0);
    // A cluster without slots has no shard that could be written to.
    const written = want.startsWith('write/') ? 0 : undefined;
    expect(probed.samples[canary('write')]).toBe(written);
    expect(probed.samples[canary('read')]).toBeUndefined();
  });

  it('a server that cannot save refuses writes, and PING with them', async () => {
    const { url } = await start('--save', '900', '1', '--stop-writes-on-bgsave-error', 'yes');
    await admin(url, async (send) => {
      // Without saves by time, writes go on. Redis 6.2 passes over '900 1' as one word.
      expect(await send('CONFIG', 'GET', 'save')).toEqual({ save: '900 1' });
      await send('SET', 'x', '1');
      // A directory in the place of the dump file makes every save fail.
      const settings = (await send('CONFIG', 'GET', 'dir')) as Record<string, string>;
      mkdirSync(join(settings.dir ?? '', 'dump.rdb/x'), { recursive: true });
      await send('BGSAVE');
    });
    await waitFor({
      what: 'failed save',
      seconds: 60,
      check: async () => {
        const info = String(await admin(url, (send) => send('INFO', 'persistence')));
        return info.includes('rdb_last_bgsave_status:err');
      },
    });
    expect(verdict(await runProbe(probeRedis, plain, url))).toBe('ping/misconf');
  });

  it('a replica refuses the write, and fails before it when a master is expected', async () => {
    const primary = await start('--repl-diskless-sync-delay', '0');
    const replica = await start('--replicaof', '127.0.0.1', String(primary.port));
    await waitFor({ what: 'link', seconds: 60, check: () => hasLink(replica.url) });
    const written = await runProbe(probeRedis, plain, replica.url);
    expect(verdict(written)).toBe('write/readonly');
    const expecting = await runProbe(
      probeRedis,
      redisModule({ expect_role: 'master' }),
      replica.url,
    );
    expect(verdict(expecting)).toBe('role/role');
    expect(detail(expecting)).toBe('role slave, want master');
    expect(expecting.samples.probe_redis_role_match).toBe(0);
    const reading = redisModule({ expect_role: 'slave', canary: 'ping' });
    expect(verdict(await runProbe(probeRedis, reading, replica.url))).toBe('ok');
    const fromPrimary = await runProbe(probeRedis, plain, primary.url);
    expect(fromPrimary.samples.probe_redis_connected_replicas).toBe(1);
  });

  it('a replica that lost its primary and serves no stale data says so', async () => {
    const { url } = await start(
      '--replicaof',
      '127.0.0.1',
      '1',
      '--replica-serve-stale-data',
      'no',
    );
    expect(verdict(await runProbe(probeRedis, plain, url))).toMatch(
      /^(?:ping\/masterdown|role\/link_down)$/,
    );
  });

  it('a full server refuses before it is asked', async () => {
    const { url } = await start('--maxclients', '1');
    await admin(url, async () => {
      expect(verdict(await runProbe(probeRedis, plain, url))).toBe('auth/max_clients');
    });
  });

  it('a busy script is reported at once', async () => {
    const { url } = await start('--lua-time-limit', '50');
    const client = createClient({ url });
    client.on('error', () => undefined);
    await client.connect();
    const script = client.sendCommand(['EVAL', 'while true do end', '0']).catch(() => undefined);
    await waitFor({
      what: 'busy',
      seconds: 60,
      check: async () => verdict(await runProbe(probeRedis, plain, url)).endsWith('/busy'),
    });
    await admin(url, (send) => send('SCRIPT', 'KILL')).catch(() => undefined);
    client.destroy();
    await script;
  });
});
