// A thousand services: calls are exactly as many as the limits of the API ask for, and every sample arrives once.
import { requestLimits } from '../../functions/ecs-bridge/cloudwatch/query/plan.ts';
import { addFleet } from '../../local/fake-aws/demo.ts';
import { startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import {
  account,
  cloudWatch,
  createBridge,
  environment,
  job,
  metric,
  sampleValue,
} from '../support/bridging.ts';

const services = 1000;
const dimensionNameRequirements = ['ClusterName', 'ServiceName'];
const insights = [
  'CpuUtilized',
  'CpuReserved',
  'MemoryUtilized',
  'MemoryReserved',
  'NetworkRxBytes',
  'NetworkTxBytes',
];

it('1,000 services with 8 metrics and 5 points: the fewest calls, 40,000 samples, each once', async () => {
  const fake = await startFakeAws();
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: fake.url });
  try {
    fake.clock.set(1_800_000_000);
    addFleet(fake.model, { cluster: 'fleet', services });
    fake.clock.advance(1200);
    const jobs = [
      job('AWS/ECS', {
        dimensionNameRequirements,
        metrics: [metric('CPUUtilization'), metric('MemoryUtilization')],
      }),
      job('ECS/ContainerInsights', {
        dimensionNameRequirements,
        metrics: insights.map((name) => metric(name)),
      }),
    ];
    // A backfill of seven minutes with two to settle: five points.
    const { receiver, run } = createBridge(fake, cloudWatch(jobs, { backfill: 420 }));
    const { samples, summary } = await run({}, 120);
    expect(summary).toMatchObject({
      services,
      faults: [],
      cloudwatch: { sent: 40_000 + 2000 + 4 },
    });
    const data = [...receiver.series].filter(([key]) => key.includes('dimension_ServiceName'));
    expect(data).toHaveLength(services * 8);
    expect(data.every(([, points]) => points.size === 5)).toBe(true);
    expect(receiver.repeated()).toBe(0);

    const totals = fake.totals();
    const calls = Object.fromEntries(
      Object.entries(totals).map(([api, { calls: number }]) => [api, number]),
    );
    expect(calls).toEqual({
      GetMetricData: Math.ceil((services * 8) / requestLimits.queries),
      // Of 8 names, pages of 500: services and their cluster.
      ListMetrics: 8 * Math.ceil((services + 1) / 500),
      // Pages of 100, parts of 10, 100 and 20; two tasks run for each service, none has stopped.
      ListClusters: 1,
      DescribeClusters: 1,
      ListServices: services / 100,
      DescribeServices: services / 10,
      ListTasks: (2 * services) / 100 + 1,
      DescribeTasks: (2 * services) / 100,
      DescribeServiceRevisions: services / 20,
      GetCallerIdentity: 1,
    });
    expect(totals.GetMetricData).toMatchObject({ queries: 8000, billed: 8000, points: 40_000 });
    expect(totals.GetMetricData?.peakPerSecond).toBeLessThanOrEqual(50);
    for (const namespace of ['AWS/ECS', 'ECS/ContainerInsights']) {
      const billed = sampleValue(samples, 'fargaze_bridge_billed_metrics', { namespace });
      expect(billed).toBe(services * (namespace === 'AWS/ECS' ? 2 : 6));
    }
    const own = /^fargaze_bridge_(?:order_check|attempt)/;
    const read = [...receiver.series.keys()].filter((key) => !own.test(key));
    expect(read.every((key) => key.includes(account))).toBe(true);
  } finally {
    for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL']) delete process.env[name];
    await fake.close();
  }
}, 180_000);
