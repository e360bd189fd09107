// Builds what the functions run on: @fargaze/core and the Lambda layer. The Serverless plugin takes from here all that it needs
// of building, `npm run build` too.
import { createHash } from 'node:crypto';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { findBridgeOverload } from '../layers/core/src/config/compile/bridge-capacity.ts';
import { findOverload } from '../layers/core/src/config/compile/capacity.ts';
import { codeOf } from '../layers/core/src/errors.ts';
import { readOwnConfig } from './config-file.ts';
import { writeDeclarations } from './declarations.ts';
import { findLiteralSecrets } from './literal-secrets.ts';

export { findBridgeOverload, findLiteralSecrets, findOverload, readOwnConfig };

/** Options of every bundle that ships. */
export const shipped = {
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  supported: {
    // What is loaded late is required late: no second module loader at a cold start.
    'dynamic-import': false,
    // Else esbuild makes `new RegExp` of patterns that nobody uses, and keeps them.
    'regexp-unicode-property-escapes': true,
  },
  legalComments: 'none',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Bundles core to `layers/core/dist` and lays out the layer; answers with the layer's directory. */
export async function buildLayer(root = process.cwd()): Promise<string> {
  const core = join(root, 'layers/core');
  const common = { ...shipped, absWorkingDir: root };
  await bundle({
    ...common,
    entryPoints: [join(core, 'src/internal.ts')],
    outfile: join(core, 'dist/internal.cjs'),
  });
  await bundle({
    ...common,
    entryPoints: [join(core, 'src/index.ts')],
    outfile: join(core, 'dist/index.cjs'),
    plugins: [handOn],
  });
  const layer = join(root, '.build/layers/core');
  await mkdir(dirname(layer), { recursive: true });
  const draft = await mkdtemp(`${layer}-`);
  const modules = join(draft, 'nodejs/node_modules');
  await layOutCore(core, join(modules, '@fargaze/core'));
  await layOutPromClient(root, join(modules, 'prom-client'));
  await replaceDirectory(layer, draft);
  return layer;
}

/** What index.ts exports it takes from internal.cjs: an error that is thrown by one is an instance for the other. */
const handOn: Plugin = {
  name: 'hand-on',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\// }, () => ({ path: './internal.cjs', external: true }));
  },
};

/** Builds, and puts each file in the place of the last one. */
async function bundle(options: BuildOptions): Promise<void> {
  const { outputFiles } = await build({ ...options, write: false });
  for (const { contents, path } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await replaceFile(path, contents);
  }
}

/** Others may be reading the file: they see the old one or the new one, whole. */
async function replaceFile(file: string, contents: string | Uint8Array): Promise<void> {
  const draft = join(dirname(file), `.${basename(file)}-${process.pid}`);
  await writeFile(draft, contents);
  await rename(draft, file);
}

/**
 * Puts `draft` in the place of `directory`, unless that holds the same already: another command may be reading it. Where two
 * do so at once, the same content is there in the end.
 */
async function replaceDirectory(directory: string, draft: string): Promise<void> {
  const changed = (await digest(directory)) !== (await digest(draft));
  if (!changed) return rm(draft, { recursive: true });
  await rm(directory, { recursive: true, force: true });
  try {
    await rename(draft, directory);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
  }
}

/** Differs when any file below `directory` does; undefined where there is no such folder, or while another command makes it. */
async function digest(directory: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    for (const file of files.map(({ name, parentPath }) => join(parentPath, name)).sort()) {
      const content = await readFile(file);
      hash.update(`${relative(directory, file)}\0${content.length}\0`).update(content);
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}

async function layOutCore(core: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const { name, version, license } = JSON.parse(await readFile(join(core, 'package.json'), 'utf8'));
  const exports = {
    '.': { types: './types/index.d.ts', default: './index.cjs' },
    './internal': './internal.cjs',
  };
  // Compilers that know no `exports` (moduleResolution node10) look at `types`.
  const face = { main: 'index.cjs', types: 'types/index.d.ts', exports };
  const manifest = { name, version, license, ...face };
  await writeFile(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of ['index.cjs', 'internal.cjs']) {
    await copyFile(join(core, 'dist', file), join(target, file));
  }
  await writeDeclarations(core, join(target, 'types'));
}

/** The whole of prom-client, for users' functions; those of this project do not load it. */
async function layOutPromClient(root: string, target: string): Promise<void> {
  const source = join(root, 'node_modules/prom-client');
  await mkdir(target, { recursive: true });
  const { name, version, license } = JSON.parse(
    await readFile(join(source, 'package.json'), 'utf8'),
  );
  const manifest = { name, version, license, main: 'index.js', types: 'index.d.ts' };
  await writeFile(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const file of ['LICENSE', 'index.d.ts']) {
    await copyFile(join(source, file), join(target, file));
  }
  await build({
    ...shipped,
    absWorkingDir: root,
    entryPoints: [join(source, 'index.js')],
    outfile: join(target, 'index.js'),
  });
}
