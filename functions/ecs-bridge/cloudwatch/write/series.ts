// Points as series: CloudWatch's times, names by the configured exporter's rules, nothing that is not final, zeros only
// where something is proven to exist, and nothing twice that this function has already delivered. Pure but for what it
// looks up in the memory.
import type { Point, Series } from '@fargaze/core';
import type { Memory } from '../../memory.ts';
import type { Discovery, ReadUnit, Resource, Wanted } from '../find/metric-query.ts';
import type { Answer } from '../query/get-metric-data.ts';
import { ceilTo, defaultOverlap } from '../query/window.ts';
import { infoSeries, type Naming, type Place, seriesLabels, seriesMetadata } from './naming.ts';

/** What making series needs. */
export type SeriesMaker = {
  readonly naming: Naming;
  readonly region: string;
  readonly memory: Memory;
  /** Seconds since 1970. */
  readonly now: number;
};

/** A series with what is to be remembered of it once it has been delivered. */
export type MadeSeries = {
  readonly series: Series;
  readonly key: string;
  readonly arn: string;
  /** Where its window begins, in milliseconds. */
  readonly from: number;
  /** Everything that was read of it, also what had been delivered before. */
  readonly read: readonly Point[];
};

/** The series of a statistic of a unit; undefined when there is nothing new. */
export function makeSeries(
  unit: ReadUnit,
  { answer, statistic }: { readonly answer: Answer | undefined; readonly statistic: string },
  maker: SeriesMaker,
): MadeSeries | undefined {
  const read = settledPoints(unit, answer?.points ?? [], maker.now);
  if (read.length === 0) return undefined;
  const { dimensions, job, metric, resource } = unit.wanted;
  const identity = {
    ...placeOf(unit.wanted, maker.region),
    namespace: job.namespace,
    metric: metric.name,
    statistic,
    dimensions,
    resource: resource.arn,
    tags: resource.tags,
  };
  const labels = seriesLabels(identity, maker.naming);
  const key = keyOf(labels);
  const points = maker.memory.unsent(key, read);
  if (points.length === 0) return undefined;
  const series = { labels, points, metadata: seriesMetadata(identity, maker.naming) };
  return { series, key, arn: resource.arn, from: unit.span.from * 1000, read };
}

/** A text that is equal for equal labels. */
export function keyOf(labels: Readonly<Record<string, string>>): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}\u0000${labels[name]}`)
    .join('\u0000');
}

/** Points of whole periods inside the window, finite, with zeros where they are asked for and proven. */
function settledPoints(unit: ReadUnit, points: readonly Point[], now: number): Point[] {
  const { from, until } = unit.span;
  const inside = points.filter(
    ({ at, value }) => at >= from * 1000 && at < until * 1000 && Number.isFinite(value),
  );
  const { metric, resource } = unit.wanted;
  if (!metric.nilToZero || resource.since === undefined) return inside;
  const known = new Set(inside.map(({ at }) => at));
  // A late point must not find a zero in its place: zeros wait twice as long as points do, but no longer than the next
  // window reaches back.
  const latest = until - Math.min(now - until, defaultOverlap / 2);
  const zeros: Point[] = [];
  for (
    let at = Math.max(from, ceilTo(resource.since, unit.period));
    at < latest;
    at += unit.period
  ) {
    if (!known.has(at * 1000)) zeros.push({ at: at * 1000, value: 0 });
  }
  return [...inside, ...zeros].sort((a, b) => a.at - b.at);
}

function placeOf({ account, job }: Pick<Wanted, 'account' | 'job'>, region: string): Place {
  return { region, accountId: account, customTags: job.customTags };
}

/** The `_info` series of a job's resources, as of now. */
export function makeInfo(
  job: Wanted['job'],
  { resources }: Discovery,
  maker: SeriesMaker & { readonly account: string },
): Series[] {
  return resources.map((resource: Resource) => {
    const { labels, value } = infoSeries(
      {
        ...placeOf({ account: maker.account, job }, maker.region),
        namespace: job.namespace,
        arn: resource.arn,
        dimensions: resource.dimensions,
        tags: resource.allTags,
        context: job.contextOnInfo,
      },
      maker.naming,
    );
    const help = `Tags of the resources of ${job.namespace}`;
    const points = [{ at: maker.now * 1000, value }];
    return { labels, points, metadata: { type: 'gauge', help, unit: '' } };
  });
}
