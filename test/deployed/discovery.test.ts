// Prometheus as it is deployed, on the configuration that is deployed, finds tasks through the ECS API and scrapes them.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { accessKeyOf } from '../../local/fake-aws/other/identity.ts';
import { deployedPrograms } from '../../local/programs/go.ts';
import { freePort } from '../../local/programs/ports.ts';
import { waitFor } from '../../local/programs/process.ts';
import {
  type PrometheusServer,
  type QueryResult,
  type Server,
  startPrometheus,
  startRedis,
  startRedisExporter,
} from '../../local/programs/servers.ts';
import { startWeb, type WebServer } from '../../local/programs/web.ts';
import { prometheusTokens, unpackBundle } from '../support/unpacked.ts';

const quiet = { report: () => undefined };
// Discovery, scrapes and rules each take a second of an idle machine.
const patience = 120;
jest.setTimeout(4 * patience * 1000);

const directory = mkdtempSync(join(tmpdir(), 'fargaze-discovery-'));
let aws: FakeAws;
let redis: Server;
let redisExporter: Server;
let web: WebServer;
let own: { readonly server: HttpServer; readonly port: number };
let prometheus: PrometheusServer;

beforeAll(async () => {
  const programs = await deployedPrograms(['prometheus', 'redis_exporter'], quiet);
  redis = await startRedis();
  redisExporter = await startRedisExporter({
    redisUrl: redis.url,
    program: programs.redis_exporter,
  });
  web = await startWeb({ root: process.cwd(), redisUrl: redis.url, ...quiet });
  own = await startOwn();
  aws = await startFakeAws({ region: 'eu-west-1' });
  addServices();
  const port = await freePort();
  const configFile = await layOut(port);
  const env = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: accessKeyOf('111122223333'),
    AWS_SECRET_ACCESS_KEY: 'not-a-secret',
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: '',
    // With one of its own, no Prometheus of today makes a client (docs/deploy.md).
    AWS_CA_BUNDLE: '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
  prometheus = await startPrometheus({ configFile, port, env, program: programs.prometheus });
}, 3_000_000);

afterAll(async () => {
  await prometheus?.stop();
  await aws?.close();
  own?.server.close();
  for (const server of [web, redisExporter, redis]) await server?.stop();
  rmSync(directory, { recursive: true });
});

/** A user's own service: at an address of its own, its metrics not at the usual path. */
async function startOwn() {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/own/metrics' ? 200 : 404;
    response.setHeader('content-type', 'text/plain; version=0.0.4').end('orders_total 7\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.5', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

const portOf = (url: string) => new URL(url).port;

function addServices(): void {
  aws.model.addCluster({ name: 'shop' });
  const usual = {
    cluster: 'shop',
    address: '127.0.0.1',
    propagateTags: 'SERVICE',
  } as const;
  const tags = (job: string, port: string) => ({
    'fargaze:job': job,
    'fargaze:path': '/metrics',
    'fargaze:port': port,
  });
  aws.model.addService({ ...usual, name: 'web', tags: tags('web', portOf(web.exporterUrl)) });
  aws.model.addService({
    ...usual,
    name: 'shop-redis-1A2B',
    tags: tags('redis', portOf(redisExporter.url)),
  });
  // Tagged only at the service, and without a job.
  aws.model.addService({
    cluster: 'shop',
    name: 'orders',
    address: '127.0.0.5',
    tags: { 'fargaze:path': '/own/metrics', 'fargaze:port': String(own.port) },
  });
  aws.model.addService({ cluster: 'shop', name: 'not-tagged', address: '127.0.0.5' });
  aws.model.runTask({ cluster: 'shop', family: 'of-no-service' });
}

/** The deployed configuration and rules, with every wait of minutes made one of seconds. */
async function layOut(port: number): Promise<string> {
  const tokens = { ...prometheusTokens, TOKEN_SCRAPE_INTERVAL: '1s' };
  const config = await unpackBundle('prometheus', directory, tokens);
  const file = join(config, 'prometheus.yml');
  const quicker = replaceAll(readFileSync(file, 'utf8'), {
    'refresh_interval: 30s': 'refresh_interval: 1s',
    'evaluation_interval: 15s': 'evaluation_interval: 1s',
    'localhost:9090': `localhost:${port}`,
  });
  writeFileSync(file, quicker);
  const alerting = join(config, 'rules/alerting');
  for (const name of readdirSync(alerting)) {
    const text = readFileSync(join(alerting, name), 'utf8');
    writeFileSync(join(alerting, name), text.replaceAll(/for: \d+m/g, 'for: 2s'));
  }
  return file;
}

function replaceAll(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`deployed.yml has no ${from}`);
    return changed.replaceAll(from, to);
  }, text);
}

/** Waits until the answer is as wanted, and hands it back. */
async function eventually(
  expression: string,
  wanted: (answer: readonly QueryResult[]) => boolean,
): Promise<readonly QueryResult[]> {
  let answer: readonly QueryResult[] = [];
  const check = async () => {
    answer = await prometheus.query(expression);
    return wanted(answer);
  };
  const processes = [prometheus.process];
  await waitFor({ what: expression, seconds: patience, processes, check });
  return answer;
}

const found = (count: number) => (answer: readonly QueryResult[]) => answer.length === count;

it.each([
  { job: 'web', service: 'web' },
  { job: 'redis', service: 'shop-redis-1A2B' },
  { job: 'orders', service: 'orders' },
])('scrapes $job with the labels that rules and boards use', async ({ job, service }) => {
  const [up] = await eventually(`up{job="${job}"} == 1`, found(1));
  expect(up?.labels).toEqual({
    __name__: 'up',
    job,
    service,
    cluster: 'shop',
    az: expect.stringMatching(/^eu-west-1[abc]$/),
    instance: expect.stringMatching(/^[0-9a-f]{12}$/),
  });
});

it('holds what the exporters say, and nothing of tasks without tags', async () => {
  await eventually('redis_up{job="redis"} == 1', found(1));
  await eventually('orders_total{job="orders"} == 7', found(1));
  await eventually('count({__name__=~"http_.+", job="web"}) > 0', found(1));
  const jobs = await prometheus.query('count by (job) (up{cluster="shop"})');
  expect(jobs.map(({ labels }) => labels.job).sort()).toEqual(['orders', 'redis', 'web']);
});

it('raises an alert, not silence, when the ECS API throttles, and takes it back', async () => {
  const firing =
    'ALERTS{alertname="FargazeJobVanished",alertstate="firing",job=~"web|redis|orders"}';
  await eventually('up{cluster="shop"} == 1', found(3));
  aws.faults.add({ api: 'DescribeTasks', kind: 'throttle' });
  await eventually(firing, found(3));
  await eventually('up{cluster="shop"}', found(0));
  const empty = 'ALERTS{alertname="FargazeDiscoveryEmpty",alertstate="firing",config="ecs"}';
  await eventually(empty, found(1));
  aws.faults.clear();
  await eventually(firing, found(0));
  await eventually('up{cluster="shop"} == 1', found(3));
});

it('loses a task that stops, and no other', async () => {
  await eventually('up{job="orders"} == 1', found(1));
  aws.model.stopTask({ cluster: 'shop', service: 'orders', replace: 'no' });
  await eventually('up{job="orders"}', found(0));
  expect(await prometheus.query('up{cluster="shop"} == 1')).toHaveLength(2);
});

it('follows a task that is replaced by its new instance', async () => {
  const [before] = await eventually('up{job="web"} == 1', found(1));
  aws.model.stopTask({ cluster: 'shop', service: 'web' });
  aws.clock.advance(300);
  const other = `up{job="web",instance!="${before?.labels.instance}"} == 1`;
  await eventually(other, found(1));
  await eventually('up{job="web"}', found(1));
});
