import {
  type CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  type MetricDataQuery,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
  paginateListServices,
} from '@aws-sdk/client-ecs';
import { cloudWatchClient, ecsClient } from '../../local/fake-aws/clients.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';

const now = 1_800_000_000;
let fake: FakeAws;
let ecs: ECSClient;
let cloudWatch: CloudWatchClient;

beforeEach(async () => {
  fake = await startFakeAws();
  fake.clock.set(now);
  ecs = ecsClient(fake);
  cloudWatch = cloudWatchClient(fake);
  fake.model.addCluster({ name: 'prod' });
  for (const name of ['a', 'b', 'c']) fake.model.addService({ cluster: 'prod', name });
});

afterEach(async () => {
  ecs.destroy();
  cloudWatch.destroy();
  await fake.close();
});

function queries(count: number): MetricDataQuery[] {
  return Array.from({ length: count }, (_, index) => ({
    Id: `q${index}`,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ECS',
        MetricName: 'CPUUtilization',
        Dimensions: [{ Name: 'ClusterName', Value: 'prod' }],
      },
      Period: 60,
      Stat: 'Average',
    },
  }));
}

const input = (count = 1) => ({
  MetricDataQueries: queries(count),
  StartTime: new Date((now - 900) * 1000),
  EndTime: new Date((now - 600) * 1000),
});

const list = () => ecs.send(new ListClustersCommand({}));
const get = (count = 1) => cloudWatch.send(new GetMetricDataCommand(input(count)));

describe('errors of a service', () => {
  it('throttles as ECS and CloudWatch do', async () => {
    fake.faults.add({ api: '*', kind: 'throttle' });
    await expect(list()).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(get()).rejects.toMatchObject({
      name: 'Throttling',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('is retried by the SDK and passes', async () => {
    const patient = ecsClient({ url: fake.url, maxAttempts: 3 });
    fake.faults.add({ api: 'ListClusters', kind: 'throttle', times: 2 });
    expect((await patient.send(new ListClustersCommand({}))).clusterArns).toHaveLength(1);
    expect(fake.calls().map(({ status }) => status)).toEqual([400, 400, 200]);
    patient.destroy();
  });

  it('throttles only beyond a rate', async () => {
    fake.faults.add({ api: 'ListClusters', kind: 'rate-limit', size: 5 });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, list));
    const passed = outcomes.filter(({ status }) => status === 'fulfilled').length;
    // More pass only when the burst takes longer than a second.
    expect(passed).toBeGreaterThanOrEqual(5);
    expect(fake.faults.list()[0]?.hits).toBe(20 - passed);
    expect(fake.totals().ListClusters).toMatchObject({ calls: 20, errors: 20 - passed });
  });

  const user = 'User: arn:aws:iam::111122223333:user/local is not authorized to perform: ';

  it.each([
    {
      api: 'DescribeServices',
      send: () => ecs.send(new DescribeServicesCommand({ cluster: 'prod', services: ['a', 'b'] })),
      message:
        `${user}ecs:DescribeServices on resource: arn:aws:ecs:eu-west-1:111122223333:service/prod/a` +
        ' because no identity-based policy allows the ecs:DescribeServices action',
    },
    {
      api: 'ListServices',
      send: () => ecs.send(new ListServicesCommand({ cluster: 'prod' })),
      message:
        `${user}ecs:ListServices on resource: *` +
        ' because no identity-based policy allows the ecs:ListServices action',
    },
    {
      api: 'DescribeTasks',
      send: () => ecs.send(new DescribeTasksCommand({ cluster: 'prod', tasks: ['t'] })),
      message: `${user}ecs:DescribeTasks on resource: arn:aws:ecs:eu-west-1:111122223333:task/prod/t`,
    },
    {
      api: 'ListMetrics',
      send: () => cloudWatch.send(new ListMetricsCommand({})),
      message:
        `${user}cloudwatch:ListMetrics` +
        ' because no identity-based policy allows the cloudwatch:ListMetrics action',
    },
  ])('denies $api and nothing else', async ({ api, send, message }) => {
    fake.faults.add({ api, kind: 'access-denied' });
    await expect(send()).rejects.toMatchObject({
      name: expect.stringMatching(/^AccessDenied(Exception)?$/),
      message: expect.stringContaining(message),
    });
    await list();
    await get();
    fake.faults.clear();
    await expect(send()).resolves.toBeDefined();
  });

  it('has errors of its own', async () => {
    fake.faults.add({ api: '*', kind: 'internal-error' });
    await expect(list()).rejects.toMatchObject({
      name: 'ServerException',
      $metadata: { httpStatusCode: 500 },
    });
    await expect(get()).rejects.toMatchObject({
      name: 'InternalServiceFault',
      $metadata: { httpStatusCode: 500 },
    });
  });
});

describe('trouble on the way', () => {
  it('answers with a status 500 that no service wrote', async () => {
    fake.faults.add({ api: '*', kind: 'http-500', times: 1 });
    await expect(list()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    await list();
  });

  it('breaks the connection', async () => {
    fake.faults.add({ api: '*', kind: 'reset', times: 1 });
    await expect(list()).rejects.toThrow('ECONNRESET');
    await list();
    expect(fake.calls().map(({ status, error }) => [status, error])).toEqual([
      [0, 'reset'],
      [200, undefined],
    ]);
  });

  it('is slow, and the client can give up', async () => {
    fake.faults.add({ api: 'ListClusters', kind: 'slow', afterMs: 20_000 });
    const abort = AbortSignal.timeout(50);
    await expect(
      ecs.send(new ListClustersCommand({}), { abortSignal: abort }),
    ).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('does not keep a closing server waiting for what is slow', async () => {
    fake.faults.add({ api: '*', kind: 'slow', afterMs: 60_000 });
    const outcome = list().catch((error: unknown) => error);
    while (fake.faults.list()[0]?.hits === 0)
      await new Promise((resolve) => setTimeout(resolve, 5));
    await fake.close();
    expect(await outcome).toBeInstanceOf(Error);
    fake = await startFakeAws();
  });
});

describe('pages', () => {
  it('are as small as a fault makes them', async () => {
    fake.faults.add({ api: 'ListServices', kind: 'page-size', size: 1 });
    const sizes: number[] = [];
    for await (const page of paginateListServices(
      { client: ecs },
      { cluster: 'prod', maxResults: 100 },
    )) {
      sizes.push(page.serviceArns?.length ?? 0);
    }
    expect(sizes).toEqual([1, 1, 1]);
  });

  it('of tasks, metrics and points too', async () => {
    fake.faults.add({ api: '*', kind: 'page-size', size: 2 });
    const tasks = await ecs.send(new ListTasksCommand({ cluster: 'prod' }));
    expect([tasks.taskArns?.length, tasks.nextToken !== undefined]).toEqual([2, true]);
    const metrics = await cloudWatch.send(new ListMetricsCommand({}));
    expect([metrics.Metrics?.length, metrics.NextToken !== undefined]).toEqual([2, true]);
    let points = 0;
    let pages = 0;
    for await (const page of paginateGetMetricData({ client: cloudWatch }, input())) {
      pages += 1;
      points += page.MetricDataResults?.[0]?.Values?.length ?? 0;
    }
    expect({ points, pages }).toEqual({ points: 5, pages: 3 });
  });
});

describe('incomplete data', () => {
  it('comes in two parts that make the whole when a token is given', async () => {
    const whole = (await get()).MetricDataResults?.[0];
    fake.faults.add({ api: 'GetMetricData', kind: 'partial-data', times: 1 });
    const first = await get();
    expect(first.MetricDataResults?.[0]?.StatusCode).toBe('PartialData');
    const more = new GetMetricDataCommand({ ...input(), NextToken: first.NextToken });
    const second = await cloudWatch.send(more);
    expect(second.MetricDataResults?.[0]?.StatusCode).toBe('Complete');
    expect(second.NextToken).toBeUndefined();
    const parts = [first, second].map((page) => page.MetricDataResults?.[0]?.Values ?? []);
    expect(parts.flat()).toEqual(whole?.Values);
    expect(parts.map((part) => part.length)).toEqual([2, 3]);
  });

  it('stays incomplete without a token, until it is asked for again', async () => {
    fake.faults.add({ api: 'GetMetricData', kind: 'partial-data-final', times: 1 });
    const answer = await get();
    expect(answer.NextToken).toBeUndefined();
    expect(answer.MetricDataResults?.[0]).toMatchObject({ StatusCode: 'PartialData' });
    expect(answer.MetricDataResults?.[0]?.Values).toHaveLength(2);
    expect((await get()).MetricDataResults?.[0]?.Values).toHaveLength(5);
  });

  it('fails for some queries only', async () => {
    fake.faults.add({ api: 'GetMetricData', kind: 'failing-queries', size: 2, times: 1 });
    const { MetricDataResults = [] } = await get(4);
    expect(MetricDataResults.map(({ StatusCode, Values }) => [StatusCode, Values?.length])).toEqual(
      [
        ['InternalError', 0],
        ['InternalError', 0],
        ['Complete', 5],
        ['Complete', 5],
      ],
    );
    expect(MetricDataResults[0]?.Messages?.[0]?.Code).toBe('InternalError');
  });
});
