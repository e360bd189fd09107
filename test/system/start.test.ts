// `npm start` and `npm run smoke` as processes: they come up, tell, and leave nothing behind.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { runCommand } from '../../local/programs/command.ts';
import { waitFor } from '../../local/programs/process.ts';

/** Servers of a local system, and files of theirs, that are there now. */
function traces(): string[] {
  const servers =
    /fargaze_web|serverless.js offline|redis-server|pushgateway|prometheus|redis_exporter/;
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => `${pid} ${commandLine(pid)}`)
    .filter((line) => servers.test(line));
  const files = readdirSync(tmpdir()).filter((name) =>
    /^fargaze-(?:web|prometheus|redis|pushgateway)/.test(name),
  );
  return [...processes, ...files];
}

/** Empty for a process that has ended meanwhile. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** What `work` left behind that was not there before. */
async function leftBy(work: () => Promise<void>): Promise<string[]> {
  const before = new Set(traces());
  await work();
  return traces().filter((trace) => !before.has(trace));
}

it('npm run smoke brings everything up, shows it up, and takes it down', async () => {
  let output = '';
  let code = -1;
  const left = await leftBy(async () => {
    ({ code, output } = await runCommand('npm', ['run', '-s', 'smoke'], { timeoutMs: 280_000 }));
  });
  expect([output, code]).toEqual([expect.stringMatching(/^web .* UP /m), 0]);
  expect(output).toMatch(/^redis .* UP /m);
  expect(existsSync('.stack')).toBe(false);
  expect(left).toEqual([]);
}, 300_000);

it('npm start ends on SIGTERM and takes everything with it; a second one is refused meanwhile', async () => {
  let refused = { code: -1, output: '' };
  const left = await leftBy(async () => {
    const child = spawn('npm', ['start'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const check = async () => existsSync('.stack/endpoints.json') && output.includes('PROBE');
    await waitFor({ what: 'the table', seconds: 120, check });
    const { pid } = JSON.parse(readFileSync('.stack/endpoints.json', 'utf8'));
    try {
      refused = await runCommand('npm', ['run', '-s', 'smoke']);
      expect(existsSync('.stack/endpoints.json')).toBe(true);
    } finally {
      process.kill(pid, 'SIGTERM');
      await ended;
    }
  });
  expect([refused.output, refused.code]).toEqual([
    expect.stringContaining('is running already'),
    1,
  ]);
  expect(existsSync('.stack')).toBe(false);
  expect(left).toEqual([]);
}, 180_000);
