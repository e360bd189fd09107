// The part of the catalogue that ecs-bridge says of its own last run. CloudWatch's data has names that no catalogue can know
// (functions/ecs-bridge/cloudwatch/write/naming.ts).
import { gauge } from './catalogue-gauge.ts';

/** Metrics of the bridge itself. */
export const bridgeMetrics = {
  fargaze_bridge_up: gauge(
    'boolean',
    'Whether the last run could read a source, ecs or cloudwatch, as a whole',
    ['source'],
  ),
  fargaze_bridge_last_success_timestamp_seconds: gauge(
    'timestamp',
    'When a source was last read as a whole and delivered by this function instance, in unixtime',
    ['source'],
  ),
  fargaze_bridge_api_up: gauge(
    'boolean',
    'Whether every call of this operation was answered in the last run',
    ['api'],
  ),
  fargaze_bridge_ecs_unread: gauge(
    'count',
    'Services that the last run did not read, and services whose tasks it does not know; the next one reads them first',
    ['what'],
  ),
  fargaze_bridge_run_duration_seconds: gauge('seconds', 'How long the last run of the bridge took'),
  fargaze_bridge_timestamp_seconds: gauge('timestamp', 'When the bridge last ran, in unixtime'),
  fargaze_bridge_requests: gauge(
    'count',
    'Requests of the last run by operation, repeats included',
    ['api'],
  ),
  fargaze_bridge_throttles: gauge('count', 'Requests of the last run that AWS throttled', ['api']),
  fargaze_bridge_billed_metrics: gauge(
    'count',
    'Metrics that GetMetricData bills for the last run: up to five statistics of a metric in a request count once',
    ['namespace'],
  ),
  fargaze_bridge_estimated_cost_usd_per_month: gauge(
    'number',
    'What the plan of the last run costs in 30 days at its interval, in US dollars at list price',
  ),
  fargaze_bridge_budget_usd_per_month: gauge(
    'number',
    'The budget of the configuration, in US dollars',
  ),
  fargaze_bridge_over_budget: gauge(
    'boolean',
    'Whether the plan costs more than the budget at the configured interval',
  ),
  fargaze_bridge_interval_seconds: gauge(
    'seconds',
    'Time between two readings of CloudWatch; longer than configured where the budget asks for it, 0 where it refuses',
  ),
  fargaze_bridge_datapoints: gauge(
    'count',
    'Data points that CloudWatch answered in the last run',
    ['namespace'],
  ),
  fargaze_bridge_partial_results: gauge(
    'count',
    'Results of the last run that were PartialData or InternalError, by what became of them',
    ['status', 'outcome'],
  ),
  fargaze_bridge_samples_sent: gauge('count', 'Samples of CloudWatch that the last run delivered'),
  fargaze_bridge_samples_rejected: gauge(
    'count',
    'Samples of the last run that the receiver will not take, by reason: at least so many',
    ['reason'],
  ),
  fargaze_bridge_samples_changed: gauge(
    'count',
    'Points of the last run that have another value than when they were sent; a Prometheus may go on to show the old one',
  ),
  fargaze_bridge_receiver_takes_late_points: gauge(
    'boolean',
    'Whether the receiver takes late points, and another value for a point; if not, points are sent when they are final',
  ),
  fargaze_bridge_stale_series: gauge('count', 'Series that the last run ended with a stale marker'),
  fargaze_bridge_data_age_seconds: gauge(
    'seconds',
    'Age of the newest point of a namespace at the end of the last run',
    ['namespace'],
  ),
  fargaze_bridge_gap_backfilled_seconds: gauge(
    'seconds',
    'How far the window of the last run reached back beyond the usual to fill a gap',
  ),
  fargaze_bridge_discovered_resources: gauge('count', 'Resources that the last run found', [
    'type',
  ]),
  fargaze_bridge_order_check: gauge(
    'boolean',
    'Samples by which a cold function learns whether its receiver takes late and changed points',
    ['check', 'owner', 'run', 'shard'],
  ),
  fargaze_bridge_attempt_timestamp_seconds: gauge(
    'timestamp',
    'Until when a run has begun to deliver points, in unixtime; a function that did not do so waits until they are final',
    ['owner', 'shard', 'shards'],
  ),
  fargaze_bridge_watermark_timestamp_seconds: gauge(
    'timestamp',
    'Until when the data of a bridge job is delivered without a gap, in unixtime',
    ['bridge_job', 'region', 'account_id', 'owner', 'shard', 'shards'],
  ),
} as const;
