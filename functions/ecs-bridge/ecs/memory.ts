// What a warm function remembers of clusters, so that it reads again only what changed. Nothing depends on it: without memory
// everything is read.
import type { EpochMs } from '@fargaze/core/internal';
import type { Task } from './narrow.ts';
import type { ClusterPart } from './share.ts';

/** The services of a cluster as they were listed. */
export type ListedServices = {
  readonly arns: readonly string[];
  /** How many the cluster counted then. */
  readonly count: number;
  readonly at: EpochMs;
};

/** The tasks of a cluster as they were described, by ARN. */
export type KnownTasks = {
  readonly part: ClusterPart;
  /** When all of them were described last. */
  readonly fullAt: EpochMs;
  readonly running: Map<string, Task>;
  readonly stopped: Map<string, Task>;
  /** Groups of tasks that belong to another part of the cluster. */
  readonly others: Map<string, string>;
  /** What services showed when their tasks were read, by name. */
  readonly signals: ReadonlyMap<string, string>;
  /** Tasks that the cluster counts beyond those of its services; undefined: not all tasks are known. */
  readonly unaccounted: number | undefined;
};

/** What is remembered of a cluster. */
export type ClusterMemory = {
  services?: ListedServices | undefined;
  tasks?: KnownTasks | undefined;
};

/** What is remembered, by the cluster's ARN. */
export class EcsMemory {
  readonly #clusters = new Map<string, ClusterMemory>();

  of(cluster: string): ClusterMemory {
    const known = this.#clusters.get(cluster) ?? {};
    this.#clusters.set(cluster, known);
    return known;
  }
}
