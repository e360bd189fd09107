// What is read of CloudWatch: windows and requests, by property. The fewest requests are counted by trying everything.

import { splitStatistics } from '../../functions/ecs-bridge/cloudwatch/find/statistics.ts';
import { finestPeriod, windowOf } from '../../functions/ecs-bridge/cloudwatch/find/window.ts';
import { packSizes } from '../../functions/ecs-bridge/cloudwatch/query/pack.ts';
import {
  planRequests,
  requestLimits,
  type Unit,
} from '../../functions/ecs-bridge/cloudwatch/query/plan.ts';
import { fc } from '../support/property.ts';

const periods = [20, 60, 300, 900, 3600];
const period = fc.constantFrom(...periods);
const now = fc.integer({ min: 1_700_000_000, max: 1_900_000_000 });

describe('windowOf', () => {
  const facts = fc.record({
    now,
    settle: fc.integer({ min: 0, max: 900 }),
    backfill: fc.integer({ min: 600, max: 86_400 }),
    age: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
    overlap: fc.integer({ min: 0, max: 3600 }),
  });
  const wish = fc.record({
    period,
    length: fc.integer({ min: 0, max: 7200 }),
    delay: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 86_400 })),
  });

  it('is whole periods, holds back what is not final, and is never empty', () => {
    fc.assert(
      fc.property(wish, facts, (ask, { age, ...rest }) => {
        const watermark = age === undefined ? undefined : rest.now - age;
        const { from, until } = windowOf(ask, { ...rest, watermark });
        expect([from % ask.period, until % ask.period]).toEqual([0, 0]);
        const hold = Math.max(ask.delay, rest.settle);
        expect(until).toBeLessThanOrEqual(rest.now - hold);
        expect(until).toBeGreaterThan(rest.now - hold - ask.period);
        expect(from).toBeLessThan(until);
      }),
    );
  });

  it('leaves no gap behind the watermark, unless that lies before what may be filled', () => {
    fc.assert(
      fc.property(wish, facts, (ask, { age = 0, ...rest }) => {
        const watermark = rest.now - age;
        const { from, until } = windowOf(ask, { ...rest, watermark });
        const own = ask.period < 60 ? Math.min(rest.backfill, 10_800) : rest.backfill;
        const reach = own + Math.max(0, ask.delay - rest.settle);
        const oldest = Math.floor((rest.now - reach) / ask.period) * ask.period;
        expect(from).toBeLessThanOrEqual(Math.max(watermark, oldest));
        if (from + ask.period < until) expect(from).toBeGreaterThan(rest.now - reach - ask.period);
        expect(until - from).toBeGreaterThanOrEqual(
          Math.min(ask.length, until - oldest) - ask.period,
        );
      }),
    );
  });

  it('successive windows cover all time whatever the moments', () => {
    fc.assert(
      fc.property(
        wish,
        now,
        fc.array(fc.integer({ min: 1, max: 9_700 }), { maxLength: 9 }),
        (ask, start, steps) => {
          const settings = { settle: 120, backfill: 10_800, overlap: 0 };
          let at = start;
          let watermark = windowOf(ask, { ...settings, now: at, watermark: undefined }).until;
          for (const step of steps) {
            at += step;
            const { from, until } = windowOf(ask, { ...settings, now: at, watermark });
            if (until > watermark) expect(from).toBeLessThanOrEqual(watermark);
            watermark = until;
          }
        },
      ),
    );
  });

  it.each([
    { name: 'five minutes after the last run', watermark: 1_799_999_580, from: 1_799_998_980 },
    { name: 'with nothing known', watermark: undefined, from: 1_799_989_200 },
    { name: 'after a day', watermark: 1_799_913_600, from: 1_799_989_200 },
  ])('$name', ({ watermark, from }) => {
    const settings = { now: 1_800_000_000, settle: 120, backfill: 10_800, overlap: 600 };
    const ask = { period: 60, length: 300, delay: 0 };
    expect(windowOf(ask, { ...settings, watermark })).toEqual({ from, until: 1_799_999_880 });
  });
});

it.each([
  [60, 20, 20],
  [60, undefined, 60],
  [300, 20, 300],
  [60, 60, 60],
  [10, 20, 10],
])('period %s where %s is published is read by %s', (wanted, resolution, expected) => {
  expect(finestPeriod(wanted, resolution)).toBe(expected);
});

describe('packSizes', () => {
  /** The fewest bins by trying every choice. */
  function fewest(sizes: readonly number[], capacity: number): number {
    let best = sizes.length;
    const place = (index: number, bins: number[]): void => {
      if (bins.length >= best) return;
      const size = sizes[index];
      if (size === undefined) {
        best = bins.length;
        return;
      }
      const tried = new Set<number>();
      for (const [at, used] of bins.entries()) {
        if (used + size > capacity || tried.has(used)) continue;
        tried.add(used);
        place(index + 1, bins.with(at, used + size));
      }
      place(index + 1, [...bins, size]);
    };
    place(0, []);
    return best;
  }

  const size = fc.integer({ min: 1, max: 5 });
  const count = (sizes: readonly number[]) =>
    [0, 1, 2, 3, 4, 5].map((k) => sizes.filter((each) => each === k).length);

  it('needs no more requests than the best of all choices', () => {
    fc.assert(
      fc.property(
        fc.array(size, { maxLength: 11 }),
        fc.integer({ min: 5, max: 13 }),
        (sizes, capacity) => {
          expect(packSizes(count(sizes), capacity)).toHaveLength(fewest(sizes, capacity));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('wastes nothing of 500 while single queries are left to fill in', () => {
    const counts = fc.tuple(...[1, 2, 3, 4, 5].map(() => fc.integer({ min: 0, max: 900 })));
    fc.assert(
      fc.property(counts, ([ones = 0, ...larger]) => {
        const all = [0, ones + 4 * 40, ...larger];
        const total = all.reduce((sum, each, k) => sum + each * k, 0);
        expect(packSizes(all, 500)).toHaveLength(Math.ceil(total / 500));
      }),
      { numRuns: 100 },
    );
  });

  it('mixes sizes where one alone leaves room', () => {
    // 500 is no multiple of 3: threes alone take 498 of it.
    expect(packSizes([0, 0, 0, 300, 25], 500)).toHaveLength(2);
  });

  it('refuses a unit that fits into no request', () => {
    expect(() => packSizes([0, 0, 0, 1], 2)).toThrow('a unit of 3 queries, want at most 2');
  });
});

describe('planRequests', () => {
  const unit = fc
    .record({
      size: fc.integer({ min: 1, max: 5 }),
      period: fc.constantFrom(20, 60, 300),
      from: fc.integer({ min: 0, max: 36 }),
      length: fc.integer({ min: 1, max: 40 }),
    })
    .map(
      ({ size, period: step, from, length }): Unit => ({
        size,
        period: step,
        span: { from: from * 300, until: from * 300 + length * step },
      }),
    );

  it('reads every unit once, in windows that hold it, within every limit', () => {
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 3000 }), (units) => {
        const requests = planRequests(units);
        expect(requests.flatMap((request) => request.units).length).toBe(units.length);
        expect(new Set(requests.flatMap((request) => request.units)).size).toBe(units.length);
        for (const { end, start, units: own } of requests) {
          const queries = own.reduce((sum, { size }) => sum + size, 0);
          const points = own.reduce(
            (sum, each) => sum + (each.size * (end - start)) / each.period,
            0,
          );
          expect(queries).toBeLessThanOrEqual(requestLimits.queries);
          expect(points).toBeLessThanOrEqual(requestLimits.points);
          for (const each of own) {
            expect(start % each.period).toBe(0);
            expect(start).toBeLessThanOrEqual(each.span.from);
            expect(end).toBeGreaterThanOrEqual(each.span.until);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  const span = { from: 0, until: 10_800 };

  it.each([
    { name: '8,000 single statistics of three hours', units: 8000, size: 1, period: 60, calls: 16 },
    { name: '1,000 metrics with five statistics', units: 1000, size: 5, period: 60, calls: 10 },
    {
      name: 'three hours of 20 s: fewer queries in each',
      units: 500,
      size: 1,
      period: 20,
      calls: 3,
    },
    { name: 'nothing', units: 0, size: 1, period: 60, calls: 0 },
  ])('$name', ({ calls, period: step, size, units }) => {
    const all = Array.from({ length: units }, () => ({ size, period: step, span }));
    expect(planRequests(all)).toHaveLength(calls);
  });

  it('different periods and windows share a request where points allow', () => {
    const until = 36_000;
    const all = [20, 60, 300].map((step) => ({
      size: 1,
      period: step,
      span: { from: until - 600, until },
    }));
    expect(planRequests(all)).toEqual([
      { start: until - 600, end: until, units: expect.anything() },
    ]);
  });

  it('a metric that alone exceeds a page is read in pieces without gap or overlap', () => {
    const days = { from: 0, until: 20 * 86_400 };
    const requests = planRequests([{ size: 5, period: 60, span: days }]);
    const edges = requests.flatMap(({ end, start }) => [start, end]);
    expect(edges).toEqual([0, 10 * 86_400, 10 * 86_400, 20 * 86_400]);
  });
});

it('statistics are split by fives, each once', () => {
  const statistics = ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount', 'p99', 'Average'];
  expect(splitStatistics(statistics).map((part) => part.length)).toEqual([5, 1]);
});
