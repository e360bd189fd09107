// What a warm function remembers of what jobs found. It saves calls and gives late metrics a longer first window; a cold
// function finds everything again.
import type { EpochMs, EpochSeconds, NamedValue, Seconds } from '@fargaze/core/internal';
import type { ServiceRevision } from '../../ecs/narrow.ts';
import type { Existing, MetricQuery } from './metric-query.ts';

/** A metric that ListMetrics shows. */
export type ListedMetric = {
  readonly dimensions: readonly NamedValue[];
  /** The account that owns it; undefined: the one that was asked. */
  readonly account: string | undefined;
};

/** A metric that was not read for so long is new when it comes again. */
const forgottenMs = 6 * 3_600_000;

/** A list with the time at which it was read. */
type KeptList = { readonly at: EpochMs; readonly metrics: readonly ListedMetric[] };

/** Seconds for which a list is kept. A new metric shows up in a list within 15 minutes at best (ListMetrics, API reference). */
export const listLifetime: Seconds = 3600;

/** The monitoring of service revisions, by ARN. A revision never changes. */
export type Resolutions = Map<string, ServiceRevision['monitoring']>;

/** Metrics that the search of an expression found last, by the expression's key. */
export type SearchCounts = Map<string, number>;

/** A resource that no longer exists. */
type Departed = { readonly queries: readonly MetricQuery[]; readonly goneAt: EpochSeconds };

/** What the stage remembers. */
export class FindMemory {
  readonly resolutions: Resolutions = new Map();
  readonly searches: SearchCounts = new Map();
  readonly #lists = new Map<string, KeptList>();
  /** Keys of metrics that have been read, with the time at which they were last, and of their jobs. */
  readonly #read = new Map<string, EpochMs>();
  readonly #readJobs = new Set<string>();
  /** Queries of the last pass by job and ARN, of jobs that the ECS API answers. */
  readonly #current = new Map<string, ReadonlyMap<string, readonly MetricQuery[]>>();
  readonly #departed = new Map<string, Map<string, Departed>>();

  /** A list that is still good at `now`. */
  freshList(key: string, now: EpochMs): readonly ListedMetric[] | undefined {
    const kept = this.#lists.get(key);
    const fresh = kept !== undefined && now - kept.at < listLifetime * 1000;
    return fresh ? kept.metrics : undefined;
  }

  /** The list however old it is. */
  lastList(key: string): readonly ListedMetric[] | undefined {
    return this.#lists.get(key)?.metrics;
  }

  keepList(key: string, metrics: readonly ListedMetric[], at: EpochMs): void {
    this.#lists.set(key, { at, metrics });
  }

  /** Whether no pass has read the metric so far. */
  isNew(metric: string): boolean {
    return !this.#read.has(metric);
  }

  /** Whether a pass of this function has read the job. */
  hasRead(job: string): boolean {
    return this.#readJobs.has(job);
  }

  /** Records that metrics of a job have been read; one that appears later may have begun long before it was listed. */
  keepRead(job: string, metrics: Iterable<string>, at: EpochMs): void {
    this.#readJobs.add(job);
    for (const metric of metrics) this.#read.set(metric, at);
  }

  /** Forgets metrics that are no longer read, as those of tasks that have gone. */
  prune(now: EpochMs): void {
    for (const [metric, at] of this.#read) if (at < now - forgottenMs) this.#read.delete(metric);
  }

  /** How many metrics are known to have been read. */
  get size(): number {
    return this.#read.size;
  }

  /** Records what a job found. */
  keepCurrent(job: string, queries: readonly MetricQuery[]): void {
    const byArn = new Map<string, MetricQuery[]>();
    for (const query of queries.filter(({ resource }) => resource.arn.startsWith('arn:'))) {
      const list = byArn.get(query.resource.arn) ?? [];
      list.push(query);
      byArn.set(query.resource.arn, list);
    }
    this.#current.set(job, byArn);
  }

  /** Queries for resources that have gone; they are read until their last points are final. */
  departed(job: string, existing: Existing | undefined, now: EpochSeconds): MetricQuery[] {
    const leaving = this.#departed.get(job) ?? new Map<string, Departed>();
    this.#departed.set(job, leaving);
    if (existing !== undefined) {
      for (const [arn, queries] of this.#current.get(job) ?? []) {
        if (!existing.has(arn) && !leaving.has(arn)) leaving.set(arn, { queries, goneAt: now });
      }
      for (const arn of existing) leaving.delete(arn);
    }
    return [...leaving.values()].flatMap(({ queries }) => queries.map(withoutProof));
  }

  /** Forgets resources that had gone before `until`: the job's points have been delivered until then. */
  settleDeparted(job: string, until: EpochSeconds): void {
    const leaving = this.#departed.get(job) ?? new Map<string, Departed>();
    for (const [arn, { goneAt }] of leaving) if (until > goneAt) leaving.delete(arn);
  }
}

/** A resource that has gone is no longer known to exist, so it gets no zeros. */
function withoutProof(query: MetricQuery): MetricQuery {
  const { since: _, ...resource } = query.resource;
  return { ...query, resource };
}
