// The metrics that CloudWatch lists, kept for an hour by a warm function: a list changes seldom and each call costs.
import type { CloudWatchJob, Deadline, EpochMs, NamedValue, Seconds } from '@fargaze/core';
import type { CloudWatchApi } from '../../aws/clients.ts';
import { type CallTally, count, type Pace } from '../../aws/rate-limit.ts';

/** A metric that has data. */
export type ListedMetric = {
  readonly dimensions: readonly NamedValue[];
  /** The account that owns it; undefined: the one that was asked. */
  readonly account: string | undefined;
};

/** Lists by what was asked for. */
export type MetricLists = Map<string, { readonly at: EpochMs; metrics: readonly ListedMetric[] }>;

/** Seconds that a list is good for. A new metric shows up in a list within 15 minutes at best (ListMetrics, API reference). */
export const listLifetime: Seconds = 3600;

/** What listing needs. */
export type Lister = {
  readonly api: CloudWatchApi;
  readonly pace: Pace;
  readonly tally: CallTally;
  readonly lists: MetricLists;
  /** Tells places apart: region and role. */
  readonly place: string;
  readonly now: EpochMs;
  readonly deadline: Deadline;
};

/** The metrics `name` of the job's namespace, every page. @throws SourceError when they cannot be listed and no list is kept. */
export async function listMetrics(
  lister: Lister,
  job: CloudWatchJob,
  name: string,
): Promise<{ readonly metrics: readonly ListedMetric[]; readonly fault?: unknown }> {
  const { linkedAccounts, namespace, recentlyActiveOnly } = job;
  const key = JSON.stringify([lister.place, namespace, name, recentlyActiveOnly, linkedAccounts]);
  const kept = lister.lists.get(key);
  if (kept !== undefined && lister.now - kept.at < listLifetime * 1000) return kept;
  try {
    const metrics: ListedMetric[] = [];
    for (const owner of owners(linkedAccounts)) {
      metrics.push(...(await listAll(lister, job, { name, owner })));
    }
    lister.lists.set(key, { at: lister.now, metrics });
    return { metrics };
  } catch (fault) {
    if (kept === undefined) throw fault;
    count(lister.tally.retries, 'ListMetrics');
    return { metrics: kept.metrics, fault };
  }
}

type Owner = string | 'own' | 'all';

/** Own metrics, those of single linked accounts, or those of all at once. */
function owners(linkedAccounts: readonly string[]): Owner[] {
  return linkedAccounts.includes('*') ? ['all'] : ['own', ...linkedAccounts];
}

async function listAll(
  { api, deadline, pace }: Lister,
  { namespace, recentlyActiveOnly }: CloudWatchJob,
  { name, owner }: { readonly name: string; readonly owner: Owner },
): Promise<ListedMetric[]> {
  const input = {
    Namespace: namespace,
    MetricName: name,
    ...(recentlyActiveOnly && { RecentlyActive: 'PT3H' as const }),
    ...(owner !== 'own' && { IncludeLinkedAccounts: true }),
    ...(owner !== 'own' && owner !== 'all' && { OwningAccount: owner }),
  };
  const metrics: ListedMetric[] = [];
  let token: string | undefined;
  do {
    const NextToken = token;
    const page = await pace.run(
      {
        api: 'ListMetrics',
        make: () => api.listMetrics({ ...input, ...(NextToken !== undefined && { NextToken }) }),
      },
      deadline,
    );
    for (const [index, metric] of (page.Metrics ?? []).entries()) {
      const dimensions = (metric.Dimensions ?? []).map(({ Name = '', Value = '' }) => ({
        name: Name,
        value: Value,
      }));
      metrics.push({ dimensions, account: page.OwningAccounts?.[index] });
    }
    token = page.NextToken;
  } while (token !== undefined && token !== '');
  return metrics;
}
