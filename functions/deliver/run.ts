// What one run of deliver did, message by message and group by group.
import type { GroupResult } from './pushgateway/guard.ts';
import type { PushgatewayStore } from './pushgateway/store.ts';
import type { Written } from './remote.ts';

/** What became of a message. */
export type MessageOutcome =
  | 'delivered'
  | 'superseded'
  | 'empty'
  | 'retried'
  | 'refused'
  | 'malformed';

/** Everything that a run has done, for its report. */
export type Run = {
  readonly messages: readonly { readonly outcome: MessageOutcome; readonly taken?: number }[];
  readonly groups: readonly GroupResult[];
  readonly written: readonly (Written | undefined)[];
  /** Metrics without which groups were pushed. */
  readonly leftOut: PushgatewayStore['leftOut'];
  readonly seconds: number;
  readonly now: number;
};
