// The datum: one value of one catalogued metric. Refuses wrong names and labels at compile time.
import type { LabelName, LabelsOf, MetricName } from './catalogue.ts';
import type { EpochMs, Seconds } from './clock.ts';

/** Label values by name; job and instance are not among them, they belong to the group. */
export type Labels = Readonly<Record<string, string>>;

/** One value. `at` only where the source has a timestamp of its own (CloudWatch). */
export type Sample = {
  readonly metric: MetricName;
  readonly labels: Labels;
  readonly value: number;
  readonly at?: EpochMs;
};

/** Every key that `L` may have, of each member where it is a union. */
type KeysOf<L> = L extends unknown ? keyof L : never;

/** `L` as long as it has no key but `K`: anything else would have to be `never`. */
type Exactly<K, L> = L & { readonly [Extra in Exclude<KeysOf<L>, K>]: never };

/**
 * A sample of metric `M`. The compiler refuses a wrong name, and labels that are missing, too many, of another name or
 * outside a closed list; a record of any strings is refused too, because it may hold other labels.
 */
export function sample<M extends MetricName, const L extends LabelsOf<M>>(
  metric: M,
  labels: Exactly<LabelName<M>, L>,
  value: number,
): Sample {
  return { metric, labels, value };
}

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
  /** Series with times of their own and names that the catalogue cannot know (CloudWatch); only for remote write. */
  readonly series?: readonly Series[];
};

/** Seconds rounded to whole microseconds, the resolution of the monotonic clock. */
export function roundSeconds(seconds: Seconds): Seconds {
  return Math.round(seconds * 1e6) / 1e6;
}
