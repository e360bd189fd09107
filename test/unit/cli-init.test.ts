// `fargaze init`: what it writes compiles, holds no password, and replaces nothing.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { readConfigFile } from '../../build/config-file.ts';
import { askPerson } from '../../cli/init/ask.ts';
import { runCli } from '../support/run-cli.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fargaze-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const init = (...args: string[]) => runCli(['init', ...args], { cwd: folder });
const file = () => join(folder, 'fargaze.yml');

it('without options and without a terminal it writes an example that passes the check', async () => {
  const { code, err, out } = await init();
  expect([code, out]).toEqual([0, '']);
  expect(err).toContain('next: fargaze check');
  expect(readFileSync(file(), 'utf8')).toMatch(/^# /);
  expect(await runCli(['check'], { cwd: folder })).toMatchObject({ code: 0 });
  expect(readdirSync(folder)).toEqual(['fargaze.yml']);
});

it('the commands that it recommends read the file that it wrote', async () => {
  const { err } = await init('--yes', '--output', 'my files/other.yml');
  const [, check = ''] = /next: fargaze (check.*), then fargaze probe --all -c /.exec(err) ?? [];
  expect(check).toBe("check -c 'my files/other.yml'");
  const elsewhere = await runCli(['init', '--yes', '--output', 'x.yml'], {
    cwd: folder,
    env: { FARGAZE_CONFIG: 'x.yml' },
  });
  expect(elsewhere.err).toContain('next: fargaze check, then fargaze probe --all\n');
});

it('an address that is given twice is probed once', async () => {
  const twice = ['--target', 'https://a.example.com/', '--target', 'https://a.example.com/'];
  expect(await init(...twice)).toMatchObject({ code: 0 });
  expect(readConfigFile(file()).probes).toHaveLength(1);
});

it('thirty services take less than forty lines', async () => {
  const targets = Array.from({ length: 30 }, (_, n) => [
    '--target',
    `svc${n}=https://svc${n}.example.com/healthz`,
  ]);
  expect(await init(...targets.flat(), '--cloudwatch', '--budget', '20')).toMatchObject({
    code: 0,
  });
  const text = readFileSync(file(), 'utf8');
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  const probes = lines.slice(lines.indexOf('probes:'), lines.indexOf('bridge:'));
  expect(probes.length).toBeLessThan(40);
  expect(readConfigFile(file()).probes).toHaveLength(30);
  expect(readConfigFile(file()).bridge.cloudwatch?.budget).toMatchObject({ monthlyUsd: 20 });
});

it('a password goes into a variable of the functions, not into the file', async () => {
  const { code, err } = await init(
    '--target',
    'sessions=rediss://probe:planted77@sessions.example.com:6379/2',
    '--cluster',
    'prod',
  );
  expect(code).toBe(0);
  expect(err).toContain(
    'sessions: the functions take the password from the variable SESSIONS_PASSWORD',
  );
  expect(readFileSync(file(), 'utf8') + err).not.toContain('planted77');
  const { bridge, modules, probes } = readConfigFile(file());
  expect(probes).toMatchObject([
    { name: 'sessions', target: 'rediss://sessions.example.com:6379/2', vantage: 'vpc' },
  ]);
  expect(modules['redis-sessions']).toMatchObject({
    redis: { username: 'probe', password: 'env:SESSIONS_PASSWORD' },
  });
  expect(bridge.ecs.clusters).toEqual(['prod']);
});

it.each([
  { args: ['--target', 'https://me:planted77@a.example.com/'], want: 'holds credentials' },
  {
    args: ['--target', 'ftp://me:planted77@a.example.com/'],
    want: 'want an address such as https://',
  },
  { args: ['--target', 'tcp://me:planted77@db:5432'], want: '--target: got "tcp://db:5432", want' },
  {
    args: ['--target', 'db=dns://1.1.1.1/a.example.com'],
    want: 'needs a module: docs/configuration.md',
  },
  { args: ['--target', 'a.example.com/healthz'], want: 'such as https://a.example.com/healthz\n' },
  { args: ['--target', 'db.example.com:6379'], want: 'such as redis://db.example.com:6379\n' },
  { args: ['--budget', '-3'], want: 'one that begins with - is written --budget=VALUE' },
  { args: ['--budget', 'much'], want: '--budget: got "much"' },
  { args: ['--yace', 'b.yml'], want: 'b.yml is a file of blackbox_exporter, want one of YACE' },
])('$args is refused and writes nothing', async ({ args, want }) => {
  writeFileSync(join(folder, 'b.yml'), 'modules: { a: { prober: http } }');
  const { code, err } = await init(...args);
  expect([code, err]).toEqual([2, expect.stringContaining(want)]);
  expect(err).not.toContain('planted77');
  expect(existsSync(file())).toBe(false);
});

it('a file that is there is kept', async () => {
  writeFileSync(file(), 'mine');
  const { code, err } = await init('--target', 'https://a.example.com');
  expect([code, err]).toEqual([
    2,
    expect.stringContaining('fargaze.yml is there already\nto replace it: --force'),
  ]);
  expect(readFileSync(file(), 'utf8')).toBe('mine');
  expect(await init('--target', 'https://a.example.com', '--force')).toMatchObject({ code: 0 });
});

it('two at once write one whole file', async () => {
  const runs = await Promise.all(
    [1, 2, 3].map((n) => init('--target', `https://a${n}.example.com`)),
  );
  expect(runs.map(({ code }) => code).sort()).toEqual([0, 2, 2]);
  expect(readConfigFile(file()).probes).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['fargaze.yml']);
});

it('a person is asked, and again for what is no address', async () => {
  const [input, prompts] = [new PassThrough(), new PassThrough()];
  const notes: string[] = [];
  const asked = askPerson({ input, prompts, note: (text) => notes.push(text) }, (text) =>
    text.startsWith('https://') ? undefined : `no address: ${text}`,
  );
  for (const line of ['shop', 'https://shop.example.com', '', 'maybe', 'y']) {
    input.write(`${line}\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await asked).toEqual({ targets: ['https://shop.example.com'], cloudwatch: true });
  expect(notes).toEqual(expect.arrayContaining(['no address: shop', 'got "maybe", want y or n']));
});
