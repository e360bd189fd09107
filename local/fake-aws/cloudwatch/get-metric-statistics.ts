// GetMetricStatistics: one metric, up to 1,440 points, in no particular order.
import type { Context } from '../call/context.ts';
import { alignWindow, checkWindow, collectBuckets, type Window } from '../metrics/buckets.ts';
import { mix, seedOf } from '../metrics/seed.ts';
import { statisticOf } from '../metrics/statistics.ts';
import { invalidCombination } from '../wire/errors.ts';
import { type Input, readText, readTexts, requireNumber, requireTime } from '../wire/input.ts';
import { Timestamp } from '../wire/timestamp.ts';
import { readIdentity } from './metric-identity.ts';

const maxPoints = 1440;

/** GetMetricStatistics. @throws AwsError ValidationError, InvalidParameterCombination */
export function getMetricStatistics(context: Context): object {
  const { input } = context.call;
  const identity = readIdentity(input);
  const window = readWindow(input);
  const basic = readTexts(input, 'Statistics') ?? [];
  const extended = readTexts(input, 'ExtendedStatistics') ?? [];
  if (basic.length + extended.length === 0) {
    throw invalidCombination('At least one of Statistics and ExtendedStatistics is required.');
  }
  const series = context.region.series.find(identity);
  const unit = readText(input, 'Unit');
  const matches = series !== undefined && (unit === undefined || unit === series.source.unit);
  const buckets = matches ? collectBuckets(series, alignWindow(window), context.view) : [];
  context.note({ points: buckets.length });
  // The real service promises no order; this one is stable but scrambled.
  const scrambled = [...buckets].sort(
    (left, right) => order(identity.name, left.at) - order(identity.name, right.at),
  );
  return {
    Label: identity.name,
    Datapoints: scrambled.map(({ at, samples }) => ({
      Timestamp: new Timestamp(at),
      ...Object.fromEntries(basic.map((name) => [name, statisticOf(name)(samples)])),
      ExtendedStatistics:
        extended.length === 0
          ? undefined
          : Object.fromEntries(extended.map((name) => [name, statisticOf(name)(samples)])),
      Unit: series?.source.unit,
    })),
  };
}

function readWindow(input: Input): Window {
  const window: Window = {
    start: requireTime(input, 'StartTime'),
    end: requireTime(input, 'EndTime'),
    period: requireNumber(input, 'Period'),
  };
  checkWindow(window);
  const points = Math.ceil((window.end - window.start) / window.period);
  if (points > maxPoints) {
    throw invalidCombination(
      `You have requested up to ${points} datapoints, which exceeds the limit of ${maxPoints}.`,
    );
  }
  return window;
}

function order(name: string, at: number): number {
  return mix(seedOf(name), at);
}
