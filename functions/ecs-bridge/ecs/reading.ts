// What was read of ECS.
import type { SourceError } from '@fargaze/core/internal';
import type { Cluster, ContainerInstance, Service, Task } from './narrow.ts';
import type { ClusterPart } from './share.ts';
import type { Stage } from './stages.ts';

/** One cluster; a list is undefined when any call for it failed, since half a list would give wrong counts. */
export type ClusterReading = {
  readonly cluster: Cluster;
  /** What of it was read; unset: all. */
  readonly part?: ClusterPart;
  /** ARNs of services of the other parts that the configuration selects. */
  readonly otherServices?: readonly string[];
  readonly services: readonly Service[] | undefined;
  /** Services that this run did not describe; unset: none. */
  readonly unread?: number;
  /** Of deployments that shift traffic, by the ARN of the service; unset: there are none. */
  readonly stages?: ReadonlyMap<string, Stage>;
  readonly tasks: readonly Task[] | undefined;
  readonly stoppedTasks: readonly Task[] | undefined;
  /** Undefined too where they were not asked for. */
  readonly instances?: readonly ContainerInstance[] | undefined;
};

/** What a run had no time for, or could not read; the next one reads it first. */
export type Unread = {
  /** Services that were not described. */
  readonly services: number;
  /** Services whose tasks are not known. */
  readonly tasks: number;
};

/** Everything that was read, and every call that failed. */
export type EcsReading = {
  readonly clusters: readonly ClusterReading[];
  /** ARNs of clusters that other functions read; unset: there are none. */
  readonly elsewhere?: readonly string[];
  /** Unset: nothing. */
  readonly unread?: Unread;
  readonly faults: readonly SourceError[];
};
