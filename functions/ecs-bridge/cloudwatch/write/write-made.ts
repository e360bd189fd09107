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
  const late = await writeLate(made, pass, sent);
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

/** Writes late points as far as the receiver takes them. */
async function writeLate(made: readonly MadeSeries[], pass: Pass, sent: SentPoints) {
  const isNew = (key: string) => (point: Point) => !sent.holds(key, point.at);
  // After a cold start late points were delivered before.
  const known = made.filter(({ key }) => sent.knows(key));
  if (pass.order === 'any') {
    const changed = known.flatMap(({ key, late }) => late.filter((one) => !isNew(key)(one)));
    pass.tally.changed += changed.length;
    return writeSeries(pointsOf(made, 'late'), pass);
  }
  if (pass.order === 'ascending') return dropLate(known, pass, 'out_of_order');
  const added = known.map((one) => ({ ...one, late: one.late.filter(isNew(one.key)) }));
  const changed = known.map((one) => ({
    late: one.late.filter((point) => !isNew(one.key)(point)),
  }));
  dropLate(changed, pass, 'duplicate');
  return writeSeries(pointsOf(added, 'late'), pass);
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

/** What cannot be stored rightly is not sent, and counted as what the receiver would refuse. */
function dropLate(
  made: readonly Pick<MadeSeries, 'late'>[],
  { tally }: Pass,
  reason: 'out_of_order' | 'duplicate',
): WriteResult {
  const count = made.reduce((sum, { late }) => sum + late.length, 0);
  if (count > 0) addTo(tally.rejected, reason, count);
  return nothingWritten;
}
