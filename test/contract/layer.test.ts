// The Lambda layer as it is laid out under /opt: a user's function finds core and prom-client in it, and pushes.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../local/programs/command.ts';
import { type Server, startPushgateway } from '../../local/programs/servers.ts';
import { buildLayer } from '../../scripts/build.ts';

let layer: string;
let server: Server;

beforeAll(async () => {
  layer = await buildLayer();
  server = await startPushgateway();
});
afterAll(() => server.stop());

/** Runs the example as Lambda does: modules are found by NODE_PATH alone. */
function invoke(event: object, url: string) {
  const example = 'layers/core/examples/push-from-your-function/handler.js';
  const code = `
    const Module = require('node:module');
    const { readFileSync } = require('node:fs');
    // Away from this repository, so that its node_modules cannot help.
    const handler = new Module('/var/task/handler.js');
    handler.paths = Module._nodeModulePaths('/var/task');
    handler._compile(readFileSync(${JSON.stringify(join(process.cwd(), example))}, 'utf8'), '/var/task/handler.js');
    handler.exports.handler(${JSON.stringify(event)}).then(
      (answer) => console.log(JSON.stringify(answer)),
      (error) => { console.log(error.name + ': ' + error.message); process.exitCode = 1; },
    );`;
  const env = { NODE_PATH: join(layer, 'nodejs/node_modules'), FARGAZE_PUSHGATEWAY_URL: url };
  return runCommand(process.execPath, ['-e', code], { env });
}

it('holds core and prom-client, and nothing else', () => {
  const files = readdirSync(layer, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.\w+$|LICENSE/.test(file),
  );
  expect(files.sort()).toEqual([
    'nodejs/node_modules/@fargaze/core/index.cjs',
    'nodejs/node_modules/@fargaze/core/package.json',
    'nodejs/node_modules/prom-client/LICENSE',
    'nodejs/node_modules/prom-client/index.js',
    'nodejs/node_modules/prom-client/package.json',
  ]);
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

it('loading core, as every cold start does, loads only what every probe needs of Node', async () => {
  const core = join(layer, 'nodejs/node_modules/@fargaze/core');
  const code = `
    const before = new Set(process.moduleLoadList);
    require(${JSON.stringify(core)});
    const loaded = process.moduleLoadList.filter((name) => !before.has(name));
    console.log(JSON.stringify(loaded.filter((name) => !name.includes('internal/'))));`;
  const { output } = await runCommand(process.execPath, ['-e', code]);
  expect(JSON.parse(output)).toContain('NativeModule http');
  for (const costly of ['crypto', 'dns', 'https', 'tls', 'zlib']) {
    expect(JSON.parse(output)).not.toContain(`NativeModule ${costly}`);
  }
});
