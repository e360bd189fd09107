// ListMetrics, every page. A warm function keeps a list for an hour: lists change seldom and each call costs.
import { type CloudWatchJob, type NamedValue, SourceError } from '@fargaze/core/internal';
import type { ListedMetric } from './memory.ts';
import type { Search } from './search.ts';

/** The metrics `name` of the job's namespace; where the call fails, the last list. @throws SourceError when there is none. */
async function listMetrics(
  job: CloudWatchJob,
  name: string,
  { memory, pass, scope }: Search,
): Promise<readonly ListedMetric[]> {
  const { linkedAccounts, namespace, recentlyActiveOnly } = job;
  const key = JSON.stringify([scope.key, namespace, name, recentlyActiveOnly, linkedAccounts]);
  const now = pass.now * 1000;
  const fresh = memory.freshList(key, now);
  if (fresh !== undefined) return fresh;
  try {
    const metrics: ListedMetric[] = [];
    for (const owner of owners(linkedAccounts)) {
      for await (const page of listPages(inputOf(job, name, owner), { pass, scope })) {
        metrics.push(...page);
      }
    }
    memory.keepList(key, metrics, now);
    return metrics;
  } catch (error) {
    const last = memory.lastList(key);
    if (!(error instanceof SourceError) || last === undefined) throw error;
    pass.tally.faults.push(error);
    return last;
  }
}

/** As {@link listMetrics}; where there is no list, undefined, and a fault of the pass. */
export async function listOrFail(
  job: CloudWatchJob,
  name: string,
  search: Search,
): Promise<readonly ListedMetric[] | undefined> {
  try {
    return await listMetrics(job, name, search);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    search.pass.tally.faults.push(error);
    return undefined;
  }
}

/** Seconds within which a metric with frequent points is listed as active as long as what it is about exists. */
const activeSeconds = 3 * 3600;

/**
 * Without metrics of what has gone. CloudWatch lists them for two weeks more, and each costs as much as a live one. `isProven`
 * says of which ones it is known that they are about something that exists; of the others only recent points say so.
 */
export async function withoutGone(
  listed: readonly ListedMetric[],
  { isProven, job, name }: ListUse,
  search: Search,
): Promise<readonly ListedMetric[]> {
  const slow = job.metrics.some((one) => one.name === name && one.period >= activeSeconds);
  if (job.recentlyActiveOnly || slow || listed.every(isProven)) return listed;
  const recent = await listOrFail({ ...job, recentlyActiveOnly: true }, name, search);
  if (recent === undefined) return listed;
  const active = new Set(recent.map(identityOf));
  return listed.filter((one) => isProven(one) || active.has(identityOf(one)));
}

/** The list of the metrics `name` of a job. */
export type ListUse = {
  readonly job: CloudWatchJob;
  readonly name: string;
  readonly isProven: (metric: ListedMetric) => boolean;
};

function identityOf({ account, dimensions }: ListedMetric): string {
  return `${account ?? ''}\u0000${dimensionsKey(dimensions)}`;
}

/** A text that is equal for equal dimensions, in whatever order. */
export function dimensionsKey(dimensions: readonly NamedValue[]): string {
  return inOrder(dimensions.map(({ name, value }) => `${name}=${value}`)).join('\u0000');
}

/** Sorts the texts in place. Most come in order, and sorting allocates a kilobyte for each of thousands of short lists. */
export function inOrder(texts: string[]): string[] {
  const isInOrder = texts.every((text, index) => index === 0 || (texts[index - 1] ?? '') <= text);
  return isInOrder ? texts : texts.sort();
}

type Owner = string | 'own' | 'all';

/** Own metrics and those of single linked accounts, or those of all accounts at once. */
function owners(linkedAccounts: readonly string[]): Owner[] {
  return linkedAccounts.includes('*') ? ['all'] : ['own', ...linkedAccounts];
}

function inputOf({ namespace, recentlyActiveOnly }: CloudWatchJob, name: string, owner: Owner) {
  return {
    Namespace: namespace,
    MetricName: name,
    ...(recentlyActiveOnly && { RecentlyActive: 'PT3H' as const }),
    ...(owner !== 'own' && { IncludeLinkedAccounts: true }),
    ...(owner !== 'own' && owner !== 'all' && { OwningAccount: owner }),
  };
}

async function* listPages(
  input: ReturnType<typeof inputOf>,
  { pass, scope }: Pick<Search, 'pass' | 'scope'>,
): AsyncGenerator<ListedMetric[]> {
  let token: string | undefined;
  do {
    const paged = { ...input, ...(token !== undefined && { NextToken: token }) };
    const call = { api: 'ListMetrics', make: () => scope.cloudwatch.listMetrics(paged) };
    const page = await scope.listLimiter.run(call, pass.readDeadline);
    yield (page.Metrics ?? []).map(({ Dimensions = [] }, index) => ({
      dimensions: Dimensions.map(({ Name = '', Value = '' }) => ({ name: Name, value: Value })),
      account: page.OwningAccounts?.[index],
    }));
    token = page.NextToken;
  } while (token !== undefined && token !== '');
}
