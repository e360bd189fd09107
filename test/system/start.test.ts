// `npm start` and `npm run smoke` as processes: they come up, tell, and leave nothing behind.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { runCommand } from '../../local/programs/command.ts';
import { waitFor } from '../../local/programs/process.ts';

/** Servers that some earlier run left. */
async function leftovers(): Promise<string[]> {
  const { output } = await runCommand('ps', ['-eo', 'pid,args']);
  return output
    .split('\n')
    .filter((line) =>
      /fargaze_web|serverless.js offline|fargaze-(?:prometheus|redis|pushgateway)/.test(line),
    );
}

const temporary = () =>
  readdirSync(tmpdir()).filter((name) =>
    /^fargaze-(?:web|prometheus|redis|pushgateway)/.test(name),
  );

it('npm run smoke brings everything up, shows it up, and takes it down', async () => {
  const before = temporary();
  const { code, output } = await runCommand('npm', ['run', '-s', 'smoke'], { timeoutMs: 280_000 });
  expect([output, code]).toEqual([expect.stringMatching(/^web .* UP /m), 0]);
  expect(output).toMatch(/^redis .* UP /m);
  expect(existsSync('.stack')).toBe(false);
  expect(await leftovers()).toEqual([]);
  expect(temporary()).toEqual(before);
}, 300_000);

it('npm start ends on SIGTERM and takes everything with it; a second one is refused meanwhile', async () => {
  const child = spawn('npm', ['start'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  await waitFor({
    what: 'endpoints',
    seconds: 120,
    check: async () => existsSync('.stack/endpoints.json') && output.includes('PROBE'),
  });
  const second = await runCommand('npm', ['run', '-s', 'smoke']);
  expect([second.output, second.code]).toEqual([expect.stringContaining('is running already'), 1]);
  const { pid } = JSON.parse(readFileSync('.stack/endpoints.json', 'utf8'));
  process.kill(pid, 'SIGTERM');
  await ended;
  expect(existsSync('.stack')).toBe(false);
  expect(await leftovers()).toEqual([]);
}, 180_000);
