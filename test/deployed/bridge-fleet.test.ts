// A cluster of 5,000 services with 10,000 tasks and 99 small ones, the whole way: the simulated cloud, the bridge, the queue,
// deliver, a real Prometheus, and the Pushgateway that has what it had before. Two minutes, of which the second is warm.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDeliver } from '../../functions/deliver/deliver.ts';
import { runBridge } from '../../functions/ecs-bridge/bridge.ts';
import { Memory } from '../../functions/ecs-bridge/cloudwatch/memory.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { maxMessageBytes } from '../../layers/core/src/queue/message.ts';
import { createQueueSink } from '../../layers/core/src/queue/sink.ts';
import { addFleet } from '../../local/fake-aws/demo.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import {
  type PrometheusServer,
  type Server,
  startPrometheus,
  startPushgateway,
} from '../../local/programs/servers.ts';
import { cloudWatch, environment, job, metric, region } from '../support/bridging.ts';
import { withCalendar } from '../support/fake-clock.ts';
import { type RecordingQueue, startRecordingQueue } from '../support/recording-queue.ts';

const large = 5000;
const small = 99;
const services = large + 2 * small;
const tasks = 2 * large + 2 * small;
const variables = { ...environment, FARGAZE_RESULTS: 'remote-write' };

let fake: FakeAws;
let queue: RecordingQueue;
let prometheus: PrometheusServer;
let pushgateway: Server;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-'));
  const configFile = join(directory, 'prometheus.yml');
  writeFileSync(configFile, 'storage: { tsdb: { out_of_order_time_window: 4h } }');
  [fake, queue, prometheus, pushgateway] = await Promise.all([
    startFakeAws(),
    startRecordingQueue(),
    startPrometheus({ configFile, args: ['--web.enable-remote-write-receiver'] }),
    startPushgateway(),
  ]);
  Object.assign(process.env, variables, { AWS_ENDPOINT_URL: fake.url });
  // All tasks of a cluster are read once in ten minutes, at its own second of them: the large one not in its last minute.
  fake.clock.set((Math.floor(Date.now() / 600_000) - 1) * 600 + 540 - 1200);
  addFleet(fake.model, { cluster: 'large', services: large });
  for (let index = 1; index <= small; index++) {
    addFleet(fake.model, { cluster: `small-${index}`, services: 2, desired: 1 });
  }
  fake.clock.advance(1200);
});

afterAll(async () => {
  for (const name of [...Object.keys(variables), 'AWS_ENDPOINT_URL']) delete process.env[name];
  await Promise.all([fake.close(), queue.close(), prometheus.stop(), pushgateway.stop()]);
  rmSync(directory, { recursive: true });
});

const dimensionNameRequirements = ['ClusterName', 'ServiceName'];
const jobs = [job('AWS/ECS', { dimensionNameRequirements, metrics: [metric('CPUUtilization')] })];
const config = {
  ecs: { clusters: ['*'], services: ['*'], tags: [], exportedTags: [] },
  cloudwatch: cloudWatch(jobs, { backfill: 600 }),
};

async function bridge(memory: Memory, event: object) {
  const clock = withCalendar(() => fake.clock.now() * 1000);
  const { endpoint } = queue;
  const credentials = () => ({ accessKeyId: 'x', secretAccessKey: 'x' });
  const sink = createQueueSink({
    url: endpoint,
    endpoint,
    region,
    credentials,
    clock: systemClock,
  });
  const context = { getRemainingTimeInMillis: () => 150_000 };
  return runBridge({ config, memory, sink, clock, log: () => undefined }, event, context);
}

/** Delivers what is in the queue, ten messages at once; how many messages there were. */
async function deliverAll(moved: Set<string>): Promise<number> {
  const remoteWrite = { url: new URL(`${prometheus.url}/api/v1/write`), version: 1 } as const;
  const receivers = { pushgateway: { url: pushgateway.url }, remoteWrite };
  const bodies = queue.take();
  expect(Math.max(...bodies.map((body) => Buffer.byteLength(body)))).toBeLessThanOrEqual(
    maxMessageBytes,
  );
  const attributes = { SentTimestamp: String(Date.now()) };
  const settling = { window: 1, margin: 0.2 };
  for (let at = 0; at < bodies.length; at += 10) {
    const records = bodies.slice(at, at + 10).map((body, index) => ({
      ...{ messageId: `m${index}`, attributes, body },
    }));
    const answer = await runDeliver(
      { receivers, owner: 'test', moved, settling, log: () => undefined },
      { Records: records },
      { getRemainingTimeInMillis: () => 150_000 },
    );
    expect(answer.batchItemFailures).toEqual([]);
  }
  return bodies.length;
}

async function value(expression: string): Promise<number | undefined> {
  const at = fake.clock.now();
  const [found] = await prometheus.query(`${expression.replaceAll('@', `@ ${at}`)}`);
  return found?.value;
}

it('everything arrives, and what ends is ended', async () => {
  const memory = new Memory();
  const moved = new Set<string>();
  const first = await bridge(memory, {});
  expect(first).toMatchObject({ clusters: small + 1, services, faults: [] });
  await deliverAll(moved);
  expect(await value('count(ecs_service_desired_tasks @)')).toBe(services);
  expect(await value('sum(ecs_service_running_tasks @)')).toBe(tasks);
  expect(await value('sum(ecs_service_tasks @)')).toBe(tasks);
  expect(await value('count(ecs_services @)')).toBe(small + 1);
  const read = 'count(last_over_time(aws_ecs_cpuutilization_average[1h]))';
  expect(await value(read)).toBe(services);

  fake.model.stopTask({ cluster: 'large', service: 'service-0007', replace: 'no' });
  fake.model.deleteService({ cluster: 'small-1', service: 'service-0002' });
  fake.model.deploy({ cluster: 'large', service: 'service-0009', image: 'example/new' });
  fake.clock.advance(60);
  const before = fake.totals();
  const second = await bridge(memory, { schedule: '1m' });
  expect(second).toMatchObject({ clusters: small + 1, faults: [] });
  const calls = (api: string) => (fake.totals()[api]?.calls ?? 0) - (before[api]?.calls ?? 0);
  // Services are described all; of the tasks those where something happened, and those of clusters whose turn it is.
  expect(calls('DescribeServices')).toBe(large / 10 + small);
  expect(calls('ListTasks')).toBeLessThan(small + 40);
  expect(calls('DescribeTasks')).toBeLessThan(40);
  await deliverAll(moved);
  const service = 'cluster="large",service="service-0007"';
  expect(await value(`ecs_service_running_tasks{${service}} @`)).toBe(1);
  expect(await value(`sum(ecs_service_stopped_tasks{${service}} @)`)).toBe(1);
  const image = 'service="service-0009",cluster="large"';
  expect(await value(`ecs_service_image_info{${image},image="example/new"} @`)).toBe(1);
  expect(await value(`ecs_service_image_info{${image},image!="example/new"} @`)).toBeUndefined();
  // By the look-back of five minutes it would still be there.
  const gone = 'cluster="small-1",service="service-0002"';
  expect(await value(`ecs_service_tasks{${gone},last_status="RUNNING"} @`)).toBeUndefined();
  expect(
    await value('count(fargaze_bridge_timestamp_seconds{instance=~".*/part-.*"} @)'),
  ).toBeGreaterThan(8);
});
