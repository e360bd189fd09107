// Programs that are started read and write where they are told to, whatever their defaults and the user's shell say.
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { createClient } from '@redis/client';
import {
  queryPrometheus,
  type Server,
  startBlackboxExporter,
  startPrometheus,
  startPushgateway,
  startRedis,
  startRedisExporter,
} from '../../local/programs/servers.ts';
import { startWeb } from '../../local/programs/web.ts';
import { temporaryWorkFolder } from '../../local/programs/work-folder.ts';

/** What the shells of some users hold; each would change what a program does. */
const hostile: Readonly<Record<string, string>> = {
  REDIS_ADDR: 'redis://127.0.0.1:1',
  REDIS_PASSWORD: 'not-ours',
  REDIS_EXPORTER_NAMESPACE: 'other',
  GUNICORN_CMD_ARGS: '--bind 127.0.0.1:1',
  WEB_CONCURRENCY: '9',
  PYTHONPATH: '/nowhere',
  LC_ALL: 'xx_YY.UTF-8',
  NODE_OPTIONS: '--require=/nowhere.cjs',
  PROMETHEUS_MULTIPROC_DIR: '/nowhere',
};

beforeAll(() => void Object.assign(process.env, hostile));

let server: Server | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** Its variables that are the user's, and files that it holds open, but for those of the system and its own folder. */
function foreign(pid: number): string[] {
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  const variables = Object.entries(hostile).map(([name, value]) => `${name}=${value}`);
  const folder = environment.find((line) => line.startsWith('TMPDIR='))?.slice('TMPDIR='.length);
  const files = readdirSync(`/proc/${pid}/fd`).map((fd) => readLink(`/proc/${pid}/fd/${fd}`));
  const known = new RegExp(`^(?:|/dev/.*|/proc/.*|/sys/.*|\\w+:.*|${folder}(?:/.*)?)$`);
  return [
    ...environment.filter((line) => variables.includes(line)),
    ...files.filter((file) => !known.test(file)),
  ];
}

/** Empty for what was closed meanwhile. */
function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

async function dataOf(url: string): Promise<Record<string, unknown>> {
  const answer = (await (await fetch(url)).json()) as { readonly data: Record<string, unknown> };
  return answer.data;
}

it('a Pushgateway keeps nothing, also where its build has a file as default', async () => {
  server = await startPushgateway();
  await fetch(`${server.url}/metrics/job/kept`, { method: 'POST', body: 'kept 1\n' });
  expect((await dataOf(`${server.url}/api/v1/status`)).flags).toMatchObject({
    'persistence.file': '',
    'web.config.file': '',
  });
  expect(foreign(server.process.pid)).toEqual([]);
});

it('a Redis has no file of settings and its folder to itself', async () => {
  server = await startRedis();
  const client = createClient({ url: server.url });
  await client.connect();
  expect(await client.info('server')).toMatch(/^config_file:\r?$/m);
  expect(await client.configGet('*')).toMatchObject({ save: '', appendonly: 'no', logfile: '' });
  client.destroy();
  expect(foreign(server.process.pid)).toEqual([]);
});

it('a redis_exporter asks the Redis that it is given', async () => {
  const redis = await startRedis();
  server = await startRedisExporter({ redisUrl: redis.url });
  const text = await (await fetch(`${server.url}/metrics`)).text();
  await redis.stop();
  expect(text).toMatch(/^redis_up 1$/m);
  expect(foreign(server.process.pid)).toEqual([]);
});

it('a Prometheus has its own configuration and database', async () => {
  const workFolder = await temporaryWorkFolder('prometheus-config');
  const configFile = `${workFolder.path}/prometheus.yml`;
  writeFileSync(configFile, 'global: {}\n');
  server = await startPrometheus({ configFile });
  expect(await dataOf(`${server.url}/api/v1/status/flags`)).toMatchObject({
    'config.file': configFile,
    'web.config.file': '',
  });
  expect(await queryPrometheus(server.url, 'vector(1)')).toHaveLength(1);
  expect(foreign(server.process.pid)).toEqual([]);
  await workFolder.remove();
});

it('a blackbox_exporter has its own configuration', async () => {
  server = await startBlackboxExporter({ config: 'modules: {}\n' });
  expect(foreign(server.process.pid)).toEqual([]);
});

it('the web app and its exporter are of their own environment', async () => {
  const web = await startWeb({
    root: process.cwd(),
    redisUrl: 'redis://127.0.0.1:1',
    report: () => undefined,
  });
  try {
    expect((await fetch(`${web.exporterUrl}/metrics`)).status).toBe(200);
    expect([...foreign(web.app.pid), ...foreign(web.exporter.pid)]).toEqual([]);
  } finally {
    await web.stop();
  }
});
