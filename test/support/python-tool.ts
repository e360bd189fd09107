// Programs that are written in Python, from the environments that the tests prepare.
import { dirname, join, resolve } from 'node:path';
import { type CommandResult, runCommand } from '../../local/programs/command.ts';
import { preparePython } from '../../local/programs/python.ts';

/** Runs a program of the environment that the lock file `requirements` beside `test/support/python` makes. */
export async function runPythonTool(
  requirements: string,
  [program = '', ...args]: readonly string[],
): Promise<CommandResult> {
  const file = resolve('test/support/python', requirements);
  const { python } = await preparePython({ requirements: file, report: () => undefined });
  const env = { AWS_DEFAULT_REGION: 'us-east-1' };
  return runCommand(join(dirname(python), program), args, { env });
}
