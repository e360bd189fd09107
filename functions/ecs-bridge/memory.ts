// What a warm function remembers between runs: lists, credentials, until when jobs are delivered, and the latest points of
// each series. Lost at a cold start, when the receiver is asked instead; nothing depends on it for being right.
import type { AwsCredentials, EpochMs, Point } from '@fargaze/core';
import type { MetricLists } from './cloudwatch/find/list-metrics.ts';
import type { Wanted } from './cloudwatch/find/metric-query.ts';
import type { Resolutions } from './cloudwatch/find/resolutions.ts';
import type { EpochSeconds } from './cloudwatch/query/window.ts';

/** A series that was delivered. */
type Sent = {
  readonly labels: Readonly<Record<string, string>>;
  readonly arn: string;
  /** Of every point of the window that was delivered, in seconds, in order. */
  readonly times: Uint32Array;
  /** Of the last of them, whose values may still change. */
  readonly values: Float64Array;
  readonly at: EpochMs;
};

/** What is to be remembered of a series that has been delivered. */
type Delivered = Pick<Sent, 'arn' | 'labels'> & {
  readonly now: EpochMs;
  /** Where the window began; the next one may begin there again. */
  readonly from: EpochMs;
  /** All points of the window that are known. */
  readonly read: readonly Point[];
};

/** A resource that has gone. */
type Departed = { readonly wanted: readonly Wanted[]; readonly goneAt: EpochSeconds };

/** Credentials with when they end. */
export type Session = AwsCredentials & { readonly expiration: Date };

/** Values of points older than this are not remembered: they are final. */
const revisedMs = 30 * 60_000;
/** A series that was not delivered for so long is forgotten. */
const forgottenMs = 6 * 3_600_000;

/** What is remembered. */
export class Memory {
  readonly lists: MetricLists = new Map();
  readonly resolutions: Resolutions = new Map();
  /** By role. */
  readonly sessions = new Map<string, Session>();
  /** Own account, once it is known. */
  account: string | undefined;
  /** Until when a job is delivered, by the job's key; undefined once the receiver was asked and knew nothing. */
  readonly watermarks = new Map<string, EpochSeconds | undefined>();
  /** Until when single units are delivered: what is whole of a job that is not need not be read from far back again. */
  readonly progress = new Map<string, EpochSeconds>();
  /** What was read of ECS in the last run, by resource. */
  readonly lastWanted = new Map<string, ReadonlyMap<string, readonly Wanted[]>>();
  /** What has gone since and is read until its points are settled, by job and resource. */
  readonly departed = new Map<string, Map<string, Departed>>();
  /** How many series an expression that searches found last, by its key. */
  readonly found = new Map<string, number>();
  /** When a plan was last made that was carried out or refused, at a tick of a schedule. */
  lastTick: EpochSeconds | undefined;
  /** The interval in seconds to which the budget slowed the last plan. */
  slowedTo: number | undefined;
  /** When a source was last read as a whole and delivered, in seconds. */
  readonly lastSuccess = new Map<string, EpochSeconds>();
  readonly #sent = new Map<string, Sent>();
  readonly #seen = new Set<string>();
  /** ARNs that a whole reading of ECS showed, by place. */
  readonly #existed = new Map<string, ReadonlySet<string>>();

  /** Whether a listed metric was not seen in any run before. */
  isNew(metric: string): boolean {
    return !this.#seen.has(metric);
  }

  see(metric: string): void {
    this.#seen.add(metric);
  }

  /** The points that were not delivered with this value before. */
  unsent(key: string, points: readonly Point[]): Point[] {
    const sent = this.#sent.get(key);
    if (sent === undefined) return [...points];
    const known = valuesByTime(sent);
    return points.filter(({ at, value }) => {
      const before = known.get(at / 1000);
      return before !== 'final' && before !== value;
    });
  }

  /** Remembers what has been delivered. An answer that lacks what an earlier one had makes nothing forgotten. */
  remember(key: string, { arn, from, labels, now, read }: Delivered): void {
    const sent = this.#sent.get(key);
    const known = sent === undefined ? new Map<number, number | 'final'>() : valuesByTime(sent);
    for (const { at, value } of read) if (value !== 'stale') known.set(at / 1000, value);
    const times = Uint32Array.from([...known.keys()].filter((time) => time * 1000 >= from)).sort();
    const open = times.filter((time) => time * 1000 > now - revisedMs);
    const values = Float64Array.from(open, (time) => Number(known.get(time)));
    this.#sent.set(key, { labels, arn, times, values, at: now });
  }

  /** Series of resources that existed before and are not among `existing`; what was never seen has not gone. */
  seriesOfGone(place: string, existing: ReadonlySet<string>): Map<string, Sent['labels']> {
    const before = this.#existed.get(place) ?? new Set();
    const gone = [...this.#sent].filter(([, { arn }]) => before.has(arn) && !existing.has(arn));
    return new Map(gone.map(([key, { labels }]) => [key, labels]));
  }

  /** Remembers what exists, once the end of everything else has been told. */
  seeExisting(place: string, existing: ReadonlySet<string>): void {
    this.#existed.set(place, existing);
  }

  forget(key: string): void {
    this.#sent.delete(key);
  }

  /** Forgets series that are no longer delivered. */
  prune(now: EpochMs): void {
    for (const [key, { at }] of this.#sent) {
      if (at < now - forgottenMs) this.#sent.delete(key);
    }
    for (const [unit, until] of this.progress) {
      if (until * 1000 < now - forgottenMs) this.progress.delete(unit);
    }
  }
}

function valuesByTime({ times, values }: Sent): Map<number, number | 'final'> {
  const final = times.length - values.length;
  const known = new Map<number, number | 'final'>();
  for (const [index, time] of times.entries()) {
    known.set(time, index < final ? 'final' : (values[index - final] ?? Number.NaN));
  }
  return known;
}
