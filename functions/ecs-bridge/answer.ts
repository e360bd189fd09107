// The answer of the function: enough to be useful by itself on a terminal.

import type { PassReport } from './cloudwatch/report.ts';
import type { EcsReading, Unread } from './ecs/reading.ts';

/** What was done with CloudWatch. */
export type CloudWatchSummary = {
  /** `waited`: slowed by the budget, not due yet; `refused`: over budget, not read. */
  readonly ran: 'read' | 'waited' | 'refused';
  /** Calls by API. */
  readonly requests: Readonly<Record<string, number>>;
  /** Metrics that GetMetricData bills for this run. */
  readonly billedMetrics: number;
  /** What such runs cost in 30 days. */
  readonly usdPerMonth: number;
  /** Points in the answers. */
  readonly datapoints: number;
  /** Samples that the receiver took. */
  readonly sent: number;
  /** Samples that it refused for good, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Series that were ended. */
  readonly stale: number;
  /** Calls that AWS answered by throttling. */
  readonly throttles: number;
  /** Results that were not complete, by `status outcome`. */
  readonly partial: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
};

/** The answer. */
export type BridgeSummary = {
  readonly clusters: number;
  readonly services: number;
  /** What the next run reads first, because this one could not. Absent when ECS was read as a whole. */
  readonly unread?: Unread;
  /** Samples about ECS that were delivered. */
  readonly samples: number;
  /** Calls that failed, each once, with the missing permission where that is the reason. */
  readonly faults: readonly string[];
  /** Absent when CloudWatch was not due. */
  readonly cloudwatch?: CloudWatchSummary;
};

/** The answer of a run. */
export function summarize(
  ecs: EcsReading,
  { report, samples }: { readonly samples: number; readonly report: PassReport | undefined },
): BridgeSummary {
  const faults = [...ecs.faults, ...(report?.tally.faults ?? [])].map(({ message }) => message);
  const { unread } = ecs;
  return {
    clusters: ecs.clusters.length,
    services: ecs.clusters.reduce((sum, { services }) => sum + (services?.length ?? 0), 0),
    ...(unread !== undefined && unread.services + unread.tasks > 0 && { unread }),
    samples,
    faults: [...new Set(faults)],
    ...(report !== undefined && { cloudwatch: summarizeCloudWatch(report) }),
  };
}

function summarizeCloudWatch(report: PassReport): CloudWatchSummary {
  const { budget, ran, tally } = report;
  return {
    ran,
    requests: Object.fromEntries(tally.requests),
    billedMetrics: sum(tally.billed),
    usdPerMonth: Math.round(budget.usdPerMonth * 100) / 100,
    datapoints: sum(tally.points),
    sent: tally.sent,
    rejected: Object.fromEntries(tally.rejected),
    stale: tally.stale,
    throttles: sum(tally.throttles),
    partial: Object.fromEntries(tally.partial),
    notes: [...new Set(tally.notes)],
  };
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, value) => total + value, 0);
}
