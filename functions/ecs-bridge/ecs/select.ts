// Which clusters and services the configuration asks for. Pure.
import { type EcsConfig, matchesName, type TagFilter } from '@fargaze/core';
import type { Cluster, Service } from './answers.ts';

/** Whether the clusters of the account must be listed to know which are meant. */
export function needsList({ clusters }: EcsConfig): boolean {
  return clusters.some((wanted) => wanted.includes('*'));
}

/** Whether a cluster of this ARN is meant, by name, pattern or ARN. */
export function wantsCluster({ clusters }: EcsConfig, arn: string): boolean {
  const name = nameOf(arn);
  return clusters.some((wanted) =>
    wanted.startsWith('arn:') ? matchesName(arn, wanted) : matchesName(name, wanted),
  );
}

/** The clusters that are named and that the API does not know or has deleted. */
export function missingClusters({ clusters }: EcsConfig, found: readonly Cluster[]): string[] {
  const named = clusters.filter((wanted) => !wanted.includes('*'));
  const known = new Set(
    found.flatMap(({ clusterArn = '', clusterName = '' }) => [clusterArn, clusterName]),
  );
  return named.filter((wanted) => !known.has(wanted));
}

/** Whether a service of this ARN is meant by name. */
export function wantsService({ services }: EcsConfig, arn: string): boolean {
  return services.some((wanted) => matchesName(nameOf(arn), wanted));
}

/** Whether a service has every tag that is asked for. */
export function hasTags({ tags = [] }: Service, wanted: readonly TagFilter[]): boolean {
  return wanted.every(({ key, value: { flags, source } }) =>
    tags.some((tag) => tag.key === key && new RegExp(source, flags).test(tag.value ?? '')),
  );
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
