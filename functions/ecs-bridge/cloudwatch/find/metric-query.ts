// A metric of a resource that a job asks for, and everything that a job asks for in one scope.
import {
  type CloudWatchJob,
  type CloudWatchMetric,
  type EpochSeconds,
  matches,
  type NamedValue,
  type Seconds,
} from '@fargaze/core/internal';

/** What series are about. */
export type Resource = {
  /** ARN, `global` without one; for static and custom jobs the name of the job. */
  readonly arn: string;
  /** The tags that the job exports. */
  readonly tags: readonly NamedValue[];
  /** All its tags, which the `_info` series has. */
  readonly allTags: readonly NamedValue[];
  readonly dimensions: readonly NamedValue[];
  /** Since when it is known to exist; undefined: it is not known. */
  readonly since?: EpochSeconds;
};

/** A metric to read. */
export type MetricQuery = {
  readonly job: CloudWatchJob;
  readonly metric: CloudWatchMetric;
  readonly resource: Resource;
  /** Dimensions of the metric. */
  readonly dimensions: readonly NamedValue[];
  /** The account that the metric belongs to. */
  readonly account: string;
  /** Whether that is a linked account, which the request must name. */
  readonly linked: 'linked' | 'own';
  /** Seconds between two published points; undefined: not known to be finer than the configured period. */
  readonly resolution: Seconds | undefined;
  /** By ListMetrics, which shows it late, so that it may have points from before; by a resource of ECS; by the job itself. */
  readonly found: 'list' | 'resource' | 'job';
};

/** Which resources exist; of those that others read it may know only that they do. */
export type Existing = Iterable<string> & { has(arn: string): boolean };

/** What a job asks for in one scope. */
export type Discovery = {
  readonly queries: readonly MetricQuery[];
  /** Resources with their tags, for `_info` series. */
  readonly resources: readonly Resource[];
  /** `partial`: a call failed, so the next pass begins at the same watermark. */
  readonly complete: 'complete' | 'partial';
  /** All ARNs that exist, if all are known; the series of any other ARN have ended. */
  readonly existing: Existing | undefined;
};

/** Whether the names of `dimensions` are the ones that the job requires. */
export function hasRequiredDimensions(
  { dimensionNameRequirements: required }: CloudWatchJob,
  dimensions: readonly NamedValue[],
): boolean {
  if (required.length === 0) return true;
  const names = new Set(dimensions.map(({ name }) => name));
  return names.size === new Set(required).size && required.every((name) => names.has(name));
}

/** Whether all tag filters of the job match. */
export function matchesTags(
  { searchTags }: CloudWatchJob,
  tags: ReadonlyMap<string, string>,
): boolean {
  return searchTags.every(({ key, value }) => {
    const text = tags.get(key);
    return text !== undefined && matches(value, text);
  });
}

/** A resource's tags: those that the job exports, and all. */
export function tagsOf(
  { exportedTags: keys }: CloudWatchJob,
  tags: ReadonlyMap<string, string>,
): Pick<Resource, 'tags' | 'allTags'> {
  const allTags = [...tags].map(([name, value]) => ({ name, value }));
  return { tags: allTags.filter(({ name }) => keys.includes(name)), allTags };
}

/** The tags of a resource that has none, or whose tags are not known. */
export const noTags: Pick<Resource, 'tags' | 'allTags'> = { tags: [], allTags: [] };
