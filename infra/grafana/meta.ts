// fargaze itself: whether results arrive, are scraped and judged, and what that costs. Red here means that the other
// boards know less than they seem to.
import type { Board } from './board.ts';
import { freshBridge, freshProbe, rate } from './expressions.ts';
import { series, stacked, stat, table, timeline } from './panels.ts';

const now = [
  stat({
    title: 'Oldest push',
    description: 'Age of the oldest push that the Pushgateway holds.',
    queries: [{ expr: 'time() - min(push_time_seconds)' }],
    unit: 's',
    steps: ['green', [90, 'orange'], [150, 'red']],
  }),
  stat({
    title: 'Refused pushes',
    description: 'Groups whose last push was refused; 0 is good.',
    queries: [{ expr: 'sum(push_failure_time_seconds > bool push_time_seconds)' }],
    steps: ['green', [1, 'red']],
  }),
  stat({
    title: 'Scrapes down',
    description: 'Scrape targets that do not answer; 0 is good.',
    queries: [{ expr: 'count(up) - sum(up)' }],
    steps: ['green', [1, 'red']],
  }),
  stat({
    title: 'Bridge run',
    description: 'Age of the last run of the bridge; it runs every minute.',
    queries: [{ expr: 'time() - min(fargaze_bridge_timestamp_seconds)' }],
    unit: 's',
    steps: ['green', [90, 'orange'], [150, 'red']],
  }),
  stat({
    title: 'Series',
    description: 'Series that Prometheus holds in memory: its cardinality.',
    queries: [{ expr: 'sum(prometheus_tsdb_head_series)' }],
    steps: ['green', [50000, 'orange'], [200000, 'red']],
  }),
  stat({
    title: 'Rule failures',
    description: 'Evaluations of rules that failed in the last hour; 0 is good.',
    queries: [{ expr: 'sum(increase(prometheus_rule_evaluation_failures_total[1h]))' }],
    decimals: 0,
    steps: ['green', [1, 'red']],
  }),
];

const delivery = [
  series({
    title: 'Push age',
    description: 'Time since the last push of each group. A saw of one interval is good.',
    queries: [{ expr: 'time() - push_time_seconds', legend: '{{job}} {{instance}}' }],
    unit: 's',
    min: 0,
  }),
  series({
    title: 'Requests to the Pushgateway',
    description: 'Pushes and deletions per second by status. 400 is a push that was refused.',
    queries: [
      {
        expr: `sum by (code, method) (${rate('pushgateway_http_requests_total')})`,
        legend: '{{method}} {{code}}',
      },
    ],
    unit: 'reqps',
    min: 0,
  }),
];

const discovery = [
  timeline({
    title: 'Scrape targets',
    description: 'Whether each target answers Prometheus.',
    queries: [{ expr: 'up', legend: '{{job}} {{instance}}' }],
    states: { 0: ['DOWN', 'red'], 1: ['UP', 'green'] },
    width: 12,
  }),
  series({
    title: 'Targets discovered',
    description:
      'Targets by scrape job. 0 where there should be some is discovery that failed, quietly.',
    queries: [{ expr: 'prometheus_sd_discovered_targets{name="scrape"}', legend: '{{config}}' }],
    min: 0,
    decimals: 0,
  }),
  series({
    title: 'Duration of scrapes',
    description: 'How long each scrape took.',
    queries: [{ expr: 'scrape_duration_seconds', legend: '{{job}} {{instance}}' }],
    unit: 's',
    min: 0,
  }),
  stacked({
    title: 'Samples by job',
    description: 'Samples of one scrape by job: where the cardinality comes from.',
    queries: [{ expr: 'sum by (job) (scrape_samples_post_metric_relabeling)', legend: '{{job}}' }],
    min: 0,
    decimals: 0,
  }),
];

const functions = [
  series({
    title: 'Bridge',
    description: 'How long the last run of the bridge took.',
    queries: [{ expr: freshBridge('fargaze_bridge_run_duration_seconds'), legend: 'run' }],
    unit: 's',
    min: 0,
    width: 8,
  }),
  timeline({
    title: 'AWS API',
    description: 'Whether the bridge was answered, for each operation.',
    queries: [{ expr: freshBridge('fargaze_bridge_api_up'), legend: '{{api}}' }],
    states: { 0: ['FAILED', 'red'], 1: ['OK', 'green'] },
    width: 16,
  }),
  series({
    title: 'Event-loop delay of probes',
    description: 'Longest delay while each probe ran: its phases may be too long by as much.',
    queries: [
      { expr: freshProbe('fargaze_probe_event_loop_delay_seconds'), legend: '{{instance}}' },
    ],
    unit: 's',
    min: 0,
    width: 8,
  }),
  stacked({
    title: 'Cold starts',
    description: 'Probes that ran in the first invocation of a function instance.',
    queries: [{ expr: freshProbe('fargaze_probe_cold_start'), legend: '{{instance}}' }],
    min: 0,
    decimals: 0,
    width: 8,
  }),
  table({
    title: 'Versions',
    description: 'Function, module and version that took each result.',
    queries: [{ expr: freshProbe('fargaze_probe_info') }],
    columns: {
      probe: 'probe',
      function: 'function',
      module: 'module',
      vantage: 'vantage',
      region: 'region',
      version: 'version',
      'Value #A': '',
      Value: '',
      Time: '',
      __name__: '',
      job: '',
      instance: '',
    },
    width: 8,
  }),
];

/** fargaze itself. */
export const meta: Board = {
  uid: 'fargaze-meta',
  title: 'fargaze / Meta',
  description:
    'Push age, delivery, discovery, functions, cardinality: whether the other boards can be trusted.',
  variables: [],
  rows: [
    { title: 'Now', panels: now },
    { title: 'Delivery', panels: delivery },
    { title: 'Scraping', panels: discovery },
    { title: 'Functions', panels: functions },
  ],
  marks: '',
};
