// How often services publish their utilisation: every 60 s, or every 20 s where their revision says so. Each revision is
// read once in the life of a warm function.
import {
  type CloudWatchJob,
  type CloudWatchMetric,
  mapConcurrently,
  type Seconds,
  SourceError,
} from '@fargaze/core/internal';
import { describeLimits, type EcsApi } from '../../aws/ecs-api.ts';
import { narrowRevision, type Service } from '../../ecs/narrow.ts';
import type { EcsReading } from '../../ecs/reading.ts';
import type { Resolutions } from './memory.ts';

const concurrency = 4;

/** Whether the job reads metrics that a service may publish more often than once a minute, with a period to match. */
export function needsResolutions({ kind, metrics, namespace }: CloudWatchJob): boolean {
  return (
    kind === 'discovery' &&
    namespace === 'AWS/ECS' &&
    metrics.some(({ name, period }) => period <= 60 && /^(?:CPU|Memory)Utilization$/.test(name))
  );
}

/** Reads the revisions that are not known yet; returns the calls that failed, whose services count as publishing every 60 s. */
export async function readResolutions(
  api: EcsApi,
  reading: EcsReading,
  known: Resolutions,
): Promise<SourceError[]> {
  const current = reading.clusters
    .flatMap(({ services }) => services ?? [])
    .filter(({ runningCount }) => (runningCount ?? 0) > 0)
    .flatMap(revisionsOf);
  forgetOld(reading, known);
  const missing = [...new Set(current)].filter((arn) => !known.has(arn));
  const limit = describeLimits.revisions;
  const parts = Array.from({ length: Math.ceil(missing.length / limit) }, (_, index) =>
    missing.slice(index * limit, (index + 1) * limit),
  );
  const faults = await mapConcurrently(parts, concurrency, async (part) => {
    try {
      const revisions = (await api.describeServiceRevisions(part)).map(narrowRevision);
      for (const { monitoring, serviceRevisionArn = '' } of revisions) {
        known.set(serviceRevisionArn, monitoring);
      }
      return [];
    } catch (error) {
      if (error instanceof SourceError) return [error];
      throw error;
    }
  });
  return faults.flat();
}

/** Forgets revisions that no service has any more: each deployment makes a new one. */
function forgetOld({ clusters, faults }: EcsReading, known: Resolutions): void {
  if (faults.length > 0) return;
  const current = new Set(
    clusters.flatMap(({ services }) => services ?? []).flatMap((one) => revisionsOf(one)),
  );
  const [place] = clusters.map(({ cluster }) => placeOf(cluster.clusterArn ?? ''));
  for (const arn of known.keys()) {
    if (placeOf(arn) === place && !current.has(arn)) known.delete(arn);
  }
}

/** Region and account of an ARN. */
function placeOf(arn: string): string {
  return arn.split(':').slice(3, 5).join(':');
}

/** Seconds between two points of a metric of a service; undefined: not known to be finer than a minute. */
export function resolutionOf(
  service: Service,
  { name }: CloudWatchMetric,
  known: Resolutions,
): Seconds | undefined {
  const found = revisionsOf(service).flatMap((arn) =>
    (known.get(arn)?.metricConfigurations ?? [])
      .filter(({ metricNames }) => metricNames?.includes(name))
      .flatMap(({ resolutionSeconds }) => resolutionSeconds ?? []),
  );
  // During a rollout that changes it, the finer one reads the points of both.
  return found.length === 0 ? undefined : Math.min(...found);
}

function revisionsOf({ currentServiceRevisions }: Service): string[] {
  return (currentServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []);
}
