// Statistics over samples, as CloudWatch names them. Percentiles interpolate between neighbouring samples.
import { validationError } from '../wire/errors.ts';

/** A function of the samples of one bucket; never called with none. */
export type Statistic = (samples: readonly number[]) => number;

const basic: Readonly<Record<string, Statistic>> = {
  Average: (samples) => sum(samples) / samples.length,
  Sum: sum,
  Minimum: (samples) => samples.reduce((least, sample) => Math.min(least, sample)),
  Maximum: (samples) => samples.reduce((most, sample) => Math.max(most, sample)),
  SampleCount: (samples) => samples.length,
};

/** The statistic `name`. @throws AwsError ValidationError for a name that is not served. */
export function statisticOf(name: string): Statistic {
  const known = Object.hasOwn(basic, name) ? basic[name] : undefined;
  if (known !== undefined) return known;
  const percent = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name)?.[1];
  if (percent === undefined || Number(percent) > 100) {
    throw validationError(`The value ${name} for parameter Stat is not supported.`);
  }
  return (samples) => percentile(samples, Number(percent));
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
