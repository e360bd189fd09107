// What the command does where its surroundings fail it: a full disk is no verdict on a target, and no stack trace.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { run as project } from '../../cli/project/project.ts';
import { isThrottled } from '../../functions/ecs-bridge/aws/source-error.ts';
import { writeExport } from '../../infra/export/export.ts';
import { SourceError } from '../../layers/core/src/errors.ts';
import { runCli } from '../support/run-cli.ts';

it('standard output that cannot be written ends with 2, in words', async () => {
  const command = `"${process.execPath}" "${resolve('cli/fargaze.mjs')}" --version > /dev/full`;
  const seen = await new Promise((done) => {
    execFile('sh', ['-c', command], (error, _, err) => done([error?.code, err]));
  });
  expect(seen).toEqual([2, 'fargaze: standard output cannot be written (ENOSPC)\n']);
});

it.each([
  ['check --json nope.yml', 'nope.yml does not exist\nto write one: '],
  ['probe --json -c nope.yml --all', 'nope.yml does not exist'],
  ['cost --services x --json', '--services: got "x", want a whole number'],
  ['status --json --url http://127.0.0.1:1', 'http://127.0.0.1:1: refused: '],
  ['bridge --json -c nope.yml', '--dry-run'],
  ['check --json --nope', 'unknown option --nope'],
])('fargaze %s ends with 2, in a document too', async (line, words) => {
  const { code, err, out } = await runCli(line.split(' '));
  const { error } = JSON.parse(out);
  expect([code, error]).toEqual([2, expect.stringContaining(words)]);
  expect(err).toBe(`${error}\n`);
});

it('a command that writes no documents writes none of its error', async () => {
  expect(await runCli(['init', '--json'])).toMatchObject({ code: 2, out: '' });
});

it('a source that failed without a cause asked for nothing', () => {
  expect(
    isThrottled(new SourceError('no region', { operation: 'ListClusters', retryable: false })),
  ).toBe(false);
});

describe('where a file stands in the place of a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fargaze-trouble-'));
    writeFileSync(join(folder, 'taken'), 'kept');
    writeFileSync(join(folder, 'bb.yml'), 'modules: { a: { prober: http } }');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['export --to taken -c good.yml', '--to: got taken, but taken is a file, want a folder'],
    ['export --to taken/a/b -c good.yml', '--to: got taken/a/b, but taken is a file'],
    ['init -o taken/a.yml', 'taken/a.yml cannot be written: taken is a file, want a folder'],
    ['init -o https://a.test/x', 'https://a.test/x is an address, want the path of a file'],
    [
      'import bb.yml -o https://a.test/x',
      'https://a.test/x is an address, want the path of a file',
    ],
    ['init -o . --force', '. is a folder, want a file\ne.g. --output fargaze.yml'],
    ['import bb.yml -o taken/a.yml', 'taken/a.yml cannot be written: taken is a file'],
    ['import bb.yml -o .', '. is a folder, want a file'],
  ])('fargaze %s says so, with 2', async (line, words) => {
    writeFileSync(join(folder, 'good.yml'), '{}');
    const before = readdirSync(folder);
    const { code, err } = await runCli(line.split(' '), { cwd: folder });
    expect([code, err]).toEqual([2, expect.stringContaining(`fargaze: ${words}`)]);
    expect(readdirSync(folder)).toEqual(before);
  });

  it('fargaze project says so', async () => {
    const place = { bundle: '', inClone: false, root: resolve('.') };
    const nothing = { values: {}, positionals: [join(folder, 'taken')], commands: [] };
    await expect(project({ ...place, ...nothing, io: {} as never })).rejects.toThrow(
      'taken is a file, want a folder',
    );
  });

  it('fargaze project leaves nothing where its configuration or a file cannot be copied', async () => {
    const root = join(folder, 'package');
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(join(root, 'package.json'), '{"files": []}');
    writeFileSync(join(folder, 'good.yml'), '{}');
    const lay = (config: string) =>
      project({
        ...{ root, inClone: false, commands: [], io: { note: () => undefined } as never },
        ...{ positionals: [join(folder, 'new/deployment')], values: { config } },
      });
    await expect(lay(folder)).rejects.toThrow('is a directory, want a file');
    await expect(lay('-')).rejects.toThrow('--config: got -, want a file');
    // The package has lost its lock file.
    await expect(lay(join(folder, 'good.yml'))).rejects.toThrow(
      /package-lock\.json cannot be copied to .*package-lock\.json \(ENOENT\)$/,
    );
    expect(existsSync(join(folder, 'new'))).toBe(false);
  });

  it('an export writes nothing where one of its folders is a file', () => {
    writeFileSync(join(folder, 'b'), '');
    expect(() => writeExport(folder, { 'a/one': '', 'b/two': '' })).toThrow('b is a file');
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  it('a folder that is made is named', async () => {
    const made = await runCli(['init', '-o', 'new/x.yml'], { cwd: folder });
    expect([made.code, made.err]).toEqual([
      0,
      expect.stringContaining('made the folder new\nwrote new/x.yml'),
    ]);
    mkdirSync(join(folder, 'old'));
    const there = await runCli(['init', '-o', 'old/x.yml'], { cwd: folder });
    expect([there.code, there.err]).toEqual([0, expect.not.stringContaining('made')]);
  });
});
