// Which clusters and services the configuration selects. Pure.
import { type EcsConfig, matches, matchesName, type TagFilter } from '@fargaze/core/internal';
import type { Cluster, Service, Task } from './narrow.ts';

/** Whether the clusters of the account must be listed to know which of them match. */
export function needsList({ clusters }: EcsConfig): boolean {
  return clusters.some((pattern) => pattern.includes('*'));
}

/** Whether the cluster with this ARN matches, by name, pattern or ARN. */
export function selectsCluster({ clusters }: EcsConfig, arn: string): boolean {
  const name = nameOf(arn);
  return clusters.some((pattern) => matchesName(pattern.startsWith('arn:') ? arn : name, pattern));
}

/** Clusters that the configuration names and that do not exist or were deleted. */
export function missingClusters({ clusters }: EcsConfig, found: readonly Cluster[]): string[] {
  const named = clusters.filter((name) => !name.includes('*'));
  const known = new Set(
    found.flatMap(({ clusterArn = '', clusterName = '' }) => [clusterArn, clusterName]),
  );
  return named.filter((name) => !known.has(name));
}

/** Whether the service with this ARN matches by name. */
export function selectsService({ services }: EcsConfig, arn: string): boolean {
  return services.some((pattern) => matchesName(nameOf(arn), pattern));
}

/**
 * The family of a task that belongs to no service, where the configuration selects it: by its name, as services are. Tags of
 * tasks are not read, so a filter of tags selects none.
 */
export function selectedFamily(
  { services, tags }: Pick<EcsConfig, 'services' | 'tags'>,
  task: Task,
): string | undefined {
  if (tags.length > 0 || task.group?.startsWith('service:')) return undefined;
  const family = /([^/]+):\d+$/.exec(task.taskDefinitionArn ?? '')?.[1];
  if (family === undefined) return undefined;
  return services.some((pattern) => matchesName(family, pattern)) ? family : undefined;
}

/** Whether a service has every tag of the filter. */
export function hasTags({ tags = [] }: Service, filters: readonly TagFilter[]): boolean {
  return filters.every(({ key, value }) =>
    tags.some((tag) => tag.key === key && matches(value, tag.value ?? '')),
  );
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
