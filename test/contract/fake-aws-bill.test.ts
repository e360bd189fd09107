import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { cloudWatchClient } from '../../local/fake-aws/clients.ts';
import { addFleet } from '../../local/fake-aws/demo.ts';
import {
  exampleInput as input,
  exampleNow as now,
  exampleQuery as query,
} from '../../local/fake-aws/example-queries.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';

let fake: FakeAws;
let client: CloudWatchClient;

beforeEach(async () => {
  fake = await startFakeAws();
  fake.clock.set(now);
  client = cloudWatchClient(fake);
  fake.model.addCluster({ name: 'prod', containerInsights: 'enabled' });
  fake.model.addService({ cluster: 'prod', name: 'web', desired: 2 });
});

afterEach(async () => {
  client.destroy();
  await fake.close();
});

async function get(queries: MetricDataQuery[], more: Partial<GetMetricDataCommandInput> = {}) {
  const answer = await client.send(new GetMetricDataCommand(input(queries, more)));
  return answer.MetricDataResults ?? [];
}

describe('the bill', () => {
  const stats = [
    'Average',
    'Sum',
    'Minimum',
    'Maximum',
    'SampleCount',
    'p50',
    'p90',
    'p99',
    'p10',
    'p20',
    'p30',
  ];

  it.each([
    { statistics: 1, billed: 1 },
    { statistics: 5, billed: 1 },
    { statistics: 6, billed: 2 },
    { statistics: 10, billed: 2 },
    { statistics: 11, billed: 3 },
  ])('counts $statistics statistics of one metric as $billed', async ({ statistics, billed }) => {
    await get(stats.slice(0, statistics).map((stat, index) => query(`q${index}`, { stat })));
    expect(fake.totals().GetMetricData).toMatchObject({ calls: 1, queries: statistics, billed });
  });

  it('counts metrics apart, a repeated statistic once, metrics without data too, expressions not', async () => {
    await get([
      query('a'),
      query('b'),
      query('c', { metric: 'MemoryUtilization' }),
      query('d', { service: 'nobody' }),
      { Id: 'e', Expression: 'a + c' },
    ]);
    expect(fake.calls()).toHaveLength(1);
    expect(fake.calls()[0]).toMatchObject({
      api: 'GetMetricData',
      queries: 5,
      billed: 3,
      points: 20,
    });
  });

  it('is nothing for a refused request', async () => {
    await expect(get([query('A')])).rejects.toThrow();
    expect(fake.calls()[0]).toMatchObject({ status: 400, billed: 0, error: 'ValidationException' });
    fake.reset();
    expect(fake.calls()).toEqual([]);
    expect(fake.totals()).toEqual({});
  });
});

describe('size', () => {
  it('answers 1,000 services with 8 metrics of 5 points in 16 calls, complete', async () => {
    addFleet(fake.model, { cluster: 'fleet', services: 1000 });
    const metrics = [
      'CpuUtilized',
      'CpuReserved',
      'MemoryUtilized',
      'MemoryReserved',
      'NetworkRxBytes',
      'NetworkTxBytes',
      'StorageReadBytes',
      'StorageWriteBytes',
    ];
    const queries = Array.from({ length: 8000 }, (_, index): MetricDataQuery => {
      const name = `service-${String(Math.floor(index / 8) + 1).padStart(4, '0')}`;
      const dimensions = [
        { Name: 'ServiceName', Value: name },
        { Name: 'ClusterName', Value: 'fleet' },
      ];
      const Metric = {
        Namespace: 'ECS/ContainerInsights',
        MetricName: metrics[index % 8],
        Dimensions: dimensions,
      };
      return { Id: `q${index}`, MetricStat: { Metric, Period: 60, Stat: 'Average' } };
    });
    for (let start = 0; start < 8000; start += 500) await get(queries.slice(start, start + 500));
    expect(fake.totals().GetMetricData).toMatchObject({
      calls: 16,
      queries: 8000,
      billed: 8000,
      points: 40_000,
    });
  });
});
