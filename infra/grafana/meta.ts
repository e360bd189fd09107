// fargaze itself: whether results arrive, are scraped and judged, and what that costs. Red here means that the other
// boards know less than they seem to.
import { type Board, jobAndInstance } from './board.ts';
import { freshProbe, rate } from './expressions.ts';
import { bridgePanels } from './meta-bridge.ts';
import { series, stacked, stat, table, timeline } from './panels.ts';

const own = '{job=~"$job",instance=~"$instance"}';

const now = [
  stat({
    title: 'Oldest push',
    description:
      'Age of the oldest push that the Pushgateway holds. Each group is pushed at its own interval: CloudWatch every five minutes, a probe as configured.',
    queries: [{ expr: 'time() - min(push_time_seconds)' }],
    unit: 's',
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
    queries: [{ expr: `count(up${own}) - sum(up${own})` }],
    steps: ['green', [1, 'red']],
  }),
  stat({
    title: 'Bridge run',
    description:
      'Age of the last run of the bridge, of its shards the oldest; each runs every minute.',
    queries: [{ expr: 'time() - min(fargaze_bridge_timestamp_seconds)' }],
    unit: 's',
    steps: ['green', [90, 'orange'], [150, 'red']],
  }),
  stat({
    title: 'Series',
    description: 'Series that Prometheus holds in memory: its cardinality; red is what alerts.',
    queries: [{ expr: 'max(prometheus_tsdb_head_series)' }],
    steps: ['green', [50000, 'orange'], [100000, 'red']],
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
    queries: [{ expr: `up${own}`, legend: '{{job}} {{instance}}' }],
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
    queries: [{ expr: `scrape_duration_seconds${own}`, legend: '{{job}} {{instance}}' }],
    unit: 's',
    min: 0,
  }),
  stacked({
    title: 'Samples by job',
    description: 'Samples of one scrape by job: where the cardinality comes from.',
    queries: [
      { expr: `sum by (job) (scrape_samples_post_metric_relabeling${own})`, legend: '{{job}}' },
    ],
    min: 0,
    decimals: 0,
  }),
];

/** What Lambda asks for at list price in us-east-1, arm64, for the memory in serverless.yml: aws.amazon.com/lambda/pricing */
const usdPerGbSecond = 0.0000133334;
const usdPerRequest = 0.2 / 1e6;
const gigabytes = 0.5;
const perMonth = (30 * 86_400) / 300;

const lambda = [
  series({
    title: 'Function errors',
    description:
      'Invocations of each function that failed or were throttled, from CloudWatch. Unknown without a bridge job for AWS/Lambda.',
    queries: [
      { expr: 'aws_lambda_errors_sum', legend: '{{dimension_FunctionName}} failed' },
      { expr: 'aws_lambda_throttles_sum', legend: '{{dimension_FunctionName}} throttled' },
    ],
    min: 0,
    decimals: 0,
    width: 8,
  }),
  series({
    title: 'Cost of functions',
    description:
      'What the functions cost in 30 days at list price without the free tier, for a bridge job with a period of 5 minutes.',
    queries: [
      {
        expr: `${perMonth} * (sum(aws_lambda_duration_sum) / 1000 * ${gigabytes} * ${usdPerGbSecond} + sum(aws_lambda_invocations_sum) * ${usdPerRequest})`,
        legend: 'estimated',
      },
    ],
    unit: 'currencyUSD',
    min: 0,
    width: 8,
  }),
  series({
    title: 'Delivery queue',
    description:
      'Messages that wait in each queue; those of a dead-letter queue wait for a person. Unknown without a bridge job for AWS/SQS.',
    queries: [
      {
        expr: 'aws_sqs_approximate_number_of_messages_visible_maximum',
        legend: '{{dimension_QueueName}}',
      },
    ],
    min: 0,
    decimals: 0,
    width: 8,
  }),
];

const probing = [
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
  variables: [...jobAndInstance('up', 'Scrape target', 'Scrape job')],
  rows: [
    { title: 'Now', panels: now },
    { title: 'Delivery', panels: delivery },
    { title: 'Scraping', panels: discovery },
    { title: 'Bridge', panels: bridgePanels, shown: 'when opened' },
    { title: 'Functions', panels: lambda, shown: 'when opened' },
    { title: 'Probes', panels: probing, shown: 'when opened' },
  ],
  marks: '',
};
