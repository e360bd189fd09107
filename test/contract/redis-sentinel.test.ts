// The Redis probe at three real sentinels: a quorum, an address that all of them name, a primary that serves there, a
// failover, and everything that can be wrong with one of these.
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { freePort } from '../../local/programs/ports.ts';
import { signalGroup, waitFor } from '../../local/programs/process.ts';
import { type Server, startRedis } from '../../local/programs/servers.ts';
import { detail, redisModule, runProbe, verdict } from '../support/probing.ts';
import { sendTo } from '../support/redis-admin.ts';
import { documentedRights } from '../support/redis-rights.ts';
import {
  type Replication,
  type Sentinels,
  startReplication,
  startSentinels,
} from '../support/redis-topologies.ts';

let data: Replication;
let watch: Sentinels;
beforeAll(async () => {
  data = await startReplication(1);
  watch = await startSentinels(data.primary.port, { count: 3, quorum: 2 });
});
afterAll(async () => {
  await watch.stop();
  await data.stop();
});

const sentinel = (index: number): Server => {
  const found = watch.sentinels[index];
  if (found === undefined) throw new Error(`no sentinel ${index}`);
  return found;
};
const probe = (redis: object = {}, index = 0, timeout = '20s') =>
  runProbe(probeRedis, redisModule(redis, timeout), sentinel(index).url);
const agrees = 'probe_redis_sentinel_master_agrees{master="main"}';
const quorum = 'probe_redis_sentinel_quorum_ok{master="main"}';

describe('three sentinels that agree', () => {
  it.each(['auto', 'sentinel'])('are up with topology %s: the primary serves', async (topology) => {
    const probed = await probe({ topology });
    expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
    expect(probed.samples).toMatchObject({
      [agrees]: 1,
      [quorum]: 1,
      'probe_redis_sentinels{master="main",answered="yes"}': 3,
      'probe_redis_sentinels{master="main",answered="no"}': 0,
      'probe_redis_canary_success{op="delete",master="main"}': 1,
      'probe_redis_role_info{role="master",expected="any",master="main"}': 1,
    });
  });

  it('show the replicas of the primary, too', async () => {
    const module = { replicas: 'discover', expect_role: 'master', expect_replicas_min: 1 };
    const probed = await probe(module);
    expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
    const replica = `127.0.0.1:${data.replicas[0]?.port}`;
    expect(probed.samples[`probe_redis_replica_visible{replica="${replica}",master="main"}`]).toBe(
      1,
    );
  });

  it.each(['auto', 'sentinel'])(
    'have no databases with topology %s: the one of the address is that of the primary',
    async (topology) => {
      await sendTo(data.primary.url, (send) => send('CONFIG', 'RESETSTAT'));
      const module = redisModule({ topology });
      const probed = await runProbe(probeRedis, module, `${sentinel(0).url}/3`);
      expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
      const stats = await sendTo(data.primary.url, (send) => send('INFO', 'commandstats'));
      expect(String(stats)).toContain('cmdstat_select:calls=1,');
    },
  );

  it('are no servers: the default of old, standalone, says so', async () => {
    const probed = await probe({ topology: 'standalone' });
    expect(verdict(probed)).toBe('role/role');
    expect(detail(probed)).toContain('it is a sentinel, want topology: sentinel');
  });

  it('may watch several primaries: each is judged by all that is expected, and named', async () => {
    const other = await startRedis();
    const monitor = ['SENTINEL', 'MONITOR', 'second', '127.0.0.1', String(other.port), '1'];
    try {
      await sendTo(sentinel(0).url, (send) => send(...monitor));
      const limits = { expect_memory_max: 0.9, expect_replicas_min: 1, pubsub: true };
      await sendTo(other.url, (send) => send('CONFIG', 'SET', 'maxmemory', '1'));
      const full = await probe(limits);
      expect([verdict(full), detail(full)]).toEqual([
        'role/replicas',
        `second at 127.0.0.1:${other.port}: 0 replicas follow, want at least 1`,
      ]);
      expect(full.samples).toMatchObject({
        'probe_redis_canary_success{op="write",master="second"}': 0,
        'probe_redis_canary_success{op="write",master="main"}': 1,
        'probe_redis_canary_success{op="pubsub",master="main"}': 1,
        'probe_redis_expectation_met{expectation="memory",master="second"}': 0,
        'probe_redis_expectation_met{expectation="memory",master="main"}': 1,
        'probe_redis_expectation_met{expectation="replicas",master="second"}': 0,
        'probe_redis_expectation_met{expectation="replicas",master="main"}': 1,
        'probe_redis_connected_replicas{master="main"}': 1,
        'probe_redis_connected_replicas{master="second"}': 0,
        'probe_redis_memory_max_bytes{master="second"}': 1,
        'probe_redis_memory_max_bytes{master="main"}': 0,
      });
      const oom = await probe({});
      expect(verdict(oom)).toBe('write/oom');
      expect(detail(oom)).toContain(`second at 127.0.0.1:${other.port}: SET: OOM`);
      await sendTo(other.url, (send) => send('CONFIG', 'SET', 'maxmemory', '0'));
      const wrong = await probe({ expect_role: 'slave' });
      expect(verdict(wrong)).toBe('role/role');
      expect(wrong.samples).toMatchObject({
        'probe_redis_role_match{master="main"}': 0,
        'probe_redis_role_match{master="second"}': 0,
      });
    } finally {
      await sendTo(sentinel(0).url, (send) => send('SENTINEL', 'REMOVE', 'second'));
      await other.stop();
    }
  });

  it('are asked once for many primaries: one that hangs does not take the time of all', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `many-${index}`);
    const port = String(data.primary.port);
    const all = (command: (name: string) => string[]) =>
      Promise.all(
        watch.sentinels.map(({ url }) =>
          sendTo(url, (send) => Promise.all(names.map((name) => send(...command(name))))),
        ),
      );
    try {
      await all((name) => ['SENTINEL', 'MONITOR', name, '127.0.0.1', port, '1']);
      await waitFor({
        what: 'sentinels that know each other',
        seconds: 60,
        check: () =>
          sendTo(sentinel(0).url, async (send) => {
            const each = names.map((name) => send('SENTINEL', 'SENTINELS', name));
            return (await Promise.all(each)).every((list) => (list as unknown[]).length === 2);
          }),
      });
      signalGroup(sentinel(2).process.pid, 'SIGSTOP');
      // The one that hangs takes a quarter; the others are asked hundreds of things one after the other.
      const probed = await probe({ canary: 'ping' }, 0, '12s');
      expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
      const agreeing = Object.entries(probed.samples).filter(
        ([series, value]) => series.includes('master_agrees{') && value === 1,
      );
      expect(agreeing).toHaveLength(names.length + 1);
    } finally {
      signalGroup(sentinel(2).process.pid, 'SIGCONT');
      await all((name) => ['SENTINEL', 'REMOVE', name]);
    }
  });

  it('with a primary that is frozen give the others their own verdict', async () => {
    const other = await startRedis();
    const monitor = ['SENTINEL', 'MONITOR', 'first', '127.0.0.1', String(other.port), '1'];
    try {
      await sendTo(sentinel(0).url, (send) => send(...monitor));
      signalGroup(other.process.pid, 'SIGSTOP');
      const probed = await probe({ sentinel_masters: ['first', 'main'] }, 0, '4s');
      expect(verdict(probed)).toBe('auth/timeout');
      expect(detail(probed)).toContain(`first at 127.0.0.1:${other.port}`);
      expect(probed.samples[agrees]).toBe(1);
      expect(probed.samples['probe_redis_canary_success{op="delete",master="main"}']).toBe(1);
    } finally {
      signalGroup(other.process.pid, 'SIGCONT');
      await sendTo(sentinel(0).url, (send) => send('SENTINEL', 'REMOVE', 'first'));
      await other.stop();
    }
  });

  it('keep primaries apart whose long names differ at the end only', async () => {
    const names = ['1', '2'].map((end) => `production-eu-west-1-session-store-primary-0${end}`);
    const ports = [data.primary.port, 1];
    try {
      for (const [index, name] of names.entries()) {
        const monitor = ['SENTINEL', 'MONITOR', name, '127.0.0.1', String(ports[index]), '1'];
        await sendTo(sentinel(0).url, (send) => send(...monitor));
      }
      const probed = await probe({ sentinel_masters: names });
      expect(verdict(probed)).toBe('connect/refused');
      const agree = names.map(
        (name) => probed.samples[`probe_redis_sentinel_master_agrees{master="${name}"}`],
      );
      expect(agree).toEqual([1, 0]);
    } finally {
      for (const name of names) {
        await sendTo(sentinel(0).url, (send) => send('SENTINEL', 'REMOVE', name));
      }
    }
  });

  it('do not know every name', async () => {
    const probed = await probe({ sentinel_masters: ['main', 'other'] });
    expect([verdict(probed), detail(probed)]).toEqual([
      'sentinel/no_master',
      'other: SENTINEL CKQUORUM: ERR No such master with that name',
    ]);
  });

  it('let a user with the documented rights do all of it', async () => {
    process.env.TEST_RIGHT = 'right-one';
    const rights = documentedRights('sentinel');
    const setUser = ['ACL', 'SETUSER', 'probe', 'reset', 'on', '>right-one', ...rights];
    for (const { url } of watch.sentinels) await sendTo(url, (send) => send(...setUser));
    const user = { sentinel_username: 'probe', sentinel_password: 'env:TEST_RIGHT' };
    const probed = await probe({ topology: 'sentinel', ...user });
    delete process.env.TEST_RIGHT;
    expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
  });
});

it('a primary that refuses writes is down, and named', async () => {
  await sendTo(data.primary.url, (send) => send('CONFIG', 'SET', 'min-replicas-to-write', '5'));
  const probed = await probe();
  await sendTo(data.primary.url, (send) => send('CONFIG', 'SET', 'min-replicas-to-write', '0'));
  expect(verdict(probed)).toBe('write/noreplicas');
  expect(detail(probed)).toContain(`main at 127.0.0.1:${data.primary.port}: SET: NOREPLICAS`);
  expect(probed.samples[agrees]).toBe(1);
});

it('an address whose server is a replica is a disagreement', async () => {
  const alone = await startRedis({ args: ['--replicaof', '127.0.0.1', '1'] });
  const other = await startSentinels(alone.port, { count: 1, quorum: 1 });
  const { url = '' } = other.sentinels[0] ?? {};
  const probed = await runProbe(probeRedis, redisModule({}), url);
  await other.stop();
  await alone.stop();
  expect(verdict(probed)).toBe('sentinel/disagreement');
  expect(detail(probed)).toContain('it says that it is a slave');
  expect(probed.samples[agrees]).toBe(0);
});

it('a server is no sentinel, and says so', async () => {
  const server = data.primary.url;
  const probed = await runProbe(probeRedis, redisModule({ topology: 'sentinel' }), server);
  expect(verdict(probed)).toBe('role/role');
  expect(detail(probed)).toBe('it is a master and no sentinel, want topology: auto');
});

it('a sentinel that watches nothing is down', async () => {
  const other = await startSentinels(await freePort(), { count: 1, quorum: 1 });
  const { url = '' } = other.sentinels[0] ?? {};
  await sendTo(url, (send) => send('SENTINEL', 'REMOVE', 'main'));
  const probed = await runProbe(probeRedis, redisModule({}), url);
  await other.stop();
  expect(verdict(probed)).toBe('sentinel/no_master');
});

describe('a failover', () => {
  beforeAll(async () => {
    const hasty = ['SENTINEL', 'SET', 'main', 'down-after-milliseconds', '2000'];
    for (const { url } of watch.sentinels) await sendTo(url, (send) => send(...hasty));
    // A sentinel that stood still for two seconds, as one that a busy disk kept from writing down sixty primaries, does
    // nothing for thirty. Two that find the primary dead later than ten times the above take no replica for a good one.
    const isAlert = async ({ url }: Server) =>
      String(await sendTo(url, (send) => send('INFO', 'sentinel'))).includes('sentinel_tilt:0');
    await waitFor({
      what: 'two sentinels that act',
      seconds: 90,
      check: async () =>
        (await Promise.all(watch.sentinels.map(isAlert))).filter(Boolean).length >= 2,
    });
  });

  it('from a dead primary is down with its cause at first, and up at the new one in the end', async () => {
    await data.primary.process.stop();
    const dead = await probe({ canary: 'ping' });
    // It is found before the sentinels act, or they have acted already.
    if (!dead.outcome.ok) {
      expect(verdict(dead)).toMatch(/^(?:connect\/refused|sentinel\/disagreement|auth\/closed)$/);
      expect(dead.samples[agrees]).toBe(0);
    }
    const port = data.replicas[0]?.port;
    await waitFor({
      what: 'failover',
      seconds: 60,
      processes: watch.sentinels.map(({ process }) => process),
      check: async () => {
        const probed = await probe();
        return probed.outcome.ok && probed.samples[agrees] === 1;
      },
    });
    const named = await sendTo(sentinel(1).url, (send) =>
      send('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main'),
    );
    expect(named).toEqual(['127.0.0.1', String(port)]);
  });

  it('cannot be made without a quorum', async () => {
    await sentinel(1).process.stop();
    await sentinel(2).process.stop();
    await waitFor({
      what: 'loss of the quorum',
      seconds: 60,
      check: async () => (await probe()).samples[quorum] === 0,
    });
    const probed = await probe();
    expect(verdict(probed)).toBe('sentinel/no_quorum');
    expect(probed.samples['probe_redis_sentinels{master="main",answered="no"}']).toBe(2);
    // What the primary is able to do is shown all the same.
    expect(probed.samples['probe_redis_canary_success{op="write",master="main"}']).toBe(1);
  });
});
