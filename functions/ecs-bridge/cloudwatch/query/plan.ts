// Packs units into as few requests as the limits of GetMetricData allow. Pure. A unit is never divided, since AWS bills its
// statistics as one metric. Windows are not cut either: a request gets fewer queries instead, and only a metric that
// exceeds a page by itself is read in pieces of time.
import type { EpochSeconds, Seconds } from '@fargaze/core/internal';
import { statisticsPerMetric } from '../find/statistics.ts';
import { ceilTo, floorTo, type Span } from '../pass/time.ts';
import { packSizes } from './pack.ts';

/** Limits of one GetMetricData request (API reference). */
export const requestLimits = { queries: 500, points: 100_800 } as const;

/** What is read together: 1 to 5 statistics of one metric. */
export type Unit = { readonly size: number; readonly period: Seconds; readonly span: Span };

/** One request: [start, end), and the units that it reads. */
export type PlannedRequest<U extends Unit> = {
  readonly start: EpochSeconds;
  readonly end: EpochSeconds;
  readonly units: readonly U[];
};

/** Windows of different periods share a request when a multiple of all of them is not longer than this. */
const longestCommonPeriod: Seconds = 3600;

/**
 * The fewest requests for `units`. Where windows and periods can be shared without exceeding a page's points, that is the
 * fewest bins of 500 queries that hold the units undivided; else the best of sharing by period or by window.
 */
export function planRequests<U extends Unit>(units: readonly U[]): PlannedRequest<U>[] {
  const some = units.filter(({ span }) => span.until > span.from);
  const partitions = [
    [some],
    groupBy(some, ({ period }) => `${period}`),
    groupBy(some, ({ period, span }) => `${period} ${span.from}`),
  ];
  const plans = partitions.flatMap((groups) => planGroups(groups));
  return plans.reduce((best, plan) => (plan.length < best.length ? plan : best));
}

/** Points that the answer to a request holds at most. */
export function pointsOf({ end, start, units }: PlannedRequest<Unit>): number {
  return units.reduce((sum, { period, size }) => sum + (size * (end - start)) / period, 0);
}

/** No plan when one window for all would ask for many points that nobody needs. */
function planGroups<U extends Unit>(groups: readonly (readonly U[])[]): PlannedRequest<U>[][] {
  const plans = groups.map(planGroup);
  return plans.includes(undefined) ? [] : [plans.flatMap((plan) => plan ?? [])];
}

function planGroup<U extends Unit>(units: readonly U[]): PlannedRequest<U>[] | undefined {
  if (units.length === 0) return [];
  const periods = [...new Set(units.map(({ period }) => period))];
  const step = periods.reduce(leastCommonMultiple);
  if (periods.length > 1 && step > longestCommonPeriod) return undefined;
  const finest = Math.min(...periods);
  const start = floorTo(min(units.map(({ span }) => span.from)), step);
  const end = max(units.map(({ span }) => span.until));
  const largest = max(units.map(({ size }) => size));
  const pieces = cutTime({ start, end, step }, Math.floor(requestLimits.points / largest) * finest);
  if (periods.length > 1 && pieces.length > 1) return undefined;
  return pieces.flatMap((piece) => {
    const each = Math.ceil((piece.end - piece.start) / finest);
    const capacity = Math.min(requestLimits.queries, Math.floor(requestLimits.points / each));
    const touched = units.filter(({ span }) => span.from < piece.end && span.until > piece.start);
    return pack(touched, capacity).map((bin) => ({ ...piece, units: bin }));
  });
}

type Stretch = { readonly start: EpochSeconds; readonly end: EpochSeconds };

function cutTime({ start, end, step }: Stretch & { step: Seconds }, longest: Seconds): Stretch[] {
  const count = Math.ceil((end - start) / longest);
  const length = Math.max(step, ceilTo((end - start) / count, step));
  const pieces: Stretch[] = [];
  for (let at = start; at < end; at += length) {
    pieces.push({ start: at, end: Math.min(at + length, end) });
  }
  return pieces;
}

function pack<U extends Unit>(units: readonly U[], capacity: number): U[][] {
  const bySize = new Map<number, U[]>();
  for (const unit of units) {
    const same = bySize.get(unit.size);
    if (same === undefined) bySize.set(unit.size, [unit]);
    else same.push(unit);
  }
  const counts = Array.from(
    { length: statisticsPerMetric + 1 },
    (_, size) => bySize.get(size)?.length ?? 0,
  );
  const given = counts.map(() => 0);
  return packSizes(counts, capacity).map((bin) =>
    bin.flatMap((count, size) => {
      const from = given[size] ?? 0;
      given[size] = from + count;
      return bySize.get(size)?.slice(from, from + count) ?? [];
    }),
  );
}

function groupBy<U>(units: readonly U[], key: (unit: U) => string): U[][] {
  const groups = new Map<string, U[]>();
  for (const unit of units) {
    const name = key(unit);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [unit]);
    else group.push(unit);
  }
  return [...groups.values()];
}

function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Without spreading: a fleet has more units than a call may have arguments. */
function min(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}

function max(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b));
}
