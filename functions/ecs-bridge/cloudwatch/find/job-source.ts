// Where the metrics of a job are found: by the ECS API, in the job itself, or by ListMetrics. Pure.
import type { CloudWatchJob, Seconds } from '@fargaze/core/internal';
import { listLifetime } from './memory.ts';

const dimensionNames = ['ClusterName', 'ServiceName'];

/** Whether the ECS API shows all dimensions that the job can ask for: clusters and their services, in the own account. */
export function isReadFromEcs(job: CloudWatchJob): boolean {
  const ecs = job.namespace === 'AWS/ECS' || job.namespace === 'ECS/ContainerInsights';
  const known = job.dimensionNameRequirements.every((name) => dimensionNames.includes(name));
  return job.kind === 'discovery' && ecs && known && job.linkedAccounts.length === 0;
}

/** Seconds that a metric may exist before it is found: the age of a list, and the time that ListMetrics itself needs. */
export function discoveryLag(job: CloudWatchJob): Seconds {
  return job.kind === 'static' || isReadFromEcs(job) ? 0 : listLifetime + 900;
}
