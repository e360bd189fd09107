// `npm test`: lint and types beside unit, contract and system tests by Jest, and the web app's by pytest; ends with the times of
// all and the line `N passed, N failed`. Arguments pick suites (check, unit, contract, system, web, deployed); none means all
// but `deployed`, which is `npm run test:deployed`.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLayer } from '../build/bundles.ts';
import { messageOf } from '../layers/core/src/errors.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { MissingProgramError } from '../local/programs/find.ts';
import { type Prepared, prepareDeployed, prepareTests } from './prepare.ts';
import { type OtherServers, redisTests } from './redis-servers.ts';
import { runCheck, runJest, runPytest, type SuiteResult } from './suites.ts';
import { tellTimes } from './test-times.ts';

const root = process.cwd();
const reports = join(root, '.build/reports');
const usual = ['check', 'unit', 'contract', 'system', 'web'];

/** Contract tests that say nothing of versions: they hold for the deployed programs and newer peers as for this machine's. */
const alsoDeployed = [
  'alertmanager',
  'blackbox-differential',
  'exporter-metrics',
  'janitor',
  'prometheus-rules',
  'prometheus-rules-live',
  'pushgateway',
  'sinks',
].map((name) => `test/contract/${name}.test.ts`);

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((suite) => ![...usual, 'deployed'].includes(suite));
  if (unknown.length > 0) {
    throw new MissingProgramError(
      `no suite ${unknown.join(', ')}; there are ${usual.join(', ')} and deployed`,
    );
  }
  const suites = asked.length === 0 ? usual : asked;
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const begun = performance.now();
  const results = await withTemporaryFolder((folder) => runSuites(suites, folder));
  tellTimes(results, (performance.now() - begun) / 1000);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  writeLine(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

/** What tests and the programs that they start leave in the temporary folder of a system goes with the run. */
async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fargaze-test-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Lint and types need nothing that is fetched: they start at once. */
async function runSuites(suites: readonly string[], temporary: string): Promise<SuiteResult[]> {
  const check = suites.includes('check') ? [runCheck(root)] : [];
  const rest = suites.filter((suite) => suite !== 'check');
  // A check that fails first is no reason to lose what the others say.
  const [checks, tests] = await Promise.all([
    Promise.all(check),
    rest.length === 0 ? [] : runTests(rest, temporary),
  ]);
  return [...checks.flat(), ...tests];
}

async function runTests(suites: readonly string[], TMPDIR: string): Promise<SuiteResult[]> {
  const prepared = await prepareTests(writeLine);
  const deployed = suites.includes('deployed') ? await prepareDeployed(writeLine) : undefined;
  await buildLayer(root);
  const quick = suites.filter((suite) => suite === 'unit' || suite === 'contract');
  const jest: Jest = (name, paths, { env, workers = 2 } = {}) => {
    const options = [`--maxWorkers=${workers}`];
    return runJest({ ...{ root, reports, name, paths, options }, env: { TMPDIR, ...env } });
  };
  // Systems mostly wait for the minute at which schedules tick: they go beside the tests that work.
  const results = await Promise.all([
    quick.length === 0
      ? []
      : jest(
          quick.join('-'),
          quick.map((suite) => `test/${suite}/`),
        ),
    // Each has folders of its own, and waits more than it works.
    suites.includes('system') ? jest('system', ['test/system/']) : [],
    suites.includes('web') ? runPytest({ root, reports, ...pytest(prepared, TMPDIR) }) : [],
    deployed === undefined
      ? []
      : jest('deployed', ['test/deployed/', ...alsoDeployed], { env: deployed.env }),
    deployed === undefined ? [] : runRedisTests(jest, deployed.redis),
  ]);
  return results.flat();
}

/** Runs the files below `paths`; two at once unless it says otherwise. */
type Jest = (
  name: string,
  paths: readonly string[],
  options?: { readonly env?: Readonly<Record<string, string>>; readonly workers?: number },
) => Promise<SuiteResult[]>;

/** One server after the other: they go beside the tests of what is deployed. */
async function runRedisTests(
  jest: Jest,
  { missing, servers }: OtherServers,
): Promise<SuiteResult[]> {
  const none = { passed: 0, failed: 0, seconds: 0, files: [] };
  const results = missing.map(({ name, why }): SuiteResult => ({ ...none, name, notRun: why }));
  for (const { name, path } of servers) {
    const env = { FARGAZE_REDIS_SERVER: path };
    results.push(...(await jest(name, redisTests, { env, workers: 1 })));
  }
  return results;
}

function pytest({ python, redis }: Prepared, TMPDIR: string) {
  return { python, env: { ...redis.env, REDIS_SERVER: redis.path, TMPDIR } };
}

main().catch((error: unknown) => {
  const expected = error instanceof MissingProgramError;
  process.stderr.write(
    `${expected ? error.message : String((error as Error).stack ?? messageOf(error))}\n`,
  );
  process.exitCode = 1;
});
