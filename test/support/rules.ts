// The rules as they are shipped, those that are generated, and the tests of both, for every test that judges them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseConfigText } from '../../build/config-file.ts';
import { renderConfigRules } from '../../infra/config/prometheus/config-rules.ts';
import {
  type ExpectedProbe,
  renderExpectedRules,
  renderNeverSeenRules,
} from '../../infra/config/prometheus/never-seen.ts';

/** Where configuration, rules and their tests are. */
export const root = 'infra/config/prometheus';

/** The YAML files in and below a folder of {@link root}. */
export const list = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml'))
    .map((file) => join(root, folder, file));

/** A rule, recording or alerting. */
export type Rule = {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly annotations?: Record<string, string>;
  readonly labels?: Record<string, string>;
};
/** What an alert must be at a time. */
export type AlertCase = {
  readonly alertname: string;
  readonly eval_time: string;
  readonly exp_alerts: readonly {
    readonly exp_labels: Readonly<Record<string, string>>;
    readonly exp_annotations: Readonly<Record<string, string>>;
  }[];
};
/** A test as promtool knows it. */
export type RuleTest = {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test?: readonly AlertCase[];
  readonly promql_expr_test?: readonly unknown[];
};

/** The rules of a rule file. */
const rulesIn = (text: string) =>
  (parse(text).groups as { readonly rules: readonly Rule[] }[]).flatMap((group) => group.rules);

/** The rules that are shipped as files. */
export const rules = list('rules').flatMap((file) => rulesIn(readFileSync(file, 'utf8')));

/** A probe whose names hold all that PromQL, YAML and templates might stumble over. */
export const hostile: ExpectedProbe = {
  job: 'j',
  instance: 'http://a/?q="x"\\y{{z}}&n=\n#: é\'',
  name: '{{ $value }}',
};
/** A probe with a long interval. */
export const hourly: ExpectedProbe = {
  job: 'j',
  instance: 'hourly',
  name: 'hourly',
  interval: 3600,
  labels: { team: 'a $1 "shop"' },
  severity: 'warning',
};
/** The rules that miss these two. */
export const neverSeen = rulesIn(renderNeverSeenRules([hostile, hourly]));

const expectMissing = (
  { job, instance, name, labels, severity = 'critical' }: ExpectedProbe,
  waited: string,
) => ({
  exp_labels: { severity, wait: waited, probe: name, job, instance, ...labels },
  exp_annotations: {
    summary: `Nothing is known of ${instance}: no result of probe ${name}`,
    description: `For ${waited} Prometheus held no result of job ${job}: none was ever pushed, or the Pushgateway lost it.`,
    runbook_url: 'docs/runbooks/FargazeProbeNeverSeen.md',
  },
});
const seriesOf = (probe: ExpectedProbe) =>
  `fargaze_probe_timestamp_seconds{job="j",instance=${JSON.stringify(probe.instance)}}`;
const missed = (eval_time: string, exp_alerts: AlertCase['exp_alerts']): AlertCase => ({
  alertname: 'FargazeProbeNeverSeen',
  eval_time,
  exp_alerts,
});

/** The generated rules' twin of the files in tests/. */
export const neverSeenTests: RuleTest[] = [
  {
    name: 'each probe is missed after its own wait, until there is a result',
    interval: '1m',
    input_series: [
      { series: 'up{job="pushgateway",instance="p"}', values: '1x200' },
      { series: seriesOf(hostile), values: '_x8 1x200' },
      { series: seriesOf(hourly), values: '_x160 1x40' },
    ],
    alert_rule_test: [
      missed('4m', []),
      missed('5m', [expectMissing(hostile, '5m')]),
      missed('8m', []),
      missed('149m', []),
      missed('150m', [expectMissing(hourly, '2h30m')]),
      missed('160m', []),
    ],
  },
  {
    name: 'a Pushgateway that cannot be scraped is reported by its own alert',
    interval: '1m',
    input_series: [{ series: 'up{job="pushgateway",instance="p"}', values: '0x30' }],
    alert_rule_test: [missed('20m', [])],
  },
  {
    name: 'without any Pushgateway a probe is missed all the same',
    interval: '1m',
    input_series: [{ series: seriesOf(hourly), values: '1x30' }],
    alert_rule_test: [missed('20m', [expectMissing(hostile, '5m')])],
  },
];

/** A configuration with an objective of each kind, and a probe that a rollout holds back. */
export const objectives = parseConfigText(`
probes:
  - { name: shop, module: http_2xx, target: 'http://a/', quiet_during_rollout: c/shop, alert: { failed: 3, of: 5 }, severity: warning, labels: { team: shop } }
  - { name: other, module: http_2xx, target: 'http://b/' }
slos:
  - { name: up, indicator: probe, probe: shop, objective: 98, window: 28d }
  - { name: answers, indicator: requests, job: web, objective: 99.9, labels: { team: web }, severity: warning }
  - { name: quick, indicator: latency, job: web, threshold: 1s, objective: 99, min_bad_events: 5 }
  - { name: pay, indicator: requests, job: pay, routes: '/pay(/.*)?', capacity: 16, objective: 99 }
`);

/** The rules that are generated from it. */
export const configRules = [
  ...rulesIn(renderConfigRules(objectives)),
  ...rulesIn(renderExpectedRules([{ job: 'j', instance: 'i', name: 'n' }])),
  ...rulesIn(renderExpectedRules([])),
];

/** A probe's series, in a test; `values` of its success, one result a step. */
const probeSeries = (probe: string, values: string) => {
  const of = `{job="j",instance="${probe}"}`;
  const info = `probe="${probe}",module="m",function="f",vantage="v",region="r",version="1"`;
  return [
    { series: `probe_success${of}`, values },
    { series: `fargaze_probe_info{job="j",instance="${probe}",${info}}`, values: '1x2000' },
  ];
};
const known = (labels: string, value: number) => ({
  labels: `fargaze:slo_known{${labels}}`,
  value,
});

/** Tests of these rules; one step is their evaluation interval too. */
export const configTests: RuleTest[] = [
  {
    name: 'a budget is used up by exactly what the objective allows in its window',
    interval: '30m',
    // 28 days are 1344 steps, and 2 % of them 26.88: 13 bad ones use 48 %, 27 use it up.
    input_series: [
      ...probeSeries('shop', '1x999 0x12 1x299 0x13 1x10'),
      { series: 'probe_interval_seconds{job="j",instance="shop"}', values: '1800x2000' },
      { series: 'fargaze:slo_known{slo="up"}', values: '1x2000' },
      {
        series: 'fargaze_probe_timestamp_seconds{job="j",instance="shop"}',
        values: '0+1800x2000',
      },
    ],
    promql_expr_test: [
      {
        expr: 'round(fargaze:slo_error_budget_remaining{slo="up"}, 0.001)',
        eval_time: '655h',
        exp_samples: [{ labels: '{slo="up"}', value: 0.504 }],
      },
      {
        expr: 'round(fargaze:slo_error_budget_remaining{slo="up"}, 0.001)',
        eval_time: '665h',
        exp_samples: [{ labels: '{slo="up"}', value: -0.014 }],
      },
    ],
  },
  {
    name: 'a dead prober burns nothing, keeps no budget and is unknown',
    interval: '15s',
    input_series: [
      ...probeSeries('shop', '1x3 0x100'),
      { series: 'probe_interval_seconds{job="j",instance="shop"}', values: '60x2000' },
      // The last result is of second 60, a failure, and the Pushgateway shows it for ever.
      {
        series: 'fargaze_probe_timestamp_seconds{job="j",instance="shop"}',
        values: '0x3 60x200',
      },
    ],
    promql_expr_test: [
      {
        expr: 'fargaze:slo_known{slo="up"}',
        eval_time: '195s',
        exp_samples: [known('slo="up"', 1)],
      },
      { expr: 'fargaze:sli_bad{slo="up"} > 0', eval_time: '210s', exp_samples: [] },
      {
        expr: 'fargaze:slo_known{slo="up"}',
        eval_time: '210s',
        exp_samples: [known('slo="up"', 0)],
      },
      { expr: 'fargaze:slo_error_budget_remaining', eval_time: '20m', exp_samples: [] },
      { expr: 'fargaze:slo_error_ratio:rate5m', eval_time: '20m', exp_samples: [] },
    ],
  },
  {
    name: 'requests are good unless they are 5xx, and quick within the bound, however that is written',
    interval: '15s',
    input_series: [
      {
        series: 'http_request_duration_seconds_count{job="web",instance="a",status="200"}',
        values: '0+15x60',
      },
      {
        series: 'http_request_duration_seconds_count{job="web",instance="b",status="500"}',
        values: '0+3x60',
      },
      {
        series: 'http_request_duration_seconds_count{job="else",instance="c",status="500"}',
        values: '0+3x60',
      },
      {
        series:
          'http_request_duration_seconds_bucket{job="web",instance="a",status="200",le="1.0"}',
        values: '0+12x60',
      },
      {
        series: 'http_request_duration_seconds_bucket{job="web",instance="b",status="500",le="1"}',
        values: '0+3x60',
      },
    ],
    promql_expr_test: [
      {
        expr: 'round(fargaze:sli_bad, 0.0001)',
        eval_time: '10m',
        exp_samples: ['answers', 'quick'].map((slo) => ({ labels: `{slo="${slo}"}`, value: 0.2 })),
      },
      {
        expr: 'round(fargaze:sli_total, 0.0001)',
        eval_time: '10m',
        exp_samples: ['answers', 'quick'].map((slo) => ({ labels: `{slo="${slo}"}`, value: 1.2 })),
      },
      {
        expr: 'fargaze:slo_min_bad_events',
        eval_time: '10m',
        exp_samples: [
          { labels: 'fargaze:slo_min_bad_events{slo="up"}', value: 3 },
          { labels: 'fargaze:slo_min_bad_events{slo="answers"}', value: 10 },
          { labels: 'fargaze:slo_min_bad_events{slo="quick"}', value: 5 },
          { labels: 'fargaze:slo_min_bad_events{slo="pay"}', value: 10 },
        ],
      },
    ],
  },
  {
    name: 'a latency objective that burned for an hour is quiet five minutes after it recovered',
    interval: '15s',
    input_series: [
      {
        series: 'http_request_duration_seconds_count{job="web",instance="a",status="200"}',
        values: '0+150x800',
      },
      {
        series: 'http_request_duration_seconds_bucket{job="web",instance="a",status="200",le="1"}',
        // Slow from minute 60 to 140.
        values: '0+150x240 36000x319 36000+150x240',
      },
    ],
    // The hour is slow throughout: a part of it counts differently in versions 2 and 3 of Prometheus.
    alert_rule_test: [
      { alertname: 'FargazeSloBurningFast', eval_time: '59m', exp_alerts: [] },
      {
        alertname: 'FargazeSloBurningFast',
        eval_time: '139m',
        exp_alerts: [
          {
            exp_labels: { slo: 'quick', severity: 'critical' },
            exp_annotations: {
              summary: 'The error budget of quick burns 100.0 times too fast',
              description:
                '2 % of the budget went within an hour, or 5 % within six hours, and errors go on. Look first at what fails now.',
              runbook_url: 'docs/runbooks/FargazeSloBurningFast.md',
            },
          },
        ],
      },
      { alertname: 'FargazeSloBurningFast', eval_time: '145m', exp_alerts: [] },
    ],
  },
  {
    name: 'a route that is named counts, and no other; what a task handles at once is known by its job',
    interval: '15s',
    input_series: ['/pay', '/pay/now', '/healthy'].map((route) => ({
      series: `http_request_duration_seconds_count{job="pay",instance="a",route="${route}",status="200"}`,
      values: '0+15x60',
    })),
    promql_expr_test: [
      {
        expr: 'round(fargaze:sli_total{slo="pay"}, 0.01)',
        eval_time: '10m',
        exp_samples: [{ labels: '{slo="pay"}', value: 2 }],
      },
      {
        expr: 'min by (job) (fargaze:http_requests_capacity)',
        eval_time: '10m',
        exp_samples: [{ labels: '{job="pay"}', value: 16 }],
      },
    ],
  },
  {
    name: 'a rollout of the named service counts for its probe alone, for half an hour, while the bridge is fresh',
    interval: '1m',
    input_series: [
      ...probeSeries('shop', '1x100'),
      ...probeSeries('other', '1x100'),
      {
        series: 'fargaze_bridge_timestamp_seconds{job="e",instance="c"}',
        values: '0+60x59 3540x60',
      },
      ...['shop', 'other'].map((service) => ({
        series: `ecs_service_deployment_rollout_state{job="e",instance="c",cluster="c",service="${service}",status="PRIMARY",state="IN_PROGRESS"}`,
        values: service === 'shop' ? '0x9 1x100' : '0x100',
      })),
      {
        series:
          'ecs_service_deployment_created_timestamp_seconds{job="e",instance="c",cluster="c",service="shop",status="PRIMARY"}',
        // A second deployment takes over at minute 55.
        values: '600x54 3300x60',
      },
    ],
    promql_expr_test: [
      { expr: 'fargaze:probe_in_rollout', eval_time: '9m', exp_samples: [] },
      ...['10m', '39m', '60m'].map((eval_time) => ({
        expr: 'fargaze:probe_in_rollout',
        eval_time,
        exp_samples: [{ labels: 'fargaze:probe_in_rollout{job="j",instance="shop"}', value: 1 }],
      })),
      { expr: 'fargaze:probe_in_rollout', eval_time: '40m', exp_samples: [] },
      // The last news of minute 59 is too old.
      { expr: 'fargaze:probe_in_rollout', eval_time: '62m', exp_samples: [] },
    ],
  },
];

/** The tests that are files. */
export const fileTests = list('tests').flatMap(
  (file) => parse(readFileSync(file, 'utf8')).tests as RuleTest[],
);
