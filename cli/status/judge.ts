// The state of each target from what a Prometheus holds. Pure; it needs none of the recording rules.
import type { Seconds } from '../../layers/core/src/clock.ts';
import type { Row } from './query.ts';

/** What is asked. */
export const expressions = {
  taken: 'fargaze_probe_timestamp_seconds',
  success: 'probe_success',
  interval: 'probe_interval_seconds',
  failure: 'probe_failure_info',
  info: 'fargaze_probe_info',
  expected: 'fargaze:probe_expected',
  alerts: 'ALERTS{alertname=~"Fargaze.+",alertstate="firing"}',
} as const;

/** Answers by what was asked. */
export type Answers = Readonly<Record<keyof typeof expressions, readonly Row[]>>;

/** A target. */
export type TargetState = {
  readonly target: string;
  readonly job: string;
  readonly probe: string | undefined;
  readonly state: 'up' | 'down' | 'silent' | 'unknown';
  /** Since the last result. */
  readonly age: Seconds | undefined;
  /** Phase and reason of what is down. */
  readonly cause: string | undefined;
};

/** An alert that fires. */
export type FiringAlert = {
  readonly name: string;
  readonly severity: string;
  readonly about: string;
};

/** All of it. */
export type Status = {
  readonly targets: readonly TargetState[];
  readonly alerts: readonly FiringAlert[];
};

/** A result counts for so many intervals, as in the recording rules. */
const fresh = 2.5;

/** Where no interval is known. */
const usualInterval: Seconds = 60;

/** The states at `now`, worst first. */
export function judge(answers: Answers, now: Seconds): Status {
  const by = (rows: readonly Row[]) => new Map(rows.map((row) => [keyOf(row), row]));
  const [success, interval, failure, info] = [
    answers.success,
    answers.interval,
    answers.failure,
    answers.info,
  ].map(by);
  const seen = answers.taken.map((row): TargetState => {
    const key = keyOf(row);
    const age = now - row.value;
    const limit = fresh * (interval?.get(key)?.value || usualInterval);
    const { phase, reason } = failure?.get(key)?.labels ?? {};
    const up = success?.get(key)?.value === 1;
    const state = age > limit ? 'silent' : up ? 'up' : 'down';
    return {
      ...nameOf(row),
      probe: info?.get(key)?.labels.probe,
      state,
      age,
      cause: state === 'down' && phase !== undefined ? `${phase}: ${reason}` : undefined,
    };
  });
  const known = new Set(answers.taken.map(keyOf));
  const missing = answers.expected
    .filter((row) => !known.has(keyOf(row)))
    .map(
      (row): TargetState => ({
        ...nameOf(row),
        probe: row.labels.probe,
        state: 'unknown',
        age: undefined,
        cause: undefined,
      }),
    );
  const order = ['down', 'unknown', 'silent', 'up'];
  const targets = [...seen, ...missing].sort(
    (a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) ||
      compare(a.job + a.target, b.job + b.target),
  );
  return { targets, alerts: alertsOf(answers.alerts) };
}

/** Exporters rename what a scrape would overwrite. */
function nameOf({ labels }: Row): { readonly target: string; readonly job: string } {
  return {
    target: labels.exported_instance ?? labels.instance ?? '',
    job: labels.exported_job ?? labels.job ?? '',
  };
}

function keyOf(row: Row): string {
  const { job, target } = nameOf(row);
  return JSON.stringify([job, target]);
}

function alertsOf(rows: readonly Row[]): FiringAlert[] {
  return rows
    .map(({ labels }) => ({
      name: labels.alertname ?? '',
      severity: labels.severity ?? '',
      about: labels.probe ?? labels.slo ?? labels.instance ?? labels.service ?? '',
    }))
    .sort((a, b) => compare(a.severity + a.name + a.about, b.severity + b.name + b.about));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
