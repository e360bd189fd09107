// One pass over CloudWatch: what it is about, what it may use, and what came of it.
import {
  type Clock,
  type CloudWatchConfig,
  type CloudWatchScope,
  type Deadline,
  type EcsConfig,
  mapConcurrently,
  type Seconds,
  type SeriesWriter,
  SourceError,
} from '@fargaze/core';
import { type Scope, scopeKey, scopesOf } from '../../aws/scope.ts';
import { openScope, type ScopeClients } from '../../aws/scope-clients.ts';
import type { Sessions } from '../../aws/sessions.ts';
import type { EcsReading } from '../../ecs/read-ecs.ts';
import { createRunTally, type RunTally } from './run-tally.ts';

/** Seconds since 1970. */
export type EpochSeconds = number;

/** What a pass is given. */
export type PassOptions = {
  readonly config: CloudWatchConfig;
  readonly ecsConfig: EcsConfig;
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

/** A pass under way. */
export type Pass = PassOptions & {
  /** When it began. */
  readonly now: EpochSeconds;
  /** The scopes that could be opened. */
  readonly scopes: readonly ScopeClients[];
  readonly tally: RunTally;
};

/** Scopes that are opened at once. */
const concurrency = 5;

/** Begins a pass: opens every scope that the configuration names. One that cannot be opened is a fault and left out. */
export async function openPass(options: PassOptions, sessions: Sessions): Promise<Pass> {
  const { clock, config, readDeadline, region } = options;
  const tally = createRunTally();
  const named = [...config.jobs, ...config.expressions].flatMap((one) => scopesOf(one, region));
  const distinct = new Map<string, Scope>(named.map((scope) => [scopeKey(scope), scope]));
  const open = { sessions, clock, deadline: readDeadline, tally, stsRegion: config.stsRegion };
  const scopes = await mapConcurrently([...distinct.values()], concurrency, async (scope) => {
    try {
      return await openScope(scope, open);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      tally.faults.push(error);
      return undefined;
    }
  });
  const opened = scopes.filter((scope) => scope !== undefined);
  return { ...options, now: clock.now() / 1000, scopes: opened, tally };
}

/** Whether a job or expression is read in the scope. */
export function isReadIn(one: CloudWatchScope, { key }: ScopeClients, { region }: Pass): boolean {
  return scopesOf(one, region).some((scope) => scopeKey(scope) === key);
}

/** Closes the clients of a pass. */
export function closePass({ scopes }: Pass): void {
  for (const scope of scopes) scope.close();
}
