// Programs of a stranger's machine that do not answer: wrappers that wait for something, deaf to the usual signal.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { askProgram, lateCode } from '../../local/programs/ask.ts';
import { lookForPrograms } from '../../local/programs/find.ts';
import { identify } from '../../local/programs/identity.ts';
import { waitFor } from '../../local/programs/process.ts';

let directory: string;
const environment = { ...process.env };
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-ask-'));
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(directory, { recursive: true });
});

/** Writes down, below `directory`, a process that holds its output, and waits for it. */
function makeHangingProgram(name: string): string {
  const path = join(directory, name);
  const lines = ['#!/bin/sh', "trap '' TERM", 'sleep 300 &', 'echo $! >"$0.pids"', 'wait'];
  writeFileSync(path, `${lines.join('\n')}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Whether it has come so far, and whether what it started runs. */
const hasStarted = async (path: string) => readFileSync(`${path}.pids`, 'utf8') !== '';
const isLeft = (path: string) => identify(Number(readFileSync(`${path}.pids`, 'utf8')));

it('one that does not answer is ended with what it started, and is not waited for again', async () => {
  const path = makeHangingProgram('redis-server');
  const late = { code: lateCode, output: 'no answer in 1 s' };
  expect(await askProgram(path, ['--version'], { timeoutMs: 1_000 })).toEqual(late);
  await waitFor({ what: 'its end', seconds: 60, check: async () => isLeft(path) === undefined });
  rmSync(`${path}.pids`);
  expect(await askProgram(path, ['--version'], { timeoutMs: 1_000 })).toEqual(late);
  await expect(hasStarted(path)).rejects.toThrow('ENOENT');
});

it('Ctrl-C ends the wait for one, and it', async () => {
  const path = makeHangingProgram('prometheus');
  process.env.PATH = [directory, environment.PATH].join(delimiter);
  const leaving = new AbortController();
  const looking = lookForPrograms(['prometheus'], leaving.signal);
  await waitFor({ what: 'its start', seconds: 60, check: () => hasStarted(path) });
  leaving.abort(new Error('Ctrl-C'));
  await expect(looking).rejects.toThrow('Ctrl-C');
  await waitFor({ what: 'its end', seconds: 60, check: async () => isLeft(path) === undefined });
});

it.each([
  { what: 'what it prints', args: ['-c', 'echo out; echo err >&2; exit 3'], code: 3 },
  { what: 'the end by a signal', args: ['-c', 'echo out; echo err >&2; kill -9 $$'], code: 127 },
])('$what is its answer', async ({ args, code }) => {
  const { output, ...rest } = await askProgram('sh', args);
  expect([rest.code, output.split('\n').sort()]).toEqual([code, ['', 'err', 'out']]);
});

it('one that is not there has the code that a shell gives', async () => {
  const { code, output } = await askProgram(join(directory, 'nothing'), []);
  expect([code, output]).toEqual([127, expect.stringContaining('ENOENT')]);
});
