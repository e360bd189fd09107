// What is to be read: a metric of a resource, with the job that wants it.
import type { CloudWatchJob, CloudWatchMetric, NamedValue, Seconds } from '@fargaze/core';
import type { EpochSeconds, Span } from '../query/window.ts';

/** What series are about. */
export type Resource = {
  /** ARN; `global` where there is none; of a static or custom job its name. */
  readonly arn: string;
  /** The tags that the job exports. */
  readonly tags: readonly NamedValue[];
  /** All its tags, which the `_info` series has. */
  readonly allTags: readonly NamedValue[];
  readonly dimensions: readonly NamedValue[];
  /** Since when it is proven to exist; undefined: it is not proven. */
  readonly since?: EpochSeconds;
};

/** A metric to read. */
export type Wanted = {
  readonly job: CloudWatchJob;
  readonly metric: CloudWatchMetric;
  readonly resource: Resource;
  /** Dimensions of the metric. */
  readonly dimensions: readonly NamedValue[];
  /** The account that the metric belongs to. */
  readonly account: string;
  /** Whether that is a linked account, which the query must name. */
  readonly linked: 'linked' | 'own';
  /** Seconds between two points that are published; undefined: not known to be finer than asked. */
  readonly resolution: Seconds | undefined;
};

/** What a job wants of one place. */
export type Discovery = {
  readonly wanted: readonly Wanted[];
  /** Resources with their tags, for `_info` series. */
  readonly resources: readonly Resource[];
  /** Whether everything that there is was found; else the job is read again from the same point in time. */
  readonly complete: 'complete' | 'partial';
  /** ARNs that exist, when all of them are known: series of others have ended. */
  readonly existing: ReadonlySet<string> | undefined;
};

/** Statistics of one metric that are read together. */
export type ReadUnit = {
  readonly wanted: Wanted;
  readonly statistics: readonly string[];
  readonly size: number;
  readonly period: Seconds;
  readonly span: Span;
  /** What its progress is remembered under. */
  readonly progress: string;
};

/** Whether the names of `dimensions` are the ones that the job asks for. */
export function hasWantedDimensions(
  { dimensionNameRequirements: wanted }: CloudWatchJob,
  dimensions: readonly NamedValue[],
): boolean {
  if (wanted.length === 0) return true;
  const names = new Set(dimensions.map(({ name }) => name));
  return names.size === new Set(wanted).size && wanted.every((name) => names.has(name));
}

/** Whether all filters of the job hold for `tags`. */
export function matchesTags(
  { searchTags }: CloudWatchJob,
  tags: ReadonlyMap<string, string>,
): boolean {
  return searchTags.every(({ key, value }) => {
    const text = tags.get(key);
    return text !== undefined && new RegExp(value.source, value.flags).test(text);
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

/** Of what has no tags, or none that are known. */
export const noTags: Pick<Resource, 'tags' | 'allTags'> = { tags: [], allTags: [] };
