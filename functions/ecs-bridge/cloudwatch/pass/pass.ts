// One pass over CloudWatch: what it is about, what it may use, and what came of it.
import type {
  Clock,
  CloudWatchConfig,
  CloudWatchScope,
  Deadline,
  EcsConfig,
  EpochSeconds,
  Seconds,
  SeriesWriter,
  Shard,
} from '@fargaze/core/internal';
import { type ScopeClients, scopeKey, scopesOf } from '../../aws/scope.ts';
import type { EcsReading } from '../../ecs/reading.ts';
import { lateness } from './lateness.ts';
import type { RunTally } from './run-tally.ts';

/** What a pass is given. */
export type PassOptions = {
  readonly config: CloudWatchConfig;
  readonly ecsConfig: EcsConfig;
  /** The part to read; undefined: everything. */
  readonly shard?: Shard | undefined;
  /** The function's own region. */
  readonly region: string;
  readonly clock: Clock;
  /** Seconds between the ticks of the schedule; undefined: invoked by hand, so it is due at any time. */
  readonly schedule: Seconds | undefined;
  /** ECS, read with the own credentials in the own region. */
  readonly ownEcs: Promise<EcsReading>;
  /** Nothing is read after it. */
  readonly readDeadline: Deadline;
  /** Nothing is written after it. */
  readonly writeDeadline: Deadline;
  readonly writer: SeriesWriter;
};

/**
 * What the receiver takes. `any`: late points, and another value for a point, once. `ascending`: only points that are newer
 * than the newest of their series. `once`: late points, but it keeps every value of a point beside the others.
 */
export type Order = 'any' | 'ascending' | 'once';

/** What is known when a pass begins. */
export type PassBasis = {
  readonly order: Order;
  /** How far before the watermark to read again. */
  readonly overlap: Seconds;
};

/** A pass under way. */
export type Pass = PassOptions &
  PassBasis & {
    /** When it began. */
    readonly now: EpochSeconds;
    /** The scopes that could be opened. */
    readonly scopes: readonly ScopeClients[];
    readonly tally: RunTally;
  };

/** Whether a job or expression is read in the scope. */
export function isReadIn(one: CloudWatchScope, { key }: ScopeClients, { region }: Pass): boolean {
  return scopesOf(one, region).some((scope) => scopeKey(scope) === key);
}

/** How old points are before they are read: where they cannot be changed, so old that they no longer change. */
export function settleOf({ config, order }: Pass): Seconds {
  return order === 'any' ? config.settle : Math.max(config.settle, lateness);
}

/** What is delivered of a metric: its points, or the newest of them as of now. */
export type Shown = 'points' | 'latest';

/** Seconds that late points are waited for, and between two passes. */
const slack: Seconds = lateness + 300;

/** Of the receivers that take late points some take none that is two hours older than the newest sample of all. */
const shortestWindow: Seconds = 7200;

/**
 * Points of a day are a day old when they are complete, and those of a long delay are old too: no receiver takes or shows
 * them then. So the newest is delivered as of now, in every pass, as YACE shows it.
 */
export function shownOf(
  { delay, period }: { readonly period: Seconds; readonly delay: Seconds },
  pass: Pick<Pass, 'config' | 'order'>,
): Shown {
  const reach = pass.order === 'ascending' ? ascendingReach : shortestWindow;
  return period + delay + slack > reach ? 'latest' : 'points';
}

/** A Prometheus without a window takes none that is an hour older than its newest sample. */
const ascendingReach: Seconds = 3600 - 120;

/**
 * How old points may be. A Prometheus without a window takes none that is an hour older than its newest sample, and refuses
 * the good ones beside it.
 */
export function backfillOf({ config, order }: Pass): Seconds {
  return order === 'ascending' ? Math.min(config.backfill, ascendingReach) : config.backfill;
}
