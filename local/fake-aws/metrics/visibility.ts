// When a point can be seen and how settled it is: CloudWatch publishes late, and revises what it published.

import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { fractionOf, mix } from './seed.ts';
import type { MetricSeries } from './series.ts';

/** How late and how settled points are. */
export type Visibility = {
  /** A slot of r seconds that begins at T can be seen from T + r + lagSeconds on. */
  readonly lagSeconds: number;
  /** A slot is final once it is this old, counted from its beginning. */
  readonly settleSeconds: number;
  /** Whether slots that are not settled show a lower value first. */
  readonly revisions: 'on' | 'off';
  /** One slot in `oneIn` comes `seconds` later than the others. */
  readonly stragglers: { readonly oneIn: number; readonly seconds: number } | undefined;
};

/** Points after 30 s, never revised, none straggling. */
export const defaultVisibility: Visibility = {
  lagSeconds: 30,
  settleSeconds: 120,
  revisions: 'off',
  stragglers: undefined,
};

/** What a reader sees at an instant. */
export type View = { readonly now: EpochSeconds; readonly visibility: Visibility };

/** Whether the slot of `series` that begins at `at` has been published. */
export function isPublished(series: MetricSeries, at: EpochSeconds, view: View): boolean {
  const { lagSeconds, stragglers } = view.visibility;
  const usual = at + series.source.resolution + lagSeconds;
  if (view.now < usual) return false;
  if (stragglers === undefined) return true;
  const straggles = mix(mix(series.hash, at), 0x1a7e) % stragglers.oneIn === 0;
  return !straggles || view.now >= usual + stragglers.seconds;
}

/** What a sample of the slot that begins at `at` shows: its final value once settled, less than 0.9 of it before. */
export function shownAt(
  series: MetricSeries,
  sample: { readonly at: EpochSeconds; readonly value: number },
  view: View,
): number {
  const { at, value } = sample;
  const { revisions, settleSeconds } = view.visibility;
  const { revision } = series.source;
  if (revisions === 'off' || revision === 'none' || view.now - at >= settleSeconds) return value;
  const shown = value * (0.5 + 0.4 * fractionOf(mix(mix(series.hash, at), 0x5e77)));
  return revision === 'whole' ? Math.floor(shown) : shown;
}
