// Bundles the command `fargaze` into a folder: main.mjs, and a part for what only some commands need. Plain JavaScript, because
// the command bundles itself by it in a clone (cli/fargaze.mjs).
import { join } from 'node:path';
import { build } from 'esbuild';

/** CommonJS packages ask for Node's modules by `require`. */
const banner =
  "import { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);";

/** Writes the bundle to `outdir`; answers with what it was made of: files of the repository, and of packages. */
export async function bundleCommand({ minify = false, outdir, root }) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: join(root, 'cli/main.ts') },
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    // CommonJS packages have no named exports where a part of a bundle imports them.
    mainFields: ['module', 'main'],
    format: 'esm',
    target: 'node20',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'part-[hash]',
    conditions: ['source', 'module'],
    external: ['esbuild'],
    alias: { bowser: join(root, 'scripts/no-browser.cjs') },
    banner: { js: banner },
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    minify,
  });
  const inputs = Object.keys(metafile.inputs).filter((file) => !/^[<(]/.test(file));
  const isPackaged = (file) => /(?:^|\/)node_modules\//.test(file);
  return {
    files: inputs.filter((file) => !isPackaged(file)),
    packaged: inputs.filter(isPackaged),
  };
}
