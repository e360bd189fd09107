// What the stage hands on: the points of one series.
import type { Point } from '@fargaze/core/internal';

/** A series of an answer; points in order of time. */
export type AnsweredSeries = {
  /** Of its query. */
  readonly id: string;
  /** CloudWatch's name of the series; it distinguishes the series of one query. */
  readonly label: string;
  readonly points: Point[];
};

/** The id of the query whose answer is the value of an expression. */
export const resultId = 'fargazeresult';
