// Where batches go. A sink never knows a probe.
import type { Deadline } from '../deadline.ts';
import type { Batch } from '../sample.ts';

/** What a sink does with series that have times of their own. */
export type SeriesAbility =
  /** Hands them to somebody who stores them. */
  | 'forwarded'
  /** Shows them; they are stored nowhere. */
  | 'shown'
  /** Stores them. */
  | 'stored'
  /** Cannot take them. */
  | 'refused';

/** Delivers batches. */
export interface Sink {
  readonly name: string;
  readonly series: SeriesAbility;
  /** Whether nothing of what is written is kept anywhere: then it is not delivered. */
  readonly discards?: true;
  /**
   * Resolves only when the far side has said yes to every group.
   * @throws DeliveryError naming the groups that were not accepted; the others are stored.
   */
  write(batch: Batch, deadline: Deadline): Promise<void>;
  /**
   * Of a sink that delivers by the function's answer: the answer with what was written in it.
   * @throws DeliveryError when nobody would carry an answer to `event` that is as long.
   */
  answer?<T extends object>(summary: T, event: unknown): T & { readonly message?: object };
}
