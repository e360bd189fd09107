// The objectives of fargaze.yml after compilation.
import type { Seconds } from '../clock.ts';
import type { AlertLabels } from './alerting.ts';

/** What counts as an event, and as a good one. */
type SloIndicator =
  | { readonly indicator: 'probe'; readonly probe: string }
  | { readonly indicator: 'requests'; readonly job: string }
  | { readonly indicator: 'latency'; readonly job: string; readonly threshold: Seconds };

/** One objective. */
export type SloConfig = AlertLabels &
  SloIndicator & {
    readonly name: string;
    /** Share of good events, above 0 and below 1. */
    readonly objective: number;
    readonly window: Seconds;
    readonly minBadEvents: number;
  };
