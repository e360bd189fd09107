// Metrics by declaration, for every namespace that has no model of its own.

import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { type Dimension, type MetricIdentity, type Source, waveAt } from '../metrics/series.ts';
import type { World } from './types.ts';
import { findRegion, type Scope } from './world.ts';

/** Declares a metric. With `points` it has exactly those; else a wave within [low, high] in every slot. */
export type MetricSpec = Scope & {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly unit?: string;
  /** Seconds between samples, 60 by default. */
  readonly resolution?: number;
  readonly low?: number;
  readonly high?: number;
  readonly kind?: 'gauge' | 'count';
  /** Data exist in [from, to) only. */
  readonly from?: EpochSeconds;
  readonly to?: EpochSeconds;
  /** Only one slot in so many seconds has data: a sparse metric. */
  readonly everySeconds?: number;
  /** Exact samples; several may share a slot. */
  readonly points?: readonly (readonly [at: EpochSeconds, value: number])[];
};

/** Adds a declared metric. */
export function addMetric(world: World, spec: MetricSpec): void {
  const { namespace, name } = spec;
  const identity: MetricIdentity = { namespace, name, dimensions: dimensionsOf(spec.dimensions) };
  const source = spec.points === undefined ? waveSource(spec) : pointSource(spec);
  findRegion(world, spec).series.add(identity, source);
}

function dimensionsOf(record: Readonly<Record<string, string>> = {}): readonly Dimension[] {
  return Object.entries(record).map(([name, value]) => ({ name, value }));
}

function waveSource(spec: MetricSpec): Source {
  const { resolution = 60, from = 0, to = Number.POSITIVE_INFINITY } = spec;
  const step = spec.everySeconds ?? resolution;
  const wave = { low: spec.low ?? 0, high: spec.high ?? 100, kind: spec.kind ?? 'gauge' } as const;
  const has = (at: EpochSeconds) => at >= from && at < to && at % step === 0;
  return {
    unit: spec.unit ?? 'None',
    resolution,
    revision: wave.kind === 'count' ? 'whole' : 'share',
    active: (start, end) => from < end && to > start,
    samples: (at, hash) => (has(at) ? [waveAt(wave, { hash, at, index: 0 })] : []),
  };
}

function pointSource(spec: MetricSpec): Source {
  const { resolution = 60, points = [] } = spec;
  const slots = new Map<number, number[]>();
  for (const [at, value] of points) {
    const slot = Math.floor(at / resolution) * resolution;
    const samples = slots.get(slot);
    if (samples === undefined) slots.set(slot, [value]);
    else samples.push(value);
  }
  return {
    unit: spec.unit ?? 'None',
    resolution,
    revision: 'share',
    active: (start, end) => points.some(([at]) => at >= start && at < end),
    samples: (at) => slots.get(at) ?? [],
  };
}
