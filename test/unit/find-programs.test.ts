// Finding programs: who says that it is one, what apt can offer, and what people are told when something is missing.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type ProgramName, programs } from '../../local/programs/catalogue.ts';
import { parsePolicy, parseSimulation } from '../../local/programs/debian.ts';
import { findPrograms, lookForPrograms } from '../../local/programs/find.ts';
import { installCommand } from '../../local/programs/install.ts';
import { checkMachine, oldestNode } from '../../local/programs/machine.ts';
import { isAtLeast } from '../../local/programs/program.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-find-'));
const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A folder with one program that prints `text` whatever it is asked. */
function folderWith(folder: string, file: string, text: string): string {
  const path = join(directory, folder);
  mkdirSync(path, { recursive: true });
  // By what the shell has itself: a test may leave it no PATH.
  writeFileSync(join(path, file), `#!/bin/sh\nprintf '%s\\n' '${text}'\n`);
  chmodSync(join(path, file), 0o755);
  return path;
}

describe('a program says who it is', () => {
  it.each<{ name: ProgramName; says: string; version: string }>([
    {
      name: 'redis-server',
      says: 'Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0',
      version: '7.0.15',
    },
    {
      name: 'redis-server',
      says: 'Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0',
      version: '8.1.1',
    },
    {
      name: 'prometheus',
      says: 'prometheus, version 2.42.0+ds (branch: debian/sid)',
      version: '2.42.0',
    },
    {
      name: 'prometheus',
      says: 'prometheus, version 3.15.1 (branch: HEAD, revision: 1)',
      version: '3.15.1',
    },
    {
      name: 'promtool',
      says: 'promtool, version 2.53.3+ds1 (branch: debian/sid)',
      version: '2.53.3',
    },
    {
      name: 'nutcracker',
      says: 'This is nutcracker-0.5.0\nasync event backend: epoll',
      version: '0.5.0',
    },
    {
      name: 'pushgateway',
      says: 'pushgateway, version 1.5.1 (branch: debian/sid)',
      version: '1.5.1',
    },
    {
      name: 'redis_exporter',
      says: 'time="2026" level=info msg="Redis Metrics Exporter 1.45.0-2+b4    build date: x',
      version: '1.45.0',
    },
    {
      name: 'redis_exporter',
      says: 'INFO[0000] Redis Metrics Exporter v1.62.0    build date: x',
      version: '1.62.0',
    },
    {
      name: 'redis_exporter',
      says: 'level=INFO msg="Redis Metrics Exporter" version=v1.88.0',
      version: '1.88.0',
    },
    {
      name: 'blackbox_exporter',
      says: 'blackbox_exporter, version 0.23.0 (branch: debian/sid)',
      version: '0.23.0',
    },
  ])('$name $version', async ({ name, says, version }) => {
    const path = join(folderWith(`banner-${name}`, name, says), name);
    process.env[programs[name].override] = path;
    expect((await findPrograms([name], { report: () => undefined }))[name]).toEqual({
      name,
      path,
      env: {},
      version,
    });
  });

  it.each([
    { what: 'nonsense with a version in it', says: 'Hello from 9.9.9', why: '"Hello from 9.9.9"' },
    {
      what: 'another program',
      says: 'promtool, version 2.42.0',
      why: '"promtool, version 2.42.0"',
    },
    { what: 'nothing', says: '', why: 'printed ""' },
    {
      what: 'a version that is too old',
      says: 'prometheus, version 2.31.2',
      why: 'version 2.31.2, want 2.42',
    },
  ])(
    '$what is passed over with its path and what it printed, and the next is tried',
    async ({ says, why }) => {
      const wrong = folderWith('wrong', 'prometheus', says);
      const right = folderWith('right', 'prometheus', 'prometheus, version 2.45.0');
      process.env.PATH = [wrong, right, environment.PATH].join(delimiter);
      const { found, refused } = await lookForPrograms(['prometheus']);
      expect(found.get('prometheus')).toMatchObject({
        path: join(right, 'prometheus'),
        version: '2.45.0',
      });
      expect(refused).toEqual([
        expect.stringContaining(`${join(wrong, 'prometheus')}: not prometheus`),
      ]);
      expect(refused[0]).toContain(why);
    },
  );

  it.each([
    {
      what: 'is another program',
      path: () => join(folderWith('other', 'redis-server', 'Hello 1.2.3'), 'redis-server'),
      why: '"Hello 1.2.3"',
    },
    { what: 'is no file', path: () => '/nowhere/redis-server', why: 'no file that can be run' },
  ])('an override that $what is an error, not passed over', async ({ path, why }) => {
    process.env.FARGAZE_REDIS_SERVER = path();
    const looking = lookForPrograms(['redis-server']);
    await expect(looking).rejects.toThrow(`FARGAZE_REDIS_SERVER: ${path()} is not redis-server: `);
    await expect(lookForPrograms(['redis-server'])).rejects.toThrow(why);
  });
});

describe('apt', () => {
  it("says what it would install; web pages' assets are left out", () => {
    const output = `Reading package lists...
Inst libjs-jquery (3.6.1 Debian:12/stable [all])
Inst fonts-glyphicons-halflings (1.009 Debian:12/stable [all])
Inst libjemalloc2 (5.3.0-1 Debian:12/stable [amd64])
Inst redis-server (5:7.0.15 Debian-Security:12/stable-security [amd64])
Conf libjemalloc2 (5.3.0-1 Debian:12/stable [amd64])`;
    expect(parseSimulation(output)).toEqual(['libjemalloc2', 'redis-server']);
  });

  it('offers what has a candidate: without lists nothing does, which is no failure to it', () => {
    const known = 'prometheus:\n  Installed: (none)\n  Candidate: 2.42.0+ds-5\n  Version table:\n';
    const installed = 'busybox:\n  Installed: 1:1.35.0\n  Candidate: 1:1.35.0\n';
    const unknown = 'redis-server:\n  Installed: (none)\n  Candidate: (none)\n  Version table:\n';
    expect(parsePolicy(known + unknown + installed)).toEqual(['prometheus', 'busybox']);
    expect(parsePolicy('')).toEqual([]);
  });
});

describe('what is missing', () => {
  const { getuid } = process;
  afterEach(() => {
    Object.assign(process, { getuid });
  });

  it.each([
    {
      system: 'apt' as const,
      want: 'sudo apt-get update && sudo apt-get install --no-install-recommends python3 python3-venv redis-server prometheus prometheus-redis-exporter',
    },
    {
      system: 'brew' as const,
      want: 'brew install python redis prometheus && go install github.com/oliver006/redis_exporter@latest',
    },
    {
      system: 'dnf' as const,
      want: 'sudo dnf install python3 redis-server prometheus promtool && go install github.com/oliver006/redis_exporter@latest',
    },
    {
      system: 'plain' as const,
      want: 'your package manager: redis-server prometheus promtool; python.org/downloads; go install github.com/oliver006/redis_exporter@latest',
    },
  ])('is installed on $system by one command', ({ system, want }) => {
    process.getuid = () => 1000;
    const lacking = {
      python: true,
      programs: ['redis-server', 'prometheus', 'promtool', 'redis_exporter'] as const,
    };
    expect(installCommand(lacking, system)).toBe(want);
  });

  it('is installed by root without sudo, which images of containers lack', () => {
    process.getuid = () => 0;
    expect(installCommand({ python: true }, 'apt')).toBe(
      'apt-get update && apt-get install --no-install-recommends python3 python3-venv',
    );
  });

  it('is named in one message, with one command, and nothing has been fetched', async () => {
    const old = folderWith('old-python', 'python3', '3 9 2');
    process.env.PATH = old;
    process.env.FARGAZE_PROMETHEUS = '/nowhere/prometheus';
    const checked = checkMachine(['prometheus'], { node: '18.19.0' });
    await expect(checked).rejects.toThrow(`missing on this machine:
  Node.js ${oldestNode} or newer: this is 18.19.0; see nodejs.org/en/download
  Python 3.10 to 3.14 with venv: python3 is 3.9.2
  FARGAZE_PROMETHEUS: /nowhere/prometheus is not prometheus: no file that can be run
install with: `);
  });

  it.each([
    { version: '20.19.0', oldest: '20.19', want: true },
    { version: '20.9.0', oldest: '20.19', want: false },
    { version: '22.0.0', oldest: '20.19', want: true },
    { version: '1.26', oldest: '1.26.0', want: true },
  ])('$version against $oldest: $want', ({ version, oldest, want }) => {
    expect(isAtLeast(version, oldest)).toBe(want);
  });

  it('Node.js is wanted as package.json wants it', () => {
    const { engines } = jest.requireActual('../../package.json');
    expect(engines.node).toBe(`>=${oldestNode}`);
  });
});
