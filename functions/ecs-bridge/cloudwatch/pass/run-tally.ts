// What a pass over CloudWatch did and what failed; every stage adds to it.
import type { DeliveryError, SourceError } from '@fargaze/core/internal';
import { type CallTally, createCallTally } from '../../aws/call-tally.ts';

/** Counts and faults of a pass. */
export type RunTally = CallTally & {
  /** Metrics that GetMetricData bills, by namespace. */
  readonly billed: Map<string, number>;
  /** Points in its answers, by namespace. */
  readonly points: Map<string, number>;
  /** Results that were not complete, by `status outcome`. */
  readonly partial: Map<string, number>;
  /** Resources by namespace. */
  readonly resources: Map<string, number>;
  /** Time of the newest point by namespace, in seconds since 1970. */
  readonly newest: Map<string, number>;
  /** Samples that the receiver refused for good, by reason. */
  readonly rejected: Map<string, number>;
  /** Keys of jobs of which something is missing. */
  readonly incomplete: Set<string>;
  readonly faults: SourceError[];
  readonly deliveryFaults: DeliveryError[];
  /** Messages for the user that are no faults. */
  readonly notes: string[];
  /** Samples that the receiver took. */
  sent: number;
  /** Points that changed after they were sent, as far as the new value was sent too. */
  changed: number;
  /** Series that were ended. */
  stale: number;
  /** Seconds that the longest window reached back beyond the usual. */
  gap: number;
};

/** An empty tally. */
export function createRunTally(): RunTally {
  return {
    ...createCallTally(),
    billed: new Map(),
    points: new Map(),
    partial: new Map(),
    resources: new Map(),
    newest: new Map(),
    rejected: new Map(),
    incomplete: new Set(),
    faults: [],
    deliveryFaults: [],
    notes: [],
    sent: 0,
    changed: 0,
    stale: 0,
    gap: 0,
  };
}
