// Minified bytes of what ships: each function besides core, core itself, and the whole of prom-client for comparison.
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { shipped } from '../build/bundles.ts';
import { outside } from '../build/outside.cjs';
import { unusedRooms } from '../build/unused-rooms.cjs';

/** One bundle. */
export type BundleSize = {
  readonly name: string;
  readonly bytes: number;
  readonly gzipBytes: number;
  /** Files that went into it. */
  readonly inputs: readonly string[];
  /** Files outside the repository's own code that this code imports itself. */
  readonly imported: readonly string[];
};

/** Most minified bytes of each bundle. */
export const budgets = {
  'web-probe': 40 * 1024,
  // Clusters, sentinels and the rest are in it, and run only where they are met; 1.5 KB hide passwords that a server repeats,
  // and 4 KB say what is wrong with what servers and load balancers say, and which setting is wanted.
  'redis-probe': 47 * 1024,
  // Of it the association of all namespaces is 20 KB; 2 KB carry on where a run had no time left; 3 KB do what the SDK does with
  // errors, addresses and credentials that end; 1.5 KB read the addresses of a profile; 2 KB settle which job reads a series that
  // several ask for. No part of the SDK is in it.
  'ecs-bridge': 103 * 1024,
  // 8 KB of it read, check and keep the events of ECS.
  deliver: 23 * 1024,
  janitor: 6 * 1024,
  // 0.7 KB of it say which setting is wanted where a certificate or an address is refused, as much what is wrong with an odd
  // event or message of the queue.
  core: 136 * 1024,
} as const satisfies Readonly<Record<string, number>>;

/**
 * Most bytes of web-probe with every part that a module can ask for; 4.5 KB of it find out who broke off an answer over HTTP/2, and
 * why, and ask again where nothing was done, 4 KB read secrets in any text and hide what a server of any protocol repeats of
 * them, 1.5 KB read a gRPC answer as grpc-go does, 1 KB says to a proxy who asks.
 */
export const wholeWebProbeBudget = 79 * 1024;

const functions = ['web-probe', 'redis-probe', 'ecs-bridge', 'deliver', 'janitor'] as const;

/** What a configuration is measured with that asks for plain HTTP and Redis. */
const plain = { modules: { http_2xx: { prober: 'http', http: {} }, redis: { prober: 'redis' } } };

/**
 * Builds each bundle in memory, as it ships, but without the compiled configuration: with what plain HTTP needs, or with
 * every part that a module can ask for.
 */
export async function measureBundles(modules: 'plain' | 'all' = 'plain'): Promise<BundleSize[]> {
  const entries = [
    ...functions.map((name) => ({ name, entry: `functions/${name}/handler.ts` })),
    { name: 'core', entry: 'layers/core/src/internal.ts' },
  ];
  const plugins = modules === 'all' ? [] : [unusedRooms(() => plain)];
  return Promise.all(entries.map(({ name, entry }) => measure({ name, entry, plugins })));
}

type Entry = { readonly name: string; readonly entry: string; readonly plugins: Plugin[] };

async function measure({ entry, name, plugins }: Entry): Promise<BundleSize> {
  const { metafile, outputFiles } = await build({
    ...shipped,
    entryPoints: [entry],
    external: name === 'core' ? [] : [...outside, 'fargaze:config'],
    plugins,
    metafile: true,
    write: false,
  });
  const contents = outputFiles[0]?.contents ?? new Uint8Array();
  return {
    name,
    bytes: contents.byteLength,
    gzipBytes: gzipSync(contents).byteLength,
    inputs: Object.keys(metafile.inputs),
    imported: Object.entries(metafile.inputs)
      .filter(([file]) => !file.includes('node_modules/'))
      .flatMap(([, { imports }]) => imports.map(({ path }) => path))
      .filter((path) => path.includes('node_modules/')),
  };
}
