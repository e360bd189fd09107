// Which part of the account a run reads, where several functions share it. Pure. A cluster is read by one of them, so that it
// is listed once; only one with very many services is divided, by service.
import { type EcsConfig, isInShard, type Shard } from '@fargaze/core/internal';
import type { Cluster } from './narrow.ts';

/** Services of a cluster up to which one function reads it whole. */
const undividedServices = 500;

/**
 * What of a cluster a run reads: everything; of a divided one some services and all that is of no service (`home`), or some
 * services only (`rest`); nothing.
 */
export type ClusterPart = 'all' | 'home' | 'rest' | 'none';

/** Whether the run reads what has this name; without shards it reads everything. */
export function holds(shard: Shard | undefined, name: string): boolean {
  return shard === undefined || isInShard(name, shard);
}

/**
 * What of the cluster the run reads. Where tags select services the cluster stays whole: how many have them is known only
 * once all are described.
 */
export function partOf(
  { activeServicesCount = 0, clusterArn = '' }: Cluster,
  shard: Shard | undefined,
  { tags }: Pick<EcsConfig, 'tags'>,
): ClusterPart {
  if (shard === undefined) return 'all';
  const isHome = holds(shard, clusterArn);
  if (activeServicesCount <= undividedServices || tags.length > 0) return isHome ? 'all' : 'none';
  return isHome ? 'home' : 'rest';
}

/** The instance of a run's own group: that of a run without shards is the first shard's too. */
export function instanceOfRun(instance: string, shard: Shard | undefined): string {
  return shard === undefined || shard.index === 1 ? instance : `${instance}/shard-${shard.index}`;
}

/** The instance of the group of a cluster: its ARN, which whoever reads the rest of it must not write over. */
export function instanceOfCluster(
  arn: string,
  part: ClusterPart,
  shard: Shard | undefined,
): string {
  return part === 'rest' ? `${arn}/shard-${shard?.index}` : arn;
}
