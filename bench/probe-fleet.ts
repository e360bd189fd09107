// Many targets at once, some of them silent: how long until every result is in Prometheus, and what that costs on either side.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type PrometheusServer,
  type Server,
  startBlackboxExporter,
  startPrometheus,
} from '../local/programs/servers.ts';
import { packageFunction, type Setting } from './probe-setting.ts';
import { usageOf } from './usage.ts';

/** A fleet. */
export type Fleet = {
  readonly targets: number;
  readonly scheme: 'http' | 'https';
  /** How many in a hundred are silent. */
  readonly hanging: number;
};

/** What one side made of it. */
export type FleetResult = Fleet & {
  readonly name: string;
  /** Seconds until every target has a result in Prometheus. */
  readonly seconds: number;
  /** CPU time of all its processes, Prometheus among them. */
  readonly cpuSeconds: number;
  /** Most memory of the prober. */
  readonly peakMegabytes: number;
  /** Targets without a result, or with a wrong one. */
  readonly wrong: number;
};

/** Seconds between two scrapes, and seconds after which a target is silent. */
const interval = 10;
const timeout = 5;

const isHanging = (index: number, { hanging }: Fleet) => (index * 37) % 100 < hanging;

function urlsOf(fleet: Fleet, { ports }: Setting): string[] {
  const base = `${fleet.scheme}://127.0.0.1:${ports[fleet.scheme]}`;
  return Array.from({ length: fleet.targets }, (_, index) =>
    isHanging(index, fleet) ? `${base}/hang/${index}` : `${base}/50/0/${index}`,
  );
}

const module = `{ prober: http, timeout: ${timeout}s, http: { tls_config: { insecure_skip_verify: true }, preferred_ip_protocol: ip4 } }`;

/** By a function that writes to a Prometheus. */
export async function measureOwnFleet(fleet: Fleet, setting: Setting): Promise<FleetResult> {
  const urls = urlsOf(fleet, setting);
  const probes = urls.map((url, n) => `  - { name: p${n}, module: m, target: '${url}' }`);
  const config = `modules: { m: ${module} }\nprobes:\n${probes.join('\n')}\n`;
  const invoke = await packageFunction(setting, config);
  const prometheus = await startScraping(setting, undefined);
  try {
    const begun = performance.now();
    const before = cpuOf(prometheus);
    const env = {
      FARGAZE_SINK: 'remote-write',
      FARGAZE_REMOTE_WRITE_URL: `${prometheus.url}/api/v1/write`,
    };
    const run = await invoke({ event: { schedule: '1m' }, times: 1, env });
    await allVisible(prometheus, fleet);
    const seconds = (performance.now() - begun) / 1000;
    const cpuSeconds = cpuOf(prometheus) - before + run.cpuSeconds;
    const wrong = await countWrong(prometheus, fleet);
    const { peakMegabytes } = run;
    return { ...fleet, name: 'web-probe', seconds, cpuSeconds, peakMegabytes, wrong };
  } finally {
    await prometheus.stop();
  }
}

/** By blackbox_exporter and a Prometheus that asks it for each target. */
export async function measureTheirFleet(fleet: Fleet, setting: Setting): Promise<FleetResult> {
  const blackbox = await startBlackboxExporter({ config: `modules: { m: ${module} }\n` });
  const scrape = {
    job_name: 'blackbox',
    metrics_path: '/probe',
    params: { module: ['m'] },
    scrape_timeout: `${timeout + 1}s`,
    ...targetsOf(urlsOf(fleet, setting)),
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: `127.0.0.1:${blackbox.port}` },
    ],
  };
  const begun = performance.now();
  const prometheus = await startScraping(setting, scrape);
  try {
    await allVisible(prometheus, fleet);
    const seconds = (performance.now() - begun) / 1000;
    const { peakMegabytes } = usageOf(blackbox.process.pid);
    const cpuSeconds = cpuOf(blackbox, prometheus);
    const wrong = await countWrong(prometheus, fleet);
    return { ...fleet, name: 'blackbox_exporter', seconds, cpuSeconds, peakMegabytes, wrong };
  } finally {
    await prometheus.stop();
    await blackbox.stop();
  }
}

function targetsOf(targets: readonly string[]) {
  return { static_configs: [{ targets }] };
}

/** A Prometheus that scrapes, or only takes what is written to it. */
async function startScraping(
  { directory }: Setting,
  scrape: object | undefined,
): Promise<PrometheusServer> {
  const configFile = join(directory, 'prometheus.yml');
  const global = { scrape_interval: `${interval}s` };
  // JSON is YAML.
  await writeFile(configFile, JSON.stringify({ global, scrape_configs: [scrape ?? []].flat() }));
  return startPrometheus({ configFile, args: ['--web.enable-remote-write-receiver'] });
}

function cpuOf(...servers: readonly Server[]): number {
  return servers.reduce((sum, { process }) => sum + usageOf(process.pid).cpuSeconds, 0);
}

async function allVisible(prometheus: PrometheusServer, { targets }: Fleet): Promise<void> {
  const until = performance.now() + 90_000;
  while (performance.now() < until) {
    const [count] = await prometheus.query('count(probe_success)');
    if (count?.value === targets) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Targets that have no result, or one that is not what they do. */
async function countWrong(prometheus: PrometheusServer, fleet: Fleet): Promise<number> {
  const results = await prometheus.query('probe_success');
  const right = results.filter(({ labels, value }) => {
    return value === (labels.instance?.includes('/hang') ? 0 : 1);
  });
  return fleet.targets - right.length;
}
