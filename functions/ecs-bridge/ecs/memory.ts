// What a warm function remembers of clusters, so that it reads again only what changed, and carries on where a run had no time
// left. Nothing depends on it: without memory everything is read. What has not been read for an hour is forgotten.
import type { EpochMs, Seconds } from '@fargaze/core/internal';
import type { Service, Task } from './narrow.ts';
import type { ClusterPart } from './share.ts';

/** A cluster that was not read for so long has gone, or belongs to another shard. */
const forgottenAfter: Seconds = 3600;

/** The services of a cluster as they were listed. */
export type ListedServices = {
  readonly arns: readonly string[];
  /** How many the cluster counted then. */
  readonly count: number;
  readonly at: EpochMs;
};

/** Something as it was described, and when. */
export type Described<T> = { readonly value: T; readonly at: EpochMs };

/** The tasks of a cluster as they were described, by ARN. */
export type KnownTasks = {
  readonly part: ClusterPart;
  /** When all of them were listed last. */
  readonly listedAt: EpochMs;
  readonly running: Map<string, Described<Task>>;
  readonly stopped: Map<string, Task>;
  /** When those that had stopped were listed last. */
  readonly stoppedAt: EpochMs;
  /** ARNs of running tasks that were listed and could not be described in time. */
  readonly missing: ReadonlySet<string>;
  /** Groups of tasks that belong to another part of the cluster. */
  readonly others: Map<string, string>;
  /** What services showed when their tasks were read, by name. */
  readonly signals: ReadonlyMap<string, string>;
  /** Tasks that the cluster counts beyond those of its services. */
  readonly unaccounted: number;
};

/** What is remembered of a cluster. */
export type ClusterMemory = {
  services?: ListedServices | undefined;
  /** Services by ARN, for a run that has no time to describe them; undefined: gone. */
  readonly described: Map<string, Described<Service | undefined>>;
  tasks?: KnownTasks | undefined;
  /** When all services, and all tasks, were known last; what waits longest is read first. */
  servicesAt: EpochMs;
  tasksAt: EpochMs;
  /** Whether the last run read tasks before services. */
  tasksFirst: boolean;
  usedAt: EpochMs;
};

/** What is remembered, by the cluster's ARN. */
export class EcsMemory {
  readonly #clusters = new Map<string, ClusterMemory>();

  /** How many clusters are remembered. */
  get size(): number {
    return this.#clusters.size;
  }

  of(cluster: string, now: EpochMs): ClusterMemory {
    const nothing = {
      described: new Map(),
      servicesAt: 0,
      tasksAt: 0,
      tasksFirst: false,
      usedAt: now,
    };
    const known = this.#clusters.get(cluster) ?? nothing;
    known.usedAt = now;
    this.#clusters.set(cluster, known);
    return known;
  }

  /** Forgets clusters that no run has read for an hour. */
  prune(now: EpochMs): void {
    for (const [arn, { usedAt }] of this.#clusters) {
      if (now - usedAt > forgottenAfter * 1000) this.#clusters.delete(arn);
    }
  }
}
