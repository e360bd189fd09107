// The datum: one value of one catalogued metric. Refuses wrong names and labels at compile time.
import type { LabelsOf, MetricName } from './catalogue.ts';
import type { Clock, EpochMs, Seconds } from './clock.ts';
import type { Deadline } from './deadline.ts';
import type { Outcome } from './outcome.ts';

/** Label values by name; job and instance are not among them, they belong to the group. */
export type Labels = Readonly<Record<string, string>>;

/** One value. `at` only where the source has a timestamp of its own (CloudWatch). */
export type Sample = {
  readonly metric: MetricName;
  readonly labels: Labels;
  readonly value: number;
  readonly at?: EpochMs;
};

/** A sample of metric `M`; name and labels are checked against the catalogue at compile time. */
export function sample<M extends MetricName>(
  metric: M,
  labels: LabelsOf<M>,
  value: number,
): Sample {
  return { metric, labels, value };
}

/** What one probe found: a verdict and the measurements that were made before it. */
export type Reading = { readonly outcome: Outcome; readonly samples: readonly Sample[] };

/** What a probe may use of the world. */
export type ProbeEnvironment = {
  /** The probe must have settled, sockets closed, when this passes. */
  readonly deadline: Deadline;
  readonly clock: Clock;
  /** Keeps a line for `{"explain": true}`; must be free of secrets. */
  readonly trace: (line: string) => void;
};

/** Measures one target. A target that is down is a reading; only our own failures throw. */
export type Probe<T> = (target: T, env: ProbeEnvironment) => Promise<Reading>;

/** Samples that replace what was stored under the same grouping key. */
export type Group = {
  readonly grouping: { readonly job: string; readonly instance: string };
  readonly samples: readonly Sample[];
};

/** A value, or `stale`: from here on the series is gone. */
export type PointValue = number | 'stale';

/** One sample of a series. */
export type Point = { readonly at: EpochMs; readonly value: PointValue };

/** What a receiver may show beside a metric. */
export type Metadata = {
  readonly type: 'gauge' | 'counter' | 'unknown';
  readonly help: string;
  readonly unit: string;
};

/** A series; `labels` hold `__name__`. Points in order of time. */
export type Series = {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
  readonly metadata?: Metadata;
};

/** What one invocation delivers. */
export type Batch = {
  readonly taken: EpochMs;
  readonly groups: readonly Group[];
  /** Series with times of their own and names that the catalogue cannot know (CloudWatch); for remote write alone. */
  readonly series?: readonly Series[];
};

/** Seconds rounded to whole microseconds, the resolution of the monotonic clock. */
export function roundSeconds(seconds: Seconds): Seconds {
  return Math.round(seconds * 1e6) / 1e6;
}
