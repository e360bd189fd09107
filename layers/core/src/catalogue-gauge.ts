// One entry of the catalogue. Everything that fargaze emits is a gauge: no function keeps totals between runs.

/** What the catalogue says of a metric. */
export type Definition = {
  readonly type: 'gauge';
  /** Base unit of the value; `info` and `boolean` are 1 or 0/1. */
  readonly unit: 'seconds' | 'bytes' | 'timestamp' | 'boolean' | 'info' | 'count' | 'number';
  readonly help: string;
  readonly labels: readonly string[];
};

/** A gauge with its own labels (job and instance come from the group). */
export function gauge<const L extends readonly string[] = readonly []>(
  unit: Definition['unit'],
  help: string,
  labels?: L,
): { type: 'gauge'; unit: Definition['unit']; help: string; labels: L } {
  return { type: 'gauge', unit, help, labels: labels ?? ([] as unknown as L) };
}
