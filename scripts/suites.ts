// Runs one suite by its own runner and counts what passed, failed and how long each part took.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { environmentWith } from '../build/environment.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { lastLines, runCommand } from '../local/programs/command.ts';

/** Counts of tests, and seconds by file. */
export type SuiteResult = {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly files: readonly { readonly name: string; readonly seconds: number }[];
  /** Why it could not be run on this machine. */
  readonly notRun?: string;
};

/** Lint and types: one test each, whose output is shown when it fails. */
export async function runCheck(root: string): Promise<SuiteResult[]> {
  const tools = [
    { name: 'lint', command: 'biome', args: ['check', '.'] },
    { name: 'types', command: 'tsc', args: ['--noEmit'] },
  ];
  return Promise.all(
    tools.map(async ({ args, command, name }) => {
      const begun = performance.now();
      const { code, output } = await runCommand(join(root, 'node_modules/.bin', command), args, {
        cwd: root,
      });
      const seconds = (performance.now() - begun) / 1000;
      writeLine(
        code === 0 ? `PASS ${name}` : `FAIL ${name}: ${command} ${args.join(' ')}\n${output}`,
      );
      return { name, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, seconds, files: [] };
    }),
  );
}

/** What Jest is to run. */
export type JestSpec = {
  readonly root: string;
  readonly reports: string;
  readonly name: string;
  readonly paths: readonly string[];
  readonly options: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

type JestReport = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
  }[];
};

/** Runs Jest; nothing can be fetched meanwhile. @throws Error where it leaves no report. */
export async function runJest(spec: JestSpec): Promise<SuiteResult[]> {
  const { env, name, options, paths, reports, root } = spec;
  const report = join(reports, `jest-${name.replaceAll(' ', '-')}.json`);
  const begun = performance.now();
  const args = [
    // Of the AWS SDK, about every process: the functions run on a newer Node.js than tests may.
    '--disable-warning=NodeVersionSupportWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...['--json', `--outputFile=${report}`, ...options, '--testPathPatterns', ...paths],
  ];
  const code = await run(process.execPath, args, {
    cwd: root,
    env: { ...env, FARGAZE_FETCH: 'no' },
  });
  if (!existsSync(report)) throw new Error(`Jest ended with code ${code} and left no ${report}`);
  const result = JSON.parse(readFileSync(report, 'utf8')) as JestReport;
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const files = result.testResults.map(({ endTime, name: file, startTime }) => ({
    name: relative(root, file),
    seconds: (endTime - startTime) / 1000,
  }));
  return [
    {
      name,
      passed: result.numPassedTests,
      failed: code !== 0 && failed === 0 ? 1 : failed,
      seconds: (performance.now() - begun) / 1000,
      files,
    },
  ];
}

/** The web app's own tests. */
export async function runPytest(spec: {
  readonly root: string;
  readonly reports: string;
  readonly python: string;
  readonly env: Readonly<Record<string, string>>;
}): Promise<SuiteResult[]> {
  const { env, python, reports, root } = spec;
  const report = join(reports, 'pytest.xml');
  const begun = performance.now();
  const args = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `--junitxml=${report}`];
  // Its dots would stand among Jest's lines; what it says is shown when it is through.
  const { code, output } = await runCommand(python, args, {
    cwd: join(root, 'infra/web'),
    env: { ...env, PYTHONDONTWRITEBYTECODE: '1' },
    timeoutMs: 900_000,
  });
  writeLine(
    code === 0
      ? `PASS infra/web/tests: ${lastLines(output, 1)}`
      : `FAIL infra/web/tests\n${output}`,
  );
  const xml = existsSync(report) ? readFileSync(report, 'utf8') : '';
  const suite = /<testsuite [^>]*>/.exec(xml)?.[0] ?? '';
  const count = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  return [
    {
      name: 'web',
      passed: count('tests') - failed - count('skipped'),
      failed: code !== 0 && failed === 0 ? 1 : failed,
      seconds: (performance.now() - begun) / 1000,
      files: [],
    },
  ];
}

function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<number> {
  writeLine(`> ${[basename(command), ...args].join(' ').replaceAll(`${options.cwd}/`, '')}`);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: environmentWith(options.env),
    // Nobody is there to type; Jest says each file that it has run on the error stream.
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
