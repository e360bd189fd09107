// How often services publish their utilisation: every 60 s, or every 20 s where their revision says so. A revision never
// changes, so each is asked for once in the life of a warm function.
import {
  type CloudWatchJob,
  type CloudWatchMetric,
  mapConcurrently,
  type Seconds,
  SourceError,
} from '@fargaze/core';
import { describeLimits, type EcsApi } from '../../aws/clients.ts';
import type { Service, ServiceRevision } from '../../ecs/answers.ts';
import type { EcsReading } from '../../ecs/read.ts';

/** What revisions say, by their ARN. */
export type Resolutions = Map<string, ServiceRevision['monitoring']>;

const concurrency = 4;

/** Whether the job reads what a service may publish more often than once a minute, and wants it that often. */
export function wantsResolutions({ kind, metrics, namespace }: CloudWatchJob): boolean {
  return (
    kind === 'discovery' &&
    namespace === 'AWS/ECS' &&
    metrics.some(({ name, period }) => period <= 60 && /^(?:CPU|Memory)Utilization$/.test(name))
  );
}

/** Asks for the revisions that are not known yet; what cannot be read is told and counts as 60 s. */
export async function readResolutions(
  api: EcsApi,
  reading: EcsReading,
  known: Resolutions,
): Promise<SourceError[]> {
  const current = reading.clusters
    .flatMap(({ services }) => services ?? [])
    .filter(({ runningCount }) => (runningCount ?? 0) > 0)
    .flatMap(revisionsOf);
  const missing = [...new Set(current)].filter((arn) => !known.has(arn));
  const limit = describeLimits.revisions;
  const parts = Array.from({ length: Math.ceil(missing.length / limit) }, (_, index) =>
    missing.slice(index * limit, (index + 1) * limit),
  );
  const faults = await mapConcurrently(parts, concurrency, async (part) => {
    try {
      for (const { monitoring, serviceRevisionArn = '' } of await api.describeServiceRevisions(
        part,
      )) {
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
  // While a rollout changes it, the finer one reads both.
  return found.length === 0 ? undefined : Math.min(...found);
}

function revisionsOf({ currentServiceRevisions }: Service): string[] {
  return (currentServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []);
}
