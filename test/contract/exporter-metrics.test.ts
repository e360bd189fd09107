// The names of the series that the exporters of this machine (in `npm run test:deployed` the deployed ones) really emit.
// Boards and rules may read no others; the list is recorded here, from the real programs, with FARGAZE_RECORD=1.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findPrograms, type Program } from '../../local/programs/find.ts';
import { freePort } from '../../local/programs/ports.ts';
import { stopAll, waitFor } from '../../local/programs/process.ts';
import {
  type PrometheusServer,
  queryPrometheus,
  startPrometheus,
  startPushgateway,
  startRedis,
  startRedisExporter,
} from '../../local/programs/servers.ts';
import { startWeb } from '../../local/programs/web.ts';
import { annotationQueries, fillIn, panelQueries, readBoards } from '../support/boards.ts';
import {
  allRules,
  type RecordedExporter,
  readRecorded,
  recordedFile,
} from '../support/known-metrics.ts';
import { readSelectors } from '../support/promql.ts';

const quiet = () => undefined;
const directory = mkdtempSync(join(tmpdir(), 'fargaze-exporters-'));
let real: Readonly<Record<string, RecordedExporter>>;

const names = ['prometheus', 'pushgateway', 'redis_exporter'] as const;
type Programs = Readonly<Record<(typeof names)[number], Program>>;

/** Names of Go's runtime and of the process itself say nothing of a program's own. */
const common = /^(?:go|process|promhttp|net_conntrack)_/;

/** The names of the series in a page in the text format. */
function namesIn(page: string): string[] {
  const names = page.split('\n').map((line) => /^[a-zA-Z_:][\w:]*/.exec(line)?.[0] ?? '');
  return [...new Set(names)].filter((name) => name !== '' && !common.test(name)).sort();
}

const fetchText = async (url: string) => (await fetch(url)).text();

async function recordRedis({ redis_exporter: program }: Programs) {
  const primary = await startRedis();
  const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(primary.port)] });
  const exporter = await startRedisExporter({ redisUrl: primary.url, program });
  const replicas = await startRedisExporter({ redisUrl: replica.url, program });
  let page = '';
  const check = async () => {
    page = await fetchText(`${exporter.url}/metrics`);
    return page.includes('redis_connected_slave_lag_seconds');
  };
  await waitFor({ what: 'a replica', seconds: 60, processes: [exporter.process], check });
  return `${page}\n${await fetchText(`${replicas.url}/metrics`)}`;
}

async function recordWeb() {
  const redis = await startRedis();
  const web = await startWeb({ root: resolve('.'), redisUrl: redis.url, report: quiet });
  await fetchText(`${web.url}/healthy`);
  await fetchText(`${web.url}/flaky?probability=1`);
  await fetch(`${web.url}/orders?euros=20`, { method: 'POST' });
  const page = await fetchText(`${web.exporterUrl}/metrics`);
  await web.stop();
  return page;
}

async function recordPushgateway({ pushgateway: program }: Programs) {
  const pushgateway = await startPushgateway({ program });
  await fetch(`${pushgateway.url}/metrics/job/j`, { method: 'PUT', body: 'x 1\n' });
  return (await fetchText(`${pushgateway.url}/metrics`)).replaceAll(/^x\{.*$/gm, '');
}

async function recordPrometheus({ prometheus: program }: Programs) {
  const port = await freePort();
  const configFile = join(directory, 'prometheus.yml');
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(directory, 'rules.yml')],
    scrape_configs: [
      { job_name: 'self', file_sd_configs: [{ files: [join(directory, 'targets.json')] }] },
    ],
  };
  const rules = { groups: [{ name: 'g', rules: [{ record: 'r', expr: 'vector(1)' }] }] };
  writeFileSync(configFile, JSON.stringify(config));
  writeFileSync(join(directory, 'rules.yml'), JSON.stringify(rules));
  writeFileSync(
    join(directory, 'targets.json'),
    JSON.stringify([{ targets: [`127.0.0.1:${port}`] }]),
  );
  const prometheus: PrometheusServer = await startPrometheus({ configFile, port, program });
  const check = async () => (await prometheus.query('up and on () r')).length > 0;
  await waitFor({ what: 'a scrape', seconds: 60, processes: [prometheus.process], check });
  const own = await queryPrometheus(prometheus.url, '{__name__=~"up|scrape_.*"}');
  return {
    page: await fetchText(`${prometheus.url}/metrics`),
    scraped: own.map(({ labels }) => labels.__name__ ?? '').sort(),
  };
}

async function record(programs: Programs): Promise<Record<string, RecordedExporter>> {
  const { version } = programs.prometheus;
  const prometheus = await recordPrometheus(programs);
  return {
    redis_exporter: {
      version: programs.redis_exporter.version,
      metrics: namesIn(await recordRedis(programs)),
    },
    pushgateway: {
      version: programs.pushgateway.version,
      metrics: namesIn(await recordPushgateway(programs)),
    },
    prometheus: { version, metrics: namesIn(prometheus.page) },
    'a scrape by prometheus': { version, metrics: prometheus.scraped },
  };
}

beforeAll(async () => {
  const programs = await findPrograms(names, { report: quiet });
  const web = { 'the web app': { version: 'ours', metrics: namesIn(await recordWeb()) } };
  real = { ...(await record(programs)), ...web };
  if (process.env.FARGAZE_RECORD === '1') {
    writeFileSync(recordedFile, `${JSON.stringify(real, null, 2)}\n`);
  }
}, 300_000);
afterAll(async () => {
  await stopAll();
  rmSync(directory, { recursive: true, force: true });
});

it('of the recorded versions, the programs emit exactly what was recorded', () => {
  const recorded = readRecorded();
  expect(Object.keys(recorded)).toEqual(Object.keys(real));
  for (const [name, { version, metrics }] of Object.entries(recorded)) {
    if (real[name]?.version !== version) continue;
    expect([name, real[name]?.metrics]).toEqual([name, metrics]);
  }
});

it('the programs emit what boards and rules read of them', () => {
  const boards = readBoards();
  const expressions = [
    ...boards.flatMap((board) => [...panelQueries(board), ...annotationQueries(board)]),
    ...allRules,
  ].map(({ expr }) => fillIn(expr));
  const read = new Set(expressions.flatMap(readSelectors).map(({ metric }) => metric));
  for (const [name, { metrics }] of Object.entries(readRecorded())) {
    const wanted = metrics.filter((metric) => read.has(metric));
    const emitted = new Set(real[name]?.metrics);
    expect([name, wanted.filter((metric) => !emitted.has(metric))]).toEqual([name, []]);
    expect(wanted.length).toBeGreaterThan(0);
  }
});
