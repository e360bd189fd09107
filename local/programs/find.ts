// Finds the real programs: an override, PATH, the cache, then Debian's packages. What is missing everywhere is
// named in one error together with the command that installs it on this system.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readEnv } from '../../layers/core/src/env.ts';
import { messageOf } from '../../layers/core/src/errors.ts';
import { installCommand, type ProgramName, programs } from './catalogue.ts';
import { lastLines, runCommand } from './command.ts';
import { fetchPackages, hasApt, unpackedDir, unpackedEnv } from './debian.ts';

/** A program that runs on this machine. */
export type Program = {
  readonly name: string;
  readonly path: string;
  /** What it needs in its environment, e.g. where its libraries are. */
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
};

/** Programs are missing; the message holds the command that installs them. */
export class MissingProgramError extends Error {
  override readonly name = 'MissingProgramError';
}

/** Says what happens, a line at a time. */
export type Report = (line: string) => void;

/**
 * The named programs, fetched from Debian's packages where they are missing and that can be done.
 * @throws MissingProgramError naming all that cannot be had.
 */
export async function findPrograms<N extends ProgramName>(
  names: readonly N[],
  { report }: { readonly report: Report },
): Promise<Record<N, Program>> {
  const found = new Map<string, Program>();
  for (const name of names) {
    const program = await findOne(name);
    if (program !== undefined) found.set(name, program);
  }
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) {
    await fetchMissing(missing, report);
    for (const name of missing) {
      const program = await tryProgram(name, unpackedFiles(name), unpackedEnv());
      if (program === undefined) throw new MissingProgramError(explainMissing([name]));
      found.set(name, program);
    }
  }
  for (const { name, version } of found.values()) report(`${name} ${version}`);
  return Object.fromEntries(found) as Record<N, Program>;
}

async function findOne(name: ProgramName): Promise<Program | undefined> {
  const override = readEnv(programs[name].override);
  if (override !== undefined && override !== '') {
    const program = await tryProgram(name, [override], {});
    if (program !== undefined) return program;
    throw new MissingProgramError(
      `${programs[name].override}: ${override} does not run as ${name}`,
    );
  }
  const directories = [
    ...(readEnv('PATH') ?? '').split(delimiter),
    '/usr/sbin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
    '/home/linuxbrew/.linuxbrew/bin',
  ];
  const files = directories.flatMap((directory) =>
    programs[name].files.map((file) => join(directory, file)),
  );
  return (
    (await tryProgram(name, files, {})) ??
    (await tryProgram(name, unpackedFiles(name), unpackedEnv()))
  );
}

function unpackedFiles(name: ProgramName): string[] {
  return programs[name].files.map((file) => join(unpackedDir(), 'usr/bin', file));
}

/** The first of `files` that exists and runs. */
async function tryProgram(
  name: ProgramName,
  files: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Program | undefined> {
  for (const path of files) {
    if (!isExecutable(path)) continue;
    const { code, output } = await runCommand(path, ['--version'], { env, timeoutMs: 20_000 });
    const version = /\bv?=?(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1];
    if (code <= 1 && version !== undefined) return { name, path, env, version };
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function fetchMissing(missing: readonly ProgramName[], report: Report): Promise<void> {
  if (!hasApt()) throw new MissingProgramError(explainMissing(missing));
  try {
    await fetchPackages([...new Set(missing.map((name) => programs[name].debian))], report);
  } catch (error) {
    const why = lastLines(messageOf(error), 5);
    throw new MissingProgramError(`${explainMissing(missing)}\n${why}`, { cause: error });
  }
}

function explainMissing(missing: readonly ProgramName[]): string {
  const system = hasApt() ? 'debian' : process.platform === 'darwin' ? 'brew' : 'other';
  return `not found on PATH: ${missing.join(', ')}\ninstall with: ${installCommand(missing, system)}`;
}
