// The programs at the versions that a deployment runs: built from source, they start and print their versions.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployed } from '../../infra/versions.ts';
import { runCommand } from '../../local/programs/command.ts';
import type { Program } from '../../local/programs/find.ts';
import { deployedPrograms } from '../../local/programs/go.ts';
import {
  startPrometheus,
  startPushgateway,
  startRedis,
  startRedisExporter,
} from '../../local/programs/servers.ts';

const quiet = { report: () => undefined };
const names = ['prometheus', 'promtool', 'pushgateway', 'redis_exporter'] as const;
let programs: Record<(typeof names)[number], Program>;

/** Long enough to build them all on a machine that has none and is busy. */
const buildTimeoutMs = 45 * 60_000;

beforeAll(async () => {
  programs = await deployedPrograms(names, quiet);
}, buildTimeoutMs);

it.each(names)('%s prints the version that is deployed', async (name) => {
  const { output } = await runCommand(programs[name].path, ['--version']);
  expect(output).toContain(deployed[name === 'promtool' ? 'prometheus' : name]);
});

it('what is built already needs no Go', async () => {
  expect(await deployedPrograms(names, { ...quiet, go: '/nowhere/go' })).toEqual(programs);
});

it('Prometheus without its web pages serves its API and knows ECS discovery', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-deployed-'));
  const configFile = join(directory, 'prometheus.yml');
  writeFileSync(configFile, 'global: { scrape_interval: 1s }\n');
  const prometheus = await startPrometheus({ configFile, program: programs.prometheus });
  expect(await prometheus.query('vector(1)')).toMatchObject([{ value: 1 }]);
  await prometheus.stop();
  const discovery = '{ role: ecs, region: eu-west-1, clusters: ["arn:aws:ecs:x:1:cluster/c"] }';
  writeFileSync(
    configFile,
    `scrape_configs: [{ job_name: ecs, aws_sd_configs: [${discovery}] }]\n`,
  );
  const checked = await runCommand(programs.promtool.path, ['check', 'config', configFile]);
  expect(checked).toMatchObject({ code: 0 });
  rmSync(directory, { recursive: true });
});

it('Pushgateway and redis_exporter serve what they should', async () => {
  const redis = await startRedis();
  const exporter = await startRedisExporter({
    redisUrl: redis.url,
    program: programs.redis_exporter,
  });
  const pushgateway = await startPushgateway({ program: programs.pushgateway });
  const exposed = async (url: string) => (await fetch(`${url}/metrics`)).text();
  expect(await exposed(exporter.url)).toMatch(/^redis_up 1$/m);
  await fetch(`${pushgateway.url}/metrics/job/j`, { method: 'PUT', body: 'pushed 1\n' });
  expect(await exposed(pushgateway.url)).toMatch(/^pushed\{.*job="j".*\} 1$/m);
  await Promise.all([exporter, pushgateway, redis].map((server) => server.stop()));
});
