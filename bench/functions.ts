// Functions as they are deployed, for cold processes: core apart, as in the layer, the configuration compiled in, and without
// the parts that it does not use.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { shipped } from '../build/bundles.ts';
import { parseConfigText } from '../build/config-file.ts';
import { outside } from '../build/outside.cjs';
import { unusedRooms } from '../build/unused-rooms.cjs';
import type { Config } from '../layers/core/src/config/config.ts';

/** What to write where. */
export type FunctionsSpec = {
  readonly directory: string;
  /** Names below functions/. */
  readonly functions: readonly string[];
  /** Text of a fargaze.yml. */
  readonly config: string;
  /** For core. */
  readonly plugins?: Plugin[];
};

/** Writes `<function>.cjs` and node_modules/@fargaze/core. */
export async function writeFunctions(spec: FunctionsSpec): Promise<void> {
  const { config, directory, functions, plugins = [] } = spec;
  const root = process.cwd();
  const parsed = parseConfigText(config);
  const common = { ...shipped, absWorkingDir: root };
  const core = join(directory, 'node_modules/@fargaze/core');
  await build({
    ...common,
    plugins,
    entryPoints: [join(root, 'layers/core/src/internal.ts')],
    outfile: join(core, 'internal.cjs'),
  });
  await writeFile(join(core, 'package.json'), '{"exports":{"./internal":"./internal.cjs"}}');
  await build({
    ...common,
    entryPoints: Object.fromEntries(
      functions.map((name) => [name, join(root, `functions/${name}/handler.ts`)]),
    ),
    external: outside,
    outdir: directory,
    outExtension: { '.js': '.cjs' },
    plugins: [compiled(parsed), unusedRooms(() => parsed)],
  });
}

function compiled(config: Config): Plugin {
  return {
    name: 'bench-config',
    setup: ({ onLoad, onResolve }) => {
      onResolve({ filter: /^fargaze:config$/ }, ({ path }) => ({ path, namespace: 'bench' }));
      onLoad({ filter: /.*/, namespace: 'bench' }, () => ({
        contents: `exports.config = ${JSON.stringify(config)}`,
      }));
    },
  };
}
