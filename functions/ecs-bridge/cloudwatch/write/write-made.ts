// Delivers the series of an answer: new points first, then late and changed ones, and records what the receiver has.
import type { Point, Series, WriteResult } from '@fargaze/core/internal';
import { addTo } from '../../aws/call-tally.ts';
import type { Pass } from '../pass/pass.ts';
import type { PointOrder } from './point-order.ts';
import type { MadeSeries, SentPoints } from './sent-points.ts';
import { nothingWritten, writeSeries } from './write-series.ts';

/** What a warm function knows of the receiver. */
export type Known = { readonly sent: SentPoints; readonly order: PointOrder };

/** Writes series and records their points; whether they have been delivered. */
export async function writeMade(
  made: readonly MadeSeries[],
  pass: Pass,
  { order, sent }: Known,
): Promise<boolean> {
  const fresh = await writeSeries(pointsOf(made, 'fresh'), pass);
  if (fresh === undefined) return false;
  const late =
    pass.order === 'any'
      ? await writeSeries(pointsOf(made, 'late'), pass)
      : dropLate(
          made.filter(({ key }) => sent.knows(key)),
          pass,
        );
  if (late === undefined) return false;
  order.note(late);
  const unsettled = new Set(
    [...(fresh.unsettled ?? []), ...(late.unsettled ?? [])].map(({ labels }) => labels),
  );
  for (const one of made) {
    // One of its values may not be the receiver's, so all are sent again: the newest as soon as there is a newer one.
    const read = unsettled.has(one.labels) ? newestOf(one) : one.read;
    sent.record({ ...one, read }, pass.clock.now());
  }
  return true;
}

function pointsOf(made: readonly MadeSeries[], which: 'fresh' | 'late'): Series[] {
  return made
    .filter((one) => one[which].length > 0)
    .map((one) => ({ labels: one.labels, metadata: one.metadata, points: one[which] }));
}

/** The time of the newest point, with a value that no point has. */
function newestOf({ fresh }: MadeSeries): readonly Point[] {
  const newest = fresh.at(-1);
  return newest === undefined ? [] : [{ at: newest.at, value: Number.NaN }];
}

/**
 * Where points must be in order nothing late can be stored; it is counted as what the receiver would refuse. Only of series
 * that are known: after a cold start these points were delivered before.
 */
function dropLate(made: readonly MadeSeries[], { tally }: Pass): WriteResult {
  const count = made.reduce((sum, { late }) => sum + late.length, 0);
  if (count > 0) addTo(tally.rejected, 'out_of_order', count);
  return nothingWritten;
}
