// A newcomer's first hour: the packed file into an empty folder, and every step of docs/quick-start.md as it stands there, up to
// a packaged deployment. What needs an account or a registry is named here, and run by other tests.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { readConfigFile } from '../../build/config-file.ts';
import { runCommand } from '../../local/programs/command.ts';

const home = mkdtempSync(join(tmpdir(), 'fargaze-newcomer-'));
const folder = join(home, 'empty');
const { files, version } = JSON.parse(readFileSync('package.json', 'utf8'));
const packed = `fargaze-${version}.tgz`;

const env = () => ({
  HOME: home,
  npm_config_cache: join(home, 'npm'),
  npm_config_offline: 'true',
  npm_config_audit: 'false',
  npm_config_update_notifier: 'false',
  AWS_PROFILE: '',
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_EC2_METADATA_DISABLED: 'true',
  FARGAZE_CONFIG: '',
  SHOP_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`,
});

let server: Server;
beforeAll(async () => {
  server = createServer((_, response) => response.end('{"status":"ok"}'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { output } = await runCommand('npm', ['pack', '--silent', '--pack-destination', home], {
    env: env(),
  });
  expect([output, existsSync(join(home, packed))]).toEqual([expect.stringContaining(packed), true]);
  mkdirSync(folder);
  copyFileSync(join(home, packed), join(folder, packed));
});
afterAll(() => {
  server.close();
  rmSync(home, { recursive: true });
});

/** What other tests run, or what only a reader can. */
const notHere: readonly { readonly form: RegExp; readonly why: string }[] = [
  { form: /^export SHOP_URL=/, why: 'the address is one of this test' },
  { form: /^npm ci$/, why: 'asks a registry; the packages of this clone are there instead' },
  { form: /^npx serverless deploy$/, why: 'test/system/deploy.test.ts' },
  { form: /^npx (?:--no-install )?fargaze status /, why: 'test/unit/cli-status.test.ts' },
];

/** The lines that the page asks a reader to type, in order. */
function stepsOf(page: string): string[] {
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, body = '']) => body.split('\n').filter((line) => line !== ''));
}

it('every step of the quick start works, from the packed file to a packaged deployment', async () => {
  const steps = stepsOf('docs/quick-start.md');
  const here = steps.filter((step) => !notHere.some(({ form }) => form.test(step)));
  expect(steps.length - here.length).toBe(notHere.length);
  expect(here[0]).toBe(`npm install --prefix . ./${packed}`);
  let cwd = folder;
  for (const step of here) {
    if (step.startsWith('cd ')) {
      cwd = join(cwd, step.slice('cd '.length));
      symlinkSync(resolve('node_modules'), join(cwd, 'node_modules'));
      continue;
    }
    const { code, output } = await runCommand('bash', ['-c', step], { cwd, env: env() });
    expect([step, code, output]).toEqual([step, 0, expect.not.stringMatching(/ {4}at .*\.m?js/)]);
  }
  expect(readdirSync(join(cwd, '.serverless'))).toEqual(
    expect.arrayContaining(['web-probe.zip', 'core.zip']),
  );
  expect(readConfigFile(join(cwd, 'fargaze.yml')).probes.map(({ name }) => name)).toEqual(['shop']);
});

it('the package holds what it needs, and nothing that is nobody’s business', () => {
  const list = spawnSync('tar', ['tzf', join(home, packed)], { encoding: 'utf8' }).stdout.split(
    '\n',
  );
  const has = (path: string) => list.includes(`package/${path}`);
  for (const path of [
    'cli/fargaze.mjs',
    'dist/cli/main.mjs',
    'dist/licences.txt',
    'dist/package-lock.json',
    'serverless.yml',
    'LICENSE',
    'CHANGELOG.md',
    'README.md',
  ]) {
    expect([path, has(path)]).toEqual([path, true]);
  }
  expect(
    list.filter((path) =>
      /^package\/(?:test|bench|node_modules|\.)|\.test\.ts$|__pycache__|\.env$/.test(path),
    ),
  ).toEqual([]);
  expect(files).toContain('dist/');
});

it('the bundle names the licence of every package in it', () => {
  const text = spawnSync('tar', ['xzOf', join(home, packed), 'package/dist/licences.txt'], {
    encoding: 'utf8',
  }).stdout;
  const licences = [...text.matchAll(/^\S+ \d+\.\d+\.\d+\S* \((.*)\)$/gm)].map(
    ([, licence]) => licence,
  );
  expect(licences.length).toBeGreaterThan(10);
  expect([...new Set(licences)].sort()).toEqual(
    expect.arrayContaining(['Apache-2.0', 'ISC', 'MIT']),
  );
  expect(
    licences.filter(
      (one) => !['0BSD', 'Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT'].includes(one ?? ''),
    ),
  ).toEqual([]);
});

it('the installed command says what it cannot do there, and does not lay out a folder twice', async () => {
  // What npx starts; npx itself is in the steps above.
  const installed = join(folder, 'node_modules/.bin/fargaze');
  const run = (...args: string[]) => runCommand(installed, args, { cwd: folder, env: env() });
  expect(await run('preflight')).toMatchObject({
    code: 2,
    output: expect.stringContaining('fargaze project deployment'),
  });
  expect(await run('project', 'deployment')).toMatchObject({
    code: 2,
    output: expect.stringContaining('is there already'),
  });
  expect(await run('--version')).toEqual({ code: 0, output: `${version}\n` });
});

it.each(['check.yml', 'release.yml'])(
  'workflow %s runs .ci/run, and may write only where it releases',
  (name) => {
    const workflow = parse(readFileSync(`.github/workflows/${name}`, 'utf8'));
    type Job = {
      readonly permissions?: Record<string, string>;
      readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
    };
    const jobs = Object.values(workflow.jobs as Record<string, Job>);
    const steps = jobs.flatMap((job) => job.steps);
    expect(steps.map(({ run }) => run)).toContain('.ci/run');
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(
      jobs
        .flatMap(({ permissions = {} }) => Object.entries(permissions))
        .filter(([, may]) => may === 'write').length > 0,
    ).toBe(name === 'release.yml');
    // A tag can be moved, a commit cannot.
    for (const { uses } of steps)
      if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w-]+@[\da-f]{40}$/);
  },
);

it.each([
  { tag: `v${version}9`, want: `want v${version}` },
  { tag: '', want: `want v${version}` },
])('a tag $tag that is not the version is no release', ({ tag, want }) => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/release-notes.mjs', tag], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([1, expect.stringContaining(want)]);
});
