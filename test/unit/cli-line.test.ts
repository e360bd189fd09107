// Command lines and files of others: where options may stand, what `-` is, and that nothing of a user's is lost.
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
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
import { standardIo } from '../../cli/command/io.ts';
import { commands } from '../../cli/commands.ts';
import { run as project } from '../../cli/project/project.ts';
import { runCommand } from '../../local/programs/command.ts';
import { issueCertificate } from '../support/certificates.ts';
import { runCli } from '../support/run-cli.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fargaze-line-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (line: string, input?: string) =>
  runCli(line.split(' '), { cwd: folder, ...(input !== undefined && { input }) });
const at = (path: string) => join(folder, path);
const one = 'probes: [{ name: a, module: http_2xx, target: "https://a.example.com" }]';

it('options of every command stand before it, beside another letter and behind it', async () => {
  for (const line of ['-q init -o a.yml', 'init -yq -o b.yml', 'init --quiet -o c.yml'])
    expect([line, await run(line)]).toEqual([line, expect.objectContaining({ code: 0, err: '' })]);
  expect(await run('--no-color -q help init')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Usage: fargaze init/),
  });
  expect((await run('probe --timeout --help')).out).toMatch(/^Usage: fargaze probe/);
});

it.each([
  ['--json check', 'unknown option --json: it stands behind the command it belongs to\n'],
  ['--jsn check', 'unknown option --jsn\n'],
  ['--verison', 'unknown option --verison; did you mean "--version"?\n'],
  ['version', 'unknown command "version"; did you mean "--version"?\n'],
  ['export there', 'one argument too many; did you mean --to there?\n'],
  ['status http://u:sekret@p:9090', 'too many; did you mean --url http://p:9090?\n'],
  ['check -c=x.yml', '-c takes its value without =: -c x.yml\n'],
])('%s is refused with the way to write it', async (line, words) => {
  expect(await run(line)).toMatchObject({ code: 2, err: expect.stringContaining(words) });
});

it('a configuration comes from standard input by -', async () => {
  expect(await run('check -', one)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^sound/),
  });
  expect(await run('check -c -', 'x: 1')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/x \(line 1\)/),
  });
});

it('standard input is left as it is until somebody is asked: once opened by Node, a pipe that is empty for a moment is EAGAIN', () => {
  const own = Object.getOwnPropertyDescriptor(process, 'stdin');
  const opened = () => {
    throw new Error('opened');
  };
  Object.defineProperty(process, 'stdin', { configurable: true, get: opened });
  try {
    const io = standardIo({ plain: true, quiet: true });
    expect(() => io.input).toThrow('opened');
  } finally {
    if (own !== undefined) Object.defineProperty(process, 'stdin', own);
  }
});

it('standard input that is no text is said to be there', async () => {
  const command = `"${process.execPath}" "${resolve('cli/fargaze.mjs')}" check - < .`;
  const seen = await new Promise((done) => {
    execFile('sh', ['-c', command], { cwd: folder }, (error, _, err) => done([error?.code, err]));
  });
  expect(seen).toEqual([1, '-: 1 finding\n  is a directory, want a file\n']);
});

it('what npx started recommends commands by npx', async () => {
  const env = { npm_lifecycle_event: 'npx' };
  const { err } = await runCli(['init', '--yes'], { cwd: folder, env });
  expect(err).toContain('next: npx fargaze check, then npx fargaze probe --all\n');
  const missing = await runCli(['check', 'none.yml'], { cwd: folder, env });
  expect(missing.err).toContain('to write one: npx fargaze init;');
});

it('no command recommends another by a name that npx does not put on PATH', () => {
  const names = commands.map(({ name }) => name).join('|');
  const literal = RegExp(
    `^(?! *(?://|\\*|/\\*)).*(?<!install )fargaze (?:${names}|--help)\\b`,
    'm',
  );
  const files = readdirSync('cli', { recursive: true, encoding: 'utf8' })
    // Help is the same wherever it is read, and so is a file that is written.
    .filter((file) => file.endsWith('.ts') && !/(?:spec|help|draft\/render)\.ts$/.test(file));
  expect(files.length).toBeGreaterThan(40);
  const found = files.map((file) => literal.exec(readFileSync(join('cli', file), 'utf8'))?.[0]);
  expect(found.filter((line) => line !== undefined)).toEqual([]);
});

it('a link that leads back to itself is no missing file', async () => {
  symlinkSync('loop.yml', at('loop.yml'));
  expect(await run('check loop.yml')).toMatchObject({
    code: 1,
    err: expect.stringContaining('is a link that leads back to itself'),
  });
});

it('a file that is replaced stays behind its link, with its permissions', async () => {
  mkdirSync(at('real'));
  writeFileSync(at('real/mine.yml'), 'mine');
  chmodSync(at('real/mine.yml'), 0o640);
  symlinkSync('real/mine.yml', at('fargaze.yml'));
  expect(await run('init --yes --force')).toMatchObject({ code: 0 });
  expect(lstatSync(at('fargaze.yml')).isSymbolicLink()).toBe(true);
  expect(readFileSync(at('real/mine.yml'), 'utf8')).toContain('probes:');
  expect(statSync(at('real/mine.yml')).mode & 0o777).toBe(0o640);
});

it('a pipe is not replaced by a file', async () => {
  await runCommand('mkfifo', [at('pipe')]);
  expect(await run('init --yes --force -o pipe')).toMatchObject({
    code: 2,
    err: expect.stringContaining('pipe is a device or a pipe, want a file'),
  });
  expect(statSync(at('pipe')).isFIFO()).toBe(true);
});

it('a second export keeps the receivers that a user filled in', async () => {
  writeFileSync(at('fargaze.yml'), one);
  const routes = at('to/alertmanager/alertmanager.yml');
  const first = await run('export --to to');
  writeFileSync(routes, 'receivers: [mine]');
  const second = await run('export --to to');
  expect(readFileSync(routes, 'utf8')).toBe('receivers: [mine]');
  expect(second.err).toContain('alertmanager/alertmanager.yml is yours and differs: kept');
  expect(Number.parseInt(first.out, 10) - Number.parseInt(second.out, 10)).toBe(1);
  expect((await run('export --to new')).err).not.toContain('kept');
});

it('a project takes the files that fargaze.yml names along, and leaves those of its folder as they are', async () => {
  mkdirSync(at('from/bb'), { recursive: true });
  mkdirSync(at('to'));
  writeFileSync(at('outside.yml'), 'modules: {}');
  writeFileSync(
    at('from/bb/blackbox.yml'),
    'modules: { web: { prober: http, http: { tls_config: { ca_file: ca.pem } } } }',
  );
  writeFileSync(at('from/bb/ca.pem'), issueCertificate({ commonName: 'authority', ca: true }).cert);
  writeFileSync(
    at('from/mine.yml'),
    'blackbox: bb/blackbox.yml\nbridge: { cloudwatch: { interval: 5m, yace_file: ../yace.yml } }\nprobes: [{ name: a, module: web, target: "https://a.example.com" }]',
  );
  writeFileSync(
    at('yace.yml'),
    'apiVersion: v1alpha1\ndiscovery: { jobs: [{ type: AWS/ECS, regions: [eu-west-1], period: 60, length: 300, statistics: [Average], metrics: [{ name: CPUUtilization }] }] }',
  );
  writeFileSync(at('to/.gitignore'), 'mine');
  const notes: string[] = [];
  const io = { out: () => undefined, note: (text: string) => notes.push(text) };
  const root = at('package');
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{"files": ["cli/"]}');
  writeFileSync(join(root, 'dist/package-lock.json'), '{}');
  const call = { root, inClone: false, commands: [], positionals: [at('to')], io: io as never };
  await project({ ...call, values: { config: at('from/mine.yml') } });
  expect(readFileSync(at('to/bb/blackbox.yml'), 'utf8')).toContain('web');
  expect(existsSync(at('to/bb/ca.pem'))).toBe(true);
  expect(readFileSync(at('to/.gitignore'), 'utf8')).toBe('mine');
  expect(notes).toContain(
    '../yace.yml is named by your configuration and stands elsewhere: copy it, and name the copy',
  );
  writeFileSync(at('bad.yml'), 'x: 1');
  await project({ ...call, positionals: [at('bad')], values: { config: at('bad.yml') } });
  expect(notes).toContainEqual(
    expect.stringMatching(/bad.yml has mistakes, so what it names is not/),
  );
  writeFileSync(at('to/bb/ca.pem'), 'another');
  await project({ ...call, values: { config: at('from/mine.yml'), force: true } });
  expect(readFileSync(at('to/bb/ca.pem'), 'utf8')).toBe('another');
});
