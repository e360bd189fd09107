// The messages' series to a remote-write receiver, oldest first, each message for itself: one that fails takes no
// other with it.
import {
  type Batch,
  type Clock,
  type Deadline,
  DeliveryError,
  RemoteWriteClient,
  type RemoteWriteReceiver,
  seriesOfBatch,
  type WriteResult,
} from '@fargaze/core/internal';
import { isFinal } from './pushgateway/guard.ts';

/** What became of a message's series. */
export type Written = {
  /** `rejected`: every sample, for its time; `refused`: nothing of it, for its content. */
  readonly outcome: 'written' | 'failed' | 'refused' | 'rejected';
  /** Samples that the receiver took. */
  readonly sent: number;
  readonly rejected: WriteResult['rejected'];
  readonly error?: unknown;
};

const late: readonly string[] = ['duplicate', 'out_of_order', 'too_old'];
const nothing = { sent: 0, rejected: {} } as const;

/** Writes to `receiver`; without one, what is to be written fails until there is. */
export function createWriter(
  receiver: RemoteWriteReceiver | undefined,
  env: { readonly clock: Clock; readonly deadline: Deadline },
) {
  const client =
    receiver === undefined ? undefined : new RemoteWriteClient({ ...receiver, clock: env.clock });

  async function write(batch: Batch): Promise<Written> {
    if (client === undefined) {
      const message = 'series, but FARGAZE_REMOTE_WRITE_URL is unset';
      return {
        outcome: 'failed',
        ...nothing,
        error: new DeliveryError(message, { retryable: true }),
      };
    }
    try {
      const { rejected, sent } = await client.write(seriesOfBatch(batch), env.deadline);
      const stored = sent > 0 || Object.keys(rejected).length === 0;
      // Refused for their times only, which a later try makes no better.
      const tooLate = Object.keys(rejected).every((reason) => late.includes(reason));
      return { outcome: stored ? 'written' : tooLate ? 'rejected' : 'refused', sent, rejected };
    } catch (error) {
      const final = isFinal(error) || error instanceof RangeError;
      return { outcome: final ? 'refused' : 'failed', ...nothing, error };
    }
  }

  return {
    /** What became of each batch, in the order given. */
    async writeAll(batches: readonly (Batch | undefined)[]): Promise<(Written | undefined)[]> {
      const written = new Array<Written | undefined>(batches.length);
      const order = [...batches.entries()].sort(
        ([, a], [, b]) => (a?.taken ?? 0) - (b?.taken ?? 0),
      );
      for (const [index, batch] of order) {
        if (batch !== undefined) written[index] = await write(batch);
      }
      return written;
    },
  };
}
