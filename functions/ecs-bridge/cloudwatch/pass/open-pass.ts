// Begins and ends a pass over CloudWatch: opens every scope that the configuration names, and closes them.
import { mapConcurrently, SourceError } from '@fargaze/core/internal';
import { openScope } from '../../aws/open-scope.ts';
import { type Scope, scopeKey, scopesOf } from '../../aws/scope.ts';
import type { Sessions } from '../../aws/sessions.ts';
import type { Pass, PassBasis, PassOptions } from './pass.ts';
import { createRunTally } from './run-tally.ts';

/** Scopes that are opened at once. */
const concurrency = 5;

/** Begins a pass: opens every scope that the configuration names. One that cannot be opened is a fault and left out. */
export async function openPass(
  options: PassOptions & PassBasis,
  sessions: Sessions,
): Promise<Pass> {
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

/** Closes the clients of a pass. */
export function closePass({ scopes }: Pass): void {
  for (const scope of scopes) scope.close();
}
