import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type MetricDataQuery,
  type MetricDataResult,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';
import { cloudWatchClient } from '../../local/fake-aws/clients.ts';
import {
  exampleInput as input,
  exampleMinute as minute,
  exampleNow as now,
  exampleQuery as query,
} from '../../local/fake-aws/example-queries.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { fc } from '../support/property.ts';

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

async function get(queries: MetricDataQuery[], more: Partial<GetMetricDataCommandInput> = {}) {
  const answer = await client.send(new GetMetricDataCommand(input(queries, more)));
  return answer.MetricDataResults ?? [];
}

const secondsOf = (result: MetricDataResult | undefined) =>
  (result?.Timestamps ?? []).map((time) => time.getTime() / 1000);

describe('GetMetricData', () => {
  it('gives one point a minute with its own timestamp, newest first', async () => {
    const [result] = await get([query('a')]);
    expect(result).toMatchObject({ Id: 'a', Label: 'CPUUtilization', StatusCode: 'Complete' });
    const wanted = [1, 2, 3, 4, 5].map((index) => minute - 300 - index * 60);
    expect(secondsOf(result)).toEqual(wanted);
    expect(result?.Values).toHaveLength(5);
    const [ascending] = await get([query('a')], { ScanBy: 'TimestampAscending' });
    expect(ascending?.Values).toEqual(result?.Values?.toReversed());
  });

  it('takes the start as inclusive and the end as exclusive, for any window', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -40, max: -5 }),
        fc.integer({ min: 1, max: 30 }),
        async (from, length) => {
          const start = minute + from * 60;
          const end = start + length * 60;
          const more = { StartTime: date(start), EndTime: date(end) };
          const times = secondsOf((await get([query('a')], more))[0]);
          // Minutes that have not been published yet are not in the answer: 60 s and the lag of 30 s.
          const published = Array.from({ length }, (_, index) => start + index * 60).filter(
            (time) => time + 90 <= now,
          );
          expect(times).toEqual(published.toReversed());
        },
      ),
      { numRuns: 40 },
    );
  });

  it('agrees between statistics of the same minutes', async () => {
    const stats = ['Minimum', 'p50', 'Average', 'p90', 'Maximum', 'Sum', 'SampleCount'];
    const results = await get(stats.map((stat, index) => query(`q${index}`, { stat })));
    const [min, p50, average, p90, max, sum, count] = results.map((result) => result.Values ?? []);
    for (let index = 0; index < 5; index++) {
      const at = (values: number[] | undefined) => values?.[index] ?? Number.NaN;
      expect(at(min)).toBeLessThanOrEqual(at(p50));
      expect(at(p50)).toBeLessThanOrEqual(at(p90));
      expect(at(p90)).toBeLessThanOrEqual(at(max));
      expect(at(average)).toBeCloseTo(at(sum) / at(count), 9);
      expect(at(count)).toBe(6);
    }
  });

  it('computes metric math where all operands have points, and can hide the operands', async () => {
    fake.model.addMetric({
      namespace: 'App',
      name: 'Total',
      points: [
        [minute - 600, 8],
        [minute - 540, 0],
      ],
    });
    fake.model.addMetric({
      namespace: 'App',
      name: 'Bad',
      points: [
        [minute - 600, 2],
        [minute - 540, 1],
        [minute - 480, 5],
      ],
    });
    const app = (id: string, name: string): MetricDataQuery => ({
      Id: id,
      MetricStat: { Metric: { Namespace: 'App', MetricName: name }, Period: 60, Stat: 'Sum' },
      ReturnData: false,
    });
    const share = { Id: 'share', Expression: '100 * bad / total', Label: 'bad share' };
    const results = await get([share, app('total', 'Total'), app('bad', 'Bad')]);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ Id: 'share', Label: 'bad share', Values: [25] });
  });

  it.each([
    {
      name: 'more than 500 queries',
      queries: Array.from({ length: 501 }, (_, index) => query(`q${index}`)),
      more: {},
      message: 'The collection MetricDataQueries must not have a size greater than 500.',
    },
    { name: 'an id twice', queries: [query('a'), query('a')], more: {}, message: 'more than once' },
    { name: 'an id in capitals', queries: [query('A')], more: {}, message: 'does not match' },
    {
      name: 'a period of 90 s',
      queries: [query('a', { period: 90 })],
      more: {},
      message: 'Period',
    },
    {
      name: 'an unknown statistic',
      queries: [query('a', { stat: 'Mean' })],
      more: {},
      message: 'Mean',
    },
    {
      name: 'an expression over nothing known',
      queries: [{ Id: 'a', Expression: 'b * 2' }],
      more: {},
      message: 'unknown Id b',
    },
    {
      name: 'expressions in a circle',
      queries: [
        { Id: 'a', Expression: 'b * 2' },
        { Id: 'b', Expression: 'a * 2' },
      ],
      more: {},
      message: 'refers to itself',
    },
    {
      name: 'a window that ends before it starts',
      queries: [query('a')],
      more: { EndTime: date(minute - 900) },
      message: 'StartTime must be less than',
    },
    {
      name: 'an account that is not linked',
      queries: [query('a', { account: linked })],
      more: {},
      message: 'not linked',
    },
  ])('refuses $name', async ({ queries, more, message }) => {
    await expect(get(queries, more)).rejects.toMatchObject({
      name: expect.stringMatching(/^Validation(Error|Exception)$/),
      message: expect.stringContaining(message),
    });
  });

  it('gives every point once, whatever the page size', async () => {
    const queries = [
      query('a'),
      query('none', { service: 'x' }),
      query('b', { metric: 'MemoryUtilization' }),
    ];
    const whole = await get(queries);
    expect(whole.map((result) => result.Values?.length)).toEqual([5, 0, 5]);
    for (let size = 1; size <= 11; size++) {
      const points = new Map<string, [number[], number[]]>();
      const empty: (string | undefined)[] = [];
      const pages = paginateGetMetricData({ client }, input(queries, { MaxDatapoints: size }));
      for await (const page of pages) {
        const results = page.MetricDataResults ?? [];
        const count = results.reduce((total, result) => total + (result.Values?.length ?? 0), 0);
        expect(count).toBeLessThanOrEqual(size);
        for (const result of results) {
          if (result.Values?.length === 0) empty.push(result.Id);
          const known = points.get(result.Id ?? '') ?? [[], []];
          known[0].push(...secondsOf(result));
          known[1].push(...(result.Values ?? []));
          points.set(result.Id ?? '', known);
        }
      }
      expect(empty).toEqual(['none']);
      for (const result of whole) {
        expect(points.get(result.Id ?? '')).toEqual([secondsOf(result), result.Values]);
      }
    }
  });

  it('marks a result that goes on as PartialData, and pages of one request show one instant', async () => {
    fake.setVisibility({ revisions: 'on', settleSeconds: 1200 });
    const one = await client.send(
      new GetMetricDataCommand(input([query('a')], { MaxDatapoints: 3 })),
    );
    expect(one.MetricDataResults?.[0]).toMatchObject({ StatusCode: 'PartialData' });
    const whole = await get([query('a')]);
    fake.clock.advance(3600);
    const two = await client.send(
      new GetMetricDataCommand(input([query('a')], { MaxDatapoints: 3, NextToken: one.NextToken })),
    );
    expect(two.NextToken).toBeUndefined();
    expect(two.MetricDataResults?.[0]).toMatchObject({ StatusCode: 'Complete' });
    const values = [one, two].flatMap((page) => page.MetricDataResults?.[0]?.Values ?? []);
    expect(values).toEqual(whole[0]?.Values);
    expect(await get([query('a')])).not.toEqual(whole);
  });

  it('refuses a token that is not its own', async () => {
    await expect(get([query('a')], { NextToken: 'bm9uc2Vuc2U' })).rejects.toMatchObject({
      name: 'InvalidNextToken',
    });
  });

  it('reads a linked account and one of its own under equal names as different metrics', async () => {
    fake.model.addAccount({ id: '111122223333', linkedAccounts: [linked] });
    fake.model.addCluster({ account: linked, name: 'prod' });
    fake.model.addService({ account: linked, cluster: 'prod', name: 'web' });
    const [own, other] = await get([query('a'), query('b', { account: linked })]);
    expect(other?.Values).toHaveLength(5);
    expect(other?.Values).not.toEqual(own?.Values);
    expect(fake.calls().at(-1)).toMatchObject({ queries: 2, billed: 2 });
  });

  it('has no data in a unit that the metric does not have', async () => {
    const asked = query('a');
    const [result] = await get([
      { ...asked, MetricStat: asked.MetricStat && { ...asked.MetricStat, Unit: 'Bytes' } },
    ]);
    expect(result?.Values).toEqual([]);
  });
});
