// The bridge over hours: nothing twice, nothing lost and no wrong end of a series while a fault lasts or a budget slows it.

import { runBridge } from '../../functions/ecs-bridge/bridge.ts';
import type { SeriesWriter } from '../../layers/core/src/delivery/series-writer.ts';
import { DeliveryError } from '../../layers/core/src/errors.ts';
import type { Sink } from '../../layers/core/src/sink/sink.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import {
  cloudWatch,
  cpuOfServices,
  createBridge,
  environment,
  job,
  metric,
} from '../support/bridging.ts';
import { withCalendar } from '../support/fake-clock.ts';
import { createReceiver } from '../support/receiver.ts';

const start = 1_800_000_000;
let fake: FakeAws;

beforeEach(async () => {
  fake = await startFakeAws();
  fake.clock.set(start);
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: fake.url });
  fake.model.addCluster({ name: 'prod' });
  fake.model.addService({ cluster: 'prod', name: 'web', desired: 1 });
  fake.clock.advance(4 * 3600);
});

afterEach(async () => {
  const own = ['AWS_ENDPOINT_URL', 'FARGAZE_OWNER'];
  for (const name of [...Object.keys(environment), ...own]) delete process.env[name];
  await fake.close();
});

/** Gaps in seconds between the points of the series whose names begin with `prefix`, each once. */
function gapsOf(series: ReadonlyMap<string, ReadonlyMap<number, unknown>>, prefix: string) {
  const gaps = [...series]
    .filter(([key]) => key.startsWith(prefix))
    .flatMap(([, points]) => {
      const times = [...points.keys()].sort((a, b) => a - b);
      return times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / 1000);
    });
  return [...new Set(gaps)];
}

it('a window of an hour, as YACE files have, sends nothing twice', async () => {
  const jobs = [job('AWS/ECS', { metrics: [metric('CPUUtilization', { length: 3600 })] })];
  const { receiver, run } = createBridge(fake, cloudWatch(jobs));
  for (let turn = 0; turn < 4; turn++) {
    await run();
    fake.clock.advance(300);
  }
  expect(gapsOf(receiver.series, 'aws_ecs_cpuutilization')).toEqual([60]);
  expect(receiver.repeated()).toBe(0);
});

it('answers that stay partial for an hour: what was delivered is not sent again', async () => {
  fake.faults.add({ api: 'GetMetricData', kind: 'partial-data-final' });
  const { receiver, run } = createBridge(fake, cloudWatch([cpuOfServices]));
  for (let turn = 0; turn < 12; turn++) {
    await run();
    fake.clock.advance(300);
  }
  fake.faults.clear();
  await run();
  expect(gapsOf(receiver.series, 'aws_ecs_cpuutilization')).toEqual([60]);
  expect(receiver.repeated()).toBe(0);
});

it('a plan that its budget slows runs at the interval that it reports, and loses no point', async () => {
  // One metric, and its list once an hour, every 37 minutes, which has no multiple in common with 5 minutes for three hours.
  const monthlyUsd = (0.00001 * (1 + 300 / 3600) * 30 * 86_400) / (37 * 60);
  const config = cloudWatch([cpuOfServices], { budget: { monthlyUsd, onExceed: 'slow' } });
  const { receiver, run } = createBridge(fake, config);
  const ran: number[] = [];
  for (let minute = 0; minute < 240; minute++) {
    fake.clock.advance(60);
    const { summary } = await run({ schedule: '1m' });
    if (summary.cloudwatch?.ran === 'read') ran.push(fake.clock.now());
  }
  const between = ran.slice(1).map((at, index) => (at - (ran[index] ?? 0)) / 60);
  expect(between.length).toBeGreaterThan(3);
  expect([...new Set(between)]).toEqual([37]);
  expect(gapsOf(receiver.series, 'aws_ecs_cpuutilization')).toEqual([60]);
});

describe('a permission that only tasks need', () => {
  it('costs neither the watermark nor the end of a service that has gone', async () => {
    fake.faults.add({ api: 'DescribeTasks', kind: 'access-denied' });
    fake.model.addService({ cluster: 'prod', name: 'gone', desired: 1 });
    fake.clock.advance(1200);
    const { receiver, run } = createBridge(fake, cloudWatch([cpuOfServices]));
    await run();
    fake.model.deleteService({ cluster: 'prod', service: 'gone' });
    fake.clock.advance(300);
    const { summary } = await run();
    expect(summary.faults.join()).toContain('ecs:DescribeTasks is missing');
    expect(summary.cloudwatch?.stale).toBe(1);
    const [key] = [...receiver.series.keys()].filter((one) =>
      one.startsWith('fargaze_bridge_watermark'),
    );
    const values = [...(receiver.series.get(key ?? '')?.values() ?? [])];
    expect(values).toHaveLength(2);
    expect(Number(values[1]) - Number(values[0])).toBe(300);
  });
});

it('what is listed and was never seen in ECS has not gone: its series do not end', async () => {
  const dimensions = { ClusterName: 'elsewhere', ServiceName: 'web', TaskId: 'one' };
  const name = 'TaskCpuUtilization';
  fake.model.addMetric({ namespace: 'ECS/ContainerInsights', name, dimensions });
  const tasks = job('ECS/ContainerInsights', {
    dimensionNameRequirements: Object.keys(dimensions),
    metrics: [metric(name)],
  });
  const { receiver, run } = createBridge(fake, cloudWatch([cpuOfServices, tasks]));
  for (let turn = 0; turn < 3; turn++) {
    const { summary } = await run();
    expect(summary.cloudwatch?.stale).toBe(0);
    fake.clock.advance(300);
  }
  expect(gapsOf(receiver.series, 'aws_ecs_containerinsights_task_cpu')).toEqual([60]);
});

it('points that are left for half an hour get their zeros all the same', async () => {
  fake.model.addResource({
    kind: 'other',
    service: 'lambda',
    name: 'function:tagged',
    tags: { a: 'b' },
  });
  const dimensions = { FunctionName: 'tagged' };
  fake.model.addMetric({ namespace: 'AWS/Lambda', name: 'Errors', everySeconds: 600, dimensions });
  const errors = metric('Errors', { statistics: ['Sum'], nilToZero: true });
  const config = cloudWatch([job('AWS/Lambda', { metrics: [errors] })], { settle: 1800 });
  const { receiver, run } = createBridge(fake, config);
  for (let turn = 0; turn < 13; turn++) {
    await run();
    fake.clock.advance(300);
  }
  expect(gapsOf(receiver.series, 'aws_lambda_errors')).toEqual([60]);
});

it('a receiver that never answers leaves time to report that to the other one', async () => {
  const waits: SeriesWriter = {
    answers: 'later',
    query: async () => undefined,
    write: async (_, { signal }) => {
      if (!signal.aborted) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      }
      throw new DeliveryError('receiver is silent', { retryable: true });
    },
  };
  const left: number[] = [];
  const sink: Sink = {
    name: 'memory',
    series: 'refused',
    write: async (_, deadline) => void left.push(deadline.remaining()),
  };
  const run = runBridge(
    {
      config: {
        ecs: { clusters: ['*'], services: ['*'], tags: [], exportedTags: [] },
        cloudwatch: cloudWatch([cpuOfServices]),
      },
      writer: waits,
      sink,
      clock: withCalendar(() => fake.clock.now() * 1000),
      log: () => undefined,
    },
    {},
    { getRemainingTimeInMillis: () => 8000 },
  );
  await expect(run).rejects.toThrow('receiver is silent');
  expect(left).toHaveLength(2);
  expect(Math.min(...left)).toBeGreaterThan(0);
});

it('ticks around the turn of a minute, or twice in one: every interval is read once', async () => {
  fake.clock.set(start + 5 * 3600 - 1);
  const { run } = createBridge(fake, cloudWatch([cpuOfServices]));
  const read: number[] = [];
  for (let minute = 0; minute < 31; minute++) {
    // A second before the minute or a second after it; every fifth tick comes twice.
    fake.clock.advance(minute === 0 ? 0 : minute % 2 === 0 ? 58 : 62);
    for (let times = minute % 5 === 0 ? 2 : 1; times > 0; times--) {
      const { summary } = await run({ schedule: '1m' });
      if (summary.cloudwatch !== undefined) read.push(fake.clock.now());
    }
  }
  const between = read.slice(1).map((at, index) => Math.round((at - (read[index] ?? 0)) / 60));
  expect([...new Set(between)]).toEqual([5]);
  expect(read).toHaveLength(7);
});

it('a cold start reads on from its own deployment, not from where another one is', async () => {
  const receiver = createReceiver();
  const other = createBridge(fake, cloudWatch([cpuOfServices]), receiver);
  process.env.FARGAZE_OWNER = 'fargaze-other';
  await other.run();
  process.env.FARGAZE_OWNER = 'fargaze-own';
  const own = createBridge(fake, cloudWatch([cpuOfServices]), receiver);
  const backfill = (await own.run()).summary.cloudwatch?.datapoints ?? 0;
  expect(backfill).toBeGreaterThan(170);
  own.forget();
  expect((await own.run()).summary.cloudwatch?.datapoints).toBeLessThan(50);
});
