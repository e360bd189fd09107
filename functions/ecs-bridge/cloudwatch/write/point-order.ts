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
/** What is traded where points cannot be changed. */
export const orderNotes = {
  ascending: `no late points are taken: all wait ${minutes} min (docs/bridge.md)`,
  once: `a changed point is stored beside the old one: all wait ${minutes} min (docs/bridge.md)`,
} as const satisfies Partial<Record<Order, string>>;

/** What a warm function knows of its receiver. */
export class PointOrder {
  #known: Order | undefined;
  /** What was written to learn from it, and has not been seen yet. */
  #written: Series | undefined;

  /** By writing samples of a series of its own, and asking what became of them. A receiver that fails is asked again next time. */
  async learn(options: PassOptions): Promise<Order> {
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

  async #write({ clock, shard, writer }: PassOptions, deadline: Deadline): Promise<Series> {
    const { changed, early } = checks(clock.now(), shard);
    await writer.write([early], deadline);
    this.note(await writer.write([changed], deadline));
    return changed;
  }

  /** Learns from what became of late points. */
  note({ rejected }: WriteResult): void {
    const { duplicate = 0, out_of_order: late = 0, too_old: old = 0 } = rejected;
    if (late > 0 || (!this.#known && old + duplicate > 0)) this.#known = 'ascending';
  }
}

/** Milliseconds from the point whose value is changed to the newest. */
const apart = 2000;

/** Two points in order; then the first of them with a lower value, and a late one. */
function checks(now: EpochMs, shard: Shard | undefined) {
  const labels = {
    __name__: metric,
    owner: readEnv('FARGAZE_OWNER') ?? '',
    job: 'fargaze-ecs',
    ...(shard !== undefined && { shard: String(shard.index) }),
  };
  const revised = now - apart;
  const points = [revised, now].map((at) => ({ at, value: 1 }));
  const late = { at: now - lateness * 1000, value: 1 };
  return {
    early: { labels, points },
    changed: { labels, points: [late, { at: revised, value: 0 }] },
  };
}

/**
 * Whether the old value of the changed point is still there beside the new one, or has won: the highest of them is asked for.
 * Undefined while nothing of it is seen: VictoriaMetrics needs some seconds for a new series.
 */
async function orderOf(
  { labels, points }: Series,
  { writer }: PassOptions,
  deadline: Deadline,
): Promise<'any' | 'once' | undefined> {
  const expression = `max_over_time(${metric}[1s])`;
  const answer = await writer.query({ expression, at: points.at(-1)?.at ?? 0 }, deadline);
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
