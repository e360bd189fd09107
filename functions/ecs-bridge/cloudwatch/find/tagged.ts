// The resources of a job that have tags, as GetResources shows them. Tags that cannot be read are a fault of the pass; only a
// job whose series would be different without them has to wait.
import { type CloudWatchJob, SourceError } from '@fargaze/core/internal';
import { getTaggedResources, type TaggedResource } from '../../aws/tagging.ts';
import { matchesTags } from './metric-query.ts';
import type { Search } from './search.ts';

/** What is known of the tagged resources of a job. */
export type Tagged = {
  /** Those that the job's tag filters match. */
  readonly resources: readonly TaggedResource[];
  /** What the job cannot make because tags could not be read: zeros, or any series as it should be. */
  readonly lacks: 'nothing' | 'zeros' | 'series';
};

/** Reads the tagged resources of a job. */
export async function findTagged(job: CloudWatchJob, search: Search): Promise<Tagged> {
  const { association } = job;
  if (association === undefined || job.kind !== 'discovery') return none;
  const { tally } = search.pass;
  try {
    const tagged = (await readAll(job, search)).filter(({ tags }) => matchesTags(job, tags));
    if (association.call === undefined) return { resources: tagged, lacks: 'nothing' };
    const { completeResources } = await import('./complete-resources.ts');
    return { resources: await completeResources(job, tagged, search), lacks: 'nothing' };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    tally.faults.push(error);
    return { resources: [], lacks: lackOf(job) };
  }
}

const none: Tagged = { resources: [], lacks: 'nothing' };

/** Jobs of the scope that ask for the same resources share one reading. */
function readAll(
  { association, searchTags }: CloudWatchJob,
  { pass: { readDeadline }, scope, tagged }: Search,
): Promise<readonly TaggedResource[]> {
  const types = association?.types ?? [];
  if (types.length === 0) return Promise.resolve([]);
  const wish = { types, keys: [...new Set(searchTags.map(({ key }) => key))].sort() };
  const key = JSON.stringify(wish);
  const known = tagged.get(key);
  if (known !== undefined) return known;
  const reading = getTaggedResources(scope.caller, wish, (make) =>
    scope.tagLimiter.run({ api: 'GetResources', make }, readDeadline),
  );
  tagged.set(key, reading);
  return reading;
}

/** Filters, labels and names that only an ARN gives need tags; zeros need proof that a resource exists. */
function lackOf(job: CloudWatchJob): Tagged['lacks'] {
  const { association, exportedTags, metrics, searchTags } = job;
  const unnamed = association?.mappings.some(({ arn }) => arn === undefined) ?? false;
  if (unnamed || searchTags.length + exportedTags.length > 0) return 'series';
  return metrics.some(({ nilToZero }) => nilToZero) ? 'zeros' : 'nothing';
}
