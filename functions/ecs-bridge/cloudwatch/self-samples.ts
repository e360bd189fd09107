// What a reading of CloudWatch tells of itself, as samples of the catalogue. Pure.
import { type CloudWatchConfig, type Sample, sample } from '@fargaze/core';
import type { EpochSeconds } from './query/window.ts';
import type { CloudWatchReport } from './report.ts';

/** What a sample set depends on beside the report. */
export type SelfFacts = {
  readonly config: CloudWatchConfig;
  readonly now: EpochSeconds;
  /** When CloudWatch was last read as a whole and delivered. */
  readonly lastSuccess: EpochSeconds | undefined;
};

/** Whether everything was read and delivered. */
export function isWhole({ deliveryFaults, faults, ran }: CloudWatchReport): boolean {
  return ran !== 'refused' && faults.length + deliveryFaults.length === 0;
}

/** The samples of a run that read CloudWatch, or that its budget refused. */
export function selfSamples(report: CloudWatchReport, facts: SelfFacts): Sample[] {
  const { newest, partial, rejected, resources } = { ...report, ...report.tally };
  const { billed, points, requests, throttles } = report.tally;
  const source = 'cloudwatch';
  return [
    sample('fargaze_bridge_up', { source }, isWhole(report) ? 1 : 0),
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
    sample('fargaze_bridge_samples_sent', {}, report.sent),
    sample('fargaze_bridge_stale_series', {}, report.stale),
    sample('fargaze_bridge_gap_backfilled_seconds', {}, report.gap),
    ...budgetSamples(report, facts),
  ];
}

function each(
  counts: ReadonlyMap<string, number>,
  make: (key: string, value: number) => Sample,
): Sample[] {
  return [...counts].map(([key, value]) => make(key, value));
}

function budgetSamples({ budget }: CloudWatchReport, { config }: SelfFacts): Sample[] {
  if (budget === undefined) return [];
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
