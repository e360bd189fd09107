// One entry of the catalogue. Everything that fargaze emits is a gauge: no function keeps totals between runs.

/** What the catalogue says of a metric. */
export type Definition = {
  readonly type: 'gauge';
  /** Base unit of the value; `info` and `boolean` are 1 or 0/1. */
  readonly unit: 'seconds' | 'bytes' | 'timestamp' | 'boolean' | 'info' | 'count' | 'number';
  readonly help: string;
  readonly labels: readonly string[];
};

type Gauge<L> = { type: 'gauge'; unit: Definition['unit']; help: string; labels: L };

/** A gauge with its own labels (job and instance come from the group). */
export function gauge(unit: Definition['unit'], help: string): Gauge<readonly []>;
export function gauge<const L extends readonly string[]>(
  unit: Definition['unit'],
  help: string,
  labels: L,
): Gauge<L>;
// Two forms: an absent list would be inferred as any list of names where the catalogue is checked.
export function gauge(unit: Definition['unit'], help: string, labels: readonly string[] = []) {
  return { type: 'gauge', unit, help, labels } as const;
}
