// Every example by the framework's own commands against a simulated AWS: deployed, its template judged by cfn-lint and checkov,
// removed. Two at a time, each from a copy of the tree, since packaging writes into it.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { resourcesOf } from '../../infra/template/stack.ts';
import type { Template } from '../../infra/template/template.ts';
import { runCommand } from '../../local/programs/command.ts';
import { findPrograms } from '../../local/programs/find.ts';
import type { Server } from '../../local/programs/servers.ts';
import { simulatedAccount, startMoto, testPython, withMoreTypes } from '../support/moto.ts';
import { runPythonTool } from '../support/python-tool.ts';
import { copyTree, type TreeCopy } from '../support/tree-copy.ts';

const timeoutMs = 900_000;
jest.setTimeout(3 * timeoutMs);

type Example = {
  readonly name: string;
  /** What is watched; the shipped file where it is unset. */
  readonly config?: string;
  readonly region?: string;
  /** ECS services that it runs. */
  readonly services: readonly string[];
};

const examples: readonly Example[] = [
  { name: 'minimal', config: 'fargaze.yml', services: ['Prometheus'] },
  { name: 'own-vpc', config: 'fargaze.yml', services: ['Prometheus', 'Grafana'] },
  { name: 'own-prometheus', config: 'fargaze.yml', services: [] },
  { name: 'managed-prometheus', services: ['Web', 'Redis', 'Prometheus', 'Grafana'] },
  { name: 'elasticache', config: 'fargaze.yml', services: ['Prometheus', 'Grafana'] },
  { name: 'multi-region', config: 'us-east-1.yml', services: [] },
];

type Outcome = { readonly output: string; readonly code: number; readonly template: Template };

let moto: Server;
let own: Readonly<Record<string, string>>;
const trees = new Map<string, TreeCopy>();
const deployed = new Map<string, Outcome>();
const removed = new Map<string, { readonly output: string; readonly code: number }>();

const templateOf = (tree: TreeCopy) =>
  join(tree.directory, '.serverless/cloudformation-template-update-stack.json');

beforeAll(async () => {
  moto = await startMoto({ launcher: withMoreTypes });
  const env = simulatedAccount(moto.url);
  const script = 'test/support/python/make_own.py';
  const { code, output } = await runCommand(await testPython(), [script], { env });
  if (code !== 0) throw new Error(`${script}: ${output}`);
  own = JSON.parse(output.slice(output.indexOf('{')));
  const waiting = [...examples];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await tryOut(next);
  };
  await Promise.all([work(), work()]);
}, 3 * timeoutMs);

afterAll(async () => {
  for (const tree of trees.values()) tree.remove();
  await moto?.stop();
});

/** Deploys with what exists in the simulated account in the place of made-up names, and removes. */
async function tryOut({ config, name }: Example): Promise<void> {
  const tree = copyTree(`fargaze-example-${name}-`);
  trees.set(name, tree);
  const text = readFileSync(join(tree.directory, `examples/${name}/params.yml`), 'utf8');
  const named = Object.entries(own).filter(([parameter]) => text.includes(`${parameter}:`));
  const params = named.map(([parameter, value]) => `--param=${parameter}=${value}`);
  const env = {
    ...simulatedAccount(moto.url),
    FARGAZE_PARAMS: `examples/${name}/params.yml`,
    ...(config !== undefined && { FARGAZE_CONFIG: `examples/${name}/${config}` }),
  };
  const serverless = (command: string) =>
    runCommand('node_modules/.bin/serverless', [command, '--stage', name, ...params], {
      ...{ cwd: tree.directory, env, timeoutMs },
    });
  const { code, output } = await serverless('deploy');
  const template = code === 0 ? JSON.parse(readFileSync(templateOf(tree), 'utf8')) : undefined;
  deployed.set(name, { code, output, template });
  removed.set(name, await serverless('remove'));
}

it('every folder is tried', () => {
  const folders = readdirSync('examples', { withFileTypes: true }).filter((one) =>
    one.isDirectory(),
  );
  expect(folders.map(({ name }) => name).sort()).toEqual(examples.map(({ name }) => name).sort());
});

describe.each(examples)('$name', ({ name, services }) => {
  it('is deployed, with the services that it is to run', () => {
    const { code, output, template } = deployed.get(name) as Outcome;
    expect([output, code]).toEqual([expect.stringMatching(/✔ Service deployed/), 0]);
    const there = [...resourcesOf({ template, values: {} })].filter(
      ([, { Type }]) => Type === 'AWS::ECS::Service',
    );
    expect(there.map(([id]) => id)).toEqual(services.map((service) => `${service}Service`));
  });

  it('is removed', () => {
    const { code, output } = removed.get(name) as Outcome;
    expect([output, code]).toEqual([expect.stringMatching(/✔ Service .*removed/), 0]);
  });
});

it('by IAM the probe may connect to the cache that fargaze.yml names', () => {
  const { template } = deployed.get('elasticache') as Outcome;
  const { Policies } = template.Resources.RedisProbeRole?.Properties ?? {};
  expect(JSON.stringify(Policies)).toMatch(/elasticache:Connect.*:replicationgroup:shop/);
});

it('cfn-lint finds nothing in any of them', async () => {
  const files = [...trees.values()].map(templateOf);
  const { code, output } = await runPythonTool('requirements.txt', ['cfn-lint', ...files]);
  expect([output.trim(), code]).toEqual(['', 0]);
});

it('checkov finds nothing in any of them', async () => {
  const files = [...trees.values()].map(templateOf);
  const { output } = await runPythonTool('deployed.txt', [
    'checkov',
    ...['--file', ...files],
    ...['--framework', 'cloudformation', '--output', 'json', '--skip-download', '--compact'],
  ]);
  const { failed, parsing_errors, passed } = JSON.parse(output.slice(output.indexOf('{'))).summary;
  expect({ failed, parsing_errors }).toEqual({ failed: 0, parsing_errors: 0 });
  expect(passed).toBeGreaterThan(600);
});

it('preflight reports on an example, as the documents say', async () => {
  const tree = trees.get('minimal') as TreeCopy;
  const env = {
    FARGAZE_PARAMS: 'examples/minimal/params.yml',
    FARGAZE_CONFIG: 'examples/minimal/fargaze.yml',
  };
  const npmRun = (script: string, ...args: readonly string[]) =>
    runCommand('npm', ['run', '-s', script, '--', ...args], {
      cwd: tree.directory,
      env,
      timeoutMs,
    });
  const same = `--deployed=${templateOf(tree)}`;
  const { code, output } = await npmRun('preflight', '--stage', 'minimal', same);
  expect([output, code]).toEqual([
    expect.stringContaining('Would remove or replace:\n  nothing'),
    0,
  ]);
  expect(output).toMatch(/ 20\.\d\d {2}all/);
  const other = await npmRun(
    'preflight',
    '--stage',
    'minimal',
    same,
    '--param=VpcCidr=10.9.0.0/16',
  );
  expect(other).toMatchObject({ code: 1, output: expect.stringContaining('Vpc is replaced') });
});

it('the quorum of regions pages when two agree', async () => {
  const { promtool } = await findPrograms(['promtool'], { report: () => undefined });
  const file = resolve('examples/multi-region/quorum.test.yml');
  const { code, output } = await runCommand(promtool.path, ['test', 'rules', file], {
    env: promtool.env,
  });
  expect([output, code]).toEqual([expect.stringContaining('SUCCESS'), 0]);
});
