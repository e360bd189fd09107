// What one run of deliver did, message by message and group by group.
import type { EpochMs, Seconds } from '@fargaze/core/internal';
import type { GroupResult } from './pushgateway/guard.ts';
import type { PushgatewayStore } from './pushgateway/store.ts';
import type { Written } from './remote.ts';

/** What becomes of a message, in the order in which it is shown. */
export const messageOutcomes = [
  'delivered',
  'superseded',
  'empty',
  'retried',
  'rejected',
  'refused',
  'malformed',
  'kept',
] as const;

/** What became of a message. */
export type MessageOutcome = (typeof messageOutcomes)[number];

/** Everything that a run has done, for its report. */
export type Run = {
  readonly messages: readonly { readonly outcome: MessageOutcome; readonly taken?: EpochMs }[];
  readonly groups: readonly GroupResult[];
  readonly written: readonly (Written | undefined)[];
  /** Metrics without which groups were pushed. */
  readonly leftOut: PushgatewayStore['leftOut'];
  /** How long it took. */
  readonly seconds: Seconds;
  /** When it ended. */
  readonly now: EpochMs;
};
