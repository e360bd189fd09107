// The state of each target and of what delivers, from what a Prometheus holds. Pure; it needs none of the recording rules, and
// judges as they do. Ages are by the clock of that Prometheus, as the one of this machine may be wrong.
import type { Seconds } from '../../layers/core/src/clock.ts';
import { bySeries, identityOf, nameOf, withoutRepeats } from './match.ts';
import type { Row } from './query.ts';

/** What is asked. */
export const expressions = {
  taken: 'fargaze_probe_timestamp_seconds',
  success: 'probe_success',
  interval: 'probe_interval_seconds',
  failure: 'probe_failure_info',
  info: 'fargaze_probe_info',
  expected: 'fargaze:probe_expected',
  noneExpected: 'fargaze:probe_none_expected',
  bridge: 'fargaze_bridge_timestamp_seconds',
  deliver: 'fargaze_deliver_timestamp_seconds',
  alerts: 'ALERTS{alertname=~"Fargaze.+"}',
} as const;

/** Answers by what was asked. */
export type StatusAnswers = Readonly<Record<keyof typeof expressions, readonly Row[]>>;

/** A target. */
export type TargetState = {
  readonly target: string;
  readonly job: string;
  readonly probe: string | undefined;
  readonly state: 'up' | 'down' | 'silent' | 'unknown' | 'removed';
  /** Since the last result. */
  readonly age: Seconds | undefined;
  /** Phase and reason of what is down, or why nothing is known. */
  readonly cause: string | undefined;
  /** Labels that tell it from another series of the same job and target. */
  readonly labels?: Readonly<Record<string, string>>;
};

/** A function that writes a heartbeat. */
export type FunctionState = {
  readonly name: 'ecs-bridge' | 'deliver';
  readonly instance: string;
  readonly state: 'running' | 'silent';
  readonly age: Seconds;
};

/** An alert. */
export type AlertState = {
  readonly name: string;
  readonly severity: string;
  readonly about: string;
  readonly state: 'firing' | 'pending';
};

/** All of it. */
export type Status = {
  readonly targets: readonly TargetState[];
  readonly functions: readonly FunctionState[];
  readonly alerts: readonly AlertState[];
  /** Whether the list of what is configured is there; without it nothing can be missed. */
  readonly complete: boolean;
};

/** A result counts for so many intervals, and at most so far in the future, as in rules/recording/freshness.yml. */
const fresh = 2.5;
const ahead: Seconds = 60;

/** Where no interval is known. */
const usualInterval: Seconds = 60;

/** As in rules/alerting/silence.yml. */
const heartbeats = { 'ecs-bridge': 150, deliver: 100 } as const;

/** Labels of `fargaze_probe_info` beside those of its group. */
const ofInfo = ['probe', 'module', 'function', 'vantage', 'region', 'version'];

const order: readonly string[] = ['down', 'unknown', 'silent', 'removed', 'up'];

/** The states, worst first. */
export function judge(answers: StatusAnswers): Status {
  const find = {
    success: bySeries(answers.success),
    interval: bySeries(answers.interval),
    failure: bySeries(answers.failure, ['phase', 'reason']),
    info: bySeries(answers.info, ofInfo),
  };
  const expected = new Set(answers.expected.map(identityOf));
  const complete = expected.size + answers.noneExpected.length > 0;
  const seen = withoutRepeats(answers.taken).map(({ apart, row }): TargetState => {
    const isRemoved = complete && !expected.has(identityOf(row));
    const { phase, reason } = find.failure(row)?.labels ?? {};
    const limit = fresh * (positive(find.interval(row)?.value) ?? usualInterval);
    const age = row.at - row.value;
    const judged = isRemoved
      ? ({ state: 'removed', cause: undefined } as const)
      : stateOf({ age, limit, success: find.success(row)?.value });
    const failed = judged.state === 'down' && phase !== undefined;
    return {
      ...nameOf(row),
      probe: find.info(row)?.labels.probe,
      state: judged.state,
      age: round(age),
      cause: failed ? `${phase}: ${reason}` : judged.cause,
      ...(apart !== undefined && { labels: apart }),
    };
  });
  const targets = [...seen, ...missingOf(answers)].sort(
    (a, b) =>
      order.indexOf(a.state) - order.indexOf(b.state) ||
      compare(a.job + a.target, b.job + b.target),
  );
  const functions = [
    ...functionsOf('ecs-bridge', answers.bridge),
    ...functionsOf('deliver', answers.deliver),
  ];
  return { targets, functions, alerts: alertsOf(answers.alerts), complete };
}

/** The rows of `expected` without a result. */
export function missingRows({ expected, taken }: Pick<StatusAnswers, 'expected' | 'taken'>): Row[] {
  const known = new Set(taken.map(identityOf));
  return expected.filter((row) => !known.has(identityOf(row)));
}

function missingOf(answers: StatusAnswers): TargetState[] {
  return missingRows(answers).map((row) => ({
    ...nameOf(row),
    probe: row.labels.probe,
    state: 'unknown',
    age: undefined,
    cause: undefined,
  }));
}

type Seen = {
  readonly age: Seconds;
  readonly limit: Seconds;
  readonly success: number | undefined;
};

function stateOf({ age, limit, success }: Seen): Pick<TargetState, 'state' | 'cause'> {
  if (age <= -ahead) return { state: 'silent', cause: 'taken in the future, a clock is wrong' };
  if (!(age < limit)) return { state: 'silent', cause: undefined };
  if (success === undefined) return { state: 'unknown', cause: 'its probe_success is missing' };
  return { state: success === 1 ? 'up' : 'down', cause: undefined };
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 && Number.isFinite(value) ? value : undefined;
}

function functionsOf(name: FunctionState['name'], rows: readonly Row[]): FunctionState[] {
  return withoutRepeats(rows)
    .map(({ row }): FunctionState => {
      const age = row.at - row.value;
      const state = age < heartbeats[name] ? 'running' : 'silent';
      return { name, instance: nameOf(row).target, state, age: round(age) };
    })
    .sort((a, b) => compare(a.instance, b.instance));
}

/** Each once, however many labels or replicas of Prometheus it comes with; firing before pending. */
function alertsOf(rows: readonly Row[]): AlertState[] {
  const all = rows.map(
    ({ labels }): AlertState => ({
      name: labels.alertname ?? '',
      severity: labels.severity ?? '',
      about:
        labels.probe ?? labels.slo ?? labels.instance ?? labels.service ?? labels.cluster ?? '',
      state: labels.alertstate === 'pending' ? 'pending' : 'firing',
    }),
  );
  const firing = new Set(all.filter(({ state }) => state === 'firing').map(textOf));
  const each = new Map(
    all
      .filter((alert) => alert.state === 'firing' || !firing.has(textOf(alert)))
      .map((alert) => [textOf(alert), alert]),
  );
  return [...each.values()].sort((a, b) => compare(a.state + textOf(a), b.state + textOf(b)));
}

function textOf({ about, name, severity }: AlertState): string {
  return JSON.stringify([severity, name, about]);
}

function round(seconds: Seconds): Seconds {
  return Math.round(seconds * 1000) / 1000;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
