// What a row of the fault matrix says: a fault of a component, what shows it, what is lost by it, and how it ends.
// Rows are data; how each kind is played stands in play-*.ts.
import type { FaultSpec } from '../../../local/fake-aws/faults.ts';
import type { Fault, Meets } from '../../support/faulty-proxy.ts';
import type { FunctionName } from './functions.ts';

/** What stands for something that is not there at all. */
export const absent = 'absent';

/** What every row has. */
export type Common = {
  readonly component: string;
  /** What goes wrong, as a sentence of the table. */
  readonly fault: string;
  /**
   * What shows it while it lasts, by name: metrics, counts of the log's line `invocation`, or `Errors`, the class of the error
   * that the function ends with.
   */
  readonly shows: Readonly<Record<string, number | string>>;
  /** Words of a log line or error. */
  readonly says?: string;
  /** Results that are neither stored nor replaced by newer ones in the end. */
  readonly lost: number;
  /** Why they are; needed where some are. */
  readonly because?: string;
  /** How it ends, as a sentence of the table. */
  readonly recovery: string;
};

/** A result that is sent through the queue. */
export type Sent = {
  /** Which target, or which series. */
  readonly of: string;
  /** Minutes before now when it was taken; 1 when unset. */
  readonly age?: number;
  /** Seconds to add to the time that its producer's clock showed. */
  readonly ahead?: number;
  /** What it is worth; its age when unset. */
  readonly value?: number;
};

/** A message: results of one batch, or a body that is none. */
export type SentMessage = readonly Sent[] | { readonly body: string };

/** `deliver` with a queue before it and receivers behind it. */
export type DeliverRow = Common & {
  readonly kind: 'deliver';
  /** Where results go; `gateway` when unset. */
  readonly to?: 'gateway' | 'prometheus' | 'strict-prometheus' | 'both';
  /** What the receivers hold before. */
  readonly before?: readonly SentMessage[];
  /** Messages of one event; two results of two targets when unset. */
  readonly sends?: readonly SentMessage[];
  readonly gateway?: readonly [Fault | 'restarts', Meets?];
  readonly prometheus?: readonly [Fault, Meets?];
  /** Seconds that deliver's clock is ahead. */
  readonly skew?: number;
  /** Seconds that the invocation has that meets the fault; 30 when unset. */
  readonly seconds?: number;
  /** Whether waits between attempts take their time; they do not when unset. */
  readonly waits?: 'really';
  /** Messages that stay in the queue until they are dead letters; 0 when unset. */
  readonly left?: number;
  /** What each target has in the end, by minutes before now; what was sent last when unset. */
  readonly ends?: Readonly<Record<string, number>>;
};

/** What a play has seen. */
export type Seen = {
  readonly shows: Readonly<Record<string, number | string>>;
  /** All log lines and errors. */
  readonly words: string;
  readonly lost: number;
  /** What is wrong with how it ended; empty when nothing is. */
  readonly wrong: readonly string[];
};

/** What stands around a function, each behind a proxy of the row. */
export type Place = 'gateway' | 'prometheus' | 'web' | 'redis' | 'aws';

/** A function as it is deployed, in a process of its own. */
export type ProcessRow = Common & {
  readonly kind: 'process';
  readonly name: FunctionName;
  readonly event?: unknown;
  /** Variables beside the usual ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is wrong at a place while the first invocation runs. */
  readonly breaks?: readonly [Place, Fault, Meets?];
  /** What the simulated AWS does wrong meanwhile. */
  readonly aws?: FaultSpec;
  /** When the first invocation is killed: as a request arrives at a place, or when it has been carried out. */
  readonly kill?: readonly [Place, Meets & { readonly when: 'arrived' | 'done' }];
  /** Points that a message of `deliver` holds besides; none when unset. */
  readonly filler?: number;
  /** Options of Node in the first invocation. */
  readonly node?: readonly string[];
  /** Seconds that the calendar of the first invocation is ahead. */
  readonly skew?: number;
  /** Seconds that the first invocation has; 20 when unset. */
  readonly seconds?: number;
};
