import { parseExpression } from '../../local/fake-aws/cloudwatch/expression.ts';
import { alignWindow, collectBuckets, type Window } from '../../local/fake-aws/metrics/buckets.ts';
import { keyOf, type MetricSeries } from '../../local/fake-aws/metrics/series.ts';
import { statisticOf } from '../../local/fake-aws/metrics/statistics.ts';
import { defaultVisibility, type Visibility } from '../../local/fake-aws/metrics/visibility.ts';
import { createModel } from '../../local/fake-aws/model/model.ts';
import { findRegion } from '../../local/fake-aws/model/world.ts';
import { fc } from '../support/property.ts';

const now = 1_800_000_000;
const cpu = {
  namespace: 'AWS/ECS',
  name: 'CPUUtilization',
  dimensions: [
    { name: 'ClusterName', value: 'prod' },
    { name: 'ServiceName', value: 'web' },
  ],
};

function setUp(options: { seed?: number; resolution?: 20 | 60; region?: string } = {}) {
  const { seed = 1, resolution = 60, region = 'eu-west-1' } = options;
  const model = createModel({ now: () => now, seed, region });
  model.addCluster({ name: 'prod' });
  model.addService({ cluster: 'prod', name: 'web', desired: 2, resolution });
  return { model, series: found(findRegion(model.world, {}).series.find(cpu)) };
}

function found(series: MetricSeries | undefined): MetricSeries {
  if (series === undefined) throw new Error('no such series');
  return series;
}

function read(
  series: MetricSeries,
  window: Window,
  view: { now?: number; visibility?: Partial<Visibility> } = {},
) {
  const visibility = { ...defaultVisibility, ...view.visibility };
  return collectBuckets(series, alignWindow(window), { now: view.now ?? now, visibility });
}

const periods = fc.constantFrom(60, 120, 300, 900, 3600);
const anyWindow = fc
  .record({
    start: fc.double({ min: now - 7200, max: now, noNaN: true }),
    length: fc.double({ min: 1, max: 7200, noNaN: true }),
    period: periods,
  })
  .map(({ start, length, period }) => ({ start, end: start + length, period }));

describe('buckets', () => {
  const { series } = setUp();

  it('begin at multiples of the period, inside the window, in order', () => {
    fc.assert(
      fc.property(anyWindow, (window) => {
        const times = read(series, window).map(({ at }) => at);
        expect(times.every((at) => at % window.period === 0)).toBe(true);
        // CloudWatch rounds the start down to the whole minute.
        expect(
          times.every((at) => at >= Math.floor(window.start / 60) * 60 && at < window.end),
        ).toBe(true);
        expect(times).toEqual([...new Set(times)].sort((left, right) => left - right));
      }),
    );
  });

  it('have equal values however the window around them was cut', () => {
    const whole = new Map(
      read(series, { start: now - 9000, end: now + 9000, period: 60 }).map(({ at, samples }) => [
        at,
        samples,
      ]),
    );
    fc.assert(
      fc.property(anyWindow, ({ start, end }) => {
        for (const { at, samples } of read(series, { start, end, period: 60 })) {
          // A window that ends inside a minute sees the slot all the same: slots are not cut.
          expect(samples).toEqual(whole.get(at));
        }
      }),
    );
  });

  it('leave no minute out between the start and the last published one', () => {
    fc.assert(
      fc.property(anyWindow, ({ start, end }) => {
        const times = read(series, { start, end, period: 60 }).map(({ at }) => at);
        const first = Math.floor(start / 60) * 60;
        const last = Math.min(Math.ceil(end / 60) * 60 - 60, Math.floor((now - 90) / 60) * 60);
        const wanted =
          last < first
            ? []
            : Array.from({ length: (last - first) / 60 + 1 }, (_, i) => first + i * 60);
        expect(times).toEqual(wanted);
      }),
    );
  });

  it('of five minutes hold exactly the samples of their minutes', () => {
    const start = Math.floor((now - 3600) / 300) * 300;
    const window = { start, end: start + 1800 };
    const minutes = read(series, { ...window, period: 60 });
    for (const { at, samples } of read(series, { ...window, period: 300 })) {
      const inside = minutes.filter((minute) => minute.at >= at && minute.at < at + 300);
      expect(samples).toEqual(inside.flatMap((minute) => minute.samples));
      expect(inside).toHaveLength(5);
    }
  });

  it('of 20 seconds exist three times a minute only where the service publishes them', () => {
    const window = { start: now - 600, end: now - 300, period: 20 };
    expect(read(series, window)).toHaveLength(5);
    expect(read(setUp({ resolution: 20 }).series, window)).toHaveLength(15);
  });

  it('hold the declared samples of their slot, wherever in it they were taken', () => {
    const model = createModel({ now: () => now });
    const at = Math.floor(now / 60) * 60 - 600;
    const points = [[at + 5, 1] as const, [at + 59.9, 2] as const, [at + 60, 3] as const];
    model.addMetric({ namespace: 'App', name: 'Load', points });
    const identity = { namespace: 'App', name: 'Load', dimensions: [] };
    const series = found(findRegion(model.world, {}).series.find(identity));
    expect(read(series, { start: at, end: at + 300, period: 60 })).toEqual([
      { at, samples: [1, 2] },
      { at: at + 60, samples: [3] },
    ]);
  });

  it('do not exist beyond the retention of their period', () => {
    const short = setUp({ resolution: 20 }).series;
    const old = { start: now - 4 * 3600, end: now - 3.5 * 3600 };
    expect(read(short, { ...old, period: 20 })).toHaveLength(0);
    expect(read(short, { ...old, period: 60 })).toHaveLength(30);
  });
});

describe('values', () => {
  it('stay within 5 and 95 percent, move, and depend on seed, region and metric only', () => {
    const window = { start: now - 7200, end: now - 300, period: 60 };
    const samples = read(setUp().series, window).flatMap((bucket) => bucket.samples);
    expect(Math.min(...samples)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...samples)).toBeLessThanOrEqual(95);
    expect(Math.max(...samples) - Math.min(...samples)).toBeGreaterThan(40);
    expect(read(setUp().series, window)).toEqual(read(setUp().series, window));
    for (const other of [{ seed: 2 }, { region: 'us-east-1' }]) {
      expect(read(setUp(other).series, window)).not.toEqual(read(setUp().series, window));
    }
  });

  it('do not exist while no task runs', () => {
    const { model, series } = setUp();
    const ref = { cluster: 'prod', service: 'web' };
    model.scaleTo({ ...ref, desired: 0, at: now - 1800 });
    model.scaleTo({ ...ref, desired: 1, at: now - 900 });
    const times = read(series, { start: now - 3600, end: now, period: 60 }).map(
      ({ at }) => at - now,
    );
    expect(times.filter((at) => at >= -1800 && at < -900)).toEqual([]);
    expect(times).toContain(-1860);
    // The new task runs from 20 s into this minute on.
    expect(times).toContain(-900);
  });
});

describe('late and unsettled points', () => {
  const { series } = setUp();
  const minute = Math.floor((now - 600) / 60) * 60;
  const window = { start: minute, end: minute + 60, period: 60 };
  const seenAt = (age: number, visibility: Partial<Visibility>) =>
    read(series, window, { now: minute + age, visibility })[0]?.samples;

  it('appear once their minute and the lag have passed, not a second earlier', () => {
    expect(seenAt(104.9, { lagSeconds: 45 })).toBeUndefined();
    expect(seenAt(105, { lagSeconds: 45 })).toHaveLength(6);
  });

  it('show a lower value first and the final one once settled, when revisions are on', () => {
    const visibility = { revisions: 'on', lagSeconds: 0, settleSeconds: 180 } as const;
    const final = seenAt(10_000, visibility) ?? [];
    const early = seenAt(60, visibility) ?? [];
    expect(early).toHaveLength(final.length);
    for (const [index, sample] of early.entries()) expect(sample).toBeLessThan(final[index] ?? 0);
    expect(seenAt(179, visibility)).toEqual(early);
    expect(seenAt(180, visibility)).toEqual(final);
    expect(seenAt(60, { ...visibility, revisions: 'off' })).toEqual(final);
  });

  it('of counts are whole, and of states final at once', () => {
    const { model } = setUp();
    model.addCluster({ name: 'deep', containerInsights: 'enabled' });
    model.addService({ cluster: 'deep', name: 'web', desired: 3 });
    model.addMetric({ namespace: 'App', name: 'Hits', kind: 'count', low: 50, high: 60 });
    const table = findRegion(model.world, {}).series;
    const unsettled = { visibility: { revisions: 'on', settleSeconds: 10_000 } } as const;
    const samplesOf = (namespace: string, name: string, names: Record<string, string>) => {
      const dimensions = Object.entries(names).map(([key, value]) => ({ name: key, value }));
      return read(found(table.find({ namespace, name, dimensions })), window, unsettled)[0]
        ?.samples;
    };
    const [hits = -1] = samplesOf('App', 'Hits', {}) ?? [];
    expect(Number.isInteger(hits) && hits < 54 && hits >= 25).toBe(true);
    const names = { ClusterName: 'deep', ServiceName: 'web' };
    expect(samplesOf('ECS/ContainerInsights', 'RunningTaskCount', names)).toEqual([3]);
  });

  it('straggle one in so many, and come in the end', () => {
    const stragglers = { oneIn: 4, seconds: 600 };
    const hour = { start: now - 7200, end: now - 3600, period: 60 };
    const soon = read(series, hour, { now: now - 3500, visibility: { stragglers } });
    expect(soon.length).toBeGreaterThan(30);
    expect(soon.length).toBeLessThan(60);
    expect(read(series, hour, { visibility: { stragglers } })).toHaveLength(60);
  });
});

describe('statistics', () => {
  const samples = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
    minLength: 1,
    maxLength: 50,
  });

  it('are in order: minimum, percentiles by rank, maximum', () => {
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 100, noNaN: true }), (values, percent) => {
        const p = Math.round(percent * 100) / 100;
        // Rounded again: a name such as p12.340000000000002 is none.
        const higher = Math.round(Math.min(100, p + 10) * 100) / 100;
        const [minimum, low, high, maximum] = ['Minimum', `p${p}`, `p${higher}`, 'Maximum'].map(
          (name) => statisticOf(name)(values),
        ) as [number, number, number, number];
        expect(minimum).toBeLessThanOrEqual(low);
        expect(low).toBeLessThanOrEqual(high);
        expect(high).toBeLessThanOrEqual(maximum);
      }),
    );
  });

  it.each([
    { name: 'Sum', want: 10 },
    { name: 'Average', want: 2.5 },
    { name: 'Minimum', want: 1 },
    { name: 'Maximum', want: 4 },
    { name: 'SampleCount', want: 4 },
    { name: 'p50', want: 2.5 },
    { name: 'p100', want: 4 },
    { name: 'p99.9', want: 3.997 },
    { name: 'IQM', want: 2.5 },
    { name: 'tm75', want: 2 },
    { name: 'TM(25%:75%)', want: 2.5 },
    { name: 'TM(1:3)', want: 2.5 },
    { name: 'TM(:2)', want: 1.5 },
    { name: 'WM(2:3)', want: 2.5 },
    { name: 'wm50', want: 2 },
    { name: 'TC(1:)', want: 3 },
    { name: 'ts75', want: 6 },
    { name: 'PR(:3)', want: 75 },
  ])('$name of 1, 2, 3, 4 is $want', ({ name, want }) => {
    expect(statisticOf(name)([3, 1, 4, 2])).toBeCloseTo(want, 10);
  });

  it.each([
    'average',
    'p101',
    'p',
    'tm101',
    'TM(:)',
    'TM(10%:20)',
    'PR(:5%)',
    'XX(1:2)',
    'toString',
    '',
  ])('%s is refused', (name) => {
    expect(() => statisticOf(name)).toThrow('not supported');
  });
});

describe('metric math', () => {
  it.each([
    { text: 'a + b * 2', want: 16 },
    { text: '(a + b) * 2', want: 22 },
    { text: '-a / b', want: -6 / 5 },
    { text: 'a - b - 1', want: 0 },
    { text: '100 * a / (a + b)', want: 600 / 11 },
    { text: '1.5e2 - a', want: 144 },
  ])('$text is $want', ({ text, want }) => {
    const values = new Map([
      ['a', 6],
      ['b', 5],
    ]);
    expect(parseExpression(text).evaluate(values)).toBeCloseTo(want, 10);
  });

  it.each(['', 'a +', '(a', 'a b', 'SUM(METRICS())', "SEARCH('x')", 'a ^ 2', ')'])(
    '%s is refused',
    (text) => {
      expect(() => parseExpression(text)).toThrow('Error in expression');
    },
  );

  it('names what it refers to once', () => {
    expect(parseExpression('a / (a + b1)').ids).toEqual(['a', 'b1']);
  });
});

describe('the identity of a metric', () => {
  it('does not depend on the order of its dimensions', () => {
    expect(keyOf(cpu)).toBe(keyOf({ ...cpu, dimensions: cpu.dimensions.toReversed() }));
  });

  it('tells apart what differs only in where a name ends', () => {
    const split = (name: string, value: string) => keyOf({ ...cpu, dimensions: [{ name, value }] });
    expect(split('ab', 'c')).not.toBe(split('a', 'bc'));
  });
});
