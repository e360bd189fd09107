// The bridge about itself: each of its shards by name, and what they cost and read together.
import { freshBridge, lastReading } from './expressions.ts';
import { type PlacedPanel, series, timeline } from './panels.ts';

/** The panels of the row. */
export const bridgePanels: readonly PlacedPanel[] = [
  series({
    title: 'Bridge',
    description: 'How long the last run of the bridge took, of each shard where there are several.',
    queries: [{ expr: freshBridge('fargaze_bridge_run_duration_seconds'), legend: '{{instance}}' }],
    unit: 's',
    min: 0,
    width: 8,
  }),
  series({
    title: 'Cost of CloudWatch',
    description:
      'What reading CloudWatch costs in 30 days at list price, and the budget of the configuration. Unknown without CloudWatch jobs.',
    queries: [
      {
        expr: `sum(${lastReading('fargaze_bridge_estimated_cost_usd_per_month')})`,
        legend: 'estimated',
      },
      { expr: `sum(${lastReading('fargaze_bridge_budget_usd_per_month')})`, legend: 'budget' },
    ],
    unit: 'currencyUSD',
    min: 0,
    width: 8,
  }),
  series({
    title: 'Requests to AWS',
    description:
      'Requests of the last reading of CloudWatch by operation, and how many of them AWS throttled.',
    queries: [
      { expr: `sum by (api) (${lastReading('fargaze_bridge_requests')})`, legend: '{{api}}' },
      {
        expr: `sum by (api) (${lastReading('fargaze_bridge_throttles')})`,
        legend: '{{api}} throttled',
      },
    ],
    min: 0,
    decimals: 0,
    width: 8,
  }),
  series({
    title: 'Age of CloudWatch data',
    description:
      'Age of the newest point of each namespace when it was last read: CloudWatch itself is minutes behind.',
    queries: [
      {
        expr: `max by (namespace) (${lastReading('fargaze_bridge_data_age_seconds')})`,
        legend: '{{namespace}}',
      },
    ],
    unit: 's',
    min: 0,
    width: 8,
  }),
  series({
    title: 'Samples of CloudWatch',
    description:
      'Samples that the last reading delivered, and that the receiver refused, by reason.',
    queries: [
      { expr: `sum(${lastReading('fargaze_bridge_samples_sent')})`, legend: 'sent' },
      {
        expr: `sum by (reason) (${lastReading('fargaze_bridge_samples_rejected')})`,
        legend: '{{reason}}',
      },
    ],
    min: 0,
    decimals: 0,
    width: 8,
  }),
  series({
    title: 'Not read of ECS',
    description:
      'Services that the last run did not read, and services whose tasks it does not know, of each shard. 0 is good; the next run reads them first.',
    queries: [{ expr: freshBridge('fargaze_bridge_ecs_unread'), legend: '{{instance}} {{what}}' }],
    min: 0,
    decimals: 0,
    width: 8,
  }),
  timeline({
    title: 'AWS API',
    description: 'Whether the bridge was answered, for each shard and operation.',
    queries: [{ expr: freshBridge('fargaze_bridge_api_up'), legend: '{{instance}} {{api}}' }],
    states: { 0: ['FAILED', 'red'], 1: ['OK', 'green'] },
    width: 24,
  }),
];
