// Where batches go. A sink never knows a probe.
import type { Deadline } from '../deadline.ts';
import type { Batch } from '../sample.ts';

/** Delivers batches. */
export interface Sink {
  readonly name: string;
  /**
   * Resolves only when the far side has said yes to every group.
   * @throws DeliveryError naming the groups that were not accepted; the others are stored.
   */
  write(batch: Batch, deadline: Deadline): Promise<void>;
}
