// Every target of a fleet, minute after minute, through the whole local path: web-probe, the queue, deliver, Pushgateway or
// remote write, Prometheus. Minutes follow each other at once: a minute whose work takes longer than a minute would be late.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { deployedPrograms } from '../local/programs/go.ts';
import { waitFor } from '../local/programs/process.ts';
import {
  type PrometheusServer,
  type Server,
  startPrometheus,
  startPushgateway,
} from '../local/programs/servers.ts';
import { writeFunctions } from './functions.ts';
import { type SmallSqs, startSmallSqs } from './queue.ts';
import { median } from './statistics.ts';
import { usageOf } from './usage.ts';
import { type Invoked, startWarm, type WarmFunction } from './warm-function.ts';

/** Where deliver writes. */
export type Path = 'Pushgateway' | 'remote write';

/** What a fleet took; CPU is of one minute. */
export type FleetResult = {
  readonly path: Path;
  readonly targets: number;
  readonly minutes: number;
  /** Seconds of work in a minute: median, and the worst. */
  readonly probeSeconds: number;
  readonly deliverSeconds: number;
  readonly worstSeconds: number;
  readonly probeCpu: number;
  readonly deliverCpu: number;
  readonly storeCpu: number;
  /** Resident memory of each function after its first minutes and at its end. */
  readonly probeMegabytes: readonly [number, number];
  readonly deliverMegabytes: readonly [number, number];
  /** Results that were not made or not stored in their minute. */
  readonly late: number;
  /** Messages that were left at the end of a minute, at most. */
  readonly backlog: number;
  /** Targets whose newest result Prometheus has in the end. */
  readonly stored: number;
};

const directory = join(process.cwd(), '.build/bench/fleet');

/** Messages of one invocation, and invocations at once (serverless.yml). */
const batchSize = 10;
const workers = 2;
/** Rounds of deliver in a minute: more would be a backlog. */
const mostRounds = 4;

/** Probes `targets` targets for `minutes` minutes. */
export async function measureFleet(
  path: Path,
  targets: number,
  minutes: number,
): Promise<FleetResult> {
  await writeBundles(targets);
  const web = createServer((_, response) => response.end('ok'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const queue = await startSmallSqs();
  const stores = await startStores();
  const env = {
    BENCH_WEB: `http://127.0.0.1:${(web.address() as AddressInfo).port}`,
    FARGAZE_QUEUE_URL: `${queue.url}/1/results`,
    FARGAZE_OWNER: 'bench',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
  };
  const probe = startWarm(directory, 'web-probe', { ...env, FARGAZE_SINK: 'queue' });
  const receiver =
    path === 'Pushgateway'
      ? { FARGAZE_PUSHGATEWAY_URL: stores.gateway.url }
      : { FARGAZE_REMOTE_WRITE_URL: `${stores.prometheus.url}/api/v1/write` };
  const delivers = Array.from({ length: workers }, () =>
    startWarm(directory, 'deliver', { ...env, ...receiver }),
  );
  try {
    const run = { probe, delivers, queue, stores, targets };
    const all: Minute[] = [];
    for (let minute = 0; minute < minutes; minute += 1) all.push(await runMinute(run));
    const stored = await countStored(run, all);
    return { path, targets, minutes, ...summarize(all), stored };
  } finally {
    for (const one of [probe, ...delivers]) one.stop();
    web.close();
    web.closeAllConnections();
    await Promise.all([queue.close(), stores.gateway.stop(), stores.prometheus.stop()]);
  }
}

async function writeBundles(targets: number): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const probes = Array.from(
    { length: targets },
    (_, index) => `  - { name: t${index}, module: http_2xx, target: '\${BENCH_WEB}/${index}' }`,
  );
  const config = `probes:\n${probes.join('\n')}\n`;
  await writeFunctions({ directory, functions: ['web-probe', 'deliver'], config });
}

type Stores = { readonly gateway: Server; readonly prometheus: PrometheusServer };

/** As they are deployed. */
async function startStores(): Promise<Stores> {
  const programs = await deployedPrograms(['prometheus', 'pushgateway'], {
    report: () => undefined,
  });
  const gateway = await startPushgateway({ program: programs.pushgateway });
  const configFile = join(directory, 'prometheus.yml');
  await writeFile(
    configFile,
    `scrape_configs:
  - job_name: pushgateway
    honor_labels: true
    scrape_interval: 15s
    static_configs: [{ targets: ['127.0.0.1:${gateway.port}'] }]
storage: { tsdb: { out_of_order_time_window: 30m } }
`,
  );
  const args = ['--web.enable-remote-write-receiver'];
  const prometheus = await startPrometheus({ configFile, args, program: programs.prometheus });
  return { gateway, prometheus };
}

type Run = {
  readonly probe: WarmFunction;
  readonly delivers: readonly WarmFunction[];
  readonly queue: SmallSqs;
  readonly stores: Stores;
  readonly targets: number;
};

type Minute = {
  /** Unix seconds of its begin. */
  readonly begun: number;
  readonly probed: Invoked;
  readonly delivered: readonly Invoked[];
  readonly deliverSeconds: number;
  readonly storeCpu: number;
  readonly late: number;
  readonly backlog: number;
};

async function runMinute({ delivers, probe, queue, stores, targets }: Run): Promise<Minute> {
  const pids = [stores.gateway.process.pid, stores.prometheus.process.pid];
  const cpuOfStores = () => pids.reduce((sum, pid) => sum + usageOf(pid).cpuSeconds, 0);
  const before = cpuOfStores();
  const begun = Date.now() / 1000;
  const probed = await probe.invoke({});
  const deliverBegun = performance.now();
  const delivered: Invoked[] = [];
  for (let round = 0; round < mostRounds && queue.bodies.length > 0; round += 1) {
    const taken = queue.take(batchSize * workers);
    const share = Math.ceil(taken.length / workers);
    await Promise.all(
      delivers.map(async (deliver, index) => {
        const own = taken.slice(index * share, (index + 1) * share);
        if (own.length === 0) return;
        const Records = own.map((body, id) => ({ messageId: String(id), body }));
        const invoked = await deliver.invoke({ Records });
        delivered.push(invoked);
        const { batchItemFailures } = invoked.answer as {
          readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
        };
        queue.put(batchItemFailures.map(({ itemIdentifier }) => own[Number(itemIdentifier)] ?? ''));
      }),
    );
  }
  const { failed, ok } = probed.answer as { readonly ok: number; readonly failed: number };
  return {
    begun,
    probed,
    delivered,
    deliverSeconds: (performance.now() - deliverBegun) / 1000,
    storeCpu: cpuOfStores() - before,
    late: targets - ok - failed,
    backlog: queue.bodies.length,
  };
}

/** Targets whose result of the last minute Prometheus has. */
async function countStored({ stores, targets }: Run, all: readonly Minute[]): Promise<number> {
  const since = all.at(-1)?.begun ?? 0;
  const query = `count(fargaze_probe_timestamp_seconds >= ${since})`;
  let found = 0;
  const check = async () => {
    found = (await stores.prometheus.query(query))[0]?.value ?? 0;
    return found === targets;
  };
  await waitFor({ what: 'everything in Prometheus', seconds: 60, check }).catch(() => undefined);
  return found;
}

function summarize(all: readonly Minute[]) {
  const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);
  const most = (values: readonly number[]) => Math.max(0, ...values);
  const of = (key: (minute: Minute) => number) => median(all.map(key));
  const megabytes = (key: (minute: Minute) => number): [number, number] => {
    const third = Math.ceil(all.length / 3);
    return [most(all.slice(0, third).map(key)), most(all.slice(-third).map(key))];
  };
  return {
    probeSeconds: of(({ probed }) => probed.wallSeconds),
    deliverSeconds: of(({ deliverSeconds }) => deliverSeconds),
    worstSeconds: most(all.map((one) => one.probed.wallSeconds + one.deliverSeconds)),
    probeCpu: of(({ probed }) => probed.cpuSeconds),
    deliverCpu: of(({ delivered }) => sum(delivered.map(({ cpuSeconds }) => cpuSeconds))),
    storeCpu: of(({ storeCpu }) => storeCpu),
    probeMegabytes: megabytes(({ probed }) => probed.megabytes),
    deliverMegabytes: megabytes(({ delivered }) => most(delivered.map((one) => one.megabytes))),
    late: sum(all.map(({ late }) => late)),
    backlog: most(all.map(({ backlog }) => backlog)),
  };
}
