// What a run writes down of its processes, whom that ends, and whom it never may.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from '../../local/programs/identity.ts';
import { type RunningProcess, startProcess, waitFor } from '../../local/programs/process.ts';
import { openRunFolder, removeRun } from '../../local/system/run-folder.ts';
import { endRecorded, readRecord, record } from '../../local/system/run-record.ts';

let directory: string;
let sleeper: RunningProcess;
const lines: string[] = [];
const report = (line: string) => void lines.push(line);

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-record-'));
  lines.length = 0;
  sleeper = await startProcess({ name: 'sleeper', command: 'sleep', args: ['300'] });
});
afterEach(async () => {
  await sleeper.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** A run of a process that has ended. */
function leaveRun(identity: string | undefined): void {
  const run = join(directory, 'run');
  mkdirSync(run);
  const entries = [
    { name: 'npm start', pid: process.pid, identity: 'of another time' },
    { name: 'sleeper', pid: sleeper.pid, identity },
  ];
  writeFileSync(join(run, 'processes'), entries.map((one) => `${JSON.stringify(one)}\n`).join(''));
}

it('ends the processes that are written down, and says which', async () => {
  record(directory, sleeper);
  expect(await endRecorded(readRecord(directory))).toMatchObject([{ name: 'sleeper' }]);
  expect(await sleeper.exited).toBe('signal SIGKILL');
  expect(identify(sleeper.pid)).toBeUndefined();
});

it('leaves a process alone that only has the id of one that was written down', async () => {
  const identity = `${identify(sleeper.pid)}0`;
  expect(await endRecorded([{ name: 'gone', pid: sleeper.pid, identity }])).toEqual([]);
  expect(sleeper.ended()).toBeUndefined();
});

it('reads what was written whole, and nothing where there is nothing', () => {
  record(directory, sleeper);
  appendFileSync(join(directory, 'processes'), '{"name":"half');
  expect(readRecord(directory)).toHaveLength(1);
  expect(readRecord(join(directory, 'nowhere'))).toEqual([]);
});

describe('the folder of a run', () => {
  it('is had by one run at a time, and goes at its end, but for what others keep beside it', async () => {
    const run = await openRunFolder(directory, report);
    writeFileSync(join(directory, 'compose.env'), '');
    writeFileSync(run.endpointsFile, '{}');
    await expect(openRunFolder(directory, report)).rejects.toThrow(`\`kill ${process.pid}\``);
    expect(readdirSync(directory).sort()).toEqual(['compose.env', 'endpoints.json', 'run']);
    await run.close();
    expect(readdirSync(directory)).toEqual(['compose.env']);
  });

  it('of a run that was killed is cleared by the next, which names what it ended', async () => {
    leaveRun(identify(sleeper.pid));
    const run = await openRunFolder(directory, report);
    expect(lines).toEqual([
      `an earlier start (process ${process.pid}) was killed; ended what it left: sleeper (${sleeper.pid})`,
    ]);
    await waitFor({ what: 'end', seconds: 60, check: async () => sleeper.ended() !== undefined });
    expect(readRecord(run.path)).toMatchObject([{ name: 'npm start', pid: process.pid }]);
    await run.close();
  });

  it('of a run before the last start of the machine ends nobody', async () => {
    leaveRun('of another time too');
    const run = await openRunFolder(directory, report);
    expect(lines[0]).toMatch(/ended what it left: only files$/);
    expect(sleeper.ended()).toBeUndefined();
    await run.close();
  });

  it('is removed twice without harm', async () => {
    await removeRun(directory);
    await removeRun(directory);
  });
});
