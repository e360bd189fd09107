// `npm start` and `npm run smoke` as processes on machines as they are: what is killed comes again or goes for good, whatever
// ends a start leaves nothing behind, and two systems do not meet.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../local/programs/command.ts';
import { waitFor } from '../../local/programs/process.ts';
import { readRecord } from '../../local/system/run-record.ts';
import { expectMinutes } from '../support/cloudwatch-minutes.ts';
import { plant, startEcho } from '../support/planted.ts';
import {
  findInText,
  findPlanted,
  plantedEnvironment,
  plantedJob,
  plantInto,
} from '../support/planted-project.ts';
import type { RawServer } from '../support/raw-server.ts';
import {
  commandLineOf,
  createGrounds,
  type Grounds,
  recorded,
  type Started,
  start,
} from '../support/started.ts';
import { copyTree } from '../support/tree-copy.ts';

jest.setTimeout(200_000);

const grounds = createGrounds();
const elsewhere = createGrounds();
const composeFile = join(grounds.stackDir, 'compose.env');
const tree = copyTree('fargaze tree é ');
let echo: RawServer;
let system: Started;
let smoke: Started;

beforeAll(async () => {
  mkdirSync(grounds.stackDir);
  writeFileSync(composeFile, 'of another command');
  echo = await startEcho('401 No');
  const config = join(tree.directory, 'planted.yml');
  writeFileSync(config, plantInto(readFileSync('fargaze.yml', 'utf8')));
  const planted = plantedEnvironment(`http://127.0.0.1:${echo.port}`);
  const aws = { AWS_SECRET_ACCESS_KEY: plant('awssecret'), AWS_SESSION_TOKEN: plant('session') };
  system = start({ grounds, env: { ...planted, ...aws, FARGAZE_CONFIG: config } });
  const strangers = join(elsewhere.directory, 'bin');
  mkdirSync(strangers);
  // Of the name, but another program.
  writeFileSync(join(strangers, 'prometheus'), '#!/bin/sh\necho nonsense 9.9.9\n', { mode: 0o755 });
  smoke = start({
    grounds: elsewhere,
    command: ['npm', 'run', '-s', 'smoke'],
    cwd: tree.directory,
    env: {
      FARGAZE_STACK_DIR: undefined,
      // Nothing can be made below a file. Programs that were fetched stay where they are.
      XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(process.env.HOME ?? '', '.cache'),
      HOME: '/dev/null/home',
      PATH: `${strangers}:${process.env.PATH}`,
    },
  });
  await system.says(/^Endpoints/m);
});

afterAll(async () => {
  for (const one of [system, smoke]) one.interrupt('SIGTERM');
  await Promise.all([system.exited, smoke.exited]);
  await echo.close();
  tree.remove();
  grounds.remove();
  elsewhere.remove();
});

/** Waits for the end of the last processes, which may have been killed a moment ago. */
async function expectNothingLeft({ leftovers }: Grounds, files: readonly string[] = []) {
  const check = async () => leftovers().length === files.length;
  await waitFor({ what: 'the end', seconds: 60, check }).catch(() => undefined);
  expect(leftovers()).toEqual(files);
}

it('a second start in the same folder is refused in one line that says what to do', async () => {
  const second = start({ grounds });
  expect(await second.exited).toBe(1);
  expect(second.output()).toMatch(/^the local system runs already in .*`kill \d+`.*\n$/);
  expect(existsSync(join(grounds.stackDir, 'endpoints.json'))).toBe(true);
});

it('secrets of the shell reach the probes that refer to them, and nothing else', async () => {
  const { pushgateway } = JSON.parse(
    readFileSync(join(grounds.stackDir, 'endpoints.json'), 'utf8'),
  );
  let groups = '';
  const check = async () => {
    groups = await (await fetch(`${pushgateway}/metrics`)).text();
    return groups.includes(`job="${plantedJob}"`);
  };
  await waitFor({ what: 'a result of the planted probes', seconds: 100, check }).catch((error) => {
    throw new Error(`${error.message}\n${system.output()}`);
  });
  const places = ['token', 'key', 'cookie', 'body', 'query', 'path'];
  expect(places.filter((place) => !echo.received().includes(plant(place)))).toEqual([]);
  expect(findInText(groups)).toEqual([]);
  expect(findInText(system.output())).toEqual([]);
  expect(findPlanted(grounds.stackDir)).toEqual([]);
  const run = readRecord(join(grounds.stackDir, 'run'));
  const lines = run.map(({ pid }) => commandLineOf(pid));
  expect(lines.join()).toContain('prometheus');
  expect(findInText(lines.join('\n'))).toEqual([]);
});

const parts = [
  'redis',
  'web app',
  'web exporter',
  'redis_exporter',
  'pushgateway',
  'fake AWS',
  'prometheus',
  'serverless offline',
];

/** As the record names the process of a part. */
const programOf = (part: string) => (part === 'redis' ? 'redis-server' : part);

it('each program that is killed is named, and comes again where it was', async () => {
  const before = system.output().length;
  const killed = parts.map((part) => recorded(grounds, programOf(part)).pid);
  for (const pid of killed) process.kill(pid, 'SIGKILL');
  const unsaid = () => {
    const lines = system.output().slice(before);
    return parts.filter((part) => !new RegExp(`  ${part} ended`).test(lines));
  };
  await waitFor({ what: 'all named', seconds: 60, check: async () => unsaid().length === 0 }).catch(
    () => undefined,
  );
  expect(unsaid()).toEqual([]);
  const again = () => parts.map((part) => recorded(grounds, programOf(part)).pid);
  const check = async () => again().every((pid, index) => pid !== killed[index]);
  await waitFor({ what: 'all again', seconds: 60, check });
  expect(system.output()).not.toMatch(/^ +at /m);
});

it('what came again is one system: a probe by hand is delivered, and CloudWatch is whole', async () => {
  const endpoints = JSON.parse(readFileSync(join(grounds.stackDir, 'endpoints.json'), 'utf8'));
  const invoke = () =>
    runCommand('node_modules/.bin/serverless', ['invoke', 'local', '-f', 'redis-probe'], {
      env: { FARGAZE_STACK_DIR: grounds.stackDir },
    });
  expect((await invoke()).output).toMatch(/"ok": 1,[\s\S]*"delivered": 1/);
  await expectMinutes(endpoints);
});

it('a second system runs in the same clone, in another folder', async () => {
  const other = createGrounds();
  const second = start({ grounds: other });
  await second.says(/^Endpoints/m);
  second.interrupt();
  expect(await second.exited).toBe(0);
  await expectNothingLeft(other);
  other.remove();
});

it('after kill -9 of everything that could clean up, the next start ends what was left', async () => {
  for (const name of ['guardian', 'npm start']) {
    process.kill(recorded(grounds, name).pid, 'SIGKILL');
  }
  await system.exited;
  expect(grounds.leftovers().length).toBeGreaterThan(8);
  const next = start({ grounds });
  await next.says(
    /^an earlier start \(process \d+\) was killed; ended what it left: .*redis-server \(/m,
  );
  next.interrupt();
  await next.exited;
  await expectNothingLeft(grounds, ['stack/compose.env']);
  expect(readFileSync(composeFile, 'utf8')).toBe('of another command');
});

it.each([
  /^fargaze.yml/m,
  /^redis-server \d/m,
  /^redis /m,
  /^web app /m,
  /^fake AWS /m,
  /^prometheus +http/m,
])('Ctrl-C once a start has said %s leaves nothing', async (moment) => {
  const started = start({ grounds });
  await started.says(moment);
  started.interrupt();
  expect(await started.exited).toBe(130);
  expect(started.output()).toMatch(/^stopped$/m);
  expect(started.output()).not.toMatch(/^ +at /m);
  await expectNothingLeft(grounds, ['stack/compose.env']);
});

it.each(['npm start', 'npm'] as const)('kill -9 of %s ends everything', async (name) => {
  const started = start({ grounds, command: ['npm', 'start'] });
  await started.says(/^pushgateway +http/m);
  process.kill(name === 'npm' ? started.pid : recorded(grounds, name).pid, 'SIGKILL');
  await started.exited;
  await expectNothingLeft(grounds, ['stack/compose.env']);
});

it('npm run smoke shows everything up and leaves nothing, under a path with a space and an é, without a home, beside a stranger named prometheus', async () => {
  expect([smoke.output(), await smoke.exited]).toEqual([expect.anything(), 0]);
  expect(smoke.output()).toMatch(/^UP .*web/m);
  expect(smoke.output()).toMatch(/^passed over .*\/bin\/prometheus: /m);
  expect(existsSync(join(tree.directory, '.stack'))).toBe(false);
  await expectNothingLeft(elsewhere, ['bin']);
});
