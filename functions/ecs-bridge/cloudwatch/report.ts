// What a reading of CloudWatch did and what of it went wrong; the run adds to it as it happens.
import type { DeliveryError, SourceError } from '@fargaze/core';
import { createTally } from '../aws/rate-limit.ts';
import type { BudgetDecision } from './budget.ts';
import type { FetchTally } from './query/get-metric-data.ts';

/** The report of a run. */
export type CloudWatchReport = {
  readonly tally: FetchTally;
  readonly faults: SourceError[];
  /** Of writes that did not succeed. */
  readonly deliveryFaults: DeliveryError[];
  /** Things worth telling that are no fault. */
  readonly notes: string[];
  sent: number;
  readonly rejected: Map<string, number>;
  /** Series that were ended. */
  stale: number;
  /** Time of the newest point by namespace, in seconds. */
  readonly newest: Map<string, number>;
  /** How far the longest window reached back beyond the usual, in seconds. */
  gap: number;
  /** Resources by namespace. */
  readonly resources: Map<string, number>;
  budget: BudgetDecision | undefined;
  /** Whether the plan was carried out; one that is slowed waits for its own interval. */
  ran: 'read' | 'waited' | 'refused';
};

/** An empty report. */
export function createReport(): CloudWatchReport {
  const tally = { ...createTally(), billed: new Map(), points: new Map(), partial: new Map() };
  return {
    tally,
    faults: [],
    deliveryFaults: [],
    notes: [],
    sent: 0,
    rejected: new Map(),
    stale: 0,
    newest: new Map(),
    gap: 0,
    resources: new Map(),
    budget: undefined,
    ran: 'read',
  };
}
