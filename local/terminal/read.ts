// Asks Prometheus once for all that the terminal shows, from fresh series only.
import type { Clock } from '../../layers/core/src/clock.ts';
import { codeOf, messageOf } from '../../layers/core/src/errors.ts';
import { phases } from '../../layers/core/src/outcome.ts';
import { groupKey } from '../../layers/core/src/pushgateway/grouping.ts';
import { type QueryResult, queryPrometheus } from '../programs/servers.ts';
import {
  type ExpectedProbe,
  emptySnapshot,
  type ProbeResult,
  type ProbeStatus,
  type PrometheusReading,
  remember,
  rememberFault,
  type Snapshot,
} from './snapshot.ts';

const phaseOrder: readonly string[] = phases;

const names = [
  'fargaze:probe_success:fresh',
  'fargaze:probe_failure_info:fresh',
  'fargaze:probe_http_duration_seconds:fresh',
  'fargaze:probe_redis_duration_seconds:fresh',
  'fargaze_probe_timestamp_seconds',
  'fargaze:slo_error_budget_remaining',
  'fargaze:bridge_fresh',
  'ecs_service_running_tasks',
  'ecs_service_desired_tasks',
  'up',
];

/** Every series that is read; Watchdog always fires, which is its purpose. */
const expression = `{__name__=~"${names.join('|')}"} or ALERTS{alertstate="firing",alertname!="Watchdog"}`;

/** Milliseconds that Prometheus is given to answer. */
const timeoutMs = 3_000;

/** The newest answer of the Prometheus at `url`. @throws Error when it refuses or does not answer within three seconds. */
async function read(url: string): Promise<PrometheusReading> {
  return toReading(await queryPrometheus(url, expression, { timeoutMs }));
}

/** What is known after one more look at the Prometheus at `url`; where it does not answer, why. */
export async function look(url: string, before: Snapshot, clock: Clock): Promise<Snapshot> {
  const answer = await queryPrometheus(url, expression, { timeoutMs }).catch(describeFault);
  if (typeof answer === 'string') return rememberFault(before, answer, clock.now());
  return remember(before, toReading(answer), clock.now());
}

function describeFault(error: unknown): string {
  const { cause, name } = error as { readonly cause?: unknown; readonly name?: unknown };
  if (name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  return codeOf(cause) ?? messageOf(error);
}

/** The status of every configured probe now. @throws Error as {@link read}. */
export async function readStatus(
  url: string,
  probes: readonly ExpectedProbe[],
): Promise<readonly ProbeStatus[]> {
  return remember(emptySnapshot(probes, [], 0), await read(url), 0).probes;
}

/** Sorts the series of an answer by what they say. */
export function toReading(series: readonly QueryResult[]): PrometheusReading {
  const called = (name: string) => series.filter(({ labels }) => labels.__name__ === name);
  const text = (labels: QueryResult['labels'], name: string) => labels[name] ?? '';
  return {
    results: resultsOf(series),
    alerts: called('ALERTS').map(({ labels }) => ({
      name: text(labels, 'alertname'),
      severity: text(labels, 'severity'),
    })),
    objectives: called('fargaze:slo_error_budget_remaining').map(({ labels, value }) => ({
      name: text(labels, 'slo'),
      left: value,
    })),
    services: servicesOf(series),
    unscraped: called('up')
      .filter(({ value }) => value === 0)
      .map(({ labels }) => text(labels, 'job')),
  };
}

/** Labels with a default, so that series can be filed. */
function groupOf({ instance = '', job = '' }: QueryResult['labels']): string {
  return groupKey({ job, instance });
}

function resultsOf(series: readonly QueryResult[]): Map<string, ProbeResult> {
  const byGroup = groupSeries(series);
  const results = new Map<string, ProbeResult>();
  for (const [key, own] of byGroup) {
    const one = (name: string) => own.find(({ labels }) => labels.__name__ === name);
    const verdict = one('fargaze:probe_success:fresh')?.value;
    const taken = one('fargaze_probe_timestamp_seconds')?.value;
    if (verdict === undefined || taken === undefined) continue;
    const failure = one('fargaze:probe_failure_info:fresh')?.labels;
    results.set(key, {
      verdict: verdict === 1 ? 'up' : 'down',
      taken: taken * 1000,
      failure: failure === undefined ? undefined : `${failure.reason} in phase ${failure.phase}`,
      phases: phasesOf(own),
    });
  }
  return results;
}

function groupSeries(series: readonly QueryResult[]): Map<string, QueryResult[]> {
  const groups = new Map<string, QueryResult[]>();
  for (const one of series) {
    const key = groupOf(one.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

function phasesOf(series: readonly QueryResult[]): Record<string, number> {
  const entries = series
    .filter(({ labels }) =>
      /^fargaze:probe_\w+_duration_seconds:fresh$/.test(labels.__name__ ?? ''),
    )
    .map(({ labels, value }) => [labels.phase ?? '', value] as const);
  entries.sort(([a], [b]) => phaseOrder.indexOf(a) - phaseOrder.indexOf(b));
  return Object.fromEntries(entries);
}

/** Services of clusters that the bridge has read lately: what a dead bridge said last is not what is. */
function servicesOf(series: readonly QueryResult[]): PrometheusReading['services'] {
  const called = (name: string) => series.filter(({ labels }) => labels.__name__ === name);
  const fresh = new Set(called('fargaze:bridge_fresh').map(({ labels }) => groupOf(labels)));
  const running = called('ecs_service_running_tasks').filter(({ labels }) =>
    fresh.has(groupOf(labels)),
  );
  return running.map(({ labels, value }) => {
    const { cluster = '', service = '' } = labels;
    const desired = called('ecs_service_desired_tasks').find(
      (other) => groupOf(other.labels) === groupOf(labels) && other.labels.service === service,
    );
    return { cluster, service, running: value, desired: desired?.value ?? 0 };
  });
}
