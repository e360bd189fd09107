// A Python environment with exactly the locked requirements, made once per content of the requirements file. Wheels only, each
// held to its hash: nothing is compiled and nothing of a package runs while it is installed.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { askProgram, lateCode } from './ask.ts';
import { cacheDir, refuseInTests, withLock } from './cache.ts';
import { lastLines, runCommand } from './command.ts';
import { installCommand, packageSystem } from './install.ts';
import { MissingProgramError, type Report } from './program.ts';

/** Minor versions of Python 3 for which the requirements are locked. */
export const pythonMinors = { oldest: 10, newest: 14 } as const;

/** A Python of this machine that can make environments. */
export type Python = { readonly command: string; readonly version: string };

/** What is wanted of {@link preparePython}. */
export type PythonOptions = {
  /** A lock file made by scripts/lock-python. */
  readonly requirements: string;
  readonly report: Report;
  /** What it is for, in a few words. */
  readonly why?: string;
  /** Ends looking for a Python. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * The `python` of an environment in which the file `requirements` is installed.
 * @throws MissingProgramError when there is no such Python with venv, naming the command for it.
 */
export async function preparePython(options: PythonOptions): Promise<{ readonly python: string }> {
  const base = await findPython(options.signal);
  const content = await readFile(options.requirements);
  const platform = `${base.version} ${process.platform} ${process.arch}`;
  const key = createHash('sha256').update(content).update(platform).digest('hex').slice(0, 16);
  const directory = join(cacheDir(), `python-${key}`);
  const python = join(directory, 'bin/python');
  const done = join(directory, 'complete');
  if (existsSync(done)) return { python };
  return withLock(`python-${key}`, async () => {
    if (existsSync(done)) return { python };
    const packages = content.toString().match(/^[\w.-]+(?:\[[\w,]+\])?==/gm)?.length ?? 0;
    const file = relative(process.cwd(), options.requirements);
    const why = options.why === undefined ? '' : ` (${options.why})`;
    refuseInTests(file);
    options.report(
      `fetching Python packages, ${packages} of ${file}${why}, for Python ${base.version}, into ${directory}`,
    );
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    await install(base, { directory, requirements: options.requirements });
    await writeFile(done, '');
    return { python };
  });
}

/** What the Python says of itself, and whether it has what `venv` needs: Debian packages that apart. */
const question =
  'import sys; print(*sys.version_info[:3]); import venv, ensurepip; print("complete")';

/** @throws MissingProgramError when there is none, naming each that was found and what is wrong with it. */
async function findPython(signal: AbortSignal | undefined): Promise<Python> {
  const python = await lookForPython(signal);
  if (typeof python !== 'string') return python;
  const command = installCommand({ python: true }, packageSystem());
  throw new MissingProgramError(`${python}\ninstall with: ${command}`);
}

/**
 * A Python that can make environments: `python3` on PATH, else one with its version in its name. Where there is none, in
 * words what is wrong with those that were found.
 */
export async function lookForPython(signal?: AbortSignal): Promise<Python | string> {
  const seen: string[] = [];
  const { newest, oldest } = pythonMinors;
  const named = Array.from(
    { length: newest - oldest + 1 },
    (_, index) => `python3.${newest - index}`,
  );
  for (const command of ['python3', ...named, 'python']) {
    const { code, output } = await askProgram(command, ['-c', question], { signal });
    if (code === lateCode) seen.push(`${command}: ${output}`);
    const [, major = '', minor = '', patch = ''] = /^(\d+) (\d+) (\d+)$/m.exec(output) ?? [];
    if (major === '') continue;
    const version = `${major}.${minor}.${patch}`;
    const fits = major === '3' && Number(minor) >= oldest && Number(minor) <= newest;
    if (fits && /^complete$/m.test(output)) return { command, version };
    seen.push(`${command} is ${version}${fits ? ' without venv and ensurepip' : ''}`);
  }
  const found = seen.length === 0 ? 'none found' : seen.join(', ');
  return `Python 3.${oldest} to 3.${newest} with venv: ${found}`;
}

async function install(
  { command }: Python,
  { directory, requirements }: { readonly directory: string; readonly requirements: string },
): Promise<void> {
  const made = await runCommand(command, ['-m', 'venv', directory]);
  if (made.code !== 0) throw new Error(`${command} -m venv: ${lastLines(made.output, 3)}`);
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  const strict = ['--require-hashes', '--only-binary', ':all:', '--no-deps'];
  const args = ['-m', 'pip', 'install', ...quiet, ...strict, '-r', requirements];
  const installed = await runCommand(join(directory, 'bin/python'), args, { timeoutMs: 900_000 });
  if (installed.code === 0) return;
  throw new Error(`pip install -r ${basename(requirements)}: ${lastLines(installed.output, 8)}`);
}
