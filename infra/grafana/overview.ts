// What is up, what is down, what nobody knows, and what it costs the objectives. The board to open first.
import type { Board } from './board.ts';
import { freshBridge, verdict } from './expressions.ts';
import { alerts, gauges, series, stat, table, targetStates, timeline } from './panels.ts';

const target = '{instance=~"$target"}';
const days = (expiry: string) => `(${expiry} - time()) / 86400`;
const certificates = days(`fargaze:probe_ssl_earliest_cert_expiry:fresh${target}`);
const toProbes = {
  title: 'Probes of this target',
  url: '/d/fargaze-probes?var-target=${__field.labels.instance}&${__url_time_range}',
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
      'Age of the oldest result of all targets; above 2.5 intervals a result is not fresh.',
    queries: [{ expr: `max(fargaze:probe_age_seconds${target})` }],
    unit: 's',
    steps: ['green', [90, 'orange'], [150, 'purple']],
  }),
  stat({
    title: 'Next certificate',
    description: 'Days until the first certificate expires. Unknown where no target speaks TLS.',
    queries: [{ expr: `min(${certificates})` }],
    unit: 'd',
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

const targets = [
  timeline({
    title: 'State of every target',
    description:
      'Up, down or unknown, from fresh results. Bands mark when a state began and ended.',
    queries: [{ expr: verdict(target), legend: '{{instance}}' }],
    states: targetStates,
    height: 8,
    drill: toProbes,
  }),
  table({
    title: 'Targets',
    description: 'Every target as it is now; phase and reason are those of a failure.',
    queries: [
      {
        expr: `(${verdict(target)}) * on (job, instance) group_left (probe, vantage) fargaze_probe_info`,
      },
      { expr: `fargaze:probe_duration_seconds:fresh${target}` },
      { expr: `fargaze:probe_age_seconds${target}` },
      { expr: certificates },
      { expr: `fargaze:probe_failure_info:fresh${target}` },
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
      __name__: '',
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
    unit: 'd',
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
  variables: [
    {
      name: 'target',
      label: 'Target',
      metric: 'fargaze_probe_timestamp_seconds',
      of: 'instance',
    },
  ],
  rows: [
    { title: 'Now', panels: now },
    { title: 'Targets', panels: targets },
    { title: 'Can this be trusted?', panels: trust },
  ],
  marks: '',
};
