// Answers of GetMetricData that are odd: what is kept of them, what is read again, and what is said.
import type { ScopeClients } from '../../functions/ecs-bridge/aws/scope.ts';
import type { MetricDataPage } from '../../functions/ecs-bridge/aws/sdk-types.ts';
import type { Pass } from '../../functions/ecs-bridge/cloudwatch/pass/pass.ts';
import { createRunTally } from '../../functions/ecs-bridge/cloudwatch/pass/run-tally.ts';
import { getMetricData } from '../../functions/ecs-bridge/cloudwatch/query/get-metric-data.ts';

/** Reads two queries, `a` and `b`, from pages. */
async function read(...pages: Partial<MetricDataPage>[]) {
  const asked: string[][] = [];
  const tally = createRunTally();
  const scope = {
    dataLimiter: { run: ({ make }: { make: () => unknown }) => make() },
    cloudwatch: {
      getMetricData: async (input: { MetricDataQueries: { Id: string }[] }) => {
        asked.push(input.MetricDataQueries.map(({ Id }) => Id));
        return pages.shift() ?? {};
      },
    },
  } as unknown as ScopeClients;
  const queries = ['a', 'b'].map((Id) => ({ query: { Id }, namespace: 'AWS/ECS' }));
  const window = { start: 1_800_000_000, end: 1_800_000_300, points: 10 };
  const request = { ...window, scope, queries, billed: new Map() };
  const data = await getMetricData(request, { tally } as unknown as Pass);
  return { ...data, asked, tally };
}

const time = 1_800_000_000;

it('points come in order, the later one of a time counts, and values may be text', async () => {
  const { answers, missing } = await read({
    MetricDataResults: [
      {
        Id: 'a',
        StatusCode: 'Complete',
        Timestamps: [time + 120, time, time + 60, time],
        Values: [3, 9, '2.5', 1],
      },
    ],
  });
  expect(answers[0]?.points.map(({ at, value }) => [at / 1000 - time, value])).toEqual([
    [0, 1],
    [60, 2.5],
    [120, 3],
  ]);
  expect(missing.size).toBe(0);
});

it('a point without a value, and a time that is none, are no numbers and end nothing', async () => {
  const { answers, fault } = await read({
    MetricDataResults: [
      { Id: 'a', Timestamps: [time, time + 60], Values: [1] },
      { Id: 'b', Timestamps: ['2027-01-15T08:00:00Z' as never, 1e300], Values: ['NaN', 1] },
      { Timestamps: [time], Values: [1] },
      { Id: 'nobody asked', Timestamps: [time], Values: [1] },
    ],
  });
  expect(answers.map(({ id, points }) => [id, points.map(({ value }) => value)])).toEqual([
    ['a', [1, Number.NaN]],
    ['b', expect.arrayContaining([Number.NaN, 1])],
    ['', [1]],
    ['nobody asked', [1]],
  ]);
  expect(fault).toBeUndefined();
});

it('a query that failed inside CloudWatch is asked for again by itself; what it says of that is no note', async () => {
  const why = { Code: 'InternalError', Value: 'try again' };
  const { asked, missing, tally } = await read(
    {
      MetricDataResults: [
        { Id: 'a', StatusCode: 'Complete', Timestamps: [time], Values: [1] },
        { Id: 'b', StatusCode: 'InternalError', Messages: [why] },
      ],
    },
    { MetricDataResults: [{ Id: 'b', StatusCode: 'Complete', Timestamps: [time], Values: [1] }] },
  );
  expect(asked).toEqual([['a', 'b'], ['b']]);
  expect(missing.size).toBe(0);
  expect(tally.notes).toEqual([]);
});

it('what CloudWatch says of an answer that lacks something is a note', async () => {
  const { tally } = await read({
    Messages: [{ Code: 'MaxMetricsExceeded', Value: 'only 500 metrics are shown' }],
    MetricDataResults: [
      {
        Id: 'a',
        StatusCode: 'Complete',
        Messages: [{ Code: 'ArithmeticError', Value: 'a data point was dropped' }],
      },
    ],
  });
  expect(tally.notes).toEqual([
    'GetMetricData: MaxMetricsExceeded: only 500 metrics are shown',
    'GetMetricData: ArithmeticError: a data point was dropped',
  ]);
});
