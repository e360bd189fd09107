// What Prometheus knows of each probe, and how that is shown on a terminal.
import { type QueryResult, queryPrometheus } from './programs/servers.ts';
import type { LocalProbe } from './stack.ts';

/** One row of the table. */
export type ProbeStatus = {
  readonly probe: string;
  readonly instance: string;
  /** `unknown` when there is no result or none that is fresh. */
  readonly state: 'up' | 'down' | 'unknown';
  /** Seconds since the result was taken. */
  readonly age: number | undefined;
  /** Seconds by phase, in the order in which they happen. */
  readonly phases: Readonly<Record<string, number>>;
  readonly failure: string | undefined;
};

const phaseOrder = [
  'resolve',
  'connect',
  'tls',
  'auth',
  'ping',
  'role',
  'write',
  'read',
  'delete',
  'processing',
  'transfer',
];

/** The status of every configured probe, from the fresh series alone. */
export async function readStatus(
  url: string,
  probes: readonly LocalProbe[],
): Promise<ProbeStatus[]> {
  const [success, age, failures, phases] = await Promise.all([
    queryPrometheus(url, 'fargaze:probe_success:fresh'),
    queryPrometheus(url, 'time() - fargaze_probe_timestamp_seconds'),
    queryPrometheus(url, 'fargaze:probe_failure_info:fresh'),
    queryPrometheus(url, '{__name__=~"fargaze:probe_(http|redis)_duration_seconds:fresh"}'),
  ]);
  return probes.map(({ name, job, instance }) => {
    const own = (results: readonly QueryResult[]) =>
      results.filter(({ labels }) => labels.job === job && labels.instance === instance);
    const verdict = own(success)[0]?.value;
    const failure = own(failures)[0]?.labels;
    const entries = own(phases).map(({ labels, value }) => [labels.phase ?? '', value] as const);
    entries.sort(([a], [b]) => phaseOrder.indexOf(a) - phaseOrder.indexOf(b));
    return {
      probe: name,
      instance,
      state: verdict === undefined ? 'unknown' : verdict === 1 ? 'up' : 'down',
      age: own(age)[0]?.value,
      phases: Object.fromEntries(entries),
      failure: failure === undefined ? undefined : `${failure.reason} in phase ${failure.phase}`,
    };
  });
}

/** The rows as an aligned table with a head; times of phases in milliseconds. */
export function renderTable(rows: readonly ProbeStatus[]): string {
  const cells = rows.map(({ probe, instance, state, age, phases, failure }) => [
    probe,
    instance,
    state.toUpperCase(),
    age === undefined ? 'never' : `${Math.round(age)}s`,
    failure ?? '',
    Object.entries(phases)
      .map(([phase, seconds]) => `${phase} ${(seconds * 1000).toFixed(1)}`)
      .join('  '),
  ]);
  const table = [['PROBE', 'TARGET', 'STATE', 'AGE', 'REASON', 'PHASES (ms)'], ...cells];
  const widths = table[0]?.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What has landed in Prometheus, as a list of what is still missing. */
export async function findMissing(url: string, probes: readonly LocalProbe[]): Promise<string[]> {
  const rows = await readStatus(url, probes);
  const down = rows.filter(({ state }) => state !== 'up');
  const expressions: Readonly<Record<string, string>> = {
    'scrape of the web exporter': 'up{job="web"} == 1',
    'scrape of redis_exporter': 'up{job="redis"} == 1 and redis_up == 1',
    'scrape of the Pushgateway': 'up{job="pushgateway"} == 1',
    'services of the ECS API': 'ecs_service_running_tasks > 0',
    'points of CloudWatch': 'aws_ecs_cpuutilization_average > 0',
    'scrape of Prometheus itself': 'up{job="prometheus"} == 1',
    'RED metrics of the web app':
      'sum by (job) (http_request_duration_seconds_count{job="web"}) > 0',
  };
  const absent = await Promise.all(
    Object.entries(expressions).map(async ([name, expression]) =>
      (await findMatches(url, expression)) ? [] : [name],
    ),
  );
  const probesMissing = down.map((row) => `probe ${row.probe} (${row.failure ?? row.state})`);
  return [...probesMissing, ...absent.flat()];
}

async function findMatches(url: string, expression: string): Promise<boolean> {
  return (await queryPrometheus(url, expression)).length > 0;
}
