// A part of the local system, with a small real server: it comes again where it was, and is given up in the end.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../../local/programs/process.ts';
import { launch } from '../../local/programs/servers.ts';
import { type Part, startPart } from '../../local/system/parts.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-parts-'));
const broken = join(directory, 'broken');
const script = join(directory, 'server.cjs');
writeFileSync(
  script,
  `const { existsSync } = require('node:fs');
if (existsSync(${JSON.stringify(broken)})) { console.error('cannot go on'); process.exit(3); }
require('node:http').createServer((_, response) => response.end()).listen(process.argv[2], '127.0.0.1');
`,
);
let part: Part;

beforeEach(async () => {
  part = await startPart({
    name: 'small',
    signal: new AbortController().signal,
    delaysMs: [10, 10, 10],
    start: (run) =>
      launch({
        program: { name: 'small', path: process.execPath, env: {} },
        args: (port) => [script, String(port)],
        readyPath: '/',
        run,
      }),
  });
});
afterEach(() => part.stop());
afterAll(() => rmSync(directory, { recursive: true }));

const reach = (what: string, check: () => boolean) =>
  waitFor({ what, seconds: 60, check: async () => check() });

it('comes again on the same port after it was killed, and says how it ended', async () => {
  const { pid } = part.process;
  process.kill(pid, 'SIGKILL');
  await reach('up again', () => part.health().restarts === 1 && part.health().state === 'up');
  expect(part.process.pid).not.toBe(pid);
  expect((await fetch(part.url)).status).toBe(200);
  const last = { path: process.execPath, how: 'signal SIGKILL', lines: '' };
  expect(part.health()).toMatchObject({ name: 'small', last });
});

it('is given up after three restarts, with its last words', async () => {
  writeFileSync(broken, '');
  process.kill(part.process.pid, 'SIGKILL');
  await reach('failed', () => part.health().state === 'failed');
  rmSync(broken);
  const { last, restarts } = part.health();
  expect([restarts, last?.lines]).toEqual([3, 'cannot go on']);
  expect(last?.how).toContain('exit code 3');
});

it('stopped on purpose it stays so, also while it is about to come again', async () => {
  const { pid } = part.process;
  process.kill(pid, 'SIGKILL');
  await reach('restarting', () => part.health().state !== 'up');
  await part.stop();
  expect(part.health().state).toBe('stopped');
  await expect(fetch(part.url)).rejects.toThrow('fetch failed');
  expect(existsSync(`/proc/${part.process.pid}/root`)).toBe(false);
});
