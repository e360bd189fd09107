// A Python environment with exactly the pinned requirements, made once per content of the requirements file.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheDir, withLock } from './cache.ts';
import { lastLines, runCommand } from './command.ts';
import { hasApt } from './debian.ts';
import { MissingProgramError, type Report } from './find.ts';

/**
 * The `python` of an environment in which the file `requirements` is installed.
 * @throws MissingProgramError when there is no Python 3.10 or newer with venv, naming the command for it.
 */
export async function preparePython(options: {
  readonly requirements: string;
  readonly report: Report;
}): Promise<{ readonly python: string }> {
  const base = await findPython();
  const hash = createHash('sha256').update(await readRequirements(options.requirements));
  const key = hash.update(base.version).digest('hex').slice(0, 16);
  const directory = join(cacheDir(), `python-${key}`);
  const python = join(directory, 'bin/python');
  const done = join(directory, 'complete');
  return withLock(`python-${key}`, async () => {
    if (!existsSync(done)) {
      options.report(`making a Python ${base.version} environment for ${options.requirements}`);
      await rm(directory, { recursive: true, force: true });
      await mkdir(directory, { recursive: true });
      await makeVenv(base.command, directory);
      await step(python, [
        '-m',
        'pip',
        'install',
        '-q',
        '--disable-pip-version-check',
        '-r',
        options.requirements,
      ]);
      await writeFile(done, '');
    }
    return { python };
  });
}

/** The file and those that it includes by `-r`. */
async function readRequirements(file: string): Promise<string> {
  const text = await readFile(file, 'utf8');
  const included = [...text.matchAll(/^-r\s+(\S+)/gm)].map(([, name = '']) => name);
  const parts = await Promise.all(
    included.map((name) => readRequirements(join(dirname(file), name))),
  );
  return [text, ...parts].join('\n');
}

async function findPython(): Promise<{ readonly command: string; readonly version: string }> {
  for (const command of ['python3', 'python']) {
    const { code, output } = await runCommand(command, ['--version']);
    const [, version = '', minor = '0'] = /Python (3\.(\d+)\.\d+)/.exec(output) ?? [];
    if (code === 0 && Number(minor) >= 10) return { command, version };
  }
  const install = hasApt() ? 'sudo apt-get install python3 python3-venv' : 'brew install python';
  throw new MissingProgramError(`Python 3.10 or newer not found\ninstall with: ${install}`);
}

async function makeVenv(command: string, directory: string): Promise<void> {
  const { code, output } = await runCommand(command, ['-m', 'venv', directory]);
  if (code === 0) return;
  const hint = hasApt() ? '\ninstall with: sudo apt-get install python3-venv' : '';
  throw new MissingProgramError(`${command} -m venv failed: ${lastLines(output, 3)}${hint}`);
}

async function step(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(command, args);
  if (code !== 0) throw new Error(`${args.join(' ')}: ${lastLines(output, 8)}`);
}
