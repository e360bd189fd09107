// Finds the real programs: an override, PATH, the cache, then Debian's packages. A file counts only when it says that it
// is that program; another one of the same name is passed over, with a line that says so.
import { delimiter, join } from 'node:path';
import { readEnv } from '../../layers/core/src/env.ts';
import { messageOf } from '../../layers/core/src/errors.ts';
import { askProgram, lateCode, type ProgramQuestion } from './ask.ts';
import { type ProgramName, programs } from './catalogue.ts';
import { lastLines } from './command.ts';
import { fetchPackages, hasApt, unpackedDir, unpackedEnv } from './debian.ts';
import { deployedPrograms } from './go.ts';
import { type GoProgramName, goPrograms } from './go-catalogue.ts';
import { installCommand, isExecutable, packageSystem } from './install.ts';
import { isAtLeast, MissingProgramError, type Program, type Report } from './program.ts';

export { MissingProgramError, type Program, type Report } from './program.ts';

/** What a look at this machine finds, before anything is fetched. */
export type Search = {
  readonly found: ReadonlyMap<ProgramName, Program>;
  readonly missing: readonly ProgramName[];
  /** Files of the right name that are something else, or too old: a line each. */
  readonly refused: readonly string[];
};

/**
 * The named programs, fetched from Debian's packages where they are missing and that can be done.
 * @throws MissingProgramError naming all that are missing.
 */
export async function findPrograms<N extends ProgramName>(
  names: readonly N[],
  { report, signal }: { readonly report: Report; readonly signal?: AbortSignal },
): Promise<Record<N, Program>> {
  const search = await lookForPrograms(names, signal);
  for (const line of search.refused) report(line);
  const found = new Map(search.found);
  if (search.missing.length > 0) {
    await fetchMissing(search.missing, report);
    const fetched = await lookForPrograms(search.missing, signal);
    const built = await buildOthers(fetched, report);
    for (const [name, program] of [...fetched.found, ...built]) found.set(name, program);
  }
  const programsInOrder = names.map((name) => [name, found.get(name)] as const);
  for (const [name, program] of programsInOrder)
    report(`${name} ${program?.version}: ${program?.path}`);
  return Object.fromEntries(programsInOrder) as Record<N, Program>;
}

/**
 * Looks at what is on this machine; fetches nothing.
 * @throws MissingProgramError when an override names a file that is not that program; the reason of `signal`.
 */
export async function lookForPrograms(
  names: readonly ProgramName[],
  signal?: AbortSignal,
): Promise<Search> {
  const found = new Map<ProgramName, Program>();
  const refused: string[] = [];
  await Promise.all(
    names.map(async (name) => {
      const program = await lookForOne(name, { refused, signal });
      if (program !== undefined) found.set(name, program);
    }),
  );
  return { found, missing: names.filter((name) => !found.has(name)), refused };
}

type Look = { readonly refused: string[]; readonly signal: AbortSignal | undefined };

async function lookForOne(
  name: ProgramName,
  { refused, signal }: Look,
): Promise<Program | undefined> {
  const { files, override } = programs[name];
  const named = readEnv(override);
  if (named !== undefined) {
    const seen = isExecutable(named)
      ? await identify(name, named, { signal })
      : 'no file that can be run';
    if (typeof seen !== 'string') return seen;
    throw new MissingProgramError(`${override}: ${named} is not ${name}: ${seen}`);
  }
  const candidates = [
    ...programDirectories().map((directory) => ({ directory, env: {} })),
    // What Debian has of Chromium in `bin` starts the program of an installed package.
    ...['usr/lib/chromium', 'usr/bin', 'usr/sbin', 'bin'].map((path) => ({
      directory: join(unpackedDir(), path),
      env: unpackedEnv(),
    })),
  ];
  for (const { directory, env } of candidates) {
    for (const path of files.map((file) => join(directory, file)).filter(isExecutable)) {
      const seen = await identify(name, path, { env, signal });
      if (typeof seen !== 'string') return seen;
      refused.push(`passed over ${path}: not ${name}: ${seen}`);
    }
  }
  return undefined;
}

/** PATH, then where systems put servers and Homebrew puts everything. */
function programDirectories(): string[] {
  const path = (readEnv('PATH') ?? '').split(delimiter).filter((directory) => directory !== '');
  const others = [
    '/usr/sbin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
    '/home/linuxbrew/.linuxbrew/bin',
  ];
  return [...new Set([...path, ...others])];
}

/** The program, or in words why the file at `path` is not the one that is wanted. */
async function identify(
  name: ProgramName,
  path: string,
  question: ProgramQuestion,
): Promise<Program | string> {
  const { env = {} } = question;
  const { banner, oldest } = programs[name];
  const { code, output } = await askProgram(path, ['--version'], question);
  const version = code <= 1 ? banner.exec(output)?.[1] : undefined;
  if (code === lateCode) return `--version: ${output}`;
  if (version === undefined) {
    const line = output.split('\n').find((text) => text.trim() !== '') ?? '';
    return `--version ended with code ${code} and printed ${JSON.stringify(line.slice(0, 100))}`;
  }
  if (!isAtLeast(version, oldest)) return `version ${version}, want ${oldest} or newer`;
  return { name, path, env, version };
}

async function fetchMissing(missing: readonly ProgramName[], report: Report): Promise<void> {
  if (!hasApt()) throw new MissingProgramError(explainMissing(missing));
  try {
    const packages = [...new Set(missing.map((name) => programs[name].debian))];
    await fetchPackages(packages, { report, why: `for ${missing.join(', ')}` });
  } catch (error) {
    const why = lastLines(messageOf(error), 5);
    throw new MissingProgramError(`${explainMissing(missing)}\n${why}`, { cause: error });
  }
}

/** Builds what the distribution lacks or has in an old version only, where it can be built. */
async function buildOthers({ missing, refused }: Search, report: Report) {
  const buildable = missing.filter((name) => name in goPrograms) as (ProgramName & GoProgramName)[];
  if (buildable.length < missing.length) {
    const lacking = missing.filter((name) => !(name in goPrograms));
    throw new MissingProgramError([explainMissing(lacking), ...refused].join('\n'));
  }
  if (missing.length === 0) return [];
  for (const line of refused) report(line);
  const programs = await deployedPrograms(buildable, { report });
  return buildable.map((name): [ProgramName, Program] => [name, programs[name]]);
}

/** Names what is missing, and the command for it on this system. */
function explainMissing(missing: readonly ProgramName[]): string {
  const command = installCommand({ programs: missing }, packageSystem());
  return `not found on PATH: ${missing.join(', ')}\ninstall with: ${command}`;
}
