// What `npm run smoke` waits for: every probe up and every scrape in Prometheus.
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../layers/core/src/errors.ts';
import type { Report } from './programs/find.ts';
import { queryPrometheus } from './programs/servers.ts';
import { readStatus } from './terminal/read.ts';
import type { ExpectedProbe } from './terminal/snapshot.ts';

/** What has not landed yet in the Prometheus at `url`; empty when everything has. */
export async function findMissing(
  url: string,
  probes: readonly ExpectedProbe[],
): Promise<string[]> {
  const down = (await readStatus(url, probes)).filter(({ state }) => state !== 'up');
  const absent = await Promise.all(
    Object.entries(wanted).map(async ([name, expression]) =>
      (await queryPrometheus(url, expression)).length > 0 ? [] : [name],
    ),
  );
  const missing = down.map(({ last, name, state }) => `probe ${name} (${last?.failure ?? state})`);
  return [...missing, ...absent.flat()];
}

const wanted: Readonly<Record<string, string>> = {
  'scrape of the web exporter': 'up{job="web"} == 1',
  'scrape of redis_exporter': 'up{job="redis"} == 1 and redis_up == 1',
  'scrape of the Pushgateway': 'up{job="pushgateway"} == 1',
  'services of the ECS API': 'ecs_service_running_tasks > 0',
  'points of CloudWatch': 'aws_ecs_cpuutilization_average > 0',
  'scrape of Prometheus itself': 'up{job="prometheus"} == 1',
  'RED metrics of the web app': 'sum by (job) (http_request_duration_seconds_count{job="web"}) > 0',
};

/** What {@link waitUntilLanded} waits for, and how long. */
export type Landing = {
  readonly url: string;
  readonly probes: readonly ExpectedProbe[];
  readonly seconds: number;
  readonly report: Report;
  /** Ends the wait. */
  readonly signal: AbortSignal;
};

/** Waits until everything has landed, saying what is missing when that changes; answers with what still is. */
export async function waitUntilLanded(landing: Landing): Promise<readonly string[]> {
  const { probes, report, seconds, signal, url } = landing;
  const end = performance.now() + seconds * 1000;
  let missing: readonly string[] = ['everything'];
  let said = '';
  while (performance.now() < end && !signal.aborted) {
    missing = await findMissing(url, probes).catch((error) => [
      `an answer of Prometheus (${messageOf(error)})`,
    ]);
    if (missing.length === 0) break;
    const line = `waiting for ${missing.join(', ')}`;
    if (line !== said) report(line);
    said = line;
    await sleep(1000, undefined, { signal }).catch(() => undefined);
  }
  return missing;
}
