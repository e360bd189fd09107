// ecs-bridge beside YACE: the same simulated account, the same metrics, one collection by a cold process of each in turn.
// Ours delivers to a real Prometheus; YACE's answer is fetched, as Prometheus would.
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { environmentWith } from '../build/environment.ts';
import { systemClock } from '../layers/core/src/clock.ts';
import { startDeadline } from '../layers/core/src/deadline.ts';
import { RemoteWriteClient } from '../layers/core/src/remote-write/client.ts';
import { deployedPrograms } from '../local/programs/go.ts';
import { freePort } from '../local/programs/ports.ts';
import { type RunningProcess, startProcess } from '../local/programs/process.ts';
import { type PrometheusServer, startPrometheus } from '../local/programs/servers.ts';
import { type Cloud, type CloudCounts, startCloud } from './cloud.ts';
import { writeFunctions } from './functions.ts';
import { median } from './statistics.ts';
import { type Usage, usageOf } from './usage.ts';

/** One collection. */
type Collection = Usage & CloudCounts & { readonly wallSeconds: number; readonly series: number };

/** Medians of a bridge's collections of so many metrics. */
export type BridgeResult = Collection & { readonly name: string; readonly metrics: number };

const directory = join(process.cwd(), '.build/bench/bridge');
const region = 'eu-west-1';
const quiet = { report: () => undefined };

/** Two metrics of every service, every minute's point of the last five. */
const metricsPerService = 2;
const yaceFile = (points: 'newest' | 'all') => `apiVersion: v1alpha1
discovery:
  exportedTagsOnMetrics: { AWS/ECS: [fleet] }
  jobs:
    - type: AWS/ECS
      regions: [${region}]
      dimensionNameRequirements: [ClusterName, ServiceName]
      period: 60
      length: 300
      delay: 120
      addCloudwatchTimestamp: true
      exportAllDataPoints: ${points === 'all'}
      statistics: [Average]
      metrics: [{ name: CPUUtilization }, { name: MemoryUtilization }]
`;

/** Names of what is compared. */
export const bridgeNames = {
  own: 'ecs-bridge',
  first: 'ecs-bridge, its first run: three hours',
  cloudWatchAlone: 'ecs-bridge, only CloudWatch (ListMetrics)',
  ecsAlone: 'ecs-bridge, only the ECS API',
  all: 'YACE, exportAllDataPoints, every 300 s',
  newest: 'YACE, every 60 s',
  equal: 'YACE, as many points as ecs-bridge, only CloudWatch',
} as const;

/** Collects `metrics` metrics `rounds` times with each bridge in turn. */
export async function measureBridge(metrics: number, rounds: number): Promise<BridgeResult[]> {
  await writePrograms();
  const cloud = await startCloud(Math.ceil(metrics / metricsPerService));
  const prometheus = await startReceiver();
  const results = new Map<string, Collection[]>();
  const bridges: Readonly<Record<string, () => Promise<Collection>>> = {
    [bridgeNames.own]: () => runOwn(cloud, prometheus, 'whole'),
    [bridgeNames.cloudWatchAlone]: () => runOwn(cloud, prometheus, 'cloudwatch'),
    [bridgeNames.ecsAlone]: () => runOwn(cloud, prometheus, 'ecs'),
    [bridgeNames.all]: () => runYace(cloud, 'all'),
    [bridgeNames.newest]: () => runYace(cloud, 'newest'),
    [bridgeNames.equal]: () => runEqual(cloud, results.get(bridgeNames.cloudWatchAlone)?.at(-1)),
  };
  try {
    await cloud.refresh();
    const first = await runOwn(cloud, prometheus, 'whole');
    refuseIncomplete(bridgeNames.first, metrics, first);
    results.set(bridgeNames.first, [first]);
    // A job of its own, with three hours of its own.
    await runOwn(cloud, prometheus, 'cloudwatch');
    // A round that does not count brings files into the page cache; a single one comes after smaller measurements.
    for (let round = rounds > 1 ? -1 : 0; round < rounds; round++) {
      for (const [name, run] of Object.entries(bridges)) {
        await cloud.refresh();
        const collection = await run();
        refuseIncomplete(name, metrics, collection);
        if (round >= 0) results.set(name, [...(results.get(name) ?? []), collection]);
      }
    }
  } finally {
    await cloud.stop();
    await prometheus.stop();
  }
  return [...results].map(([name, all]) => ({ name, metrics, ...medians(all) }));
}

function refuseIncomplete(name: string, metrics: number, { errors, series }: Collection): void {
  const want = name === bridgeNames.ecsAlone ? Math.ceil(metrics / metricsPerService) : metrics;
  if (series === want && errors === 0) return;
  throw new Error(`${name}: ${series} series and ${errors} errors, want ${want} and none`);
}

function medians(all: readonly Collection[]): Collection {
  const of = (key: keyof Collection) => median(all.map((one) => one[key]));
  return {
    wallSeconds: of('wallSeconds'),
    cpuSeconds: of('cpuSeconds'),
    peakMegabytes: of('peakMegabytes'),
    cloudWatchCalls: of('cloudWatchCalls'),
    otherCalls: of('otherCalls'),
    billed: of('billed'),
    points: of('points'),
    errors: of('errors'),
    series: of('series'),
  };
}

/** Runs the handler once, as Lambda does, and measures what that took. */
const invoke = `const { readFileSync } = require('node:fs');
require(process.argv[2] + '/ecs-bridge.cjs').handler({}, { getRemainingTimeInMillis: () => 290000 }).then((summary) => {
  if (summary.faults.length > 0) throw new Error(JSON.stringify(summary));
  const status = readFileSync('/proc/self/status', 'utf8');
  const { user, system } = process.cpuUsage();
  const peakMegabytes = Number(/^VmHWM:\\s+(\\d+)/m.exec(status)[1]) / 1024;
  process.stderr.write('usage ' + JSON.stringify({ cpuSeconds: (user + system) / 1e6, peakMegabytes }));
});`;

async function writePrograms(): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'newest.yml'), yaceFile('newest'));
  await writeFile(join(directory, 'all.yml'), yaceFile('all'));
  const jobs = yaceFile('all').replaceAll(/^/gm, '      ').trimEnd();
  const ecs = "probes: []\nbridge:\n  ecs:\n    clusters: ['*']\n";
  const custom = jobs
    .replace('exportedTagsOnMetrics: { AWS/ECS: [fleet] }', '')
    .replace('discovery:', 'customNamespace:')
    .replace(/\n +jobs:/, '')
    .replace('type: AWS/ECS', 'name: fleet\n            namespace: AWS/ECS');
  const cloudwatch = `probes: []\nbridge:\n  ecs:\n    clusters: ['none-*']\n  cloudwatch:\n    yace:\n${custom}\n`;
  const configs = { ecs, cloudwatch, whole: `${ecs}  cloudwatch:\n    yace:\n${jobs}\n` };
  for (const [name, config] of Object.entries(configs)) {
    const target = join(directory, name);
    await writeFunctions({ directory: target, functions: ['ecs-bridge'], config });
  }
  await writeFile(join(directory, 'invoke.cjs'), invoke);
}

/** As it is deployed: an out-of-order window, both versions of remote write. */
async function startReceiver(): Promise<PrometheusServer> {
  const programs = await deployedPrograms(['prometheus'], quiet);
  const configFile = join(directory, 'prometheus.yml');
  await writeFile(configFile, 'storage: { tsdb: { out_of_order_time_window: 4h } }\n');
  const args = ['--web.enable-remote-write-receiver'];
  return startPrometheus({ configFile, args, program: programs.prometheus });
}

/** V8 limits itself to the memory of the function, 512 MB in serverless.yml, as Lambda's own start of Node does. */
const heap = ['--max-old-space-size=460', '--max-semi-space-size=25'];

const aws = (cloud: Cloud) => ({
  AWS_ENDPOINT_URL: cloud.url,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
  AWS_SECRET_ACCESS_KEY: 'not-a-secret',
  AWS_EC2_METADATA_DISABLED: 'true',
});

const utilisation = '__name__=~"aws_ecs_(cpuutilization|memory_utilization)_average"';
/** What each configuration delivers, in a Prometheus that has it of all of them. */
const selectors = {
  ecs: '__name__="ecs_service_desired_tasks"',
  cloudwatch: `${utilisation},name="fleet"`,
  whole: `${utilisation},name!="fleet"`,
};

async function runOwn(
  cloud: Cloud,
  prometheus: PrometheusServer,
  part: keyof typeof selectors,
): Promise<Collection> {
  await rememberLastRun(prometheus);
  const begun = performance.now();
  const { stderr } = await promisify(execFile)(
    process.execPath,
    [...heap, join(directory, 'invoke.cjs'), join(directory, part)],
    {
      maxBuffer: 64 * 1024 * 1024,
      env: environmentWith({
        ...aws(cloud),
        FARGAZE_SINK: 'remote-write',
        FARGAZE_REMOTE_WRITE_URL: `${prometheus.url}/api/v1/write`,
      }),
    },
  );
  const wallSeconds = (performance.now() - begun) / 1000;
  const usage = JSON.parse(/usage (\{.*\})/.exec(stderr)?.[1] ?? '{}') as Usage;
  const [found] = await prometheus.query(`count(last_over_time({${selectors[part]}}[30m]))`);
  return { ...usage, ...(await cloud.counts()), wallSeconds, series: found?.value ?? 0 };
}

/** Lets the receiver say that the run before was five minutes ago, as it is between a schedule's ticks. */
async function rememberLastRun({ query, url }: PrometheusServer): Promise<void> {
  const name = 'fargaze_bridge_watermark_timestamp_seconds';
  const now = systemClock.now();
  const series = (await query(`last_over_time(${name}[1h])`)).map(({ labels }) => ({
    labels: { ...labels, __name__: name },
    points: [{ at: now, value: Math.floor(now / 60_000) * 60 - 120 - 300 }],
  }));
  const target = new URL(`${url}/api/v1/write`);
  const client = new RemoteWriteClient({ url: target, version: 2, clock: systemClock });
  const deadline = startDeadline(10, systemClock);
  await client.write(series, deadline);
  deadline.close();
}

/** YACE with a window of as many points of each metric as the collection before it read. */
async function runEqual(cloud: Cloud, alone: Collection | undefined): Promise<Collection> {
  const minutes = alone === undefined ? 5 : Math.round(alone.points / alone.billed);
  const text = yaceFile('all').replace('length: 300', `length: ${minutes * 60}`);
  await writeFile(join(directory, 'equal.yml'), text);
  return runYace(cloud, 'equal');
}

async function runYace(cloud: Cloud, points: 'newest' | 'all' | 'equal'): Promise<Collection> {
  const { yace } = await deployedPrograms(['yace'], quiet);
  const port = await freePort();
  const begun = performance.now();
  const flags = { newest: '60', all: '300', equal: '300' };
  const process = await startProcess({
    name: 'yace',
    command: yace.path,
    args: [
      `--config.file=${join(directory, `${points}.yml`)}`,
      `--listen-address=127.0.0.1:${port}`,
      `--scraping-interval=${flags[points]}`,
    ],
    env: aws(cloud),
  });
  try {
    const text = await scrapeData(`http://127.0.0.1:${port}/metrics`, process);
    const wallSeconds = (performance.now() - begun) / 1000;
    return {
      ...usageOf(process.pid),
      ...(await cloud.counts()),
      wallSeconds,
      series: countSeries(text),
    };
  } finally {
    await process.stop();
  }
}

/** The first answer that holds data. Asked often: a slow poll would count as YACE's time. */
async function scrapeData(url: string, yace: RunningProcess): Promise<string> {
  for (let tries = 0; tries < 6_000 && yace.ended() === undefined; tries++) {
    const response = await fetch(url).catch(() => undefined);
    const text = (await response?.text()) ?? '';
    if (text.includes('\naws_ecs_cpuutilization_average{')) return text;
    await sleep(20);
  }
  throw new Error(`YACE gave no data\n${yace.output()}`);
}

/** Series, not points: the same labels may come several times with different timestamps. */
function countSeries(text: string): number {
  const series = text.matchAll(
    /^(aws_ecs_(?:cpuutilization|memory_utilization)_average\{[^}]*\})/gm,
  );
  return new Set([...series].map(([, one]) => one)).size;
}
