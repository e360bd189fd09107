// Checks what this machine must have, before anything is fetched or started, and names all that is missing in one message.
import { messageOf } from '../../layers/core/src/errors.ts';
import { cacheDir } from './cache.ts';
import type { ProgramName } from './catalogue.ts';
import { hasApt } from './debian.ts';
import { lookForPrograms } from './find.ts';
import { installCommand, packageSystem } from './install.ts';
import { isAtLeast, MissingProgramError } from './program.ts';
import { lookForPython } from './python.ts';

/** Oldest Node.js that runs this repository: `engines` in package.json. */
export const oldestNode = '20.19';

/** What {@link checkMachine} goes by. */
export type Circumstances = {
  /** The version of Node.js; this process's when unset. */
  readonly node?: string;
  /** Ends looking. */
  readonly signal?: AbortSignal;
};

/**
 * Checks Node.js, Python with venv, the cache and the named programs, those that can be fetched left out.
 * @throws MissingProgramError naming everything that is missing and the command that installs it here.
 */
export async function checkMachine(
  names: readonly ProgramName[],
  { node = process.versions.node, signal }: Circumstances = {},
): Promise<void> {
  const lines: string[] = [];
  if (!isAtLeast(node, oldestNode)) {
    lines.push(`Node.js ${oldestNode} or newer: this is ${node}; see nodejs.org/en/download`);
  }
  const python = await lookForPython(signal);
  if (typeof python === 'string') lines.push(python);
  const { missing, problems } = await missingPrograms(names, signal);
  lines.push(...problems);
  if (lines.length === 0) return;
  const lacking = { python: typeof python === 'string', programs: missing };
  const command = installCommand(lacking, packageSystem());
  const advice = command === '' ? [] : [`install with: ${command}`];
  throw new MissingProgramError(
    ['missing on this machine:', ...lines.map((line) => `  ${line}`), ...advice].join('\n'),
  );
}

/** What cannot be fetched either, and every reason that is not simply absence. */
async function missingPrograms(names: readonly ProgramName[], signal: AbortSignal | undefined) {
  try {
    cacheDir();
    const { missing, refused } = await lookForPrograms(names, signal);
    if (missing.length === 0 || hasApt()) return { missing: [], problems: [] };
    return { missing, problems: [`not found on PATH: ${missing.join(', ')}`, ...refused] };
  } catch (error) {
    if (!(error instanceof MissingProgramError)) throw error;
    return { missing: [], problems: [messageOf(error)] };
  }
}
