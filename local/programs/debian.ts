// Gets programs out of Debian's packages without installing anything: the packages are downloaded and unpacked
// into the cache. No maintainer script runs, so no service starts, and no root is needed.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../layers/core/src/errors.ts';
import { cacheDir, refuseInTests, withLock } from './cache.ts';
import { lastLines, runCommand } from './command.ts';
import type { Report } from './program.ts';

/** Who hears of it, and what the packages are for. */
export type FetchOptions = { readonly report: Report; readonly why: string };

/** Packages that the programs do not need here: web pages' assets and fonts. */
const needless = /^(?:libjs-|fonts-|javascript-|node-)/;

/** Names of the packages that `apt-get install --simulate` would install, without web assets. */
export function parseSimulation(output: string): string[] {
  const names = [...output.matchAll(/^Inst (\S+)/gm)].map(([, name = '']) => name);
  return names.filter((name) => !needless.test(name));
}

/** Packages that `apt-cache policy` can offer. It ends with code 0 and prints nothing of what it does not know. */
export function parsePolicy(output: string): string[] {
  const offers = output.matchAll(/^(\S+):\n {2}Installed: .*\n {2}Candidate: (?!\(none\))\S+/gm);
  return [...offers].map(([, name = '']) => name);
}

/** Whether this system's packages can be used. */
export function hasApt(): boolean {
  return existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg');
}

/** The directory into which packages are unpacked: one for each release, whose programs and libraries belong together. */
export function unpackedDir(): string {
  return join(cacheDir(), `packages-${systemRelease()}-${process.arch}`);
}

function systemRelease(): string {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    const field = (name: string) => new RegExp(`^${name}="?([\\w.-]+)`, 'm').exec(text)?.[1] ?? '';
    return `${field('ID')}${field('VERSION_ID')}`;
  } catch {
    return 'unknown';
  }
}

/** Environment under which unpacked programs find their libraries. */
export function unpackedEnv(): Record<string, string> {
  const directories = ['usr/lib', 'lib'].flatMap((path) => {
    const directory = join(unpackedDir(), path);
    // Libraries are in a directory that is named after processor and system, such as aarch64-linux-gnu; those of PulseAudio,
    // which Chromium needs, are found by each other only where they are installed.
    const names = existsSync(directory) ? readdirSync(directory) : [];
    return names
      .filter((name) => /-linux-gnu/.test(name))
      .flatMap((name) => [join(directory, name), join(directory, name, 'pulseaudio')])
      .filter(existsSync);
  });
  return directories.length === 0 ? {} : { LD_LIBRARY_PATH: directories.join(':') };
}

/**
 * Unpacks those of `packages` that this system offers, and what they need beyond what is installed, into the cache, all or
 * nothing.
 * @throws Error with the last lines of what apt said.
 */
export async function fetchPackages(
  packages: readonly string[],
  options: FetchOptions,
): Promise<void> {
  refuseInTests(`Debian packages ${packages.join(' ')}`);
  await withLock('packages', async () => {
    for (const lists of [[], ownLists()]) {
      // None of the lists where there are none, as in images of containers.
      if ((await offered(packages, lists)).length < packages.length) continue;
      try {
        return await downloadAll(packages, lists, options);
      } catch (error) {
        // Lists that are older than the archive name files that are gone.
        options.report(`old package lists? ${lastLines(messageOf(error), 1)}`);
      }
    }
    await updateLists(ownLists(), options.report);
    const known = await offered(packages, ownLists());
    if (known.length > 0) await downloadAll(known, ownLists(), options);
  });
}

async function offered(packages: readonly string[], lists: readonly string[]): Promise<string[]> {
  const { output } = await runCommand('apt-cache', [...lists, 'policy', ...packages]);
  const known = parsePolicy(output);
  return packages.filter((name) => known.includes(name));
}

/** Options by which apt keeps lists in our cache, which need no root to be fetched. */
function ownLists(): string[] {
  const settings = [
    `Dir::State::lists=${join(cacheDir(), 'apt-lists')}`,
    `Dir::Cache=${join(cacheDir(), 'apt-cache')}`,
    'Debug::NoLocking=1',
    // Root, too, writes to a cache that the user `_apt` may not read.
    'APT::Sandbox::User=root',
    'Acquire::Languages=none',
  ];
  return settings.flatMap((setting) => ['-o', setting]);
}

async function updateLists(lists: readonly string[], report: Report): Promise<void> {
  report(`fetching package lists: apt has none that are current, into ${cacheDir()}/apt-lists`);
  await mkdir(join(cacheDir(), 'apt-lists/partial'), { recursive: true });
  await mkdir(join(cacheDir(), 'apt-cache/archives/partial'), { recursive: true });
  await apt([...lists, 'update']);
}

async function downloadAll(
  packages: readonly string[],
  lists: readonly string[],
  { report, why }: FetchOptions,
): Promise<void> {
  const install = ['install', '--simulate', '--no-install-recommends'];
  const simulated = await apt([...lists, ...install, ...packages]);
  const closure = [...new Set([...packages, ...parseSimulation(simulated)])];
  report(
    `fetching Debian packages ${closure.join(' ')}: ${why}, unpacked into ${unpackedDir()}, not installed`,
  );
  const work = join(cacheDir(), 'packages.part');
  await rm(work, { recursive: true, force: true });
  await mkdir(work);
  try {
    await apt([...lists, '-o', 'APT::Sandbox::User=root', 'download', ...closure], work);
    await unpack(work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
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
