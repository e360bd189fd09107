// One metric: who it is and what it measured. Samples are a pure function of (seed, identity, slot), so that
// a window that is read twice gives the same numbers. A slot without a source has no sample, as in CloudWatch.

import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { fractionOf, mix, seedOf } from './seed.ts';

/** A dimension of a metric. */
export type Dimension = { readonly name: string; readonly value: string };

/** Names a metric inside one region of one account. */
export type MetricIdentity = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly Dimension[];
};

/** What a metric measures in one slot, a span of `resolution` seconds. */
export type Source = {
  readonly unit: string;
  /** Seconds between samples; slots are multiples of it. */
  readonly resolution: number;
  /** What an unsettled sample looks like: a share of the final one, a whole number of it, or the final one at once. */
  readonly revision: 'share' | 'whole' | 'none';
  /** The samples of the slot that begins at `at`; empty when there is no data. */
  samples(at: EpochSeconds, hash: number): readonly number[];
  /** Whether there is data anywhere in [from, to). */
  active(from: EpochSeconds, to: EpochSeconds): boolean;
};

/** A metric with its data. */
export type MetricSeries = MetricIdentity & {
  readonly key: string;
  readonly hash: number;
  readonly source: Source;
};

/** A text that is equal for equal metrics, whatever the order of their dimensions. */
export function keyOf(identity: MetricIdentity): string {
  const pairs = identity.dimensions.map(({ name, value }) => `${name}\u0000${value}`);
  if (pairs.length > 1) pairs.sort();
  return `${identity.namespace}\u0000${identity.name}\u0000${pairs.join('\u0000')}`;
}

/** Binds a metric to its data; `regionHash` makes values differ between regions and seeds. */
export function makeSeries(
  identity: MetricIdentity,
  source: Source,
  regionHash: number,
): MetricSeries {
  const key = keyOf(identity);
  return { ...identity, key, hash: mix(seedOf(key), regionHash), source };
}

/** The range of a generated value. */
export type Wave = {
  readonly low: number;
  readonly high: number;
  /** Counts are whole numbers. */
  readonly kind: 'gauge' | 'count';
};

const waveSeconds = 3600;

/** Which sample of which metric. */
export type SampleAt = {
  readonly hash: number;
  readonly at: EpochSeconds;
  /** Distinguishes the sources of one slot. */
  readonly index: number;
};

/** A generated sample: an hourly wave with noise, always within [low, high]. */
export function waveAt(wave: Wave, { hash, at, index }: SampleAt): number {
  const phase = fractionOf(hash) * 2 * Math.PI;
  const noise = fractionOf(mix(mix(hash, at), index)) - 0.5;
  const level = 0.5 + 0.4 * Math.sin((2 * Math.PI * at) / waveSeconds + phase) + 0.2 * noise;
  const value = wave.low + (wave.high - wave.low) * level;
  return wave.kind === 'count' ? Math.round(value) : value;
}
