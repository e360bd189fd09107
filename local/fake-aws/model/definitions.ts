// Registers task definitions: a family with rising revisions.

import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import { hexOf } from '../metrics/seed.ts';
import { arnOf } from './arn.ts';
import type { ContainerSpec, Region, TaskDefinition } from './types.ts';

/** What a task definition is made of. */
export type DefinitionSpec = {
  readonly family: string;
  readonly containers: readonly ContainerSpec[];
  readonly registeredAt: EpochSeconds;
};

/** Registers the next revision of a family: 0.25 vCPU, 512 MiB. */
export function registerDefinition(region: Region, spec: DefinitionSpec): TaskDefinition {
  const revisions = region.definitions.get(spec.family) ?? [];
  const revision = revisions.length + 1;
  const definition: TaskDefinition = {
    arn: arnOf(region, 'ecs', `task-definition/${spec.family}:${revision}`),
    family: spec.family,
    revision,
    containers: spec.containers,
    cpu: 256,
    memory: 512,
    registeredAt: spec.registeredAt,
  };
  region.definitions.set(spec.family, [...revisions, definition]);
  return definition;
}

/** The digest that an image has in every registry of the simulated cloud. */
export function digestOf(image: string): string {
  return `sha256:${hexOf(image, 64)}`;
}
