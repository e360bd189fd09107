// Everything that the tests run, fetched before the first of them: a test has a limit, and two at once would fetch twice.
// Checks first what must be there, and says of each thing that is fetched what it is, why, and where it goes.
import { resolve } from 'node:path';
import { findBusybox } from '../local/programs/busybox.ts';
import { findPrograms, type Program, type Report } from '../local/programs/find.ts';
import { deployedPrograms } from '../local/programs/go.ts';
import { checkMachine } from '../local/programs/machine.ts';
import { preparePython } from '../local/programs/python.ts';
import { fetchLockKnowledge } from './python-locks.ts';
import { type OtherServers, prepareRedisServers } from './redis-servers.ts';

const names = [
  'redis-server',
  'prometheus',
  'promtool',
  'pushgateway',
  'redis_exporter',
  'blackbox_exporter',
  'amtool',
  'nutcracker',
] as const;

const deployedNames = [
  ...(['prometheus', 'promtool', 'pushgateway', 'redis_exporter'] as const),
  ...(['blackbox_exporter', 'yace', 'alertmanager', 'amtool'] as const),
  'victoria-metrics' as const,
];

/** What the suites run. */
export type Prepared = {
  readonly redis: Program;
  /** With moto, cfn-lint and pytest. */
  readonly python: string;
};

const lock = (file: string) => resolve(file);

/**
 * What `npm test` runs, fetched where it is missing.
 * @throws MissingProgramError naming everything that this machine lacks.
 */
export async function prepareTests(report: Report): Promise<Prepared> {
  await checkMachine(names);
  const [programs, , { python }] = await Promise.all([
    findPrograms(names, { report }),
    preparePython({
      requirements: lock('infra/web/requirements.txt'),
      why: 'the demo web app',
      report,
    }),
    preparePython({
      requirements: lock('test/support/python/requirements.txt'),
      why: 'a simulated AWS, cfn-lint and the web app’s tests',
      report,
    }),
  ]);
  return { redis: programs['redis-server'], python };
}

/** What `npm run test:deployed` runs. */
export type PreparedDeployed = {
  /** Variables by which the other tests run the deployed programs, too. */
  readonly env: Readonly<Record<string, string>>;
  readonly redis: OtherServers;
};

/** What `npm run test:deployed` runs besides. */
export async function prepareDeployed(report: Report): Promise<PreparedDeployed> {
  await findBusybox(report);
  await findPrograms(['chromium'], { report });
  const { python } = await preparePython({
    requirements: lock('test/support/python/deployed.txt'),
    why: 'checkov, the Node.js of the functions, and uv',
    report,
  });
  await fetchLockKnowledge(python, report);
  const redis = await prepareRedisServers(report);
  const programs = await deployedPrograms(deployedNames, { report });
  const env = {
    FARGAZE_PROMETHEUS: programs.prometheus.path,
    FARGAZE_PROMTOOL: programs.promtool.path,
    FARGAZE_PUSHGATEWAY: programs.pushgateway.path,
    FARGAZE_REDIS_EXPORTER: programs.redis_exporter.path,
    FARGAZE_AMTOOL: programs.amtool.path,
    FARGAZE_BLACKBOX_EXPORTER: programs.blackbox_exporter.path,
  };
  return { env, redis };
}
