// Series from answers: CloudWatch's times, names by the configured style, final points only, zeros only for a resource that
// is known to exist, and no point that this function has delivered before.
import {
  canonicalNames,
  type EpochSeconds,
  type Metadata,
  type Point,
  type Seconds,
  type Series,
} from '@fargaze/core/internal';
import type { ReadUnit, ScopedExpression, ScopedJob } from '../find/found.ts';
import { usualOverlap } from '../find/overlaps.ts';
import { finalAge } from '../pass/lateness.ts';
import type { Pass, Shown } from '../pass/pass.ts';
import { ceilTo, type Span } from '../pass/time.ts';
import { type AnsweredSeries, resultId } from '../query/answer.ts';
import { infoSeries, type SeriesIdentity, seriesLabels, seriesMetadata } from './naming.ts';
import type { MadeSeries, SentPoints } from './sent-points.ts';

/** Makes the series of a pass. */
export class SeriesMaker {
  readonly #pass: Pass;
  readonly #sent: SentPoints;

  constructor(pass: Pass, sent: SentPoints) {
    this.#pass = pass;
    this.#sent = sent;
  }

  /** The series of a statistic of a unit; none when it has no new point. */
  ofUnit(unit: ReadUnit, statistic: string, answer: AnsweredSeries | undefined): MadeSeries[] {
    const { config } = this.#pass;
    const { query, shown, span } = unit;
    const points = pointsIn(span, answer);
    // One zero is enough where one point is.
    const read =
      shown === 'latest' && points.length > 0 ? points : withZeros(unit, points, this.#pass);
    if (read.length === 0) return [];
    const identity = identityOf(unit, statistic);
    const labels = seriesLabels(identity, config);
    const metadata = seriesMetadata(identity, config);
    const { arn } = query.resource;
    return this.#made({ ...unit, labels, metadata, arn }, read);
  }

  /** The series of an answer to an expression; none when it has no new point. */
  ofExpression(scoped: ScopedExpression, answer: AnsweredSeries): MadeSeries[] {
    const { expression, scope, span } = scoped;
    const labels = {
      ...Object.fromEntries(expression.labels.map(({ name, value }) => [name, value])),
      // CloudWatch labels a series without a label of its own with the id of its query, which says nothing.
      ...(answer.label !== resultId && { label: answer.label }),
      region: scope.region,
      account_id: scope.account,
      __name__: expression.name,
    };
    const metadata = { type: 'gauge', help: expression.help, unit: '' } as const;
    const { period } = expression;
    const draft = { ...scoped, labels, metadata, arn: '', period };
    return this.#made(draft, pointsIn(span, answer));
  }

  /** The `_info` series of the resources of a job, as of now. */
  ofResources({ discovery, job, scope }: ScopedJob): Series[] {
    const { config, now } = this.#pass;
    const help = `Tags of the resources of ${job.namespace}`;
    return discovery.resources.map(({ allTags, arn, dimensions }) => {
      const resource = {
        region: scope.region,
        accountId: scope.account,
        customTags: job.customTags,
        namespace: job.namespace,
        arn,
        dimensions,
        tags: allTags,
        context: job.contextOnInfo,
      };
      const { labels, value } = infoSeries(resource, config);
      return {
        labels,
        points: [{ at: now * 1000, value }],
        metadata: { type: 'gauge', help, unit: '' },
      };
    });
  }

  #made(draft: Draft, points: readonly Point[]): MadeSeries[] {
    const newest = points.at(-1);
    if (draft.shown === 'points' || newest === undefined) return this.#unsent(draft, points);
    const { arn, labels, metadata } = draft;
    const at = Math.round(this.#pass.now * 1000);
    const fresh = [{ at, value: newest.value }];
    return [
      { labels, metadata, fresh, late: [], key: seriesKey(labels), arn, from: at, read: fresh },
    ];
  }

  #unsent(
    { arn, labels, metadata, period, span, watermark = 0 }: Draft,
    all: readonly Point[],
  ): MadeSeries[] {
    const key = seriesKey(labels);
    const { fresh, late, waiting } = this.#sent.unsent(key, all, {
      watermark: watermark * 1000,
      finalUntil: (this.#pass.now - finalAge(period)) * 1000,
    });
    if (fresh.length + late.length === 0) return [];
    const waits = new Set(waiting);
    const read = waits.size === 0 ? all : all.filter((point) => !waits.has(point));
    return [{ labels, metadata, fresh, late, key, arn, from: span.from * 1000, read }];
  }
}

type Draft = {
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: Metadata;
  readonly arn: string;
  readonly shown: Shown;
  readonly span: Span;
  readonly watermark: EpochSeconds | undefined;
  readonly period: Seconds;
};

/** What the series of a statistic of a unit is about. */
export function identityOf({ query, region }: ReadUnit, statistic: string): SeriesIdentity {
  const { account: accountId, dimensions, job, metric, resource } = query;
  return {
    region,
    accountId,
    customTags: job.customTags,
    namespace: job.namespace,
    metric: metric.name,
    statistic,
    dimensions,
    resource: resource.arn,
    tags: resource.tags,
  };
}

/** A text that is equal for equal labels. */
export function seriesKey(labels: Readonly<Record<string, string>>): string {
  return canonicalNames(labels)
    .map((name) => `${name}\u0000${labels[name]}`)
    .join('\u0000');
}

/** Finite points in the window. */
function pointsIn({ from, until }: Span, answer: AnsweredSeries | undefined): Point[] {
  return (answer?.points ?? []).filter(
    ({ at, value }) => at >= from * 1000 && at < until * 1000 && Number.isFinite(value),
  );
}

/** With a zero for each period without a point, where the job asks for it and the resource is known to exist. */
function withZeros(
  unit: ReadUnit,
  points: readonly Point[],
  { now, order }: Pass,
): readonly Point[] {
  const { period, query, span } = unit;
  const { since } = query.resource;
  if (!query.metric.nilToZero || since === undefined) return points;
  const known = new Set(points.map(({ at }) => at));
  // A late point must not find a zero in its place: zeros wait twice as long as points do, but no longer than the next
  // window reaches back. Where points cannot be changed they are final, and a zero that waited would never be taken.
  const wait = order !== 'any' ? 0 : Math.min(now - span.until, usualOverlap / 2);
  const latest = span.until - wait;
  const zeros: Point[] = [];
  for (let at = Math.max(span.from, ceilTo(since, period)); at < latest; at += period) {
    if (!known.has(at * 1000)) zeros.push({ at: at * 1000, value: 0 });
  }
  return [...points, ...zeros].sort((a, b) => a.at - b.at);
}
