// A web service as its own metrics show it: rate, errors, duration, saturation.
import { type Board, jobAndInstance } from './board.ts';
import { rate, ratio, verdict } from './expressions.ts';
import { heatmap, series, stacked, stat, targetStates, timeline } from './panels.ts';

const requests = (more = '') =>
  `http_request_duration_seconds_count{job=~"$job",instance=~"$instance",route=~"$route"${more}}`;
const buckets = rate(
  'http_request_duration_seconds_bucket{job=~"$job",instance=~"$instance",route=~"$route"}',
);
const task = '{job=~"$job",instance=~"$instance"}';
const failed = requests(',status=~"5.."');
/** Whatever job they have. */
const webProbes =
  'on (job, instance) group_left () max by (job, instance) (fargaze_probe_info{function=~"web-probe.*"})';
const quantile = (q: number, by = 'le') => `histogram_quantile(${q}, sum by (${by}) (${buckets}))`;

const now = [
  stat({
    title: 'Requests',
    description: 'Requests per second, all routes chosen.',
    queries: [{ expr: `sum(${rate(requests())})` }],
    unit: 'reqps',
  }),
  stat({
    title: 'Errors',
    description: 'Share of requests answered with 5xx. Unknown while there are no requests.',
    queries: [{ expr: ratio(`sum(${rate(failed)})`, `sum(${rate(requests())})`) }],
    unit: 'percentunit',
    decimals: 2,
    steps: ['green', [0.001, 'orange'], [0.01, 'red']],
  }),
  stat({
    title: 'p95',
    description: '95 of 100 requests were answered within this time.',
    queries: [{ expr: quantile(0.95) }],
    unit: 's',
    steps: ['green', [0.5, 'orange'], [1, 'red']],
  }),
  stat({
    title: 'In progress',
    description: 'Requests being handled now; as many as there are workers is all that fits.',
    queries: [{ expr: `sum(http_requests_in_progress${task})` }],
  }),
  stat({
    title: 'Exporter',
    description:
      'Whether the sidecar sees metrics of the app: 1 it does. Unknown: it is not scraped.',
    queries: [{ expr: `min(web_exporter_up${task})` }],
    states: { 0: ['NO METRICS', 'red'], 1: ['OK', 'green'] },
  }),
  stat({
    title: 'Tasks',
    description: 'Tasks whose metrics Prometheus has. Unknown: none.',
    queries: [{ expr: `count(web_exporter_up${task})` }],
  }),
];

const red = [
  series({
    title: 'Rate by route',
    description:
      'Requests per second for each route. A route is a rule of the app, never a raw path.',
    queries: [{ expr: `sum by (route) (${rate(requests())})`, legend: '{{route}}' }],
    unit: 'reqps',
    min: 0,
  }),
  series({
    title: 'Errors by route',
    description: 'Share of 5xx for each route; a route without requests has no line.',
    queries: [
      {
        expr: ratio(`sum by (route) (${rate(failed)})`, `sum by (route) (${rate(requests())})`),
        legend: '{{route}}',
      },
    ],
    unit: 'percentunit',
    min: 0,
    limits: ['text', [0.05, 'red']],
  }),
  series({
    title: 'Duration',
    description: 'Half, 95 and 99 of 100 requests were answered within these times.',
    queries: [
      { expr: quantile(0.5), legend: 'p50' },
      { expr: quantile(0.95), legend: 'p95' },
      { expr: quantile(0.99), legend: 'p99' },
    ],
    unit: 's',
    min: 0,
  }),
  heatmap({
    title: 'Durations',
    description: 'Requests per second by how long they took. Two bands are two kinds of request.',
    queries: [{ expr: `sum by (le) (${buckets})` }],
    unit: 's',
  }),
  series({
    title: 'p95 by route',
    description: '95 of 100 requests of each route were answered within this time.',
    queries: [{ expr: quantile(0.95, 'le, route'), legend: '{{route}}' }],
    unit: 's',
    min: 0,
    limits: ['text', [1, 'orange']],
  }),
  stacked({
    title: 'Answers by status',
    description: 'Requests per second for each HTTP status.',
    queries: [{ expr: `sum by (status) (${rate(requests())})`, legend: '{{status}}' }],
    unit: 'reqps',
    min: 0,
  }),
];

const saturation = [
  series({
    title: 'In progress by task',
    description: 'Requests being handled at the same time in each task.',
    queries: [{ expr: `http_requests_in_progress${task}`, legend: '{{instance}}' }],
    min: 0,
    width: 8,
  }),
  series({
    title: 'Exceptions',
    description: 'Exceptions per second that no route handled. Nothing is good.',
    queries: [
      {
        expr: `sum by (exception, route) (${rate(`http_request_exceptions_total{job=~"$job",instance=~"$instance",route=~"$route"}`)})`,
        legend: '{{exception}} {{route}}',
      },
    ],
    unit: 'ops',
    min: 0,
    width: 8,
  }),
  timeline({
    title: 'Seen from outside',
    description:
      'What the web probes say of the same time. Down here and quiet above: requests do not arrive.',
    queries: [{ expr: `(${verdict('')}) * ${webProbes}`, legend: '{{instance}}' }],
    states: targetStates,
    width: 8,
  }),
];

/** The web service. */
export const web: Board = {
  uid: 'fargaze-web',
  title: 'fargaze / Web',
  description: 'Rate, errors and duration by route, and saturation.',
  variables: [
    ...jobAndInstance('http_request_duration_seconds_count', 'Task'),
    { name: 'route', label: 'Route', metric: 'http_request_duration_seconds_count{job=~"$job"}' },
  ],
  rows: [
    { title: 'Now', panels: now },
    { title: 'Rate, errors, duration', panels: red },
    { title: 'Saturation and failures', panels: saturation, shown: 'when opened' },
  ],
  marks: '',
};
