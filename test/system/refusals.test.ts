// What a start cannot do on a machine as it is, it says in a line or two that name the place and what to do.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../local/programs/command.ts';
import { createGrounds, start } from '../support/started.ts';

const grounds = createGrounds();
const file = join(grounds.directory, 'file');
writeFileSync(file, '');
afterAll(() => grounds.remove());

/** Answers to `--version` as the program does, and ends at once when it is started. */
function makeBrokenPrometheus(): string {
  const path = join(grounds.directory, 'broken-prometheus');
  const answer = 'prometheus, version 3.1.0 (branch: HEAD, revision: 0)';
  writeFileSync(
    path,
    `#!/bin/sh\n[ "$1" = --version ] && echo "${answer}" && exit\necho "no such thing" >&2\nexit 7\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

function makeBrokenConfig(): string {
  const path = join(grounds.directory, 'broken.yml');
  writeFileSync(path, 'probes: [{ name: web, module: nothing }]\n');
  return path;
}

function makeUnsetConfig(): string {
  const path = join(grounds.directory, 'unset.yml');
  writeFileSync(
    path,
    "probes: [{ name: shop, module: http_2xx, target: '${FARGAZE_NO_VALUE}/healthz' }]\n",
  );
  return path;
}

const cases = [
  {
    name: 'a folder for its files that cannot be made',
    env: { FARGAZE_STACK_DIR: join(file, 'stack') },
    want: [`${join(file, 'stack')} cannot be written (ENOTDIR)`, 'FARGAZE_STACK_DIR'],
  },
  {
    name: 'a cache that cannot be written',
    env: { XDG_CACHE_HOME: join(file, 'cache') },
    want: [join(file, 'cache'), 'XDG_CACHE_HOME'],
  },
  {
    name: 'a home that cannot be written',
    env: { XDG_CACHE_HOME: undefined, HOME: join(file, 'home') },
    want: [join(file, 'home'), 'XDG_CACHE_HOME'],
  },
  {
    name: 'a broken fargaze.yml',
    env: { FARGAZE_CONFIG: makeBrokenConfig() },
    want: ['broken.yml', 'nothing'],
  },
  {
    name: 'a target whose variable has no value',
    env: { FARGAZE_CONFIG: makeUnsetConfig(), FARGAZE_NO_VALUE: undefined },
    want: ['unset.yml: 1 problem', 'probe shop: variable FARGAZE_NO_VALUE of its target is unset'],
  },
  {
    name: 'a program that ends at once',
    env: { FARGAZE_PROMETHEUS: makeBrokenPrometheus() },
    want: [join(grounds.directory, 'broken-prometheus'), 'exit code 7', 'no such thing'],
  },
];

it.each(cases)('$name', async ({ env, want }) => {
  const started = start({ grounds, env });
  expect([await started.exited, started.output()]).toEqual([1, expect.anything()]);
  const lines = started.output().trimEnd().split('\n');
  const said = lines.slice(-3).join('\n');
  for (const words of want) expect(said).toContain(words);
  expect(started.output()).not.toMatch(/^ +at |ECONNREFUSED|Error:/m);
  const own = ['broken-prometheus', 'broken.yml', 'unset.yml', 'file'];
  expect(grounds.leftovers().filter((one) => !own.includes(one))).toEqual([]);
});

it('a version of Node that is too old is refused before anything else is looked at', async () => {
  const clone = join(grounds.directory, 'clone');
  mkdirSync(join(clone, 'scripts'), { recursive: true });
  copyFileSync('scripts/run.mjs', join(clone, 'scripts/run.mjs'));
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const write = (node: string) =>
    writeFileSync(
      join(clone, 'package.json'),
      JSON.stringify({ ...manifest, engines: { node }, dependencies: {} }),
    );
  const run = () => runCommand(process.execPath, [join(clone, 'scripts/run.mjs'), 'any.ts']);
  write('>=99.1');
  const old = await run();
  expect([old.code, old.output]).toEqual([
    2,
    `Node ${process.versions.node}, want 99.1 or newer (nodejs.org/en/download)\n`,
  ]);
  write(manifest.engines.node);
  const bare = await run();
  expect([bare.code, bare.output]).toEqual([2, expect.stringMatching(/^esbuild .*npm ci\n$/)]);
});
