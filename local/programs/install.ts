// Which kind of system this is, and the command with which people install on it what is missing.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readEnv } from '../../layers/core/src/env.ts';
import { type ProgramName, programs } from './catalogue.ts';

/** How a system installs packages; `plain` is any that we know no command for. */
export type PackageSystem = 'apt' | 'dnf' | 'apk' | 'brew' | 'plain';

/** Whatever this machine lacks. */
export type Lacking = {
  readonly programs?: readonly ProgramName[];
  readonly python?: boolean;
  readonly go?: boolean;
};

/** Whether a file can be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The first `file` on PATH that can be run. */
function findOnPath(file: string): string | undefined {
  const directories = (readEnv('PATH') ?? '').split(delimiter).filter((path) => path !== '');
  return directories.map((directory) => join(directory, file)).find(isExecutable);
}

/** How this system installs packages. */
export function packageSystem(): PackageSystem {
  const known = { 'apt-get': 'apt', dnf: 'dnf', apk: 'apk', brew: 'brew' } as const;
  for (const [file, system] of Object.entries(known)) {
    if (findOnPath(file) !== undefined) return system;
  }
  return 'plain';
}

const pythonPackages: Readonly<Record<Exclude<PackageSystem, 'plain'>, string>> = {
  apt: 'python3 python3-venv',
  dnf: 'python3',
  apk: 'python3',
  brew: 'python',
};

/** What stands before a package manager's name: it wants root, which Homebrew does not. */
function privileged(command: string): string {
  return process.getuid?.() === 0 ? command : `sudo ${command}`;
}

const installers: Readonly<Record<Exclude<PackageSystem, 'plain'>, () => string>> = {
  apt: () =>
    `${privileged('apt-get update')} && ${privileged('apt-get install --no-install-recommends')}`,
  dnf: () => privileged('dnf install'),
  apk: () => privileged('apk add'),
  brew: () => 'brew install',
};

/** The commands that install `lacking` on a kind of system, joined to one line. */
export function installCommand(lacking: Lacking, system: PackageSystem): string {
  const facts = (lacking.programs ?? []).map((name) => programs[name]);
  const python = lacking.python === true && system !== 'plain' ? [pythonPackages[system]] : [];
  const packaged = facts.map((fact) => packageOf(fact, system)).filter((name) => name !== '');
  const packages = [...new Set([...python, ...packaged])];
  // Debian packages all of them; elsewhere Go's own command makes what is written in Go.
  const built = system === 'apt' ? [] : facts.filter(({ go }) => go !== '');
  const commands = [
    ...(packages.length > 0 && system !== 'plain'
      ? [`${installers[system]()} ${packages.join(' ')}`]
      : []),
    ...(packages.length > 0 && system === 'plain'
      ? [`your package manager: ${packages.join(' ')}`]
      : []),
    ...(lacking.python === true && system === 'plain' ? ['python.org/downloads'] : []),
    ...built.map(({ go }) => `go install ${go}@latest`),
  ];
  return commands.join(system === 'plain' ? '; ' : ' && ');
}

function packageOf(fact: (typeof programs)[ProgramName], system: PackageSystem): string {
  if (system === 'apt') return fact.debian;
  if (system === 'brew') return fact.brew;
  return fact.go === '' ? (fact.files[0] ?? '') : '';
}
