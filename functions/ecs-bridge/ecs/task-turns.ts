// When tasks are described again: in turns, when a service shows that something happened, and whose they are. Pure.
import { type EpochMs, hashText, type Seconds } from '@fargaze/core/internal';
import type { Cluster, Service } from './narrow.ts';
import type { ClusterPart } from './share.ts';

/** Every task is described at least so often: its health may change while nothing else does. */
const wholeEvery: Seconds = 600;

/** Whose turn it is, and when. */
type TurnFacts = { readonly cluster: Cluster; readonly part: ClusterPart; readonly now: EpochMs };

/**
 * Whether a time is in the same turn as now. Clusters and shards take turns, so that they do not describe everything in the
 * same minute.
 */
export function isOfTurn(at: EpochMs, { cluster, now, part }: TurnFacts): boolean {
  const phase = hashText(`${cluster.clusterArn} ${part}`) % wholeEvery;
  const turnOf = (time: EpochMs) => Math.floor((time / 1000 + phase) / wholeEvery);
  return turnOf(now) === turnOf(at);
}

/** A text that changes when a task of the service starts or stops: ECS then changes a count, or writes an event. */
export function signalOf(service: Service): string {
  const { deployments, desiredCount, newestEvent, pendingCount, runningCount } = service;
  const parts = deployments.map((one) => [
    ...[one.status, one.createdAt, one.rolloutState, one.desiredCount],
    ...[one.runningCount, one.pendingCount, one.failedTasks],
  ]);
  return JSON.stringify([desiredCount, runningCount, pendingCount, newestEvent, parts]);
}

/** Begins the group of a service's tasks. */
export const ofService = 'service:';

/** Whether tasks of the group belong to a service. */
export function isOfService(group = ''): boolean {
  return group.startsWith(ofService);
}
