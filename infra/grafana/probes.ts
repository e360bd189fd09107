// What the probes found: phases, history and reasons, for each target and vantage.
import { type Board, jobAndInstance } from './board.ts';
import { freshProbe, verdict, withVantage, worst } from './expressions.ts';
import { history, series, stacked, stat, table, targetStates, timeline } from './panels.ts';

const target = '{job=~"$job",instance=~"$instance"}';
const vantage = '{vantage=~"$vantage"}';
const verdicts = withVantage(`(${verdict(target)})`, vantage);

const state = [
  timeline({
    title: 'State',
    description: 'Up, down or unknown for each target and vantage, from fresh results.',
    queries: [{ expr: worst(verdicts), legend: '{{instance}} from {{vantage}}' }],
    states: targetStates,
    height: 10,
  }),
  history({
    title: 'Status history',
    description: 'The same, one box for each step of time: single failures stay visible.',
    queries: [{ expr: worst(verdicts), legend: '{{instance}} from {{vantage}}' }],
    states: targetStates,
    height: 8,
  }),
  stat({
    title: 'Success in the range',
    description:
      'Share of fresh results in the chosen range that were a success. Time without results does not count.',
    queries: [
      {
        expr: `avg_over_time(fargaze:probe_success:fresh${target}[$__range])`,
        legend: '{{instance}}',
      },
    ],
    unit: 'percentunit',
    decimals: 2,
    width: 12,
    height: 5,
    steps: ['red', [0.99, 'orange'], [0.999, 'green']],
  }),
  stat({
    title: 'Contradicted',
    description:
      'Targets that are down from one vantage and up from another: trouble on the way there, not of the target. 0 is good.',
    queries: [{ expr: 'count(fargaze:probe_contradicted) or 0 * count(fargaze:probe_fresh)' }],
    height: 5,
    steps: ['green', [1, 'orange']],
  }),
  stat({
    title: 'Success by vantage',
    description: 'Share of targets that are up, for each place that is probed from.',
    queries: [
      {
        expr: `avg by (vantage) (${withVantage(`fargaze:probe_success:fresh${target}`, vantage)})`,
        legend: '{{vantage}}',
      },
    ],
    unit: 'percentunit',
    decimals: 1,
    width: 8,
    height: 5,
    steps: ['red', [0.5, 'orange'], [1, 'green']],
  }),
];

const times = [
  stacked({
    title: 'Phases of web probes',
    description:
      'Mean time in each phase over the chosen targets, stacked. What grows is where it is slow.',
    queries: [
      {
        expr: `avg by (phase) (fargaze:probe_http_duration_seconds:fresh${target})`,
        legend: '{{phase}}',
      },
    ],
    unit: 's',
    min: 0,
  }),
  stacked({
    title: 'Phases of Redis probes',
    description:
      'Mean time in each phase over the chosen targets, stacked, the canary key included.',
    queries: [
      {
        expr: `avg by (phase) (fargaze:probe_redis_duration_seconds:fresh${target})`,
        legend: '{{phase}}',
      },
    ],
    unit: 's',
    min: 0,
  }),
  series({
    title: 'Duration by target',
    description: 'How long each probe took as a whole.',
    queries: [{ expr: `fargaze:probe_duration_seconds:fresh${target}`, legend: '{{instance}}' }],
    unit: 's',
    min: 0,
  }),
  series({
    title: 'Name look-up',
    description: 'Time that resolving the name took, within the duration.',
    queries: [
      { expr: freshProbe('probe_dns_lookup_time_seconds', target), legend: '{{instance}}' },
    ],
    unit: 's',
    min: 0,
  }),
];

const steps = [
  timeline({
    title: 'Steps',
    description:
      'Whether each step of a check in several steps was a success. A gap is a step that did not run, since one before it failed.',
    queries: [
      {
        expr: worst(freshProbe('probe_step_success', target)),
        legend: '{{step}} of {{instance}}',
      },
    ],
    states: { 0: ['FAILED', 'red'], 1: ['OK', 'green'] },
    height: 8,
  }),
  stacked({
    title: 'Duration of steps',
    description: 'Mean time of each step over the chosen targets, stacked: the whole check.',
    queries: [
      {
        expr: `avg by (step) (sum without (phase) ${freshProbe('probe_step_duration_seconds', target)})`,
        legend: '{{step}}',
      },
    ],
    unit: 's',
    min: 0,
  }),
  series({
    title: 'Phases of steps',
    description: 'Mean time in each phase of each step. What grows is where it is slow.',
    queries: [
      {
        expr: `avg by (step, phase) ${freshProbe('probe_step_duration_seconds', target)}`,
        legend: '{{phase}} of {{step}}',
      },
    ],
    unit: 's',
    min: 0,
  }),
];

const causes = [
  stacked({
    title: 'Failures by reason',
    description:
      'Targets that are down, by phase and reason. Unknown, that is nothing, is good here.',
    queries: [
      {
        expr: `sum by (phase, reason) (fargaze:probe_failure_info:fresh${target})`,
        legend: '{{reason}} in {{phase}}',
      },
    ],
    min: 0,
  }),
  table({
    title: 'What fails now',
    description: 'Phase and reason of each target that is down. Empty is good.',
    queries: [
      {
        expr: withVantage(`fargaze:probe_failure_info:fresh${target}`, vantage, [
          'phase',
          'reason',
        ]),
      },
    ],
    columns: {
      instance: 'target',
      phase: 'phase',
      reason: 'reason',
      vantage: 'vantage',
      probe: 'probe',
      'Value #A': '',
      Value: '',
      Time: '',
      job: '',
    },
    width: 12,
  }),
  series({
    title: 'HTTP status',
    description: 'Status of the last answer of each web target.',
    queries: [{ expr: freshProbe('probe_http_status_code', target), legend: '{{instance}}' }],
    unit: 'none',
    decimals: 0,
    width: 8,
  }),
  series({
    title: 'Canary',
    description:
      'Whether the canary key could be written, read and deleted: 1 it could, 0 it could not.',
    queries: [
      { expr: freshProbe('probe_redis_canary_success', target), legend: '{{op}} {{instance}}' },
    ],
    min: 0,
    max: 1,
    decimals: 0,
    width: 8,
  }),
  table({
    title: 'TLS',
    description:
      'Protocol version of each TLS target and the days that its certificate is still valid.',
    queries: [
      { expr: freshProbe('probe_tls_version_info', target) },
      { expr: `(fargaze:probe_ssl_earliest_cert_expiry:fresh${target} - time()) / 86400` },
    ],
    columns: {
      instance: 'target',
      version: 'version',
      'Value #B': 'days',
      'Value #A': '',
      Time: '',
      __name__: '',
      job: '',
    },
    decimals: 0,
    width: 8,
  }),
];

/** The probes. */
export const probes: Board = {
  uid: 'fargaze-probes',
  title: 'fargaze / Probes',
  description: 'Phases, history and reasons of each target and vantage, from fresh results only.',
  variables: [
    ...jobAndInstance('fargaze_probe_timestamp_seconds', 'Target'),
    { name: 'vantage', label: 'Vantage', metric: 'fargaze_probe_info' },
  ],
  rows: [
    { title: 'State', panels: state },
    { title: 'Times', panels: times },
    { title: 'Causes', panels: causes, shown: 'when opened' },
    { title: 'Checks in steps', panels: steps, shown: 'when opened' },
  ],
  marks: '',
};
