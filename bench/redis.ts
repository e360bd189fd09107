// What one check of Redis costs, the same commands by the probe and by client libraries, in a fresh process and in a warm
// one, each time over a connection of its own; and what redis_exporter's /scrape costs beside it.
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { shipped } from '../build/bundles.ts';
import { parseConfigText } from '../build/config-file.ts';
import { environmentWith } from '../build/environment.ts';
import { type Server, startRedis, startRedisExporter } from '../local/programs/servers.ts';
import { median } from './statistics.ts';

/** Rounds of fresh processes, and checks of a warm one. */
const rounds = 15;
const warmChecks = 200;

const root = process.cwd();
const directory = join(root, '.build/bench-redis');

/** What no program that talks to a server can do without. */
const least = 'node:net alone, PING only';

/** Each module exports `check`, which connects, logs in, and asks PING, ROLE, SET, GET and DEL; the smallest asks only PING. */
const checks: Readonly<Record<string, string>> = {
  [least]: `
    import { connect } from 'node:net';
    export function check() {
      const { hostname, port } = new URL(process.env.BENCH_REDIS);
      return new Promise((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => socket.write('PING\\r\\n'));
        socket.on('error', reject).on('data', () => resolve(socket.destroy()));
      });
    }`,
  'fargaze redis-probe': `
    import { probeRedis } from './functions/redis-probe/probe.ts';
    import { startDeadline, systemClock } from '@fargaze/core/internal';
    const module = MODULE;
    export async function check() {
      const address = process.env.BENCH_REDIS;
      const deadline = startDeadline(5, systemClock);
      const env = { deadline, clock: systemClock, trace: () => undefined };
      const { outcome } = await probeRedis({ name: 'b', address, instance: address, module }, env);
      deadline.close();
      if (!outcome.ok) throw new Error(outcome.detail);
    }`,
  '@redis/client': `
    import { createClient } from '@redis/client';
    export async function check() {
      const socket = { reconnectStrategy: false, connectTimeout: 5000 };
      const client = createClient({ url: process.env.BENCH_REDIS, socket, disableOfflineQueue: true });
      client.on('error', () => undefined);
      await client.connect();
      await client.ping();
      await client.sendCommand(['ROLE']);
      await client.set('bench', '1', { condition: 'NX', expiration: { type: 'PX', value: 60000 } });
      await client.get('bench');
      await client.del('bench');
      client.destroy();
    }`,
  ioredis: ioredisCheck('ioredis'),
  iovalkey: ioredisCheck('iovalkey'),
};

function ioredisCheck(name: string): string {
  return `
    import Redis from '${name}';
    export async function check() {
      const options = { lazyConnect: true, retryStrategy: null, enableReadyCheck: false };
      const client = new Redis(process.env.BENCH_REDIS, { ...options, maxRetriesPerRequest: 0 });
      await client.connect();
      await client.ping();
      await client.call('ROLE');
      await client.set('bench', '1', 'PX', 60000, 'NX');
      await client.get('bench');
      await client.del('bench');
      client.disconnect();
    }`;
}

/** Does so many checks after a few that do not count, and prints what they cost; of one check, the whole process. */
const runner = (file: string) => `
const count = Number(process.argv[2]);
const { check } = require(${JSON.stringify(file)});
(async () => {
  for (let index = 0; count > 1 && index < 20; index++) await check();
  const before = count > 1 ? process.cpuUsage() : undefined;
  const begun = count > 1 ? performance.now() : 0;
  for (let index = 0; index < count; index++) await check();
  const { user, system } = process.cpuUsage(before);
  const cost = { cpu: (user + system) / 1000 / count, wall: (performance.now() - begun) / count };
  process.stdout.write(JSON.stringify(cost));
})();`;

type Cost = { readonly cpu: number; readonly wall: number };

/** The section of the document. */
export async function describeRedis(): Promise<string> {
  const redis = await startRedis();
  const exporter = await startRedisExporter({ redisUrl: redis.url });
  try {
    const programs = await writePrograms();
    const env = environmentWith({ BENCH_REDIS: redis.url });
    const cold = await compare(programs, { env, checks: 1 });
    const warm = await compare(programs, { env, checks: warmChecks });
    return describe({ cold, warm, scrape: await measureScrape(exporter, redis) });
  } finally {
    await exporter.stop();
    await redis.stop();
  }
}

async function writePrograms(): Promise<ReadonlyMap<string, string>> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const text = 'modules: { m: { prober: redis, redis: { health: false } } }';
  const { m } = parseConfigText(text).modules;
  const programs = new Map([['an empty process', join(directory, 'empty.cjs')]]);
  const empty = join(directory, 'nothing.cjs');
  await writeFile(empty, 'exports.check = async () => undefined;');
  await writeFile(join(directory, 'empty.cjs'), runner(empty));
  for (const [index, [name, source]] of Object.entries(checks).entries()) {
    const bundle = join(directory, `check-${index}.cjs`);
    await build({
      ...shipped,
      stdin: { contents: source.replace('MODULE', JSON.stringify(m)), resolveDir: root },
      alias: { '@fargaze/core/internal': './layers/core/src/internal.ts' },
      outfile: bundle,
    });
    const file = join(directory, `run-${index}.cjs`);
    await writeFile(file, runner(bundle));
    programs.set(name, file);
  }
  return programs;
}

type Plan = { readonly env: Record<string, string>; readonly checks: number };

/** All kinds in turn, so that a machine whose speed drifts treats all alike. */
async function compare(programs: ReadonlyMap<string, string>, plan: Plan) {
  const costs = new Map<string, Cost[]>([...programs.keys()].map((name) => [name, []]));
  const times = plan.checks === 1 ? rounds : 3;
  for (let round = -1; round < times; round++) {
    for (const [name, file] of programs) {
      const cost = await runOnce(file, plan);
      if (round >= 0) costs.get(name)?.push(cost);
    }
  }
  return new Map(
    [...costs].map(([name, all]) => [
      name,
      { cpu: median(all.map(({ cpu }) => cpu)), wall: median(all.map(({ wall }) => wall)) },
    ]),
  );
}

function runOnce(file: string, { checks: count, env }: Plan): Promise<Cost> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file, String(count)], { env }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout) as Cost);
      else reject(new Error(`${file}: ${stderr}`, { cause: error }));
    });
  });
}

/** CPU of the exporter by its own account, and the time that its answer takes. */
async function measureScrape(exporter: Server, redis: Server): Promise<Cost> {
  const get = async (path: string) => (await fetch(`${exporter.url}${path}`)).text();
  const scrape = `/scrape?target=${encodeURIComponent(redis.url)}`;
  const used = async () =>
    Number(/^process_cpu_seconds_total (\S+)/m.exec(await get('/metrics'))?.[1] ?? Number.NaN);
  for (let index = 0; index < 20; index++) await get(scrape);
  const before = await used();
  const begun = performance.now();
  for (let index = 0; index < warmChecks; index++) await get(scrape);
  const wall = (performance.now() - begun) / warmChecks;
  return { cpu: (((await used()) - before) * 1000) / warmChecks, wall };
}

type Results = {
  readonly cold: ReadonlyMap<string, Cost>;
  readonly warm: ReadonlyMap<string, Cost>;
  readonly scrape: Cost;
};

function describe({ cold, scrape, warm }: Results): string {
  const empty = cold.get('an empty process')?.cpu ?? 0;
  const beyond = (name: string) => (cold.get(name)?.cpu ?? 0) - empty;
  const own = beyond('fargaze redis-probe');
  const cheapest = Math.min(beyond('ioredis'), beyond('iovalkey'));
  const rows = [...cold].map(([name, cost]) => {
    const more = cost.cpu - empty;
    const again = warm.get(name);
    const cells =
      name === 'an empty process'
        ? ['', '', '']
        : [(more / own).toFixed(1), again?.cpu.toFixed(2) ?? '', again?.wall.toFixed(2) ?? ''];
    return `| ${name} | ${cost.cpu.toFixed(1)} | ${cost.wall.toFixed(1)} | ${cells.join(' | ')} |`;
  });
  return `## redis: one check, beside client libraries

Connect, log in, PING, ROLE, SET, GET and DEL over a connection of its own, without TLS. Cold: a fresh process that loads
the minified bundle and makes one check, ${rounds} rounds, all kinds in turn; the ratio is CPU beyond the empty process,
against redis-probe's. Warm: the mean of ${warmChecks} checks, after 20 that do not count; median of 3 processes.

| by | cold CPU ms | cold wall ms | ratio | warm CPU ms | warm wall ms |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
| redis_exporter's /scrape, a server that runs | | | | ${scrape.cpu.toFixed(2)} | ${scrape.wall.toFixed(2)} |

redis_exporter reads INFO and more, and writes nothing; its CPU is its own, without that of whoever asks it.

The aim is a fifth of any client's cold cost beyond the empty process. Where the ratio is below 5, it is not
reached. Of redis-probe's cost ${Math.round((100 * beyond(least)) / own)} % are Node's own for one connection and one PING, which every
client has too: a program that does no more is ${(cheapest / beyond(least)).toFixed(1)} times cheaper than the cheaper of ioredis and iovalkey.
`;
}
