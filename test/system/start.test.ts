// `npm start` and `npm run smoke` as processes: they come up, tell, and leave nothing behind.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../local/programs/command.ts';
import { waitFor } from '../../local/programs/process.ts';

const marker = `FARGAZE_TEST_RUN=${randomUUID()}`;
const temporary = mkdtempSync(join(tmpdir(), 'fargaze-start-'));
afterAll(() => rmSync(temporary, { recursive: true }));

/** What the commands of this file run with: a mark that every process they start inherits. */
const env = { FARGAZE_TEST_RUN: marker.slice(marker.indexOf('=') + 1), TMPDIR: temporary };

/** Processes that bear the mark, and files in the temporary directory that was theirs. */
function leftovers(): string[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(marker))
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`)}`);
  const files = readdirSync(temporary).filter((name) => name.startsWith('fargaze-'));
  return [...processes, ...files];
}

/** Empty for a process that has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

it('npm run smoke brings everything up, shows it up, and takes it down', async () => {
  const { code, output } = await runCommand('npm', ['run', '-s', 'smoke'], {
    env,
    timeoutMs: 540_000,
  });
  expect([output, code]).toEqual([expect.stringMatching(/^web .* UP /m), 0]);
  expect(output).toMatch(/^redis .* UP /m);
  expect(existsSync('.stack')).toBe(false);
  expect(leftovers()).toEqual([]);
}, 600_000);

it('npm start ends on SIGTERM and takes everything with it; a second one is refused meanwhile', async () => {
  const child = spawn('npm', ['start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const check = async () => existsSync('.stack/endpoints.json') && output.includes('PROBE');
  await waitFor({ what: 'the table', seconds: 240, check });
  expect(leftovers().length).toBeGreaterThan(8);
  const { pid } = JSON.parse(readFileSync('.stack/endpoints.json', 'utf8'));
  try {
    const refused = await runCommand('npm', ['run', '-s', 'smoke']);
    expect([refused.output, refused.code]).toEqual([
      expect.stringContaining('is running already'),
      1,
    ]);
    expect(existsSync('.stack/endpoints.json')).toBe(true);
    const local = await runCommand('node_modules/.bin/serverless', [
      'invoke',
      'local',
      '-f',
      'redis-probe',
    ]);
    expect(local.output).toMatch(/"ok": 1,[\s\S]*"delivered": 1/);
  } finally {
    process.kill(pid, 'SIGTERM');
    await ended;
  }
  expect(existsSync('.stack')).toBe(false);
  expect(leftovers()).toEqual([]);
}, 600_000);
