// Type declarations of the public face of core, made by TypeScript itself: what a function of a user compiles against.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';

/**
 * Writes the declarations that index.ts of `core` leads to into `target`.
 * @throws Error with TypeScript's words when core does not compile.
 */
export async function writeDeclarations(core: string, target: string): Promise<void> {
  const types = join(core, 'dist/types');
  if (await isStale(join(core, 'src'), join(types, 'index.d.ts'))) await emit(core);
  for (const file of await reachable(types)) {
    await mkdir(dirname(join(target, file)), { recursive: true });
    await copyFile(join(types, file), join(target, file));
  }
}

/** Half a second of CPU is worth a look at the times: `serverless invoke local` builds the layer every time. */
async function isStale(source: string, output: string): Promise<boolean> {
  const made = await stat(output).catch(() => undefined);
  if (made === undefined) return true;
  const files = await readdir(source, { recursive: true });
  const times = await Promise.all(files.map((file) => stat(join(source, file))));
  return times.some(({ mtimeMs }) => mtimeMs > made.mtimeMs);
}

async function emit(core: string): Promise<void> {
  const compiler = join(core, '../../node_modules/typescript/bin/tsc');
  try {
    const project = join(core, 'tsconfig.types.json');
    await promisify(execFile)(process.execPath, [compiler, '-p', project]);
  } catch (cause) {
    const { stdout = '' } = cause as { readonly stdout?: string };
    throw new Error(`the public face of core does not compile\n${stdout}`, { cause });
  }
}

/** TypeScript declares every file that index.ts imports; what no declaration names stays out of the layer. */
async function reachable(types: string): Promise<string[]> {
  const found = new Set(['index.d.ts']);
  for (const file of found) {
    const text = await readFile(join(types, file), 'utf8');
    for (const [, path = ''] of text.matchAll(/from '(\.[^']+)\.ts'/g)) {
      found.add(`${normalize(join(dirname(file), path))}.d.ts`);
    }
  }
  return [...found];
}
