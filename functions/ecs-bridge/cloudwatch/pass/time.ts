// Times and windows in whole seconds.
import type { EpochSeconds } from '@fargaze/core/internal';

/** Periods that begin in [from, until); both are multiples of the period. Empty when they are equal. */
export type Span = { readonly from: EpochSeconds; readonly until: EpochSeconds };

/** The greatest multiple of `step` that is not above `value`. */
export function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

/** The least multiple of `step` that is not below `value`. */
export function ceilTo(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
