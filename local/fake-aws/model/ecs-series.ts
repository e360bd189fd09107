// The metrics that AWS publishes for a cluster and its services. Utilisation exists only while a task runs.

import type { EpochSeconds } from '../../../layers/core/src/clock.ts';
import type { Dimension, Source, Wave } from '../metrics/series.ts';
import { waveAt } from '../metrics/series.ts';
import { countRan, countTasks, desiredCountAt, visibleDeployments } from './service.ts';
import type { Cluster, Service } from './types.ts';

/** More tasks than this add no further samples to a slot: enough for percentiles, cheap enough for thousands of services. */
const maxSources = 4;
const insightsResolution = 60;

type Measured = { readonly name: string; readonly unit: string } & Omit<Wave, 'kind'>;

const utilisation: readonly Measured[] = [
  { name: 'CPUUtilization', unit: 'Percent', low: 5, high: 95 },
  { name: 'MemoryUtilization', unit: 'Percent', low: 20, high: 80 },
];

const insights: readonly Measured[] = [
  { name: 'CpuUtilized', unit: 'None', low: 10, high: 240 },
  { name: 'CpuReserved', unit: 'None', low: 256, high: 256 },
  { name: 'MemoryUtilized', unit: 'Megabytes', low: 60, high: 480 },
  { name: 'MemoryReserved', unit: 'Megabytes', low: 512, high: 512 },
  { name: 'NetworkRxBytes', unit: 'Bytes/Second', low: 100, high: 90_000 },
  { name: 'NetworkTxBytes', unit: 'Bytes/Second', low: 100, high: 60_000 },
  { name: 'StorageReadBytes', unit: 'Bytes', low: 0, high: 4_000_000 },
  { name: 'StorageWriteBytes', unit: 'Bytes', low: 0, high: 9_000_000 },
  { name: 'EphemeralStorageUtilized', unit: 'Gigabytes', low: 1, high: 4 },
  { name: 'EphemeralStorageReserved', unit: 'Gigabytes', low: 20, high: 20 },
];

/** Publishes the metrics of a cluster. */
export function publishCluster(cluster: Cluster): void {
  const dimensions = [{ name: 'ClusterName', value: cluster.name }];
  const ran: Ran = (from, to) => countInCluster(cluster, from, to);
  publishUtilisation({ cluster, dimensions, ran, resolution: 60 });
  if (cluster.containerInsights === 'disabled') return;
  publishInsights({ cluster, dimensions, ran });
  const services = (at: EpochSeconds) => existing(cluster, at).length;
  publishLevels({ cluster, dimensions, exists: (at) => at >= cluster.createdAt }, [
    ['TaskCount', (at) => countTasks(cluster.tasks.values(), at).running],
    ['ServiceCount', services],
    ['ContainerInstanceCount', () => 0],
  ]);
}

/** Publishes the metrics of a service. */
export function publishService(service: Service): void {
  const { cluster, resolution } = service;
  const dimensions = [
    { name: 'ClusterName', value: cluster.name },
    { name: 'ServiceName', value: service.name },
  ];
  const ran: Ran = (from, to) => countRan(service, from, to);
  publishUtilisation({ cluster, dimensions, ran, resolution });
  if (cluster.containerInsights === 'disabled') return;
  publishInsights({ cluster, dimensions, ran });
  publishLevels({ cluster, dimensions, exists: (at) => exists(service, at) }, [
    ['DesiredTaskCount', (at) => desiredCountAt(service, at)],
    ['RunningTaskCount', (at) => countRan(service, at, at + insightsResolution)],
    ['PendingTaskCount', (at) => countTasks(service.tasks, at).pending],
    ['DeploymentCount', (at) => visibleDeployments(service, at).length],
    ['TaskSetCount', () => 0],
  ]);
}

type Ran = (from: EpochSeconds, to: EpochSeconds) => number;
type Target = { readonly cluster: Cluster; readonly dimensions: readonly Dimension[] };

function publishUtilisation(target: Target & { ran: Ran; resolution: 20 | 60 }): void {
  // ECS takes a sample of every task each 20 s, whatever the resolution that it publishes.
  const perSource = target.resolution / 20;
  for (const measured of utilisation) {
    publish(target, { namespace: 'AWS/ECS', measured }, { ...target, perSource });
  }
}

function publishInsights(target: Target & { ran: Ran }): void {
  const reporting = { ran: target.ran, resolution: insightsResolution, perSource: 1 };
  for (const measured of insights) {
    publish(target, { namespace: 'ECS/ContainerInsights', measured }, reporting);
  }
}

type Reporting = { readonly ran: Ran; readonly resolution: number; readonly perSource: number };

function publish(
  { cluster, dimensions }: Target,
  { namespace, measured }: { readonly namespace: string; readonly measured: Measured },
  { ran, resolution, perSource }: Reporting,
): void {
  const wave: Wave = { ...measured, kind: 'gauge' };
  const source: Source = {
    unit: measured.unit,
    resolution,
    revision: 'share',
    active: (from, to) => ran(from, to) > 0,
    samples: (at, hash) => {
      const count = Math.min(ran(at, at + resolution), maxSources) * perSource;
      return Array.from({ length: count }, (_, index) => waveAt(wave, { hash, at, index }));
    },
  };
  cluster.region.series.add({ namespace, name: measured.name, dimensions }, source);
}

type Level = readonly [name: string, at: (at: EpochSeconds) => number];

/** Counts are known as long as the thing exists, also when nothing runs. */
function publishLevels(
  { cluster, dimensions, exists }: Target & { exists: (at: EpochSeconds) => boolean },
  levels: readonly Level[],
): void {
  for (const [name, level] of levels) {
    const source: Source = {
      unit: 'Count',
      resolution: insightsResolution,
      revision: 'none',
      active: (from, to) => exists(from) || exists(to - insightsResolution),
      samples: (at) => (exists(at) ? [level(at)] : []),
    };
    cluster.region.series.add({ namespace: 'ECS/ContainerInsights', name, dimensions }, source);
  }
}

function exists(service: Service, at: EpochSeconds): boolean {
  return at >= service.createdAt && (service.deletedAt === undefined || at < service.deletedAt);
}

function existing(cluster: Cluster, at: EpochSeconds): readonly Service[] {
  return [...cluster.services.values()].filter((service) => exists(service, at));
}

function countInCluster(cluster: Cluster, from: EpochSeconds, to: EpochSeconds): number {
  let count = 0;
  for (const service of cluster.services.values()) {
    count += countRan(service, from, to);
    if (count >= maxSources) return count;
  }
  return count;
}
