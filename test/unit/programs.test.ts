// Finding programs: what apt would install, what people are told, and processes that are really gone.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../../local/programs/cache.ts';
import { installCommand } from '../../local/programs/catalogue.ts';
import { parseSimulation } from '../../local/programs/debian.ts';
import { findPrograms } from '../../local/programs/find.ts';
import { startProcess, waitFor } from '../../local/programs/process.ts';

it("packages are read off apt's simulation, without web pages' assets", () => {
  const output = `Reading package lists...
Inst libjs-jquery (3.6.1 Debian:12/stable [all])
Inst fonts-glyphicons-halflings (1.009 Debian:12/stable [all])
Inst libjemalloc2 (5.3.0-1 Debian:12/stable [amd64])
Inst redis-server (5:7.0.15 Debian-Security:12/stable-security [amd64])
Conf libjemalloc2 (5.3.0-1 Debian:12/stable [amd64])`;
  expect(parseSimulation(output)).toEqual(['libjemalloc2', 'redis-server']);
});

it.each([
  {
    system: 'debian' as const,
    want: 'sudo apt-get update && sudo apt-get install --no-install-recommends redis-server prometheus prometheus-redis-exporter',
  },
  {
    system: 'brew' as const,
    want: 'brew install redis prometheus && go install github.com/oliver006/redis_exporter@latest',
  },
  {
    system: 'other' as const,
    want: 'your package manager: redis-server prometheus promtool; go install github.com/oliver006/redis_exporter@latest',
  },
])('on $system the command is exact', ({ system, want }) => {
  expect(installCommand(['redis-server', 'prometheus', 'promtool', 'redis_exporter'], system)).toBe(
    want,
  );
});

it('an override that does not run is told, not passed over', async () => {
  process.env.FARGAZE_REDIS_SERVER = '/nowhere/redis-server';
  const found = findPrograms(['redis-server'], { report: () => undefined });
  await expect(found).rejects.toThrow(
    'FARGAZE_REDIS_SERVER: /nowhere/redis-server does not run as redis-server',
  );
  delete process.env.FARGAZE_REDIS_SERVER;
});

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
    await waitFor({ what: 'line', seconds: 5, check: async () => lines.length > 0 });
    process.kill(tree.pid, 'SIGSTOP');
    await tree.stop();
    expect(tree.ended()).toMatch(/signal/);
    // What was killed is gone once the system gets to it.
    const left = () => [tree.pid, Number(lines[0])].filter(isAlive);
    await waitFor({ what: 'the end', seconds: 20, check: async () => left().length === 0 });
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
      seconds: 20,
      processes: [dying],
      check: async () => false,
    });
    await expect(waiting).rejects.toThrow('port: dying (sh) ended with exit code 3\nlast words');
    await dying.stop();
  });

  it('one that cannot be started is told', async () => {
    const starting = startProcess({ name: 'ghost', command: '/nowhere/ghost', args: [] });
    await expect(starting).rejects.toThrow('ghost cannot be started');
  });
});
