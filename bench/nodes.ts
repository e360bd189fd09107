// Releases of Node.js that benches compare: exact versions, fetched once into the cache.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, withLock } from '../local/programs/cache.ts';
import { runCommand } from '../local/programs/command.ts';
import { deployedNode } from '../test/support/deployed-node.ts';

/** The release before the deployed one, in the package `node`. */
const earlier = '22.23.3';

/** Programs by what they are called. @throws Error where one cannot be fetched. */
export async function findNodes(): Promise<Readonly<Record<string, string>>> {
  const programs = [await fetchNode(earlier), await deployedNode()];
  const named = await Promise.all(
    programs.map(async (program) => {
      const { output } = await runCommand(program, ['--version']);
      return [`Node ${output.trim().slice(1)}`, program] as const;
    }),
  );
  return Object.fromEntries(named);
}

async function fetchNode(version: string): Promise<string> {
  const folder = join(cacheDir(), `node-${version}`);
  const program = join(folder, 'node_modules/node/bin/node');
  return withLock(`node-${version}`, async () => {
    if (existsSync(program)) return program;
    const args = ['install', '--no-audit', '--no-fund', '--prefix', folder, `node@${version}`];
    const { code, output } = await runCommand('npm', args);
    if (code !== 0 || !existsSync(program)) throw new Error(`node ${version}: ${output}`);
    return program;
  });
}
