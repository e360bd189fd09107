// Every target of a fleet, minute after minute, through the whole local path: web-probe, messages, deliver, Pushgateway or
// remote write, Prometheus. Minutes follow each other at once: one whose work takes a minute of a processor would be late.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../layers/core/src/clock.ts';
import { deployedPrograms } from '../local/programs/go.ts';
import { waitFor } from '../local/programs/process.ts';
import {
  type PrometheusServer,
  type Server,
  startPrometheus,
  startPushgateway,
} from '../local/programs/servers.ts';
import { writeFunctions } from './functions.ts';
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
  /** Seconds that a minute's work took: medians, which depend on what else the machine does. */
  readonly probeSeconds: number;
  readonly deliverSeconds: number;
  /** CPU seconds of all processes in the worst minute. */
  readonly worstCpu: number;
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

/** Messages of one invocation of deliver, and such invocations at once (serverless.yml). */
const batchSize = 10;
const workers = 2;
/** Rounds of deliver in a minute: what is left then is a backlog. */
const mostRounds = 4;
/** Targets of one invocation of web-probe: their answer must fit into a message. */
const targetsOfEach = 500;

/** Seconds after which no other minute of a fleet is begun: on a busy machine fewer are measured, and the document says so. */
const mostSeconds = 240;

/** Probes `targets` targets for `minutes` minutes at most. */
export async function measureFleet(
  path: Path,
  targets: number,
  minutes: number,
): Promise<FleetResult> {
  await writeBundles(targets);
  const web = createServer((_, response) => response.end('ok'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const stores = await startStores();
  const env = {
    BENCH_WEB: `http://127.0.0.1:${(web.address() as AddressInfo).port}`,
    FARGAZE_OWNER: 'bench',
  };
  const start = (name: string, more: Readonly<Record<string, string>>) =>
    Array.from({ length: workers }, () => startWarm(directory, name, { ...env, ...more }));
  const probes = start('web-probe', { FARGAZE_SINK: 'return' });
  const receiver =
    path === 'Pushgateway'
      ? { FARGAZE_PUSHGATEWAY_URL: stores.gateway.url }
      : { FARGAZE_REMOTE_WRITE_URL: `${stores.prometheus.url}/api/v1/write` };
  const delivers = start('deliver', receiver);
  try {
    const run: Run = { probes, delivers, queue: [], stores, targets };
    const all: Minute[] = [];
    const end = systemClock.monotonic() + mostSeconds;
    while (all.length < minutes && systemClock.monotonic() < end) all.push(await runMinute(run));
    const stored = await countStored(run, all);
    return { path, targets, minutes: all.length, ...summarize(all), stored };
  } finally {
    for (const one of [...probes, ...delivers]) one.stop();
    web.close();
    web.closeAllConnections();
    await Promise.all([stores.gateway.stop(), stores.prometheus.stop()]);
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
  const gateway = await startPushgateway({
    program: programs.pushgateway,
    args: ['--push.disable-consistency-check'],
  });
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
  readonly probes: readonly WarmFunction[];
  readonly delivers: readonly WarmFunction[];
  /** Bodies of messages. */
  readonly queue: string[];
  readonly stores: Stores;
  readonly targets: number;
};

type Minute = {
  /** Unix seconds of its begin. */
  readonly begun: number;
  readonly probed: readonly Invoked[];
  readonly probeSeconds: number;
  readonly delivered: readonly Invoked[];
  readonly deliverSeconds: number;
  readonly storeCpu: number;
  readonly late: number;
  readonly backlog: number;
};

async function runMinute(run: Run): Promise<Minute> {
  const { queue, stores, targets } = run;
  const pids = [stores.gateway.process.pid, stores.prometheus.process.pid];
  const cpuOfStores = () => pids.reduce((sum, pid) => sum + usageOf(pid).cpuSeconds, 0);
  const before = cpuOfStores();
  const begun = systemClock.now() / 1000;
  const start = systemClock.monotonic();
  const probed = await probeAll(run);
  const middle = systemClock.monotonic();
  const delivered = await deliverAll(run);
  const judged = probed.map(({ answer }) => Number(answer.ok) + Number(answer.failed));
  return {
    begun,
    probed,
    probeSeconds: middle - start,
    delivered,
    deliverSeconds: systemClock.monotonic() - middle,
    storeCpu: cpuOfStores() - before,
    late: targets - judged.reduce((sum, one) => sum + one, 0),
    backlog: queue.length,
  };
}

/** Every target once, in as many invocations as it takes; their answers become messages as a destination makes them. */
async function probeAll({ probes, queue, targets }: Run): Promise<Invoked[]> {
  const parts = Array.from({ length: Math.ceil(targets / targetsOfEach) }, (_, part) =>
    Array.from(
      { length: Math.min(targetsOfEach, targets - part * targetsOfEach) },
      (_, index) => `t${part * targetsOfEach + index}`,
    ),
  );
  const probed: Invoked[] = [];
  await Promise.all(
    probes.map(async (probe) => {
      for (let names = parts.shift(); names !== undefined; names = parts.shift()) {
        const invoked = await probe.invoke({ schedule: '1m', probes: names });
        probed.push(invoked);
        queue.push(JSON.stringify({ requestContext: {}, responsePayload: invoked.answer }));
      }
    }),
  );
  return probed;
}

/** What the queue holds, two invocations at once; what fails stays in it. */
async function deliverAll({ delivers, queue }: Run): Promise<Invoked[]> {
  const delivered: Invoked[] = [];
  for (let round = 0; round < mostRounds && queue.length > 0; round += 1) {
    const taken = queue.splice(0, batchSize * workers);
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
        queue.push(
          ...batchItemFailures.flatMap(({ itemIdentifier }) => own[Number(itemIdentifier)] ?? []),
        );
      }),
    );
  }
  return delivered;
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

const sum = (values: readonly number[]) => values.reduce((total, one) => total + one, 0);

function cpuOfMinute({ delivered, probed, storeCpu }: Minute): number {
  return sum([...probed, ...delivered].map(({ cpuSeconds }) => cpuSeconds)) + storeCpu;
}

function summarize(all: readonly Minute[]) {
  const most = (values: readonly number[]) => Math.max(0, ...values);
  const of = (key: (minute: Minute) => number) => median(all.map(key));
  const megabytes = (key: (minute: Minute) => number): [number, number] => {
    const third = Math.ceil(all.length / 3);
    return [most(all.slice(0, third).map(key)), most(all.slice(-third).map(key))];
  };
  return {
    probeSeconds: of(({ probeSeconds }) => probeSeconds),
    deliverSeconds: of(({ deliverSeconds }) => deliverSeconds),
    worstCpu: most(all.map(cpuOfMinute)),
    probeCpu: of(({ probed }) => sum(probed.map(({ cpuSeconds }) => cpuSeconds))),
    deliverCpu: of(({ delivered }) => sum(delivered.map(({ cpuSeconds }) => cpuSeconds))),
    storeCpu: of(({ storeCpu }) => storeCpu),
    probeMegabytes: megabytes(({ probed }) => most(probed.map((one) => one.megabytes))),
    deliverMegabytes: megabytes(({ delivered }) => most(delivered.map((one) => one.megabytes))),
    late: sum(all.map(({ late }) => late)),
    backlog: most(all.map(({ backlog }) => backlog)),
  };
}
