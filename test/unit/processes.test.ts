// Locks between processes, and processes that are really gone.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheDir, withLock } from '../../local/programs/cache.ts';
import { startProcess, waitFor } from '../../local/programs/process.ts';

it('locked work runs one after the other', async () => {
  let inside = 0;
  let most = 0;
  const work = () =>
    withLock(`test-${process.pid}`, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
    });
  await Promise.all([work(), work()]);
  expect(most).toBe(1);
});

it('a lock whose holder was killed is taken at once', async () => {
  const dead = await startProcess({ name: 'dead', command: 'true', args: [] });
  await dead.exited;
  const lock = join(cacheDir(), `test-killed-${process.pid}.lock`);
  mkdirSync(lock);
  writeFileSync(join(lock, 'holder'), `${dead.pid} ${hostname()}`);
  expect(await withLock(`test-killed-${process.pid}`, async () => 'done')).toBe('done');
  // Without that it would be waited for two minutes, which is longer than this test may take.
});

const isAlive = (pid: number) => {
  try {
    // A zombie has ended; it only waits to be reaped.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describe('processes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-processes-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('stopping ends the whole tree, stopped and deaf members too', async () => {
    const file = join(directory, 'tree.sh');
    writeFileSync(file, 'sleep 300 & sh -c \'trap "" TERM; sleep 300 & wait\' & echo $! ; wait\n');
    const lines: string[] = [];
    const tree = await startProcess({
      name: 'tree',
      command: 'sh',
      args: [file],
      onLine: (line) => lines.push(line),
    });
    await waitFor({ what: 'line', seconds: 60, check: async () => lines.length > 0 });
    process.kill(tree.pid, 'SIGSTOP');
    await tree.stop();
    expect(tree.ended()).toMatch(/signal/);
    // What was killed is gone once the system gets to it.
    const left = () => [tree.pid, Number(lines[0])].filter(isAlive);
    await waitFor({ what: 'the end', seconds: 60, check: async () => left().length === 0 });
    expect(left()).toEqual([]);
  });

  it('waiting for one that has died fails at once, with its last words', async () => {
    const dying = await startProcess({
      name: 'dying',
      command: 'sh',
      args: ['-c', 'echo last words; exit 3'],
    });
    const waiting = waitFor({
      what: 'port',
      seconds: 60,
      processes: [dying],
      check: async () => false,
    });
    await expect(waiting).rejects.toThrow('port: dying (sh) ended with exit code 3\nlast words');
    await dying.stop();
  });

  it('one that cannot be started is reported', async () => {
    const starting = startProcess({ name: 'ghost', command: '/nowhere/ghost', args: [] });
    await expect(starting).rejects.toThrow('ghost cannot be started');
  });
});
