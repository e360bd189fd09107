import {
  type CloudWatchClient,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch';
import { cloudWatchClient } from '../../local/fake-aws/clients.ts';
import { addFleet } from '../../local/fake-aws/demo.ts';
import {
  exampleMinute as minute,
  exampleNow as now,
} from '../../local/fake-aws/example-queries.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';

const linked = '444455556666';
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

const date = (seconds: number) => new Date(seconds * 1000);

describe('ListMetrics', () => {
  it('lists 500 a page, each metric once', async () => {
    addFleet(fake.model, { cluster: 'fleet', services: 60 });
    const seen = new Set<string>();
    const sizes: number[] = [];
    const filter = { Namespace: 'ECS/ContainerInsights' };
    for await (const { Metrics = [] } of paginateListMetrics({ client }, filter)) {
      sizes.push(Metrics.length);
      for (const metric of Metrics) seen.add(JSON.stringify(metric));
    }
    // 15 per service, 13 per cluster, two clusters and 61 services.
    expect(sizes).toEqual([500, 61 * 15 + 2 * 13 - 500]);
    expect(seen.size).toBe(61 * 15 + 2 * 13);
  });

  it('filters by name and by dimension with and without a value', async () => {
    const list = async (filter: {
      MetricName?: string;
      Dimensions?: { Name: string; Value?: string }[];
    }) => {
      const answer = await client.send(new ListMetricsCommand({ Namespace: 'AWS/ECS', ...filter }));
      return (answer.Metrics ?? []).length;
    };
    fake.model.addService({ cluster: 'prod', name: 'api' });
    expect(await list({})).toBe(6);
    expect(await list({ MetricName: 'CPUUtilization' })).toBe(3);
    expect(await list({ Dimensions: [{ Name: 'ServiceName' }] })).toBe(4);
    expect(await list({ Dimensions: [{ Name: 'ServiceName', Value: 'api' }] })).toBe(2);
  });

  it('forgets what has been silent for two weeks, or three hours when asked', async () => {
    const count = async (more: { RecentlyActive?: 'PT3H' }) => {
      const filter = { Namespace: 'AWS/ECS', MetricName: 'CPUUtilization' };
      const answer = await client.send(new ListMetricsCommand({ ...filter, ...more }));
      return answer.Metrics?.length;
    };
    fake.model.scaleTo({ cluster: 'prod', service: 'web', desired: 0 });
    fake.clock.advance(2 * 3600);
    expect([await count({}), await count({ RecentlyActive: 'PT3H' })]).toEqual([2, 2]);
    fake.clock.advance(2 * 3600);
    expect([await count({}), await count({ RecentlyActive: 'PT3H' })]).toEqual([2, 0]);
    fake.clock.advance(14 * 86_400);
    expect(await count({})).toBe(0);
  });

  it('lists linked accounts with their owner when asked', async () => {
    fake.model.addAccount({ id: '111122223333', linkedAccounts: [linked] });
    fake.model.addMetric({ account: linked, namespace: 'App', name: 'Jobs' });
    fake.model.addMetric({ namespace: 'App', name: 'Queues' });
    const all = await client.send(
      new ListMetricsCommand({ Namespace: 'App', IncludeLinkedAccounts: true }),
    );
    expect(all.Metrics?.map((metric) => metric.MetricName)).toEqual(['Queues', 'Jobs']);
    expect(all.OwningAccounts).toEqual(['111122223333', linked]);
    const own = await client.send(new ListMetricsCommand({ Namespace: 'App' }));
    expect(own.Metrics?.map((metric) => metric.MetricName)).toEqual(['Queues']);
  });

  it('knows load balancers, caches and functions', async () => {
    fake.model.addResource({ kind: 'load-balancer', name: 'edge' });
    fake.model.addResource({ kind: 'cache', name: 'session' });
    fake.model.addResource({ kind: 'function', name: 'resize' });
    for (const namespace of ['AWS/ApplicationELB', 'AWS/ElastiCache', 'AWS/Lambda']) {
      const answer = await client.send(new ListMetricsCommand({ Namespace: namespace }));
      expect(answer.Metrics?.length).toBeGreaterThanOrEqual(5);
    }
  });
});

describe('GetMetricStatistics', () => {
  const ask = (more: object = {}) =>
    client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/ECS',
        MetricName: 'CPUUtilization',
        Dimensions: [{ Name: 'ClusterName', Value: 'prod' }],
        StartTime: date(minute - 1200),
        EndTime: date(minute - 600),
        Period: 60,
        Statistics: ['Average', 'Maximum'],
        ...more,
      }),
    );

  it('gives the statistics of each minute, in no order', async () => {
    const { Datapoints = [], Label } = await ask({ ExtendedStatistics: ['p90'] });
    expect(Label).toBe('CPUUtilization');
    expect(Datapoints).toHaveLength(10);
    const times = Datapoints.map(({ Timestamp }) => Timestamp?.getTime() ?? 0);
    expect(times).not.toEqual([...times].sort((left, right) => left - right));
    for (const { Average = 0, Maximum = 0, Unit, ExtendedStatistics } of Datapoints) {
      expect(Average).toBeLessThanOrEqual(Maximum);
      expect(ExtendedStatistics?.p90).toBeLessThanOrEqual(Maximum);
      expect(Unit).toBe('Percent');
    }
  });

  it('refuses more than 1,440 points and a request for no statistic', async () => {
    await expect(ask({ StartTime: date(minute - 600 - 1441 * 60) })).rejects.toThrow(
      'limit of 1440',
    );
    await expect(ask({ Statistics: [] })).rejects.toThrow('At least one');
  });
});
