// ListClusters and DescribeClusters.
import type { Context } from '../call/context.ts';
import { arnOf, nameOf } from '../model/arn.ts';
import { countTasks, statusOf } from '../model/service.ts';
import type { Cluster } from '../model/types.ts';
import { invalidParameter } from '../wire/errors.ts';
import { readTexts } from '../wire/input.ts';
import { arnPage, includes, missingFailure, tagList } from './listing.ts';

/** ListClusters: 100 a page. */
export function listClusters(context: Context): object {
  const arns = [...context.region.clusters.values()].map((cluster) => cluster.arn);
  const page = arnPage(context, arns, { usual: 100, most: 100 });
  return { clusterArns: page.arns, nextToken: page.nextToken };
}

/** DescribeClusters: at most 100, `default` when none is named. */
export function describeClusters(context: Context): object {
  const names = readTexts(context.call.input, 'clusters') ?? ['default'];
  if (names.length > 100) throw invalidParameter('clusters can have at most 100 items.');
  const found = names.map((name) => ({ name, cluster: findNamed(context, name) }));
  return {
    clusters: found.flatMap(({ cluster }) =>
      cluster === undefined ? [] : [describe(context, cluster)],
    ),
    failures: found.flatMap(({ name, cluster }) =>
      cluster === undefined ? [missingFailure(clusterArn(context, name))] : [],
    ),
  };
}

function findNamed({ region }: Context, named: string): Cluster | undefined {
  const name = nameOf(named);
  const cluster = region.clusters.get(name) ?? region.deletedClusters.get(name);
  return named.startsWith('arn:') && named !== cluster?.arn ? undefined : cluster;
}

function clusterArn({ region }: Context, named: string): string {
  return named.startsWith('arn:') ? named : arnOf(region, 'ecs', `cluster/${named}`);
}

function describe(context: Context, cluster: Cluster): object {
  const { now } = context.view;
  if (context.region.deletedClusters.has(cluster.name)) return describeDeleted(cluster);
  const counts = countTasks(cluster.tasks.values(), now);
  const services = [...cluster.services.values()];
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: 'ACTIVE',
    registeredContainerInstancesCount: cluster.instances.length,
    runningTasksCount: counts.running,
    pendingTasksCount: counts.pending,
    activeServicesCount: services.filter((service) => isActive(service, now)).length,
    statistics: [],
    capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    defaultCapacityProviderStrategy: [],
    tags: includes(context, 'TAGS') ? tagList(cluster.tags) : [],
    settings: includes(context, 'SETTINGS')
      ? [{ name: 'containerInsights', value: cluster.containerInsights }]
      : [],
  };
}

function describeDeleted({ arn, name }: Cluster): object {
  return {
    clusterArn: arn,
    clusterName: name,
    status: 'INACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    activeServicesCount: 0,
  };
}

function isActive(service: Parameters<typeof statusOf>[0], now: number): boolean {
  return service.createdAt <= now && statusOf(service, now) === 'ACTIVE';
}
