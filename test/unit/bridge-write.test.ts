// What is written: which points of an answer, which zeros, and from where a cold function reads on.
import type { MetricQuery } from '../../functions/ecs-bridge/cloudwatch/find/metric-query.ts';
import type { Pass } from '../../functions/ecs-bridge/cloudwatch/pass/pass.ts';
import { createRunTally } from '../../functions/ecs-bridge/cloudwatch/pass/run-tally.ts';
import { PointOrder } from '../../functions/ecs-bridge/cloudwatch/write/point-order.ts';
import { SentPoints } from '../../functions/ecs-bridge/cloudwatch/write/sent-points.ts';
import { SeriesMaker } from '../../functions/ecs-bridge/cloudwatch/write/series.ts';
import { Watermarks } from '../../functions/ecs-bridge/cloudwatch/write/watermarks.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import type { SeriesWriter } from '../../layers/core/src/delivery/series-writer.ts';
import { DeliveryError } from '../../layers/core/src/errors.ts';
import { cloudWatch, job, metric } from '../support/bridging.ts';
import { createReceiver } from '../support/receiver.ts';

const start = 1_800_000_000;
const deadline = startDeadline(3600, systemClock);
afterAll(() => deadline.close());

function passAt(now: number, writer: SeriesWriter = createReceiver()): Pass {
  return {
    config: cloudWatch([]),
    ecsConfig: { clusters: ['*'], services: ['*'], tags: [], exportedTags: [] },
    region: 'eu-west-1',
    clock: systemClock,
    schedule: undefined,
    ownEcs: Promise.resolve({ clusters: [], faults: [] }),
    readDeadline: deadline,
    writeDeadline: deadline,
    writer,
    order: 'any',
    overlap: 600,
    now,
    scopes: [],
    tally: createRunTally(),
  };
}

describe('zeros', () => {
  const errors = metric('Errors', { statistics: ['Sum'], nilToZero: true });
  const from = start;
  /** Times of zeros and values of points in a window of 20 minutes that ends `settle` seconds ago. */
  const made = (
    points: readonly number[],
    { settle = 120, since }: { settle?: number; since?: number },
  ) => {
    const until = from + 1200;
    const resource = {
      arn: 'arn:x',
      tags: [],
      allTags: [],
      dimensions: [],
      ...(since !== undefined && { since }),
    };
    const query: MetricQuery = {
      job: job('AWS/Lambda', { metrics: [errors] }),
      metric: errors,
      resource,
      dimensions: [],
      account: '111122223333',
      linked: 'own',
      resolution: undefined,
      found: 'resource' as const,
    };
    const unit = {
      query,
      job: 'job',
      region: 'eu-west-1',
      statistics: ['Sum'],
      size: 1,
      period: 60,
      shown: 'points' as const,
      span: { from, until },
      watermark: undefined,
      key: 'unit',
    };
    const answer = {
      id: 'u0s0',
      label: '',
      points: points.map((at) => ({ at: (from + at) * 1000, value: 7 })),
    };
    const [one] = new SeriesMaker(passAt(until + settle), new SentPoints()).ofUnit(
      unit,
      'Sum',
      answer,
    );
    return (one?.fresh ?? []).map(({ at, value }) => [at / 1000 - from, value]);
  };

  it('stand where no point is, but not where a late one may still come', () => {
    // Points settle for two minutes; zeros wait two minutes more.
    const zeros = made([0, 120], { since: 0 }).filter(([, value]) => value === 0);
    expect(zeros[0]).toEqual([60, 0]);
    expect(zeros.at(-1)).toEqual([1200 - 120 - 60, 0]);
    expect(zeros).toHaveLength(18 - 2);
  });

  it('wait no longer than the next window reaches back', () => {
    const zeros = made([], { settle: 1800, since: 0 });
    expect(zeros.at(-1)).toEqual([1200 - 300 - 60, 0]);
  });

  it('begin with the resource, and need to know that it exists', () => {
    expect(made([], { since: from + 601 })[0]).toEqual([660, 0]);
    expect(made([60], {})).toEqual([[60, 7]]);
  });
});

describe('the watermark of a cold function', () => {
  const key = JSON.stringify(['cpu', 'eu-west-1', '111122223333']);
  const labels = { bridge_job: 'cpu', region: 'eu-west-1', account_id: '111122223333', owner: '' };
  const recalled = async (query: SeriesWriter['query']) => {
    const pass = passAt(start, { ...createReceiver(), query });
    const watermarks = new Watermarks();
    await watermarks.recall([key], pass);
    return { until: watermarks.until(key), notes: pass.tally.notes };
  };

  it.each([
    { name: 'of the past is taken', value: start - 300, until: start - 300 },
    { name: 'of now is taken', value: start, until: start },
    { name: 'from the future is not: it would leave a gap', value: start + 1, until: undefined },
  ])('$name', async ({ until, value }) => {
    expect(await recalled(async () => [{ labels, value }])).toEqual({ until, notes: [] });
  });

  it.each([
    { name: 'another deployment', other: { ...labels, owner: 'another' } },
    { name: 'another account', other: { ...labels, account_id: '444455556666' } },
    { name: 'another region', other: { ...labels, region: 'us-east-1' } },
  ])('of $name is not taken', async ({ other }) => {
    expect(
      (await recalled(async () => [{ labels: other, value: start - 300 }])).until,
    ).toBeUndefined();
  });

  it('is unknown while the receiver does not answer, which is noted, and asked for again', async () => {
    let answers = false;
    const query = async () => {
      if (!answers) throw new DeliveryError('receiver is down', { retryable: true });
      return [{ labels, value: start - 300 }];
    };
    const pass = passAt(start, { ...createReceiver(), query });
    const watermarks = new Watermarks();
    await watermarks.recall([key], pass);
    expect(pass.tally.notes).toEqual(['receiver is down: reading all of backfill']);
    answers = true;
    await watermarks.recall([key], pass);
    expect(watermarks.until(key)).toBe(start - 300);
  });
});

describe('what a receiver makes of a changed point', () => {
  const learn = (receiver: SeriesWriter, order = new PointOrder()) =>
    order.learn(passAt(start, receiver));

  it.each([
    { outOfOrder: 'taken', order: 'any' },
    { outOfOrder: 'refused', order: 'ascending' },
    { outOfOrder: 'kept', order: 'once' },
  ] as const)('where it is $outOfOrder, points are sent as $order', async (row) => {
    expect(await learn(createReceiver(row))).toBe(row.order);
  });

  it('is unknown until it is seen, and points wait so long', async () => {
    const order = new PointOrder();
    const receiver = createReceiver();
    expect(await learn({ ...receiver, query: async () => [] }, order)).toBe('once');
    const written = receiver.requests();
    expect(await learn(receiver, order)).toBe('any');
    // It was asked only, not written to again.
    expect(receiver.requests()).toBe(written + 1);
  });
});
