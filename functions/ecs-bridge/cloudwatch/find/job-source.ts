// Whether the ECS API shows what a job is about, and how late a list shows a metric. Pure.
import type { CloudWatchJob, Seconds } from '@fargaze/core/internal';
import { listLifetime } from './memory.ts';

const dimensionNames = ['ClusterName', 'ServiceName'];

/** Whether the ECS API shows the resources that the job asks for: clusters and their services, in the own account. */
export function isReadFromEcs(job: CloudWatchJob): boolean {
  const ecs = job.namespace === 'AWS/ECS' || job.namespace === 'ECS/ContainerInsights';
  const known = job.dimensionNameRequirements.every((name) => dimensionNames.includes(name));
  return job.kind === 'discovery' && ecs && known && job.linkedAccounts.length === 0;
}

/** Seconds that a metric may exist before it is found: the age of a list, and the time that ListMetrics itself needs. */
export const listLag: Seconds = listLifetime + 900;
