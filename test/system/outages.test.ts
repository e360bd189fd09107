// The whole local system through one outage after another: what Prometheus shows is what is the case.
import { readFileSync } from 'node:fs';
import { createClient } from '@redis/client';
import { findMissing } from '../../local/landing.ts';
import { waitFor } from '../../local/programs/process.ts';
import { type Server, startRedis } from '../../local/programs/servers.ts';
import type { Stack } from '../../local/system/stack.ts';
import { readStatus } from '../../local/terminal/read.ts';
import { type LocalSystem, startLocalSystem } from '../support/local-system.ts';

let system: LocalSystem;
let stack: Stack;
let redis: Server;

beforeAll(async () => {
  system = await startLocalSystem();
  stack = system.stack;
  redis = stack.redis;
}, 600_000);

afterAll(async () => {
  await redis.stop();
  await system.stop();
}, 600_000);

/** Seconds in which the schedule ticks at least once and Prometheus scrapes, on a busy machine too. */
const patience = 120;

/** One tick of both schedules, now, as EventBridge would send it. */
async function tick(): Promise<void> {
  const names = ['web-probe', 'redis-probe'];
  await Promise.all(
    names.map(async (name) => {
      const url = `${stack.functions.url}/2015-03-31/functions/fargaze-dev-${name}/invocations`;
      const body = JSON.stringify({ schedule: '1m', probes: ['*'] });
      const response = await fetch(url, { method: 'POST', body });
      expect([name, response.status]).toEqual([name, 200]);
      await response.text();
    }),
  );
}

/** Waits until the fresh series show `want` of a probe. */
async function expectState(probe: 'web' | 'redis', want: string): Promise<void> {
  let seen = '';
  const check = async () => {
    const row = (await readStatus(stack.prometheus.url, stack.probes)).find(
      (one) => one.name === probe,
    );
    seen = row?.state === 'down' ? `down: ${row.last?.failure}` : String(row?.state);
    return seen === want;
  };
  // Usually two scrapes. A probe of the real schedule that began before the change may end after this one and report what
  // was; then the next minute's reports what is.
  await waitFor({ what: `${probe} ${want}`, seconds: patience, check }).catch((error) => {
    throw new Error(`${probe} is ${seen}, want ${want}`, { cause: error });
  });
}

const query = (expression: string) => stack.prometheus.query(expression);

/** What the query answers once it answers anything: a scrape may have come just before what it is to show. */
async function some(expression: string) {
  let found: Awaited<ReturnType<typeof query>> = [];
  const check = async () => {
    found = await query(expression);
    return found.length > 0;
  };
  await waitFor({ what: expression, seconds: patience, check });
  return found;
}

async function restartRedis(...args: string[]): Promise<void> {
  await redis.stop();
  redis = await startRedis({ port: stack.redis.port, args });
}

it('the functions run on their schedules, and every probe and scrape lands', async () => {
  await waitFor({
    what: 'everything landed',
    seconds: 240,
    check: async () => (await findMissing(stack.prometheus.url, stack.probes)).length === 0,
  });
  const [web, redis] = await readStatus(stack.prometheus.url, stack.probes);
  expect([web?.state, Object.keys(web?.last?.phases ?? {})]).toEqual([
    'up',
    ['resolve', 'connect', 'tls', 'processing', 'transfer'],
  ]);
  expect([redis?.state, redis?.last?.phases]).toEqual([
    'up',
    expect.objectContaining({ write: expect.any(Number) }),
  ]);
  await some('http_request_duration_seconds_count{route="/healthy"}');
  await some('redis_commands_total{cmd="set"}');
  const running = await some('ecs_service_running_tasks{cluster="fargaze-demo"}');
  expect(running.map(({ labels }) => labels.service).sort()).toEqual(['redis', 'web', 'worker']);
  await some('ecs_service_container_exits');
  const endpoints = JSON.parse(readFileSync(system.endpointsFile, 'utf8'));
  expect(endpoints).toMatchObject({ prometheus: stack.prometheus.url, redis: stack.redis.url });
}, 600_000);

/** Requests of /healthy since Prometheus first saw the counter, and the full minutes that began meanwhile. */
async function requestsSinceStart(): Promise<{ requests: number; ticks: number }> {
  const count = 'sum(http_request_duration_seconds_count{route="/healthy"})[10m:1s]';
  const response = await fetch(
    `${stack.prometheus.url}/api/v1/query?query=${encodeURIComponent(count)}`,
  );
  const answer = (await response.json()) as {
    readonly data: { readonly result: readonly { readonly values: [number, string][] }[] };
  };
  const values = answer.data.result[0]?.values ?? [];
  const [first = [0, '0'] as const] = values;
  const [time, value] = values.at(-1) ?? first;
  return {
    requests: Number(value) - Number(first[1]),
    ticks: Math.floor(time / 60) - Math.floor(first[0] / 60),
  };
}

it('a tick of the schedules makes one request of each web target', async () => {
  // The first tick may be older than the first scrape: then the next one shows it.
  await waitFor({
    what: 'a request of a tick',
    seconds: 90,
    check: async () => (await requestsSinceStart()).requests > 0,
  });
  const { requests, ticks } = await requestsSinceStart();
  expect(requests).toBeLessThanOrEqual(ticks);
});

it('a stopped Redis and a stopped web app time out', async () => {
  process.kill(redis.process.pid, 'SIGSTOP');
  process.kill(-stack.webApp.process.pid, 'SIGSTOP');
  await tick();
  await expectState('redis', 'down: timeout in phase auth');
  await expectState('web', 'down: timeout in phase processing');
  process.kill(redis.process.pid, 'SIGCONT');
  process.kill(-stack.webApp.process.pid, 'SIGCONT');
  await tick();
  await expectState('redis', 'up');
  await expectState('web', 'up');
}, 600_000);

it('a Redis that is gone refuses', async () => {
  await redis.stop();
  await tick();
  await expectState('redis', 'down: refused in phase connect');
  const info = await query(
    'probe_failure_info{job="fargaze-redis",phase="connect",reason="refused"}',
  );
  expect(info.map(({ value }) => value)).toEqual([1]);
}, 600_000);

it.each([
  {
    name: 'a changed requirepass',
    args: ['--requirepass', 'changed'],
    want: 'down: noauth in phase auth',
    exporter: 0,
  },
  {
    name: 'too few replicas',
    args: ['--min-replicas-to-write', '1'],
    want: 'down: noreplicas in phase write',
    exporter: 1,
  },
  {
    name: 'no memory',
    args: ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'],
    want: 'down: oom in phase write',
    exporter: 1,
  },
])(
  '$name: the probe says why, redis_up is $exporter',
  async ({ args, want, exporter }) => {
    await restartRedis(...args);
    await tick();
    await expectState('redis', want);
    await waitFor({
      what: 'redis_exporter scraped',
      seconds: patience,
      check: async () => (await query('redis_up')).every(({ value }) => value === exporter),
    });
    if (want.endsWith('write')) {
      expect((await query('probe_redis_duration_seconds{phase="ping"}'))[0]?.value).toBeGreaterThan(
        0,
      );
      expect((await query('probe_redis_canary_success{op="write"}'))[0]?.value).toBe(0);
      const client = createClient({ url: redis.url });
      await client.connect();
      expect(await client.ping()).toBe('PONG');
      client.destroy();
    }
  },
  600_000,
);

it('a web app that is gone refuses', async () => {
  await restartRedis();
  await stack.webApp.stop();
  await tick();
  await expectState('web', 'down: refused in phase connect');
  await expectState('redis', 'up');
}, 600_000);
