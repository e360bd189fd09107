// What reading CloudWatch costs, against figures that were worked out by hand, and what a budget does to a plan.

import { decideBudget } from '../../functions/ecs-bridge/cloudwatch/budget.ts';
import {
  billedMetrics,
  breakEvenInterval,
  costPerMonth,
  streamCostPerMonth,
} from '../../functions/ecs-bridge/cloudwatch/prices.ts';
import { fc } from '../support/property.ts';

const plan = (metrics: number, listMetrics = 0, getMetricStatistics = 0) => ({
  metrics,
  listMetrics,
  getMetricStatistics,
});

describe('the price of a plan', () => {
  // 30 days; 8 metrics for each service: 10, 100 and 1,000 services.
  it.each([
    { metrics: 80, minutes: 5, usd: 6.912 },
    { metrics: 80, minutes: 1, usd: 34.56 },
    { metrics: 800, minutes: 10, usd: 34.56 },
    { metrics: 8000, minutes: 5, usd: 691.2 },
    { metrics: 8000, minutes: 2, usd: 1728 },
  ])('$metrics metrics every $minutes min are $usd', ({ metrics, minutes, usd }) => {
    expect(costPerMonth(plan(metrics), minutes * 60)).toBeCloseTo(usd, 9);
  });

  it('requests count too', () => {
    // 8 names, one page each, every 300 s without a cache: 8 × 8,640 requests.
    expect(costPerMonth(plan(0, 8), 300)).toBeCloseTo(0.6912, 9);
    expect(costPerMonth(plan(0, 0, 8), 300)).toBeCloseTo(0.6912, 9);
  });

  it.each([
    { statistics: [1, 5, 5], billed: 3 },
    { statistics: [6], billed: 2 },
    { statistics: [10, 11], billed: 5 },
    { statistics: [], billed: 0 },
  ])('statistics $statistics in one request are billed as $billed', ({ statistics, billed }) => {
    expect(billedMetrics(statistics)).toBe(billed);
  });

  it('Metric Streams of minutes cost as much as reading every 200 s', () => {
    expect(breakEvenInterval(60)).toBeCloseTo(200, 9);
    expect(streamCostPerMonth(800, 60)).toBeCloseTo(103.68, 9);
    expect(costPerMonth(plan(800), breakEvenInterval(60))).toBeCloseTo(103.68, 9);
  });
});

describe('a budget', () => {
  const terms = { interval: 300, settle: 120, backfill: 10_800 };
  const budget = (monthlyUsd: number, onExceed: 'slow' | 'refuse' = 'slow') => ({
    ...terms,
    budget: { monthlyUsd, onExceed },
  });

  it('that is not set lets everything run', () => {
    expect(decideBudget(plan(1e6), terms)).toMatchObject({ verdict: 'fits', interval: 300 });
  });

  it('that is met exactly lets the plan run', () => {
    expect(decideBudget(plan(800), budget(69.12))).toMatchObject({
      verdict: 'fits',
      interval: 300,
    });
  });

  it('that is exceeded slows the plan to whole minutes, and says so', () => {
    expect(decideBudget(plan(1200), budget(50))).toEqual({
      verdict: 'slowed',
      interval: 660,
      usdPerMonth: expect.closeTo(47.127, 3),
      message:
        'over budget: 1,200 metrics every 5 minutes cost $103.68 in 30 days, budget $50.00: slowed to every 11 minutes ($47.13)',
    });
  });

  it('that is exceeded refuses the plan where that is asked for', () => {
    expect(decideBudget(plan(1200, 8), budget(50, 'refuse'))).toEqual({
      verdict: 'refused',
      usdPerMonth: expect.closeTo(104.371, 3),
      message:
        'over budget: 1,200 metrics and 8 requests every 5 minutes cost $104.37 in 30 days, budget $50.00: CloudWatch is not read',
    });
  });

  it('that only an interval beyond backfill would meet refuses the plan', () => {
    const decision = decideBudget(plan(8000), budget(10));
    expect(decision.verdict).toBe('refused');
    expect(decision).toHaveProperty(
      'message',
      expect.stringContaining('would have to run every 346 minutes, and backfill (180 minutes)'),
    );
  });

  it('may be met by the interval that leaves points just the time to settle, and by no longer one', () => {
    const decision = (backfill: number) =>
      decideBudget(plan(8000), { ...budget(10), settle: 120, backfill });
    expect(decision((346 + 2) * 60)).toMatchObject({ verdict: 'slowed', interval: 346 * 60 });
    expect(decision((346 + 2) * 60 - 1).verdict).toBe('refused');
  });

  it('is kept by every plan that runs, at the shortest interval that keeps it', () => {
    const size = fc.record({
      metrics: fc.integer({ min: 0, max: 100_000 }),
      listMetrics: fc.double({ min: 0, max: 50, noNaN: true }),
      getMetricStatistics: fc.integer({ min: 0, max: 50 }),
    });
    fc.assert(
      fc.property(size, fc.double({ min: 0.5, max: 5000, noNaN: true }), (size, usd) => {
        const decision = decideBudget(size, budget(usd));
        fc.pre(decision.verdict !== 'refused');
        expect(decision.interval % 60).toBe(0);
        expect(costPerMonth(size, decision.interval)).toBeLessThanOrEqual(usd * (1 + 1e-9));
        if (decision.verdict === 'fits') return;
        expect(costPerMonth(size, decision.interval - 60)).toBeGreaterThan(usd);
        expect(decision.interval).toBeGreaterThan(terms.interval);
      }),
    );
  });
});
