// What the receiver makes of a point that is older than the newest of its series, and of another value for a point. Most take
// both within a window. An ordinary Prometheus takes neither, and VictoriaMetrics keeps each value: there points wait until
// CloudWatch no longer changes them, and are sent once.
import {
  type Deadline,
  DeliveryError,
  type EpochMs,
  readEnv,
  type Series,
  type Shard,
  type WriteResult,
} from '@fargaze/core/internal';
import { lateness } from '../pass/lateness.ts';
import type { Order, PassOptions } from '../pass/pass.ts';

const metric = 'fargaze_bridge_order_check';

/** Seconds for all answers: what a receiver that is away would keep waiting is the time to read and to write. */
const patience = 3;

const minutes = lateness / 60;
/** What it costs that points cannot be changed. */
export const orderNotes = {
  ascending: `no late points are taken: all wait ${minutes} min (docs/bridge.md)`,
  once: `a changed point is stored beside the old one: all wait ${minutes} min (docs/bridge.md)`,
} as const satisfies Partial<Record<Order, string>>;

/** What a check needs of a pass. */
type CheckOptions = Pick<PassOptions, 'clock' | 'shard' | 'writeDeadline' | 'writer'>;

/** What a warm function knows of its receiver. */
export class PointOrder {
  #known: Order | undefined;
  /** What was written to learn from it, and has not been seen yet. */
  #written: Series | undefined;

  /** By writing samples of a series of its own, and asking what became of them. A receiver that fails is asked again next time. */
  async learn(options: CheckOptions): Promise<Order> {
    if (this.#known !== undefined) return this.#known;
    if (options.writer.answers === 'later') return 'any';
    const deadline = options.writeDeadline.slice(patience);
    try {
      this.#written ??= await this.#write(options, deadline);
      // Prometheus shows at once what it took. Until the answer is known nothing is sent that may have to be changed.
      this.#known ??= await orderOf(this.#written, options, deadline);
      return this.#known ?? 'once';
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      return 'any';
    } finally {
      deadline.close();
    }
  }

  async #write({ clock, shard, writer }: CheckOptions, deadline: Deadline): Promise<Series> {
    const { changed, early, late } = checks(clock.now(), shard);
    await writer.write(early, deadline);
    this.note(await writer.write([changed, late], deadline));
    return changed;
  }

  /** Learns from what became of late points. */
  note({ rejected }: WriteResult): void {
    const { duplicate = 0, out_of_order: late = 0, too_old: old = 0 } = rejected;
    if (late > 0 || (!this.#known && old + duplicate > 0)) this.#known = 'ascending';
  }
}

/** Milliseconds between two points of a check. */
const apart = 1000;

/**
 * Three points in order, of which the middle one gets a lower value; and one in another series before which a late one comes.
 * Prometheus shows the new value for certain only where it has read a point before it, and none of its series is late: so each
 * check has series of its own.
 */
function checks(now: EpochMs, shard: Shard | undefined) {
  const labelsOf = (check: 'changed' | 'late') => ({
    __name__: metric,
    check,
    run: String(now),
    owner: readEnv('FARGAZE_OWNER') ?? '',
    job: 'fargaze-ecs',
    ...(shard !== undefined && { shard: String(shard.index) }),
  });
  const [changed, late] = [labelsOf('changed'), labelsOf('late')];
  const middle = now - apart;
  const ends = { first: { at: middle - apart, value: 0 }, last: { at: now, value: 0 } };
  return {
    early: [
      { labels: changed, points: [ends.first, { at: middle, value: 1 }, ends.last] },
      { labels: late, points: [ends.last] },
    ],
    changed: { labels: changed, points: [{ at: middle, value: 0 }] },
    late: { labels: late, points: [{ at: now - lateness * 1000, value: 0 }] },
  };
}

/**
 * Whether the old value of the changed point is still there beside the new one, or has won: the highest of them is asked for.
 * Undefined while nothing of it is seen: VictoriaMetrics needs some seconds for a new series.
 */
async function orderOf(
  { labels, points }: Series,
  { writer }: CheckOptions,
  deadline: Deadline,
): Promise<'any' | 'once' | undefined> {
  const expression = `max_over_time(${metric}[${(3 * apart) / 1000}s])`;
  const at = (points.at(-1)?.at ?? 0) + apart;
  const answer = await writer.query({ expression, at }, deadline);
  if (answer === undefined) return 'any';
  const own = answer.find((one) => isOf(labels, one.labels));
  return own && (own.value === 1 ? 'once' : 'any');
}

/** Whether the series of an answer has these labels; a label without a value is none. */
function isOf(labels: Series['labels'], seen: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(
    ([name, value]) => name === '__name__' || (seen[name] ?? '') === value,
  );
}
