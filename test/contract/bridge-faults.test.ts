// Each fault of the API in turn: the data that arrives is delivered, the rest is counted and named, and the next run fills it in.

import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import type { FaultSpec } from '../../local/fake-aws/faults.ts';
import {
  account,
  cloudWatch,
  createBridge,
  environment,
  job,
  metric,
  region,
  sampleValue,
  type TestBridge,
} from '../support/bridging.ts';

const start = 1_800_000_000;
const services = ['web', 'api', 'worker'];
const config = cloudWatch([
  job('AWS/ECS', { metrics: [metric('CPUUtilization', { statistics: ['Average', 'p90'] })] }),
  job('AWS/ApplicationELB', {
    exportedTags: ['team'],
    metrics: [metric('RequestCount', { statistics: ['Sum'] })],
  }),
]);
let fake: FakeAws;
let bridge: TestBridge;

beforeEach(async () => {
  fake = await startFakeAws();
  fake.clock.set(start);
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: fake.url });
  fake.model.addCluster({ name: 'prod' });
  for (const name of services) fake.model.addService({ cluster: 'prod', name, desired: 1 });
  fake.model.addResource({ kind: 'load-balancer', name: 'front', tags: { team: 'shop' } });
  fake.clock.advance(3600);
  bridge = createBridge(fake, config);
});

afterEach(async () => {
  for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL']) delete process.env[name];
  await fake.close();
});

/** Points of data series by metric name. */
function pointsOf(prefix: string): number {
  return [...bridge.receiver.series]
    .filter(([key]) => key.startsWith(prefix))
    .reduce((sum, [, points]) => sum + points.size, 0);
}

type Point = readonly [at: number, value: unknown];

/** Series of data with their points from `since` on, without the series about the run. */
function data({ receiver }: TestBridge, since: number): [string, Point[]][] {
  return [...receiver.series]
    .filter(([key]) => /^aws_(?:ecs_cpu|applicationelb_request)/.test(key))
    .map(([key, points]): [string, Point[]] => [
      key,
      [...points].filter(([at]) => at >= since).sort(([a], [b]) => a - b),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The receiver holds what an undisturbed bridge would deliver now, not a point more or less. */
async function expectWhole(): Promise<void> {
  fake.faults.clear();
  const undisturbed = createBridge(fake, config);
  await undisturbed.run();
  const since = (fake.clock.now() - 10_740) * 1000;
  const wanted = data(undisturbed, since);
  expect(data(bridge, since)).toEqual(wanted);
  expect(wanted.flatMap(([, points]) => points).length).toBeGreaterThan(500);
}

const apis = ['GetMetricData', 'ListMetrics'] as const;
const passing = ['throttle', 'internal-error', 'http-500', 'reset'] as const;
const pairs = apis.flatMap((api) => passing.map((kind) => ({ api, kind })));

it.each(pairs)('$kind twice on $api is met by trying again: nothing is missing', async (fault) => {
  fake.faults.add({ ...fault, times: 2 });
  const { samples, summary } = await bridge.run();
  expect(summary.faults).toEqual([]);
  expect(sampleValue(samples, 'fargaze_bridge_up', { source: 'cloudwatch' })).toBe(1);
  const throttles = sampleValue(samples, 'fargaze_bridge_throttles', { api: fault.api });
  expect(throttles).toBe(fault.kind === 'throttle' ? 2 : 0);
  await expectWhole();
});

it.each<{ readonly name: string; readonly fault: FaultSpec; readonly partial: string }>([
  {
    name: 'a partial answer that goes on with a token',
    fault: { api: 'GetMetricData', kind: 'partial-data', times: 1 },
    partial: '',
  },
  {
    name: 'a partial answer that ends there',
    fault: { api: 'GetMetricData', kind: 'partial-data-final', times: 1 },
    partial: 'PartialData recovered',
  },
  {
    name: 'queries that fail inside an answer',
    fault: { api: 'GetMetricData', kind: 'failing-queries', size: 3, times: 1 },
    partial: 'InternalError recovered',
  },
  {
    name: 'pages of seven points',
    fault: { api: 'GetMetricData', kind: 'page-size', size: 97 },
    partial: '',
  },
  {
    name: 'pages of one metric',
    fault: { api: 'ListMetrics', kind: 'page-size', size: 1 },
    partial: '',
  },
  {
    name: 'pages of one tagged resource',
    fault: { api: 'GetResources', kind: 'page-size', size: 1 },
    partial: '',
  },
  {
    name: 'slow answers',
    fault: { api: '*', kind: 'slow', afterMs: 200 },
    partial: '',
  },
  {
    name: 'a rate of 5 calls a second',
    fault: { api: 'GetMetricData', kind: 'rate-limit', size: 5 },
    partial: '',
  },
])('$name: nothing is missing', async ({ fault, partial }) => {
  fake.faults.add(fault);
  const { summary } = await bridge.run();
  expect(summary.faults).toEqual([]);
  expect(Object.keys(summary.cloudwatch?.partial ?? {}).join()).toBe(partial);
  await expectWhole();
});

it.each<{ readonly name: string; readonly fault: FaultSpec; readonly partial: string }>([
  {
    name: 'answers that stay partial',
    fault: { api: 'GetMetricData', kind: 'partial-data-final' },
    partial: 'PartialData missing',
  },
  {
    name: 'a query that keeps failing',
    fault: { api: 'GetMetricData', kind: 'failing-queries', size: 1 },
    partial: 'InternalError missing',
  },
])('$name: the rest is delivered, it is counted, and a later run fills it', async (row) => {
  fake.faults.add(row.fault);
  const { samples, summary } = await bridge.run();
  const [status = '', outcome = ''] = row.partial.split(' ');
  expect(
    sampleValue(samples, 'fargaze_bridge_partial_results', { status, outcome }),
  ).toBeGreaterThan(0);
  expect(summary.faults).toEqual([`GetMetricData: results stayed ${status} after 2 repeats`]);
  expect(sampleValue(samples, 'fargaze_bridge_up', { source: 'cloudwatch' })).toBe(0);
  expect(summary.cloudwatch?.sent).toBeGreaterThan(100);
  fake.faults.clear();
  fake.clock.advance(300);
  const again = await bridge.run();
  expect(again.summary.cloudwatch?.partial).toEqual({});
  await expectWhole();
});

it('a query that CloudWatch refuses costs no other its data', async () => {
  const metrics = ['CPUUtilization', 'MemoryUtilization'].map((name) => metric(name));
  fake.model.addMetric({
    namespace: 'AWS/ECS',
    name: 'CPUReservation',
    dimensions: { ClusterName: 'prod' },
  });
  const wrong = metric('CPUReservation', { statistics: ['p150'] });
  const { receiver, run } = createBridge(
    fake,
    cloudWatch([job('AWS/ECS', { metrics: [...metrics, wrong] })]),
  );
  await expect(run()).resolves.toMatchObject({
    summary: { faults: [expect.stringContaining('p150')] },
  });
  const names = [...receiver.series.keys()].filter((key) => key.startsWith('aws_ecs_'));
  expect(names.join()).toMatch(/cpuutilization.*memory_utilization/);
  expect(fake.totals().GetMetricData?.calls).toBeLessThanOrEqual(20);
});

it('a later page that fails: what its results lack is not taken as read, and a later run fills it', async () => {
  fake.faults.add({ api: 'GetMetricData', kind: 'page-size', size: 97 });
  fake.faults.add({ api: 'GetMetricData', kind: 'access-denied', skip: 2 });
  const { summary } = await bridge.run();
  expect(summary.faults.join()).toContain('cloudwatch:GetMetricData is missing');
  expect(summary.cloudwatch?.sent).toBeGreaterThan(100);
  fake.faults.clear();
  // So much later that no overlap would hide the gap.
  fake.clock.advance(1800);
  const again = await bridge.run();
  expect(again.summary.faults).toEqual([]);
  await expectWhole();
});

describe('a permission that is missing costs only what needs it, and is named', () => {
  it('GetMetricData: ECS is delivered all the same', async () => {
    fake.faults.add({ api: 'GetMetricData', kind: 'access-denied' });
    const { lines, samples, summary } = await bridge.run();
    expect(summary.faults).toHaveLength(1);
    expect(summary.faults[0]).toMatch(
      /^GetMetricData: permission cloudwatch:GetMetricData is missing/,
    );
    expect(lines.join('\n')).toContain('cloudwatch:GetMetricData is missing');
    expect(sampleValue(samples, 'ecs_service_running_tasks', { service: 'web' })).toBe(1);
    expect(sampleValue(samples, 'fargaze_bridge_up', { source: 'cloudwatch' })).toBe(0);
    expect(sampleValue(samples, 'fargaze_bridge_up', { source: 'ecs' })).toBe(1);
  });

  it.each([
    { api: 'ListMetrics', permission: 'cloudwatch:ListMetrics' },
    { api: 'GetResources', permission: 'tag:GetResources' },
  ])('$api: the metrics of ECS are delivered', async ({ api, permission }) => {
    fake.faults.add({ api, kind: 'access-denied' });
    const { summary } = await bridge.run();
    expect(summary.faults).toHaveLength(1);
    expect(summary.faults[0]).toContain(`${api}: permission ${permission} is missing`);
    expect(pointsOf('aws_ecs_cpuutilization_average')).toBeGreaterThan(100);
    // Without tags the series would be others: better none than wrong ones.
    expect(pointsOf('aws_applicationelb_request_count_sum')).toBe(0);
    fake.faults.clear();
    fake.clock.advance(300);
    await bridge.run();
    await expectWhole();
  });

  it('DescribeServiceRevisions: points are read once a minute', async () => {
    fake.faults.add({ api: 'DescribeServiceRevisions', kind: 'access-denied' });
    const { summary } = await bridge.run();
    expect(summary.faults.join()).toContain('permission ecs:DescribeServiceRevisions is missing');
    expect(pointsOf('aws_ecs_cpuutilization_average')).toBeGreaterThan(100);
  });

  it('DescribeServices: load balancers are delivered, and ECS is filled in later', async () => {
    fake.faults.add({ api: 'DescribeServices', kind: 'access-denied' });
    await bridge.run();
    expect(pointsOf('aws_applicationelb_request_count_sum')).toBeGreaterThan(100);
    fake.faults.clear();
    fake.clock.advance(600);
    await bridge.run();
    await expectWhole();
  });
});

it('a deadline: what was read before it is delivered, the rest comes with the next run', async () => {
  // Of two places the one answers at once and the other not in time.
  fake.model.addCluster({ name: 'far', region: 'us-east-1' });
  fake.model.addService({ cluster: 'far', name: 'web', desired: 1, region: 'us-east-1' });
  fake.clock.advance(3600);
  const jobs = [
    job('AWS/ECS', { regions: [region, 'us-east-1'], metrics: [metric('CPUUtilization')] }),
  ];
  bridge = createBridge(fake, cloudWatch(jobs));
  const slow = { kind: 'slow', afterMs: 30_000, region: 'us-east-1' } as const;
  fake.faults.add({ api: 'GetMetricData', ...slow });
  const { summary } = await bridge.run({}, 14);
  expect(summary.faults.join()).toContain('GetMetricData');
  const near = `aws_ecs_cpuutilization_average{account_id="${account}",dimension_ClusterName="prod"`;
  expect(pointsOf(near)).toBeGreaterThan(100);
  expect(pointsOf('aws_ecs_cpuutilization_average')).toBe(pointsOf(near));
  fake.faults.clear();
  fake.clock.advance(300);
  await bridge.run();
  expect(pointsOf('aws_ecs_cpuutilization_average')).toBeGreaterThan(pointsOf(near));
});

it('a receiver that is down: the reading stops, ECS is delivered, and the run fails by its name', async () => {
  bridge.receiver.setState('down');
  await expect(bridge.run()).rejects.toThrow('receiver is down');
  expect(sampleValue(bridge.samples(), 'ecs_service_running_tasks', { service: 'web' })).toBe(1);
  expect(sampleValue(bridge.samples(), 'fargaze_bridge_up', { source: 'cloudwatch' })).toBe(0);
});
