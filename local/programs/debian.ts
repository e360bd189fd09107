// Gets programs out of Debian's packages without installing anything: the packages are downloaded and unpacked
// into the cache. No maintainer script runs, so no service starts, and no root is needed.

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir, withLock } from './cache.ts';
import { lastLines, runCommand } from './command.ts';

/** Packages that programs of ours need not: web pages' assets and fonts. */
const needless = /^(?:libjs-|fonts-|javascript-|node-)/;

/** Names of the packages that `apt-get install --simulate` would install, without web assets. */
export function parseSimulation(output: string): string[] {
  const names = [...output.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
  return names.filter((name) => !needless.test(name));
}

/** Whether this system's packages can be used. */
export function hasApt(): boolean {
  return existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg');
}

/** The directory into which packages of this system are unpacked. */
export function unpackedDir(): string {
  return join(cacheDir(), `debian-${process.arch}`);
}

/** Environment under which unpacked programs find their libraries. */
export function unpackedEnv(): Record<string, string> {
  const root = unpackedDir();
  const triplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string];
  const directories = [`usr/lib/${triplet}`, `lib/${triplet}`, 'usr/lib', 'lib'];
  return { LD_LIBRARY_PATH: directories.map((directory) => join(root, directory)).join(':') };
}

/**
 * Unpacks `packages` and what they need beyond what is installed, into the cache, all or nothing.
 * @throws Error with the last lines of what apt said.
 */
export async function fetchPackages(
  packages: readonly string[],
  report: (line: string) => void,
): Promise<void> {
  await withLock('debian', async () => {
    const options = await aptOptions(packages[0] ?? '', report);
    const simulated = await apt([
      ...options,
      'install',
      '--simulate',
      '--no-install-recommends',
      ...packages,
    ]);
    const closure = [...new Set([...packages, ...parseSimulation(simulated)])];
    report(
      `fetching ${closure.join(' ')} (unpacked into the cache, nothing is installed or started)`,
    );
    const work = await mkdtemp(join(cacheDir(), 'fetch-'));
    try {
      await apt([...options, 'download', ...closure], work);
      await unpack(work);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

/** apt's own lists where they know the package; else lists of our own, which need no root to be fetched. */
async function aptOptions(probe: string, report: (line: string) => void): Promise<string[]> {
  const known = await runCommand('apt-cache', ['show', '--no-all-versions', probe]);
  if (known.code === 0) return [];
  const lists = join(cacheDir(), 'apt-lists');
  await mkdir(join(lists, 'partial'), { recursive: true });
  const options = [
    '-o',
    `Dir::State::lists=${lists}`,
    '-o',
    `Dir::Cache=${join(cacheDir(), 'apt-cache')}`,
    '-o',
    'Debug::NoLocking=1',
    '-o',
    'APT::Sandbox::User=',
  ];
  await mkdir(join(cacheDir(), 'apt-cache/archives/partial'), { recursive: true });
  report('fetching the package lists');
  await apt([...options, 'update']);
  return options;
}

async function unpack(downloads: string): Promise<void> {
  const root = unpackedDir();
  const fresh = join(downloads, 'root');
  for (const file of (await readdir(downloads)).filter((name) => name.endsWith('.deb'))) {
    const { code, output } = await runCommand('dpkg', ['-x', join(downloads, file), fresh]);
    if (code !== 0) throw new Error(`dpkg -x ${file}: ${lastLines(output, 3)}`);
  }
  // A rename is all or nothing; what an earlier run unpacked is kept by copying it underneath first.
  if (existsSync(root)) {
    const { code, output } = await runCommand('cp', ['-an', `${root}/.`, fresh]);
    if (code !== 0) throw new Error(`cp: ${lastLines(output, 3)}`);
    await rm(root, { recursive: true, force: true });
  }
  await rename(fresh, root);
}

async function apt(args: readonly string[], cwd?: string): Promise<string> {
  const { code, output } = await runCommand(
    'apt-get',
    ['-q', ...args],
    cwd === undefined ? {} : { cwd },
  );
  if (code !== 0) throw new Error(`apt-get: ${lastLines(output, 5)}`);
  return output;
}
