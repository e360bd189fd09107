// A process of the bridge every five minutes of simulated time, killed 50 times at random: at one of its calls, which may
// have arrived or not, or shortly after. No point is missing in a real Prometheus afterwards, and none is wrong.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { type PrometheusServer, startPrometheus } from '../../local/programs/servers.ts';
import { cloudWatch, createBridge, environment, job, metric } from '../support/bridging.ts';
import { keyOf } from '../support/receiver.ts';

const kills = 50;
/** With runs that get through on purpose, and some that ended before their kill. */
const turns = 70;
/** Runs at the end, until what was doubtful is final. */
const calm = 5;
const services = 12;
const config = cloudWatch([
  job('AWS/ECS', {
    dimensionNameRequirements: ['ClusterName', 'ServiceName'],
    metrics: [metric('CPUUtilization', { statistics: ['Average', 'Maximum'] })],
  }),
]);

let fake: FakeAws;
let door: Door;
let prometheus: PrometheusServer;
const directory = mkdtempSync(join(tmpdir(), 'fargaze-kill-'));
const program = join(directory, 'bridge.cjs');

beforeAll(async () => {
  const configFile = join(directory, 'prometheus.yml');
  writeFileSync(configFile, 'storage: { tsdb: { out_of_order_time_window: 12h } }\n');
  const args = ['--web.enable-remote-write-receiver', '--query.lookback-delta=10m'];
  [fake, prometheus] = await Promise.all([startFakeAws(), startPrometheus({ configFile, args })]);
  door = await openDoor();
  await build({
    entryPoints: ['test/support/bridge-main.ts'],
    outfile: program,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['source'],
    logLevel: 'error',
  });
});

afterAll(async () => {
  await door.close();
  await prometheus.stop();
  await fake.close();
  rmSync(directory, { recursive: true });
});

function start(now: number): ChildProcess {
  const bridge = {
    ecs: { clusters: ['*'], services: ['*'], tags: [], exportedTags: [] },
    cloudwatch: config,
  };
  return spawn(process.execPath, [program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ...environment,
      AWS_ENDPOINT_URL: door.url,
      FARGAZE_REMOTE_WRITE_URL: `${door.url}/api/v1/write`,
      TEST_CONFIG: JSON.stringify(bridge),
      TEST_NOW: String(now),
      NODE_NO_WARNINGS: '1',
    },
  });
}

/** When to kill: at the call of this number, before it is passed on or after it was answered. */
type Moment = {
  readonly call: number;
  readonly when: 'before' | 'after';
  readonly delayMs: number;
};

/** Between the process and everything that it calls. */
type Door = {
  readonly url: string;
  /** Calls since the last `watch`. */
  calls(): number;
  /** Counts anew, and calls `kill` at the moment. */
  watch(moment: Moment | undefined, kill: () => void): void;
  close(): Promise<void>;
};

async function openDoor(): Promise<Door> {
  let calls = 0;
  let moment: Moment | undefined;
  let kill: () => void = () => undefined;
  const strike = (number: number, when: Moment['when']) => {
    if (moment?.call === number && moment.when === when) setTimeout(kill, moment.delayMs);
  };
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    calls += 1;
    const number = calls;
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk);
    strike(number, 'before');
    const home = request.url?.startsWith('/api/v1/') ? prometheus.url : fake.url;
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(`${home}${request.url}`, {
      method: request.method ?? 'POST',
      headers: headers as Record<string, string>,
      body: Buffer.concat(body),
    });
    const text = Buffer.from(await answer.arrayBuffer());
    strike(number, 'after');
    const {
      connection: ____,
      'transfer-encoding': _____,
      ...kept
    } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, { ...kept, 'content-length': text.length });
    response.end(text);
  };
  const server: Server = createServer((request, response) => {
    // The process that called may be gone.
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => calls,
    watch: (next, strikeWith) => {
      calls = 0;
      moment = next;
      kill = strikeWith;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** One run, killed at the moment if there is one; what it printed. */
async function run(now: number, moment?: Moment): Promise<string> {
  fake.clock.set(now);
  const child = start(now);
  door.watch(moment, () => void child.kill('SIGKILL'));
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  await new Promise<void>((resolve) => child.once('close', () => resolve()));
  return output;
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Table = Map<string, readonly (readonly [number, number])[]>;

/** What Prometheus holds in [from, until). */
async function stored(from: number, until: number): Promise<Table> {
  const query = `{__name__=~"aws_ecs_cpu.+"}[${until - from}s]`;
  const url = `${prometheus.url}/api/v1/query?time=${until - 1}&query=${encodeURIComponent(query)}`;
  const { data } = (await (await fetch(url)).json()) as {
    readonly data: {
      readonly result: readonly {
        readonly metric: Record<string, string>;
        readonly values: readonly [number, string][];
      }[];
    };
  };
  return new Map(
    data.result.map(({ metric: labels, values }) => [
      keyOf(labels),
      values.map(([at, value]) => [at * 1000, Number(value)] as const),
    ]),
  );
}

/** What CloudWatch holds, read in parts that a bridge may fill. */
async function truth(from: number, until: number): Promise<Table> {
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: fake.url });
  const bridge = createBridge(fake, config);
  const now = fake.clock.now();
  try {
    for (let end = from + 7200; end < until + 7200; end += 7200) {
      fake.clock.set(end + 300);
      bridge.forget();
      await bridge.run();
    }
  } finally {
    fake.clock.set(now);
    for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL']) delete process.env[name];
  }
  return new Map(
    [...bridge.receiver.series].flatMap(([key, points]) => {
      if (!key.startsWith('aws_ecs_cpu')) return [];
      const inside = [...points].flatMap(([at, value]) =>
        at >= from * 1000 && at < until * 1000 ? [[at, Number(value)] as const] : [],
      );
      return [[key, inside.sort(([a], [b]) => a - b)]];
    }),
  );
}

it(`killed ${kills} times, it leaves no gap and nothing wrong`, async () => {
  // Ends where the machine's time is: Prometheus takes nothing from the future.
  const begin = Math.floor(Date.now() / 300_000) * 300 - (turns + calm + 1) * 300;
  fake.clock.set(begin - 1200);
  fake.model.addCluster({ name: 'prod' });
  for (let index = 0; index < services; index++) {
    fake.model.addService({ cluster: 'prod', name: `service-${index}`, desired: 1 });
  }
  // Answers in pages, so that there are moments to be killed at.
  fake.faults.add({ api: 'GetMetricData', kind: 'page-size', size: 500 });
  const next = random(20_261_125);
  let now = begin;
  let killed = 0;
  let calls = 0;
  for (let turn = 0; killed < kills && turn < turns; turn++) {
    now = begin + turn * 300;
    // One run in ten gets through, as in life: a gap longer than backfill is not promised to be filled.
    if (turn % 10 === 0) {
      expect(await run(now)).toBe('reading\ndone\n');
      calls = door.calls();
      continue;
    }
    const call = 1 + Math.floor(next() * calls);
    const when = next() < 0.5 ? 'before' : 'after';
    const output = await run(now, { call, when, delayMs: next() < 0.5 ? 0 : next() * 30 });
    if (!output.includes('done')) killed += 1;
  }
  for (let turn = 0; turn < calm; turn++) {
    now += 300;
    expect(await run(now)).toBe('reading\ndone\n');
  }
  expect(killed).toBe(kills);

  const [from, until] = [begin - 600, now - 180];
  const wanted = await truth(from, until);
  expect(wanted.size).toBe(services * 2);
  expect([...wanted.values()].every(({ length }) => length === (until - from) / 60)).toBe(true);
  const found = await stored(from, until);
  expect([...found].sort()).toEqual([...wanted].sort());
}, 900_000);
