// The search for what jobs ask for in one scope during one pass.
import type { CloudWatchJob, EpochSeconds } from '@fargaze/core/internal';
import type { ScopeClients } from '../../aws/scope.ts';
import type { TaggedResource } from '../../aws/tagging.ts';
import type { EcsMemory } from '../../ecs/memory.ts';
import type { Pass } from '../pass/pass.ts';
import type { FindMemory } from './memory.ts';

/** Until when points have been delivered. */
export type Delivered = {
  /** Of a unit if it is known, else of the job; undefined: unknown. */
  until(job: string, unit?: string): EpochSeconds | undefined;
};

/** Where to search, and what is known already. */
export type Search = {
  readonly scope: ScopeClients;
  readonly pass: Pass;
  readonly memory: FindMemory;
  /** Of readings of ECS. */
  readonly ecs: EcsMemory;
  readonly delivered: Delivered;
  /** Tagged resources of the scope that are read, by what was asked for. */
  readonly tagged: Map<string, Promise<readonly TaggedResource[]>>;
};

/** A text that is equal for the same job in the same scope. */
export function jobKey(job: CloudWatchJob, { account, region }: ScopeClients): string {
  return JSON.stringify([job.name, region, account]);
}
