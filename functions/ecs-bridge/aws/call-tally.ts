// Counts of API calls; added to as the calls are made.

/** Calls and throttles by API. */
export type CallTally = {
  /** Every attempt is a call. */
  readonly requests: Map<string, number>;
  readonly throttles: Map<string, number>;
};

/** An empty tally. */
export function createCallTally(): CallTally {
  return { requests: new Map(), throttles: new Map() };
}

/** Adds `by` to the count `name`. */
export function addTo(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}
