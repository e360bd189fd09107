// The Lambda layer as it is laid out under /opt: a user's function finds core and prom-client in it, and pushes.
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { buildLayer } from '../../build/bundles.ts';
import { runCommand } from '../../local/programs/command.ts';
import { type Server, startPushgateway } from '../../local/programs/servers.ts';

let layer: string;
let server: Server;

beforeAll(async () => {
  layer = await buildLayer();
  server = await startPushgateway();
});
afterAll(() => server.stop());

const example = 'layers/core/examples/push-from-your-function/handler.ts';

/** Runs the example, bundled as docs/layer.md says, as Lambda does: modules are found by NODE_PATH only. */
function invoke(event: object, url: string) {
  const { outputFiles } = buildSync({
    entryPoints: [example],
    bundle: true,
    platform: 'node',
    external: ['@fargaze/core', 'prom-client'],
    write: false,
  });
  const code = `
    const Module = require('node:module');
    // Away from this repository, so that its node_modules cannot help.
    const handler = new Module('/var/task/handler.js');
    handler.paths = Module._nodeModulePaths('/var/task');
    handler._compile(${JSON.stringify(outputFiles[0]?.text)}, '/var/task/handler.js');
    handler.exports.handler(${JSON.stringify(event)}).then(
      (answer) => console.log(JSON.stringify(answer)),
      (error) => { console.log(error.name + ': ' + error.message); process.exitCode = 1; },
    );`;
  const env = { NODE_PATH: join(layer, 'nodejs/node_modules'), FARGAZE_PUSHGATEWAY_URL: url };
  return runCommand(process.execPath, ['-e', code], { env });
}

it('holds core and prom-client with their declarations, and nothing else', () => {
  const files = readdirSync(layer, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.\w+$|LICENSE/.test(file),
  );
  const isDeclaration = (file: string) => /@fargaze\/core\/types\/.*\.d\.ts$/.test(file);
  expect(files).toContain('nodejs/node_modules/@fargaze/core/types/index.d.ts');
  expect(files.filter((file) => !isDeclaration(file)).sort()).toEqual([
    'nodejs/node_modules/@fargaze/core/index.cjs',
    'nodejs/node_modules/@fargaze/core/internal.cjs',
    'nodejs/node_modules/@fargaze/core/package.json',
    'nodejs/node_modules/prom-client/LICENSE',
    'nodejs/node_modules/prom-client/index.d.ts',
    'nodejs/node_modules/prom-client/index.js',
    'nodejs/node_modules/prom-client/package.json',
  ]);
});

it('a second build of the same content leaves it in place, where another command may be reading it', async () => {
  const before = statSync(layer).ino;
  expect(statSync(await buildLayer()).ino).toBe(before);
});

it('the example pushes the metrics of a prom-client registry', async () => {
  const { code, output } = await invoke(
    { source: 's3://bucket/key', imported: { users: 3 } },
    server.url,
  );
  expect([output.trim(), code]).toEqual(['{"pushed":1}', 0]);
  const text = await (await fetch(`${server.url}/metrics`)).text();
  expect(text).toContain(
    'import_rows{instance="s3://bucket/key",job="nightly-import",table="users"} 3',
  );
});

it('a push that fails is an error with its reason', async () => {
  const { code, output } = await invoke({}, 'http://127.0.0.1:1');
  expect([output.trim(), code]).toEqual([
    'DeliveryError: refused: connect ECONNREFUSED 127.0.0.1:1',
    1,
  ]);
});

describe('the public face', () => {
  const text = readFileSync('layers/core/src/index.ts', 'utf8');
  const names = [...text.matchAll(/\{([^}]*)\}/g)].flatMap(([, list = '']) => list.split(','));

  it('is code that core holds anyway, in one copy', async () => {
    const code = `
      const face = require('@fargaze/core');
      const internal = require('@fargaze/core/internal');
      console.log(JSON.stringify(Object.keys(face).map((name) => [name, face[name] === internal[name]])));`;
    const env = { NODE_PATH: join(layer, 'nodejs/node_modules') };
    const { output } = await runCommand(process.execPath, ['-e', code], { env });
    expect(Object.fromEntries(JSON.parse(output))).toEqual({
      ...{ ConfigError: true, DeliveryError: true, pushMetrics: true, version: true },
    });
    const index = readFileSync(join(layer, 'nodejs/node_modules/@fargaze/core/index.cjs'), 'utf8');
    expect(index.length).toBeLessThan(2048);
  });

  it('is described whole, and nothing of it is for our functions only', () => {
    const described = readFileSync('docs/layer.md', 'utf8');
    const plain = names
      .map((name) => name.replace('type', '').trim())
      .filter((name) => name !== '');
    expect(plain.filter((name) => !described.includes(`\`${name}\``))).toEqual([]);
    expect(plain.length).toBeGreaterThan(5);
  });

  it('shares what the functions import, and no more', () => {
    const internal = readFileSync('layers/core/src/internal.ts', 'utf8');
    const functions = readdirSync('functions', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join('functions', file), 'utf8'))
      .join('\n');
    const imported = [...functions.matchAll(/\{([^}]*)\} from '@fargaze\/core\/internal'/g)]
      .flatMap(([, list = '']) => list.split(','))
      .map((name) => name.replace(/^\s*type /, '').trim());
    const known = [...imported, ...names.map((name) => name.trim()), 'Config'];
    const shared = [
      ...internal.replaceAll(/from '[^']*'|\/\/.*/g, '').matchAll(/(?:type )?\b(\w+)(?=,|\s*\})/g),
    ];
    expect(shared.map(([, name]) => name).filter((name) => !known.includes(name ?? ''))).toEqual(
      [],
    );
    expect(shared.length).toBeGreaterThan(50);
  });
});

describe('a function of a user, in TypeScript', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-user-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  beforeAll(() => symlinkSync(join(layer, 'nodejs/node_modules'), join(directory, 'node_modules')));

  /** Compiles a text as handler.ts in a project that finds the layer as docs/layer.md says, unless `options` say otherwise. */
  function compile(text: string, { options = {}, type = 'commonjs' } = {}) {
    const modules = join(layer, 'nodejs/node_modules');
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2023', strict: true, noEmit: true },
      types: ['node'],
      typeRoots: [resolve('node_modules/@types')],
      paths: {
        '@fargaze/core': [join(modules, '@fargaze/core/types/index.d.ts')],
        'prom-client': [join(modules, 'prom-client/index.d.ts')],
      },
      ...options,
    };
    writeFileSync(join(directory, 'handler.ts'), text);
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ type }));
    const config = { compilerOptions, files: ['handler.ts'] };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
    const compiler = resolve('node_modules/typescript/bin/tsc');
    return runCommand(process.execPath, [compiler, '-p', directory], {});
  }

  const text = readFileSync(example, 'utf8');

  it('compiles against the declarations in the layer', async () => {
    const { code, output } = await compile(text);
    expect([output, code]).toEqual(['', 0]);
  });

  it.each([
    { type: 'commonjs', options: { module: 'node16', moduleResolution: 'node16' } },
    { type: 'module', options: { module: 'nodenext', moduleResolution: 'nodenext' } },
    { type: 'module', options: { module: 'esnext', moduleResolution: 'bundler' } },
  ])('compiles with the layer in node_modules: $type, $options.moduleResolution', async (row) => {
    const strict = { exactOptionalPropertyTypes: true, skipLibCheck: false };
    const options = { ...row.options, ...strict, paths: undefined, target: 'es2022' };
    const { code, output } = await compile(text, { type: row.type, options });
    expect([output, code]).toEqual(['', 0]);
  });

  it('is found by compilers that know no exports', () => {
    const folder = join(layer, 'nodejs/node_modules/@fargaze/core');
    const { main, types } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    expect([main, types].map((file) => statSync(join(folder, file)).isFile())).toEqual([
      true,
      true,
    ]);
  });

  it('is loaded by import too, with its names, where the layer lies in node_modules', async () => {
    const code =
      "import { ConfigError, DeliveryError, pushMetrics, version } from '@fargaze/core'; console.log(version);";
    writeFileSync(join(directory, 'esm.mjs'), code);
    const { output } = await runCommand(process.execPath, [join(directory, 'esm.mjs')], {});
    expect(output.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('does not compile with a wrong option, nor with what is internal', async () => {
    const { code, output } = await compile(`
      import { pushMetrics } from '@fargaze/core';
      import { startDeadline } from '@fargaze/core/internal';
      export const done = [pushMetrics({ url: 'http://x', grouping: { instance: 'a' } }), startDeadline];`);
    expect(code).not.toBe(0);
    expect(output).toMatch(/'job' is missing/);
    expect(output).toMatch(/handler\.ts\(3,\d+\).*'@fargaze\/core\/internal'/);
  });
});

it('loading core, as every cold start does, loads only what every probe needs of Node', async () => {
  const core = join(layer, 'nodejs/node_modules/@fargaze/core/internal.cjs');
  const code = `
    const before = new Set(process.moduleLoadList);
    require(${JSON.stringify(core)});
    const loaded = process.moduleLoadList.filter((name) => !before.has(name));
    console.log(JSON.stringify(loaded.filter((name) => !name.includes('internal/'))));`;
  const { output } = await runCommand(process.execPath, ['-e', code]);
  expect(JSON.parse(output)).toContain('NativeModule http');
  for (const costly of ['crypto', 'dns', 'https', 'perf_hooks', 'tls', 'zlib']) {
    expect(JSON.parse(output)).not.toContain(`NativeModule ${costly}`);
  }
});
