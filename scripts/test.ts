// `npm test`: lint, types, Jest and the web app's pytest; ends with the line `N passed, N failed`.
// Arguments pick suites (unit, contract, system, web, check); none means all of them.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../layers/core/src/errors.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { findBusybox } from '../local/programs/busybox.ts';
import { findPrograms } from '../local/programs/find.ts';
import { deployedPrograms } from '../local/programs/go.ts';
import { preparePython } from '../local/programs/python.ts';
import { buildConfig, buildLayer } from './build.ts';
import { environmentWith } from './environment.ts';

type Tally = { readonly passed: number; readonly failed: number };

const root = process.cwd();
/** Python that contract tests run. */
const environments = [
  'test/support/python/requirements.txt',
  'test/support/python/checkov.txt',
  'infra/web/requirements.txt',
];
const reports = join(root, '.build/reports');

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const suites = asked.length === 0 ? ['check', 'unit', 'contract', 'system', 'web'] : asked;
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const tallies: Tally[] = [];
  if (suites.includes('check')) tallies.push(await runCheck());
  const quick = suites.filter((suite) => suite === 'unit' || suite === 'contract');
  // Two at once where there are two processors: many tests wait for programs.
  if (quick.length > 0) tallies.push(await runJest(quick, ['--maxWorkers=2']));
  // Each of these runs the whole system in this very directory.
  if (suites.includes('system')) tallies.push(await runJest(['system'], ['--runInBand']));
  if (suites.includes('web')) tallies.push(await runPytest());
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  writeLine(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** Lint and types count as one test each. */
async function runCheck(): Promise<Tally> {
  const codes = [
    await run(join(root, 'node_modules/.bin/biome'), ['check', '.']),
    await run(join(root, 'node_modules/.bin/tsc'), ['--noEmit']),
  ];
  const failed = codes.filter((code) => code !== 0).length;
  return { passed: codes.length - failed, failed };
}

async function runJest(suites: readonly string[], options: readonly string[]): Promise<Tally> {
  await buildConfig(root);
  await buildLayer(root);
  const programs = [
    'redis-server',
    'prometheus',
    'promtool',
    'pushgateway',
    'redis_exporter',
    'blackbox_exporter',
  ] as const;
  await findPrograms(programs, { report: writeLine });
  if (suites.includes('contract')) {
    // Here and not where they are used: a test has a limit, and two at once would fetch them twice.
    for (const requirements of environments) {
      await preparePython({ requirements: join(root, requirements), report: writeLine });
    }
    await findBusybox(writeLine);
    const deployed = ['prometheus', 'promtool', 'pushgateway', 'redis_exporter'] as const;
    await deployedPrograms(deployed, { report: writeLine });
  }
  const report = join(reports, `jest-${suites.join('-')}.json`);
  const paths = suites.map((suite) => `test/${suite}/`);
  const code = await run(process.execPath, [
    join(root, 'node_modules/jest/bin/jest.js'),
    '--json',
    `--outputFile=${report}`,
    ...options,
    '--testPathPatterns',
    ...paths,
  ]);
  const result = JSON.parse(readFileSync(report, 'utf8')) as {
    readonly numPassedTests: number;
    readonly numFailedTests: number;
    readonly numRuntimeErrorTestSuites: number;
  };
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed };
}

async function runPytest(): Promise<Tally> {
  const web = join(root, 'infra/web');
  const { python } = await preparePython({
    requirements: join(web, 'requirements-dev.txt'),
    report: writeLine,
  });
  const programs = await findPrograms(['redis-server'], { report: () => undefined });
  const redis = programs['redis-server'];
  const report = join(reports, 'pytest.xml');
  const code = await run(python, ['-m', 'pytest', '-q', `--junitxml=${report}`], {
    cwd: web,
    env: { ...redis.env, REDIS_SERVER: redis.path },
  });
  const suite = /<testsuite [^>]*>/.exec(readFileSync(report, 'utf8'))?.[0] ?? '';
  const count = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  const passed = count('tests') - failed - count('skipped');
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<number> {
  writeLine(
    `\n> ${[command.slice(command.lastIndexOf('/') + 1), ...args].join(' ').replaceAll(`${root}/`, '')}`,
  );
  const child = spawn(command, args, {
    cwd: options.cwd ?? root,
    env: environmentWith(options.env ?? {}),
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
});
