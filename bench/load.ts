// What one cold run costs: a fresh process loads a probe, probes once, pushes, and ends; against an empty process.
// The runs alternate, so that a machine whose speed drifts treats all alike; medians and ratios are what counts.
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { shipped } from '../build/bundles.ts';
import { environmentWith } from '../build/environment.ts';
import { startPushgateway, startRedis } from '../local/programs/servers.ts';
import { writeFunctions } from './functions.ts';
import { median } from './statistics.ts';

/** Costs of one kind of process: medians in milliseconds, and against the empty process pair by pair. */
export type LoadResult = {
  readonly name: string;
  readonly userMs: number;
  readonly wallMs: number;
  /** Median of the ratios of user CPU to the empty process's of the same round. */
  readonly ratio: number;
};

/** Names of the comparisons that say what prom-client costs. */
export const withWhole = 'web-probe with the whole of prom-client';
export const withNone = 'web-probe without prom-client, text by concatenation';

/** Name of what any program costs that asks for a page and pushes. */
export const bareHttp = 'node:http alone: one GET, one PUT of 2 KB';

/** The bridge talks to AWS for seconds; what its start costs is its bundle, with the SDK in it. */
const loadedBridge = 'ecs-bridge, loaded and not run';

const root = process.cwd();
const directory = join(root, '.build/bench');

const config = `
probes:
  - { name: web, module: http_2xx, target: '\${BENCH_WEB}' }
  - { name: redis, module: redis, target: '\${BENCH_REDIS}' }
`;

/** Runs every kind of process `rounds` times in turn. */
export async function measureLoad(rounds: number): Promise<LoadResult[]> {
  const redis = await startRedis();
  const pushgateway = await startPushgateway();
  const web = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const env = environmentWith({
    BENCH_WEB: `http://127.0.0.1:${(web.address() as AddressInfo).port}/`,
    BENCH_REDIS: redis.url,
    FARGAZE_PUSHGATEWAY_URL: pushgateway.url,
    FARGAZE_SINK: 'pushgateway',
  });
  try {
    const programs = await writePrograms();
    return await compare(programs, { rounds, env });
  } finally {
    web.close();
    await pushgateway.stop();
    await redis.stop();
  }
}

/** Prints user CPU and wall milliseconds when the process ends. */
const report = `process.on('exit', () => {
  const { user } = process.cpuUsage();
  process.stderr.write(JSON.stringify({ user: user / 1000, wall: performance.now() }));
});`;

const invoke = (handler: string) => `${report}
require(${JSON.stringify(handler)}).handler({}, { getRemainingTimeInMillis: () => 20000 }).then((summary) => {
  if (summary.ok !== 1 || summary.delivered !== 1) throw new Error(JSON.stringify(summary));
});`;

const redisClient = `${report}
const { createClient } = require('./redis-client.cjs');
(async () => {
  const client = createClient({ url: process.env.BENCH_REDIS });
  await client.connect();
  await client.ping();
  await client.set('bench', '1', { expiration: { type: 'PX', value: 1000 } });
  await client.get('bench');
  await client.del('bench');
  client.destroy();
})();`;

const bare = `${report}
const { request } = require('node:http');
const push = { method: 'PUT', agent: false, headers: { 'content-type': 'text/plain' } };
request(process.env.BENCH_WEB, { agent: false }, (page) => page.resume().on('end', () => {
  const outgoing = request(process.env.FARGAZE_PUSHGATEWAY_URL + '/metrics/job/bare', push, (answer) => {
    if (answer.statusCode !== 200 && answer.statusCode !== 202) throw new Error(String(answer.statusCode));
    answer.resume();
  });
  outgoing.end('# TYPE bare gauge\\nbare 1\\n#' + ' '.repeat(2000) + '\\n');
})).end();`;

async function writePrograms(): Promise<Readonly<Record<string, string>>> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const deployed = await writeVariant('deployed', []);
  const whole = await writeVariant('whole-prom-client', [wholePromClient]);
  const none = await writeVariant('no-prom-client', [noPromClient]);
  await build({
    ...shipped,
    stdin: { contents: "export { createClient } from '@redis/client';", resolveDir: root },
    outfile: join(directory, 'redis-client.cjs'),
  });
  const programs: Readonly<Record<string, string>> = {
    'an empty process': report,
    'web-probe': invoke(join(deployed, 'web-probe.cjs')),
    'redis-probe': invoke(join(deployed, 'redis-probe.cjs')),
    [loadedBridge]: `${report}\nrequire(${JSON.stringify(join(deployed, 'ecs-bridge.cjs'))});`,
    [withWhole]: invoke(join(whole, 'web-probe.cjs')),
    [withNone]: invoke(join(none, 'web-probe.cjs')),
    [bareHttp]: bare,
    '@redis/client, the same commands, no push': redisClient,
  };
  const files = Object.entries(programs).map(async ([name, text], index) => {
    const file = join(directory, `${index}.cjs`);
    await writeFile(file, text);
    return [name, file] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

/** The functions as they are deployed; answers with their directory. */
async function writeVariant(name: string, plugins: Plugin[]): Promise<string> {
  const target = join(directory, name);
  const functions = ['web-probe', 'redis-probe', 'ecs-bridge'];
  await writeFunctions({ directory: target, functions, config, plugins });
  return target;
}

/** What core would load if it imported prom-client by its name. */
const wholePromClient: Plugin = {
  name: 'whole-prom-client',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^prom-client\/lib\/(?:gauge|registry)\.js$/ }, ({ path }) => ({
      path,
      namespace: 'whole',
    }));
    onLoad({ filter: /.*/, namespace: 'whole' }, ({ path }) => ({
      contents: `module.exports = require('prom-client').${path.includes('gauge') ? 'Gauge' : 'Registry'}`,
      resolveDir: root,
    }));
  },
};

/** In prom-client's place: text by concatenation, without escapes. The least that rendering can cost. */
const noPromClient: Plugin = {
  name: 'no-prom-client',
  setup: ({ onLoad, onResolve }) => {
    onResolve({ filter: /^prom-client\/lib\/(?:gauge|registry)\.js$/ }, ({ path }) => ({
      path,
      namespace: 'none',
    }));
    onLoad({ filter: /.*/, namespace: 'none' }, ({ path }) => ({
      contents: path.includes('gauge') ? bareGauge : bareRegistry,
    }));
  },
};

const bareGauge = `module.exports = class {
  constructor({ name, help, registers }) {
    this.name = name;
    this.text = '# HELP ' + name + ' ' + help + '\\n# TYPE ' + name + ' gauge\\n';
    registers[0].all.push(this);
  }
  set(labels, value) {
    const inner = Object.entries(labels).map(([name, text]) => name + '=' + JSON.stringify(text));
    this.text += this.name + '{' + inner.join(',') + '} ' + value + '\\n';
  }
}`;

const bareRegistry = `module.exports = class {
  all = [];
  async metrics() { return this.all.map(({ text }) => text).join(''); }
}`;

type Cost = { readonly user: number; readonly wall: number };

async function compare(
  programs: Readonly<Record<string, string>>,
  { rounds, env }: { readonly rounds: number; readonly env: Record<string, string> },
): Promise<LoadResult[]> {
  const costs = new Map<string, Cost[]>(Object.keys(programs).map((name) => [name, []]));
  // One round that does not count: files come into the page cache.
  for (let round = -1; round < rounds; round++) {
    for (const [name, file] of Object.entries(programs)) {
      const cost = await runOnce(file, env);
      if (round >= 0) costs.get(name)?.push(cost);
    }
  }
  const [empty = []] = costs.values();
  return [...costs].map(([name, own]) => ({
    name,
    userMs: median(own.map(({ user }) => user)),
    wallMs: median(own.map(({ wall }) => wall)),
    ratio: median(own.map(({ user }, round) => user / (empty[round]?.user ?? 1))),
  }));
}

/** Asynchronous: the web server that is probed runs in this very process. */
function runOnce(file: string, env: Record<string, string>): Promise<Cost> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file], { env }, (error, _, stderr) => {
      if (error === null) resolve(JSON.parse(stderr) as Cost);
      else reject(new Error(`${file}: ${stderr}`, { cause: error }));
    });
  });
}
