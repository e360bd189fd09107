// The objectives of fargaze.yml after compilation.
import type { Seconds } from '../clock.ts';
import type { AlertLabels } from './alerting.ts';

/** What counts as an event, and as a good one. */
type SloIndicator =
  | { readonly indicator: 'probe'; readonly probe: string }
  | ({ readonly indicator: 'requests' } & RequestsOfJob)
  | ({ readonly indicator: 'latency'; readonly threshold: Seconds } & RequestsOfJob);

/** Whose requests count, and which of them. */
type RequestsOfJob = {
  readonly job: string;
  /** A pattern (RE2, whole) of the routes that count; unset: all but those of health checks. */
  readonly routes?: string;
  /** Requests that one task handles at once. */
  readonly capacity?: number;
};

/** One objective. */
export type SloConfig = AlertLabels &
  SloIndicator & {
    readonly name: string;
    /** Share of good events, above 0 and below 1. */
    readonly objective: number;
    readonly window: Seconds;
    readonly minBadEvents: number;
  };
