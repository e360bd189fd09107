// Events of ECS that EventBridge sends into the delivery queue: in any order, repeatedly, to a real Prometheus with their own
// times, and to a real Pushgateway as what happened in the last hour; held against what the ECS API shows of the same account.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Deliver, runDeliver } from '../../functions/deliver/deliver.ts';
import { runBridge } from '../../functions/ecs-bridge/bridge.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { findSeries } from '../../layers/core/src/pushgateway/stored.ts';
import type { Sample } from '../../layers/core/src/sample.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import type { BusEvent } from '../../local/fake-aws/model/bus-events.ts';
import {
  type PrometheusServer,
  type Server,
  startPrometheus,
  startPushgateway,
} from '../../local/programs/servers.ts';
import { createFakeClock, withCalendar } from '../support/fake-clock.ts';
import { seeded, shuffled } from '../support/seeded.ts';

const now = Math.floor(Date.now() / 60_000) * 60;
let fake: FakeAws;
let prometheus: PrometheusServer;
let pushgateway: Server;
let directory: string;
let events: readonly BusEvent[];

/** An hour in which a service deploys in vain, one is killed for its memory, and a nightly task fails. */
async function playHour(): Promise<void> {
  const cluster = 'prod';
  fake.clock.set(now - 3600);
  fake.model.addCluster({ name: cluster });
  fake.model.addService({ cluster, name: 'web', desired: 3 });
  fake.model.addService({ cluster, name: 'worker', desired: 2 });
  const oom = { worker: { exitCode: 137, reason: 'OutOfMemoryError: Container killed' } };
  for (const at of [now - 2400, now - 1800, now - 1200]) {
    fake.model.stopTask({ cluster, service: 'worker', at, exits: oom });
  }
  fake.model.deploy({ cluster, service: 'web', at: now - 1500, outcome: 'fail', rollback: 'yes' });
  const exits = { nightly: { exitCode: 3 } };
  fake.model.runTask({ cluster, family: 'nightly', at: now - 1000, seconds: 60, exits });
  fake.clock.set(now);
  events = fake.model.busEvents({ from: now - 3600, to: now });
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-'));
  const configFile = join(directory, 'prometheus.yml');
  writeFileSync(configFile, 'storage: { tsdb: { out_of_order_time_window: 4h } }');
  [fake, prometheus, pushgateway] = await Promise.all([
    startFakeAws(),
    startPrometheus({ configFile, args: ['--web.enable-remote-write-receiver'] }),
    startPushgateway(),
  ]);
  await playHour();
});
afterAll(async () => {
  await Promise.all([fake.close(), prometheus.stop(), pushgateway.stop()]);
  rmSync(directory, { recursive: true });
});

async function deliver(bodies: readonly unknown[], options: Partial<Deliver> = {}) {
  const lines: { level: string; message: string; [field: string]: unknown }[] = [];
  const records = bodies.map((body, index) => ({
    messageId: `m${index}`,
    attributes: { SentTimestamp: String(now * 1000) },
    body: JSON.stringify(body),
  }));
  const answer = await runDeliver(
    {
      receivers: { pushgateway: { url: pushgateway.url } },
      owner: 'test',
      settling: { window: 1, margin: 0.2 },
      clock: createFakeClock(now * 1000),
      log: (level, message, fields) => void lines.push({ level, message, ...fields }),
      ...options,
    },
    { Records: records },
    { awsRequestId: 'r1', getRemainingTimeInMillis: () => 30_000 },
  );
  return { failed: answer.batchItemFailures, lines, summary: lines.at(-1) };
}

/** In an order of chance, some of them twice, ten at a time. */
async function deliverAll(options: Partial<Deliver>): Promise<void> {
  const random = seeded(7);
  const all = shuffled([...events, ...events.filter(() => random() < 0.3)], random);
  for (let at = 0; at < all.length; at += 10) {
    // Each run by a function that remembers nothing.
    const { failed } = await deliver(all.slice(at, at + 10), options);
    expect(failed).toEqual([]);
  }
}

/** What the ECS API shows of the same account now. */
async function polled(): Promise<readonly Sample[]> {
  const variables = {
    AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: fake.url,
  };
  Object.assign(process.env, variables);
  const samples: Sample[] = [];
  const config = { ecs: { clusters: ['prod'], services: ['*'], tags: [], exportedTags: [] } };
  const clock = withCalendar(() => fake.clock.now() * 1000);
  const write = async ({ groups }: { groups: readonly { samples: readonly Sample[] }[] }) => {
    samples.push(...groups.flatMap((group) => group.samples));
  };
  const sink = { name: 'memory', series: 'refused', write } as const;
  const context = { getRemainingTimeInMillis: () => 20_000 };
  await runBridge({ config, sink, clock, log: () => undefined }, {}, context);
  for (const name of Object.keys(variables)) delete process.env[name];
  return samples;
}

/** Values by the named labels. */
const table = (
  rows: readonly { labels: Readonly<Record<string, string>>; value: number }[],
  names: readonly string[],
) =>
  Object.fromEntries(
    rows.map(({ labels, value }) => [names.map((name) => labels[name] ?? '').join(' '), value]),
  );

const stopNames = ['account_id', 'cluster', 'service', 'stop_code'];
const exitNames = ['cluster', 'service', 'container_name', 'reason', 'exit_code'];

const query = async (expression: string, names: readonly string[]) =>
  table(await prometheus.query(expression), names);

it('the events of an hour are there with their own times, once each, and count what the API shows', async () => {
  const url = new URL(`${prometheus.url}/api/v1/write`);
  await deliverAll({ receivers: { remoteWrite: { url, version: 1 } } });
  const samples = await polled();
  const shown = (metric: string) => samples.filter((one) => one.metric === metric);
  const stops = await query(
    `sum by (account_id, cluster, service, stop_code) (sum_over_time(ecs_event_task_stop{service!=""}[2h]))`,
    stopNames,
  );
  expect(stops).toEqual(table(shown('ecs_service_stopped_tasks'), stopNames));
  expect(Object.values(stops).reduce((a, b) => a + b)).toBeGreaterThan(5);
  const exits = await query(
    `sum by (cluster, service, container_name, reason, exit_code) (sum_over_time(ecs_event_container_exit{service!=""}[2h]))`,
    exitNames,
  );
  expect(exits).toEqual(table(shown('ecs_service_container_exits'), exitNames));
  expect(exits['prod worker worker oom_killed 137']).toBe(3);
  const failed =
    'sum(sum_over_time(ecs_event_service{event_name="SERVICE_DEPLOYMENT_FAILED"}[2h]))';
  expect(await query(failed, [])).toEqual({ '': 1 });
  const nightly = 'sum_over_time(ecs_event_container_exit{family="nightly"}[2h])';
  expect(await query(nightly, ['service', 'family', 'exit_code'])).toEqual({ ' nightly 3': 1 });
  const [stop] = events.filter(({ detail }) => detail.group === 'family:nightly');
  const at = Date.parse(String(stop?.detail.stoppedAt)) / 1000;
  const around = `sum(sum_over_time(ecs_event_task_stop{family="nightly"}[2s] @ ${at + 1}))`;
  expect(await query(around, [])).toEqual({ '': 1 });
});

it('a Pushgateway shows the events of the last hour, each once, with its time', async () => {
  await deliverAll({});
  const text = await (await fetch(`${pushgateway.url}/metrics`)).text();
  const held = findSeries(text, new Set(['ecs_event_task_stop_timestamp_seconds']));
  const stops = events.filter((event) => event['detail-type'] === 'ECS Task State Change');
  expect(Object.fromEntries(held.map(({ labels, value }) => [labels.event_id, value]))).toEqual(
    Object.fromEntries(
      stops.map(({ detail, id }) => [id, Math.floor(Date.parse(String(detail.stoppedAt)) / 1000)]),
    ),
  );
  expect(held[0]?.labels).toMatchObject({ job: 'fargaze-ecs-events', cluster: 'prod' });
  const later = { ...stops[0], id: 'later', detail: { ...stops[0]?.detail } };
  later.detail.stoppedAt = new Date((now + 3000) * 1000).toISOString();
  await deliver([later]);
  const left = findSeries(
    await (await fetch(`${pushgateway.url}/metrics`)).text(),
    new Set(['ecs_event_task_stop_timestamp_seconds']),
  );
  expect(left.every(({ value }) => value > now + 3000 - 3600)).toBe(true);
  expect(left.map(({ labels }) => labels.event_id)).toContain('later');
});

it('several functions at once lose none of their events', async () => {
  const stop = events.find((event) => event['detail-type'] === 'ECS Task State Change');
  const own = Array.from({ length: 3 }, (_, index) => ({
    ...stop,
    id: `at-once-${index}`,
    detail: { ...stop?.detail, clusterArn: `arn:aws:ecs:eu-west-1:111122223333:cluster/busy` },
  }));
  // Which one overwrites which takes real time.
  const real = { clock: systemClock, settling: { window: 0.3, margin: 0.1 } };
  await Promise.all(own.map((event) => deliver([event], real)));
  const text = await (await fetch(`${pushgateway.url}/metrics`)).text();
  const held = findSeries(text, new Set(['ecs_event_task_stop_timestamp_seconds']));
  const ids = held
    .filter(({ labels }) => labels.cluster === 'busy')
    .map(({ labels }) => labels.event_id);
  expect(ids.sort()).toEqual(own.map(({ id }) => id));
});

it('a warm function is done with an event that it has delivered', async () => {
  const seen = new Set<string>();
  const [first] = events;
  await deliver([first], { seen });
  const { summary } = await deliver([first, first], { seen });
  expect(summary).toMatchObject({ messages: { delivered: 0, superseded: 2 } });
});

it('a failed deployment is in the log with the words of ECS', async () => {
  const failed = events.filter(({ detail }) => detail.eventName === 'SERVICE_DEPLOYMENT_FAILED');
  const { lines } = await deliver(failed);
  expect(lines).toContainEqual({
    ...{ level: 'warn', message: 'ecs event', cluster: 'prod', service: 'web' },
    event: 'SERVICE_DEPLOYMENT_FAILED',
    detail: 'ECS deployment circuit breaker: tasks failed to start.',
  });
});

it('an event that EventBridge sends late did not wait in the queue', async () => {
  const url = new URL(`${prometheus.url}/api/v1/write`);
  const { failed } = await deliver(events.slice(0, 3), {
    receivers: { remoteWrite: { url, version: 1 }, pushgateway: { url: pushgateway.url } },
  });
  expect(failed).toEqual([]);
  const text = await (await fetch(`${pushgateway.url}/metrics`)).text();
  const [age] = findSeries(text, new Set(['fargaze_deliver_queue_age_seconds']));
  expect(age?.value).toBeLessThan(30);
});
