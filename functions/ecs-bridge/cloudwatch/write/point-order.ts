// Whether the receiver takes a point that is older than the newest of its series. Most do within a window, an ordinary
// Prometheus does not; there points wait until CloudWatch no longer changes them, and are sent in order.
import {
  DeliveryError,
  type EpochMs,
  readEnv,
  type Series,
  type Shard,
  type WriteResult,
} from '@fargaze/core/internal';
import { lateness } from '../pass/lateness.ts';
import type { PassBasis, PassOptions } from '../pass/pass.ts';

/** `any`: late and revised points are taken. `ascending`: only points that are newer than the newest of their series. */
type Order = PassBasis['order'];

const metric = 'fargaze_bridge_order_check';

/** Seconds for an answer: what a receiver that is away would keep waiting is the time to read and to write. */
const patience = 3;

/** What is traded where points must be in order. */
export const orderNote = `no late points are taken: all wait ${lateness / 60} min (docs/bridge.md)`;

/** What a warm function knows of its receiver. */
export class PointOrder {
  #known: Order | undefined;

  /** By writing two samples of a series of its own, the older one last. A receiver that fails is asked again next time. */
  async learn({ clock, shard, writeDeadline, writer }: PassOptions): Promise<Order> {
    if (this.#known !== undefined) return this.#known;
    if (writer.answers === 'later') return 'any';
    const now = clock.now();
    const deadline = writeDeadline.slice(patience);
    try {
      await writer.write([checkSeries(now, shard)], deadline);
      this.note(await writer.write([checkSeries(now - lateness * 1000, shard)], deadline));
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      return 'any';
    } finally {
      deadline.close();
    }
    this.#known ??= 'any';
    return this.#known;
  }

  /** Learns from what became of late points. */
  note({ rejected }: WriteResult): void {
    const { duplicate = 0, out_of_order: late = 0, too_old: old = 0 } = rejected;
    if (late > 0 || (!this.#known && old + duplicate > 0)) this.#known = 'ascending';
  }
}

function checkSeries(at: EpochMs, shard: Shard | undefined): Series {
  const labels = {
    __name__: metric,
    owner: readEnv('FARGAZE_OWNER') ?? '',
    job: 'fargaze-ecs',
    ...(shard !== undefined && { shard: String(shard.index) }),
  };
  return { labels, points: [{ at, value: 1 }] };
}
