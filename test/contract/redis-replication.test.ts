// The Redis probe with a real primary and two replicas: when each shows a write, links, and users of replicas.
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { freePort } from '../../local/programs/ports.ts';
import { signalGroup, waitFor } from '../../local/programs/process.ts';
import { startRedis } from '../../local/programs/servers.ts';
import { detail, redisModule, runProbe, verdict } from '../support/probing.ts';
import { sendTo } from '../support/redis-admin.ts';
import { hasLink, type Replication, startReplication } from '../support/redis-topologies.ts';

let data: Replication;
beforeAll(async () => {
  data = await startReplication(2);
});
afterAll(() => data.stop());

const replicaAt = (index: number) => {
  const found = data.replicas[index];
  if (found === undefined) throw new Error(`no replica ${index}`);
  return found;
};
const nameOf = (index: number) => `127.0.0.1:${replicaAt(index).port}`;
const visible = (name: string) => `probe_redis_replica_visible{replica="${name}"}`;
const seconds = (name: string) => `probe_redis_replication_visibility_seconds{replica="${name}"}`;
const met = (name: string) => `probe_redis_expectation_met{expectation="${name}"}`;

it.each([
  { name: 'that ROLE names', replicas: () => 'discover' as unknown },
  { name: 'that are listed', replicas: () => [nameOf(0), nameOf(1)] },
])('replicas $name show the write, each with its time', async ({ replicas }) => {
  const probed = await runProbe(
    probeRedis,
    redisModule({ replicas: replicas(), expect_replicas_min: 2, expect_role: 'master' }),
    data.primary.url,
  );
  expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
  for (const name of [nameOf(0), nameOf(1)]) {
    expect(probed.samples[visible(name)]).toBe(1);
    expect(probed.samples[seconds(name)]).toBeGreaterThan(0);
  }
  expect(probed.samples['probe_redis_duration_seconds{phase="replicate"}']).toBeGreaterThan(0);
  expect([probed.samples[met('replicas')], probed.samples[met('visibility')]]).toEqual([1, 1]);
});

it('a replica that does not follow any more is late; the other one is seen', async () => {
  await sendTo(replicaAt(0).url, (send) => send('REPLICAOF', 'NO', 'ONE'));
  const module = redisModule({ replicas: [nameOf(0), nameOf(1)], expect_visibility_max: '2s' });
  const probed = await runProbe(probeRedis, module, data.primary.url);
  expect(verdict(probed)).toBe('replicate/visibility');
  expect(detail(probed)).toContain(`replica ${nameOf(0)} did not show the write within 2`);
  expect([probed.samples[visible(nameOf(0))], probed.samples[visible(nameOf(1))]]).toEqual([0, 1]);
  expect(probed.samples[met('visibility')]).toBe(0);
  // What was written is deleted all the same.
  expect(probed.samples['probe_redis_canary_success{op="delete"}']).toBe(1);
  expect(await sendTo(data.primary.url, (send) => send('DBSIZE'))).toBe(0);
  const few = await runProbe(probeRedis, redisModule({ expect_replicas_min: 2 }), data.primary.url);
  expect(verdict(few)).toBe('role/replicas');
  await sendTo(replicaAt(0).url, (send) =>
    send('REPLICAOF', '127.0.0.1', String(data.primary.port)),
  );
  await waitFor({ what: 'link', seconds: 60, check: () => hasLink(replicaAt(0).url) });
});

it('a replica that cannot be reached, or refuses, is named with its cause', async () => {
  const gone = `127.0.0.1:${await freePort()}`;
  const probed = await runProbe(probeRedis, redisModule({ replicas: [gone] }), data.primary.url);
  expect(verdict(probed)).toBe('connect/refused');
  expect(detail(probed)).toContain(`replica ${gone}: `);
  expect(probed.samples[visible(gone)]).toBe(0);
  expect(probed.samples['probe_redis_canary_success{op="write"}']).toBe(1);
});

it('a replica without a link to its primary is down, whatever it answers to PING', async () => {
  const alone = await startRedis({ args: ['--replicaof', '127.0.0.1', '1'] });
  const module = (redis: object) => redisModule({ canary: 'ping', expect_role: 'slave', ...redis });
  const down = await runProbe(probeRedis, module({}), alone.url);
  const lenient = await runProbe(probeRedis, module({ expect_link: 'any' }), alone.url);
  const linked = await runProbe(probeRedis, module({ canary: 'read' }), replicaAt(1).url);
  await alone.stop();
  expect(verdict(down)).toBe('role/link_down');
  expect(detail(down)).toMatch(/^the link to 127\.0\.0\.1:1 is in state connect/);
  expect([down.samples.probe_redis_link_up, down.samples[met('link')]]).toEqual([0, 0]);
  expect(verdict(lenient)).toBe('ok');
  expect([verdict(linked), linked.samples.probe_redis_link_up]).toEqual(['ok', 1]);
});

it('a replica that serves no stale data says why it does not, before it is written to', async () => {
  const stale = ['--replica-serve-stale-data', 'no'];
  const alone = await startRedis({ args: ['--replicaof', '127.0.0.1', '1', ...stale] });
  const probed = await runProbe(probeRedis, redisModule({}), alone.url);
  const reading = { canary: 'read', expect_link: 'any' };
  const read = await runProbe(probeRedis, redisModule(reading), alone.url);
  await alone.stop();
  expect(verdict(probed)).toMatch(/^(?:role\/link_down|ping\/masterdown)$/);
  expect(verdict(read)).toMatch(/^(?:read|ping)\/masterdown$/);
});

describe('a frozen replica', () => {
  const signal = (name: NodeJS.Signals) => signalGroup(replicaAt(0).process.pid, name);
  afterEach(() => signal('SIGCONT'));

  it('has a reason of its own, and leaves the primary and the other replica their verdicts', async () => {
    signal('SIGSTOP');
    const module = redisModule({ replicas: [nameOf(0), nameOf(1)] }, '4s');
    const probed = await runProbe(probeRedis, module, data.primary.url);
    expect(verdict(probed)).toBe('auth/timeout');
    expect(detail(probed)).toContain(`replica ${nameOf(0)}: HELLO: no answer`);
    expect([probed.samples[visible(nameOf(0))], probed.samples[visible(nameOf(1))]]).toEqual([
      0, 1,
    ]);
    for (const op of ['write', 'read', 'delete']) {
      expect(probed.samples[`probe_redis_canary_success{op="${op}"}`]).toBe(1);
    }
    expect(probed.samples['probe_redis_check_supported{check="info"}']).toBe(1);
  });
});
