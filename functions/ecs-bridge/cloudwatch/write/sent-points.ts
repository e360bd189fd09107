// The latest points that a warm function has delivered, so that it sends nothing twice, and which series have ended. Lost
// at a cold start, when points are sent again; the receiver takes equal points as one.
import type { EpochMs, EpochSeconds, Metadata, Point, Series } from '@fargaze/core/internal';
import type { Existing } from '../find/metric-query.ts';
import { deepOverlap } from '../find/overlaps.ts';
import { lateness } from '../pass/lateness.ts';

/** The points of a series that are to be sent. */
export type Unsent = {
  /** Newer than all that was delivered. */
  readonly fresh: readonly Point[];
  /**
   * Published late or changed, and final by now. They go after the fresh ones: a receiver takes another value for a time only
   * where the series has a newer point.
   */
  readonly late: readonly Point[];
  /** Late or changed ones that wait: until they are final, and the newest that was delivered until there is a newer one. */
  readonly waiting: readonly Point[];
};

/** What is known of points that may have been delivered. */
export type UnsentFacts = {
  /** Until when the series has been delivered, where nothing is recorded of it and nothing else is known. */
  readonly watermark: EpochMs;
  /** Points that begin later may still change. */
  readonly finalUntil: EpochMs;
};

/** A series with what is recorded of it once it has been delivered. */
export type MadeSeries = Pick<Unsent, 'fresh' | 'late'> & {
  readonly labels: Series['labels'];
  readonly metadata: Metadata;
  readonly key: string;
  /** ARN of its resource; '' without one. */
  readonly arn: string;
  /** Where its window begins, in milliseconds. */
  readonly from: number;
  /** All points that were read of it, also those that had been delivered before; not those that wait. */
  readonly read: readonly Point[];
};

/** A series that has been delivered. */
type Sent = {
  readonly labels: Readonly<Record<string, string>>;
  readonly arn: string;
  /** Of all delivered points of the window, in seconds, in order. */
  readonly times: readonly number[];
  /** Of the last of them, whose values may still change. */
  readonly values: readonly number[];
  readonly at: EpochMs;
};

/** Values of points older than this are not kept: they are final. More than a pass reads again. */
const revisedMs = (deepOverlap + lateness) * 1000;
/** A series that has not been delivered for so long is forgotten. */
const forgottenMs = 6 * 3_600_000;

/** Delivered points by series. */
export class SentPoints {
  readonly #sent = new Map<string, Sent>();
  /** Earlier points may have been delivered by another function, or by a run that failed. */
  #doubtfulUntil: EpochMs = 0;
  /** Whether nothing else can have been delivered by others. */
  #knowsOthers = false;
  /** ARNs that the last complete reading of ECS showed, by scope. */
  readonly #existed = new Map<string, Existing>();

  /**
   * The points that have not been delivered with this value. Prometheus takes a point that is not newer than its series once,
   * and drops a second value for it without a word (its out-of-order chunks): so only a final value is sent there.
   */
  unsent(key: string, points: readonly Point[], { finalUntil, watermark }: UnsentFacts): Unsent {
    const sent = this.#sent.get(key);
    const newest = (sent?.times.at(-1) ?? Number.NaN) * 1000;
    const doubtful = this.#doubtfulUntil;
    const isKnown = sent !== undefined && !Number.isNaN(newest);
    const changed = isKnown ? changedOf(sent, points) : points;
    const begin = this.#knowsOthers ? doubtful : watermark;
    const isFresh = ({ at }: Point) => (isKnown ? at > newest && at >= doubtful : at >= begin);
    const fresh = changed.filter(isFresh);
    if (fresh.length === changed.length) return { fresh, late: none, waiting: none };
    const older = changed.filter((point) => !isFresh(point));
    const waits = ({ at }: Point) => at > finalUntil || (fresh.length === 0 && at === newest);
    const waiting = older.filter(waits);
    const late = waiting.length === 0 ? older : older.filter((point) => !waits(point));
    return { fresh, late, waiting };
  }

  /** Notes until when points may have been delivered that are not recorded here, in seconds; undefined: nobody can say. */
  doubtUntil(until: EpochSeconds | undefined): void {
    this.#knowsOthers = until !== undefined;
    this.#doubtfulUntil = Math.max(this.#doubtfulUntil, (until ?? 0) * 1000);
  }

  /** Whether this function has delivered points of the series. */
  knows(key: string): boolean {
    return this.#sent.has(key);
  }

  /** Whether this function has delivered a point of the series for this time. */
  holds(key: string, at: EpochMs): boolean {
    return this.#sent.get(key)?.times.includes(at / 1000) ?? false;
  }

  /** Records a series that has been delivered. Points that an answer lacks stay recorded. */
  record({ arn, from, key, labels, read }: MadeSeries, now: EpochMs): void {
    const open = (now - revisedMs) / 1000;
    const oldest = Math.min(from / 1000, open);
    const times: number[] = [];
    const values: number[] = [];
    const add = (time: number, value: number) => {
      if (time < oldest) return;
      times.push(time);
      if (time > open) values.push(value);
    };
    const known = this.#sent.get(key) ?? nothing;
    let next = 0;
    // Both are in order: they are merged, and of one time the value that was read counts.
    for (const { at, value } of read) {
      if (value === 'stale') continue;
      const time = at / 1000;
      for (; timeAt(known, next) < time; next++) add(timeAt(known, next), valueAt(known, next));
      if (timeAt(known, next) === time) next++;
      add(time, value);
    }
    for (; next < known.times.length; next++) add(timeAt(known, next), valueAt(known, next));
    // Copies have no room to grow, which thousands of series would keep.
    this.#sent.set(key, { labels, arn, times: times.slice(), values: values.slice(), at: now });
  }

  /** Labels by key of series whose resource existed before and is not among `existing`; one that was never seen has not gone. */
  ofGone(scope: string, existing: Existing): Map<string, Sent['labels']> {
    const before = this.#existed.get(scope) ?? new Set<string>();
    const gone = [...this.#sent].filter(([, { arn }]) => before.has(arn) && !existing.has(arn));
    return new Map(gone.map(([key, { labels }]) => [key, labels]));
  }

  /** Records which resources exist, once the series of all others have been ended. */
  recordExisting(scope: string, existing: Existing): void {
    this.#existed.set(scope, existing);
  }

  forget(key: string): void {
    this.#sent.delete(key);
  }

  /** Forgets series that are no longer delivered. */
  prune(now: EpochMs): void {
    for (const [key, { at }] of this.#sent) {
      if (at < now - forgottenMs) this.#sent.delete(key);
    }
  }
}

type Recorded = Pick<Sent, 'times' | 'values'>;

const nothing: Recorded = { times: [], values: [] };
const none: readonly Point[] = [];

/** Of the point `index`, in seconds; after the last never. */
function timeAt({ times }: Recorded, index: number): number {
  return times[index] ?? Number.POSITIVE_INFINITY;
}

/** Of the point `index`; NaN for one that is final. */
function valueAt({ times, values }: Recorded, index: number): number {
  return values[index - (times.length - values.length)] ?? Number.NaN;
}

/** Those of `points`, in order of time, that have not been recorded with this value. */
function changedOf(sent: Recorded, points: readonly Point[]): Point[] {
  const final = sent.times.length - sent.values.length;
  let index = 0;
  return points.filter(({ at, value }) => {
    while (timeAt(sent, index) < at / 1000) index++;
    if (timeAt(sent, index) !== at / 1000) return true;
    return index >= final && valueAt(sent, index) !== value;
  });
}
