// What a board shows: the answers to its queries over a range, in a form that can be kept in a file.
import type { Labels } from '../../layers/core/src/sample.ts';

/** A series: for a query over a range a value for each point in time, for one that asks for now a single value. */
export type BoardSeries = {
  readonly labels: Labels;
  /** null where there is none, or none that is a number. */
  readonly values: readonly (number | null)[];
};

/** Points in time, evenly apart. */
export type Range = {
  /** The first, in seconds since 1970. */
  readonly from: number;
  /** Seconds between two of them. */
  readonly step: number;
  readonly count: number;
};

/** When something happened that marks the graphs; milliseconds since 1970. */
export type Mark = { readonly annotation: string; readonly at: number };

/** Everything that a board shows. */
export type BoardData = {
  /** Series by the panel's id and the query's letter, as `12A`. */
  readonly answers: Readonly<Record<string, readonly BoardSeries[]>>;
  readonly marks: readonly Mark[];
  /** Labels of the alerts that fire or are pending. */
  readonly alerts: readonly Labels[];
};

/** The last point of a range, in seconds since 1970. */
export function endOf({ count, from, step }: Range): number {
  return from + (count - 1) * step;
}

/** The last value that is one. */
export function lastOf(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}
