// Statistics over samples, as CloudWatch names them. Percentiles interpolate between neighbouring samples; CloudWatch's own
// trimmed statistics are approximations, these are exact.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
import { validationError } from '../wire/errors.ts';

/** A function of the samples of one bucket; never called with none. */
export type Statistic = (samples: readonly number[]) => number;

const basic: Readonly<Record<string, Statistic>> = {
  Average: mean,
  Sum: sum,
  Minimum: (samples) => samples.reduce((least, sample) => Math.min(least, sample)),
  Maximum: (samples) => samples.reduce((most, sample) => Math.max(most, sample)),
  SampleCount: (samples) => samples.length,
  IQM: (samples) => mean(between(samples, percentiles(samples, ['25%', '75%']))),
};

/** Values above `low` and up to `high`. */
type Bounds = readonly [low: number, high: number];

const trimmed: Readonly<Record<string, (samples: readonly number[], bounds: Bounds) => number>> = {
  TM: (samples, bounds) => mean(between(samples, bounds)),
  TC: (samples, bounds) => between(samples, bounds).length,
  TS: (samples, bounds) => sum(between(samples, bounds)),
  WM: (samples, [low, high]) => mean(samples.map((one) => Math.min(Math.max(one, low), high))),
  PR: (samples, bounds) => (100 * between(samples, bounds).length) / samples.length,
};

/** The statistic `name`. @throws AwsError ValidationError for a name that CloudWatch does not know. */
export function statisticOf(name: string): Statistic {
  const known = Object.hasOwn(basic, name) ? basic[name] : undefined;
  if (known !== undefined) return known;
  const percent = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name)?.[1];
  if (percent !== undefined && Number(percent) <= 100) {
    return (samples) => percentile(samples, Number(percent));
  }
  return trimmedOf(name);
}

function trimmedOf(name: string): Statistic {
  const short = /^(tm|wm|tc|ts)(\d{1,3}(?:\.\d{1,10})?)$/.exec(name);
  const long = /^(TM|WM|TC|TS|PR)\(([\d.]*%?):([\d.]*%?)\)$/.exec(name);
  const [, kind = '', low = '', high = ''] =
    long ?? (short === null ? [] : ['', short[1]?.toUpperCase(), '', `${short[2]}%`]);
  const statistic = trimmed[kind];
  const ofPercent = [low, high].filter((bound) => bound.endsWith('%'));
  const isWrong =
    low + high === '' ||
    ofPercent.some((bound) => Number.parseFloat(bound) > 100) ||
    (ofPercent.length > 0 &&
      (kind === 'PR' || (ofPercent.length === 1 && low !== '' && high !== '')));
  if (statistic === undefined || isWrong) {
    throw validationError(`The value ${name} for parameter Stat is not supported.`);
  }
  return (samples) => statistic(samples, percentiles(samples, [low, high]));
}

/** Bounds as values: those in percent are percentiles; an absent one leaves that side open. */
function percentiles(samples: readonly number[], [low = '', high = '']: readonly string[]): Bounds {
  const value = (bound: string, open: number) => {
    if (bound === '') return open;
    const number = Number.parseFloat(bound);
    return bound.endsWith('%') ? percentile(samples, number) : number;
  };
  return [
    low === '0%' ? Number.NEGATIVE_INFINITY : value(low, Number.NEGATIVE_INFINITY),
    value(high, Number.POSITIVE_INFINITY),
  ];
}

function between(samples: readonly number[], [low, high]: Bounds): number[] {
  return samples.filter((sample) => sample > low && sample <= high);
}

function mean(samples: readonly number[]): number {
  return samples.length === 0 ? 0 : sum(samples) / samples.length;
}

function sum(samples: readonly number[]): number {
  return samples.reduce((total, sample) => total + sample, 0);
}

function percentile(samples: readonly number[], percent: number): number {
  const sorted = [...samples].sort((left, right) => left - right);
  const position = (percent / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(position)] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? Number.NaN;
  // Rounding must not carry the result past its neighbours.
  return Math.min(Math.max(low + (high - low) * (position % 1), low), high);
}
