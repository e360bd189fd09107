// Samples about a pass over CloudWatch itself. Pure.
import {
  type CloudWatchConfig,
  type EpochSeconds,
  type Sample,
  sample,
} from '@fargaze/core/internal';
import type { PassReport } from './report.ts';

/** What the samples depend on besides the report. */
export type PassFacts = {
  readonly config: CloudWatchConfig;
  readonly now: EpochSeconds;
  /** When everything was last read and delivered. */
  readonly lastSuccess: EpochSeconds | undefined;
};

/** Whether nothing failed and the budget did not refuse the plan. */
export function isComplete({ ran, tally }: PassReport): boolean {
  return ran !== 'refused' && tally.faults.length + tally.deliveryFaults.length === 0;
}

/** The samples of a pass that read CloudWatch, or whose plan the budget refused. */
export function bridgeSamples(report: PassReport, facts: PassFacts): Sample[] {
  const { tally } = report;
  const { billed, newest, partial, points, rejected, requests, resources, throttles } = tally;
  const source = 'cloudwatch';
  return [
    sample('fargaze_bridge_up', { source }, isComplete(report) ? 1 : 0),
    ...(facts.lastSuccess === undefined
      ? []
      : [sample('fargaze_bridge_last_success_timestamp_seconds', { source }, facts.lastSuccess)]),
    ...each(requests, (api, value) => sample('fargaze_bridge_requests', { api }, value)),
    ...[...requests.keys()].map((api) =>
      sample('fargaze_bridge_throttles', { api }, throttles.get(api) ?? 0),
    ),
    ...each(billed, (namespace, value) =>
      sample('fargaze_bridge_billed_metrics', { namespace }, value),
    ),
    ...each(points, (namespace, value) =>
      sample('fargaze_bridge_datapoints', { namespace }, value),
    ),
    ...each(partial, (key, value) => {
      const [status = '', outcome = ''] = key.split(' ');
      return sample('fargaze_bridge_partial_results', { status, outcome }, value);
    }),
    ...each(rejected, (reason, value) =>
      sample('fargaze_bridge_samples_rejected', { reason }, value),
    ),
    ...each(newest, (namespace, at) =>
      sample('fargaze_bridge_data_age_seconds', { namespace }, facts.now - at),
    ),
    ...each(resources, (type, value) =>
      sample('fargaze_bridge_discovered_resources', { type }, value),
    ),
    sample('fargaze_bridge_samples_sent', {}, tally.sent),
    sample('fargaze_bridge_samples_changed', {}, tally.changed),
    sample('fargaze_bridge_receiver_takes_late_points', {}, report.order === 'any' ? 1 : 0),
    sample('fargaze_bridge_stale_series', {}, tally.stale),
    sample('fargaze_bridge_gap_backfilled_seconds', {}, tally.gap),
    ...budgetSamples(report, facts),
  ];
}

function each(
  counts: ReadonlyMap<string, number>,
  make: (key: string, value: number) => Sample,
): Sample[] {
  return [...counts].map(([key, value]) => make(key, value));
}

function budgetSamples({ budget }: PassReport, { config }: PassFacts): Sample[] {
  const interval = budget.verdict === 'refused' ? 0 : budget.interval;
  const samples = [
    sample('fargaze_bridge_estimated_cost_usd_per_month', {}, budget.usdPerMonth),
    sample('fargaze_bridge_interval_seconds', {}, interval),
  ];
  if (config.budget === undefined) return samples;
  return [
    ...samples,
    sample('fargaze_bridge_budget_usd_per_month', {}, config.budget.monthlyUsd),
    sample('fargaze_bridge_over_budget', {}, budget.verdict === 'fits' ? 0 : 1),
  ];
}
