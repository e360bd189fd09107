// What is up, what is down, what nobody knows, and what it costs the objectives. The board to open first.
import { type Board, jobAndInstance } from './board.ts';
import { freshBridge, verdict, withVantage, worst } from './expressions.ts';
import { alerts, gauges, series, stat, table, targetStates, timeline } from './panels.ts';

const target = '{job=~"$job",instance=~"$instance"}';
const days = (expiry: string) => `(${expiry} - time()) / 86400`;
const certificates = days(`fargaze:probe_ssl_earliest_cert_expiry:fresh${target}`);
const toProbes = {
  title: 'Probes of this target',
  url: '/d/fargaze-probes?var-instance=${__field.labels.instance:percentencode}&${__url_time_range}',
};

const now = [
  stat({
    title: 'Up',
    description:
      'Targets whose fresh result is a success. Unknown when no target has a fresh result.',
    queries: [{ expr: `sum(fargaze:probe_success:fresh${target})` }],
    steps: ['green'],
  }),
  stat({
    title: 'Down',
    description: 'Targets whose fresh result is a failure; 0 is good.',
    queries: [
      {
        expr: `count(fargaze:probe_success:fresh${target}) - sum(fargaze:probe_success:fresh${target})`,
      },
    ],
    steps: ['green', [1, 'red']],
  }),
  stat({
    title: 'Unknown',
    description:
      'Targets that were probed once and have no fresh result: neither up nor down. 0 is good.',
    queries: [
      {
        expr: `count(fargaze_probe_timestamp_seconds${target}) - (count(fargaze:probe_fresh${target}) or 0 * count(fargaze_probe_timestamp_seconds${target}))`,
      },
    ],
    steps: ['green', [1, 'purple']],
  }),
  stat({
    title: 'Oldest result',
    description:
      'Age of the oldest result of all targets. What is too old depends on the target’s interval: above 2.5 of them it counts as unknown.',
    queries: [{ expr: `max(fargaze:probe_age_seconds${target})` }],
    unit: 's',
  }),
  stat({
    title: 'Next certificate',
    description: 'Days until the first certificate expires. Unknown where no target speaks TLS.',
    queries: [{ expr: `min(${certificates})` }],
    unit: 'suffix: d',
    decimals: 0,
    steps: ['red', [3, 'orange'], [20, 'green']],
  }),
  stat({
    title: 'ECS tasks missing',
    description: 'Tasks that services want and that do not run; 0 is good.',
    queries: [
      {
        expr: `sum(clamp_min(${freshBridge('ecs_service_desired_tasks')} - ${freshBridge('ecs_service_running_tasks')}, 0))`,
      },
    ],
    steps: ['green', [1, 'red']],
    drill: { title: 'ECS', url: '/d/fargaze-ecs?${__url_time_range}' },
  }),
];

/** How many times faster than the objective allows errors come. */
const burn = (window: string) =>
  `fargaze:slo_error_ratio:rate${window} / on (slo) (1 - fargaze:slo_objective)`;

const objectives = [
  gauges({
    title: 'Error budget left',
    description:
      'Share of each objective’s error budget that is left; below 0 the objective is missed. Unknown while nothing is known of what it measures.',
    queries: [{ expr: 'fargaze:slo_error_budget_remaining', legend: '{{slo}}' }],
    unit: 'percentunit',
    decimals: 1,
    min: 0,
    max: 1,
    steps: ['red', [0, 'orange'], [0.25, 'green']],
  }),
  series({
    title: 'Burn rate',
    description:
      'How many times faster than allowed the budget goes, over an hour and over six. At 1 it lasts exactly as long as it should; 14.4 over an hour wakes somebody.',
    queries: [
      { expr: burn('1h'), legend: '{{slo}} 1h' },
      { expr: burn('6h'), legend: '{{slo}} 6h' },
    ],
    min: 0,
    decimals: 1,
    width: 8,
    limits: ['text', [1, 'orange'], [14.4, 'red']],
  }),
  table({
    title: 'Objectives',
    description:
      'Each objective, what share of events was good in the last day, and of how many days there is data: budgets are judged by no more.',
    queries: [
      { expr: 'fargaze:slo_known' },
      { expr: '100 * fargaze:slo_objective' },
      { expr: '100 * (1 - fargaze:slo_error_ratio:rate1d)' },
      { expr: '(time() - fargaze:slo_data_since_timestamp_seconds) / 86400' },
    ],
    columns: {
      slo: 'objective',
      'Value #A': 'state',
      'Value #B': 'promised (%)',
      'Value #C': 'last day (%)',
      'Value #D': 'data (days)',
      Time: '',
      __name__: '',
    },
    states: { 0: ['UNKNOWN', 'purple'], 1: ['KNOWN', 'green'] },
    decimals: 2,
    width: 8,
    height: 7,
  }),
];

const targets = [
  timeline({
    title: 'State of every target',
    description:
      'Up, down or unknown from each vantage, from fresh results. Bands mark when a state began and ended.',
    queries: [
      {
        expr: worst(withVantage(`(${verdict(target)})`)),
        legend: '{{instance}} from {{vantage}}',
      },
    ],
    states: targetStates,
    height: 10,
    drill: toProbes,
  }),
  table({
    title: 'Targets',
    description: 'Every target as it is now; phase and reason are those of a failure.',
    queries: [
      {
        expr: withVantage(`(${verdict(target)})`),
      },
      { expr: `max by (job, instance) (fargaze:probe_duration_seconds:fresh${target})` },
      { expr: `max by (job, instance) (fargaze:probe_age_seconds${target})` },
      { expr: certificates },
      {
        expr: `max by (job, instance, phase, reason) (fargaze:probe_failure_info:fresh${target})`,
      },
    ],
    columns: {
      'Value #A': 'state',
      probe: 'probe',
      instance: 'target',
      vantage: 'vantage',
      phase: 'phase',
      reason: 'reason',
      'Value #B': 'seconds',
      'Value #C': 'age (s)',
      'Value #D': 'certificate (days)',
      'Value #E': '',
      Time: '',
      job: '',
    },
    states: targetStates,
    decimals: 1,
    height: 8,
  }),
];

const trust = [
  alerts({
    title: 'Firing',
    description: 'Alerts that fire or are about to, whoever decides them: Grafana or Prometheus.',
  }),
  gauges({
    title: 'Certificate days',
    description: 'Days until the earliest certificate of a target expires. Unknown without TLS.',
    queries: [{ expr: certificates, legend: '{{instance}}' }],
    unit: 'suffix: d',
    decimals: 0,
    min: 0,
    max: 90,
    steps: ['red', [3, 'orange'], [20, 'green']],
  }),
  series({
    title: 'Freshness',
    description:
      'Age of each result. A saw of one interval is good; a line that climbs is a dead prober.',
    queries: [{ expr: `fargaze:probe_age_seconds${target}`, legend: '{{instance}}' }],
    unit: 's',
    width: 8,
    min: 0,
  }),
];

/** The overview. */
export const overview: Board = {
  uid: 'fargaze-overview',
  title: 'fargaze / Overview',
  description: 'Objectives, the state of every target, certificates, freshness, what fires.',
  variables: [...jobAndInstance('fargaze_probe_timestamp_seconds', 'Target')],
  rows: [
    { title: 'Now', panels: now },
    { title: 'Objectives', panels: objectives },
    { title: 'Targets', panels: targets },
    { title: 'Can this be trusted?', panels: trust, shown: 'when opened' },
  ],
  marks: '',
};
