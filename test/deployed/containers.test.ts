// What a task definition declares is what starts: command, flags and environment of each container, run by the real
// program of the deployed version where this machine can have it, until the declared health check passes.
// Paths are moved below a directory of the test and ports to free ones; nothing else is changed.
import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readConfigFile } from '../../build/config-file.ts';
import { type BundleName, packBundle } from '../../infra/bundle.ts';
import { runCommand } from '../../local/programs/command.ts';
import { findPrograms } from '../../local/programs/find.ts';
import { deployedPrograms } from '../../local/programs/go.ts';
import { freePort } from '../../local/programs/ports.ts';
import { type RunningProcess, startProcess, waitFor } from '../../local/programs/process.ts';
import { preparePython } from '../../local/programs/python.ts';
import { type Container, declaredContainers } from '../../scripts/intrinsics.ts';
import { type Busybox, openBusybox } from '../support/busybox.ts';
import { movePaths } from '../support/unpacked.ts';

const quiet = { report: () => undefined };
jest.setTimeout(600_000);

/** What the images themselves begin with, where the task definition leaves it to them. */
const entryPoints: Readonly<Record<string, readonly string[]>> = {
  'prometheus/prometheus': ['prometheus'],
  'prometheus/pushgateway': ['pushgateway'],
  'redis/exporter': ['redis_exporter'],
};

const declaredPorts = [3000, 6379, 8000, 9090, 9091, 9121, 9464];
const directory = mkdtempSync(join(tmpdir(), 'fargaze-containers-'));
const bin = join(directory, 'bin');
const running: RunningProcess[] = [];
let busybox: Busybox;
let redisVersion: string;
/** Where programs that were not installed find their libraries. */
let libraries: Readonly<Record<string, string>>;
/** The programs first, then the applets of busybox, which the images have as well. */
let searchPath: string;
let ports: ReadonlyMap<number, number>;

beforeAll(async () => {
  mkdirSync(bin);
  busybox = await openBusybox();
  const names = ['prometheus', 'promtool', 'pushgateway', 'redis_exporter'] as const;
  const deployed = await deployedPrograms(names, quiet);
  for (const { name, path } of Object.values(deployed)) symlinkSync(path, join(bin, name));
  const { 'redis-server': redis } = await findPrograms(['redis-server'], quiet);
  redisVersion = redis.version;
  libraries = redis.env;
  symlinkSync(redis.path, join(bin, 'redis-server'));
  symlinkSync(resolve(redis.path, '../redis-cli'), join(bin, 'redis-cli'));
  const requirements = 'infra/web/requirements.txt';
  const { python } = await preparePython({ requirements: resolve(requirements), ...quiet });
  // Not a link: that would lose the environment which Python finds beside itself.
  writeFileSync(join(bin, 'python'), `#!/bin/sh\nexec ${python} "$@"\n`, { mode: 0o755 });
  const { output } = await busybox.run('echo "$PATH"', {});
  searchPath = `${bin}:${output.trim()}`;
  const free = new Map<number, number>();
  for (const port of declaredPorts) free.set(port, await freePort());
  ports = free;
}, 3_000_000);

afterEach(async () => {
  for (const process of running.splice(0).reverse()) await process.stop();
});
afterAll(async () => {
  await busybox?.close();
  rmSync(directory, { recursive: true });
});

/** What a container runs, here. */
type Declared = {
  readonly name: string;
  readonly argv: readonly string[];
  readonly health: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
};

function declare(service: string, container: Container, root: string): Declared {
  const name = `${service}/${container.Name}`;
  const here = (text: string) => movePaths(movePorts(text), root).replaceAll(internal, '127.0.0.1');
  const own = container.EntryPoint ?? entryPoints[name] ?? [];
  const variables = (container.Environment ?? []).map(({ Name, Value }) => [
    Name,
    Name === 'CONFIG_TGZ' ? bundleOf(service) : here(Value),
  ]);
  // The same secret has the same value wherever it is injected.
  const secrets = (container.Secrets ?? []).map(({ Name, ValueFrom }) => [Name, `of${ValueFrom}`]);
  const [kind, ...check] = container.HealthCheck?.Command ?? ['CMD'];
  return {
    name,
    argv: [...own, ...(container.Command ?? [])].map(here).map(forThisRedis),
    health: kind === 'CMD-SHELL' ? ['sh', '-c', ...check.map(here)] : check.map(here),
    env: {
      ...libraries,
      ...binds(),
      ...Object.fromEntries([...variables, ...secrets]),
      PATH: searchPath,
    },
    cwd: container.WorkingDirectory === undefined ? root : here(container.WorkingDirectory),
  };
}

const internal = /(web|redis|prometheus)\.fargaze\.internal/g;

function bundleOf(service: string): string {
  const source = { root: '.', config: readConfigFile('fargaze.yml'), environment: {} };
  return packBundle(service as BundleName, source);
}

/** redis-cli takes its port from nothing but its command line. */
function movePorts(text: string): string {
  const moved = text.replaceAll(/\b\d{4}\b/g, (port) => String(ports.get(Number(port)) ?? port));
  return moved.replaceAll('redis-cli ', `redis-cli -p ${ports.get(6379)} `);
}

/** The app's ports are the defaults of its settings, so that no declaration names them. */
function binds(): Record<string, string> {
  return {
    WEB_BIND: `127.0.0.1:${ports.get(8000)}`,
    EXPORTER_BIND: `127.0.0.1:${ports.get(9464)}`,
  };
}

/** Redis before 7.2 knows no CLIENT SETINFO and refuses rules that name it. */
function forThisRedis(text: string): string {
  const [major = 0, minor = 0] = redisVersion.split('.').map(Number);
  return major > 7 || (major === 7 && minor >= 2) ? text : text.replaceAll(' +client|setinfo', '');
}

/** Paths that images declare as volumes of another user: Fargate hands them over with that owner, and so does this. */
const declaredOwners: Readonly<Record<string, number>> = {
  prometheus: 65534,
  pushgateway: 65534,
  metrics: 10001,
};

/** Directories that a task has as volumes; the demo app's is mounted under two names. */
function makeRoot(service: string): string {
  const root = join(directory, service);
  const mounted = (declaredContainers()[service] ?? []).flatMap(({ MountPoints = [] }) =>
    MountPoints.map(({ ContainerPath }) => ContainerPath.slice(1)),
  );
  for (const path of ['config', ...mounted.filter((name) => name !== 'app')]) {
    mkdirSync(join(root, path), { recursive: true });
    const owner = declaredOwners[path];
    if (owner !== undefined && isRoot) chownSync(join(root, path), owner, owner);
  }
  symlinkSync('config', join(root, 'app'));
  return root;
}

const isRoot = process.getuid?.() === 0;
/** Root without capabilities, as the task definition says; elsewhere the user of the test has none anyhow. */
const withoutCapabilities = isRoot
  ? ['/usr/bin/setpriv', '--bounding-set=-all', '--inh-caps=-all']
  : [];

async function initialize({ argv, cwd, env, name }: Declared): Promise<void> {
  const [program = '', ...args] = [...withoutCapabilities, ...argv];
  const { code, output } = await runCommand(program, args, { cwd, env });
  expect([name, output, code]).toEqual([name, '', 0]);
}

async function start({ argv, cwd, env, health, name }: Declared): Promise<void> {
  const [command = '', ...args] = argv;
  const process = await startProcess({ name, command, args, env, cwd });
  running.push(process);
  const [program = '', ...rest] = health;
  const check = async () => (await runCommand(program, rest, { cwd, env })).code === 0;
  await waitFor({ what: `${name} healthy`, seconds: 120, processes: [process], check });
}

/** Starts a task's containers in order. */
async function runTask(service: string): Promise<void> {
  const root = makeRoot(service);
  for (const container of declaredContainers()[service] ?? []) {
    const declared = declare(service, container, root);
    if (notRun.has(declared.name)) continue;
    if (container.Name === 'config') await initialize(declared);
    else await start(declared);
  }
}

/** docs/deploy.md says so and why. */
const notRun = new Set(['grafana/door', 'grafana/grafana', 'web/install']);

const exposed = async (port: number) =>
  (await fetch(`http://127.0.0.1:${ports.get(port)}/metrics`)).text();

it('knows every container that is declared', () => {
  const names = Object.entries(declaredContainers()).flatMap(([service, containers]) =>
    containers.map(({ Name }) => `${service}/${Name}`),
  );
  expect(names.sort()).toEqual([
    ...['grafana/config', 'grafana/door', 'grafana/grafana'],
    ...['prometheus/config', 'prometheus/prometheus', 'prometheus/pushgateway'],
    ...['redis/config', 'redis/exporter', 'redis/redis'],
    ...['web/config', 'web/exporter', 'web/install', 'web/web'],
  ]);
});

it('the prometheus task starts, healthy, with its flags and its configuration', async () => {
  await runTask('prometheus');
  const status = async (what: string) => {
    const answer = await fetch(`http://127.0.0.1:${ports.get(9090)}/api/v1/status/${what}`);
    return ((await answer.json()) as { readonly data: Record<string, string> }).data;
  };
  expect(await status('flags')).toMatchObject({ 'query.lookback-delta': '10m' });
  expect((await status('config')).yaml).toContain('fargaze_stack: fargaze-test');
  const push = { method: 'PUT', body: 'pushed 1\n' };
  const pushed = await fetch(`http://127.0.0.1:${ports.get(9091)}/metrics/job/j`, push);
  // Without the check of consistency it answers before it has stored.
  expect(pushed.status).toBe(202);
});

it('the redis task starts, healthy for the user of the probe, and its exporter may read it', async () => {
  await runTask('redis');
  expect(await exposed(9121)).toMatch(/^redis_up 1$/m);
});

it('the web task starts, healthy, and its exporter reads what the app writes', async () => {
  await runTask('web');
  await fetch(`http://127.0.0.1:${ports.get(8000)}/healthy`);
  expect(await exposed(9464)).toMatch(/^web_exporter_up 1(\.0)?$/m);
});

it('the grafana task unpacks its configuration', async () => {
  await runTask('grafana');
});
