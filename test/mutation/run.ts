// `npm run mutation [rooms]`: changes the files of each room one place at a time and counts which changes its own tests
// notice. Only the tests named here are run, so that a room takes minutes; docs/mutation.md has the scores.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { UsageError } from '../../cli/command/command.ts';
import { writeLine } from '../../layers/core/src/log.ts';
import { runScript } from '../../scripts/command-line.ts';

const stryker = 'test/mutation/node_modules/@stryker-mutator/core/bin/stryker.js';
const output = '.build/mutation';

interface Room {
  readonly files: readonly string[];
  /** Names in test/unit, without `.test.ts`. */
  readonly tests: readonly string[];
}

const core = (...names: readonly string[]) => names.map((name) => `layers/core/src/${name}.ts`);

const rooms: Readonly<Record<string, Room>> = {
  guards: {
    files: [...core('net/guard'), 'functions/janitor/judge.ts'],
    tests: ['network', 'janitor-judge'],
  },
  groups: {
    files: core('pushgateway/stored', 'pushgateway/owner', 'pushgateway/grouping'),
    tests: ['stored', 'group-marks', 'values'],
  },
  answers: { files: core('remote-write/answers'), tests: ['receiver-answers'] },
  queue: { files: core('queue/json'), tests: ['queue-message'] },
  observe: { files: core('probe/observe'), tests: ['observe', 'vantage'] },
  event: {
    files: core('event/events', 'event/read'),
    tests: ['event-parts', 'event-schema', 'event'],
  },
  http: {
    files: core('http/auth', 'http/show', 'http/retry'),
    tests: ['http', 'values', 'hidden-secrets'],
  },
  redact: { files: core('redact'), tests: ['hidden-secrets', 'http', 'values', 'bound-hosts'] },
};

const usage = { text: 'npm run mutation -- [room …]' };

void runScript(usage, (given) => {
  const unknown = given.filter((name) => !Object.hasOwn(rooms, name));
  if (unknown.length > 0) {
    throw new UsageError(`rooms ${unknown}, want some of ${Object.keys(rooms)}`);
  }
  if (!existsSync(stryker)) {
    throw new Error('StrykerJS is missing, run: npm ci --prefix test/mutation');
  }
  const names = given.length === 0 ? Object.keys(rooms) : given;
  return names.every(measure) ? 0 : 1;
});

/** Measures a room and writes a line for each of its files; false where StrykerJS could not. */
function measure(name: string): boolean {
  const { files, tests } = rooms[name] as Room;
  const settings = JSON.parse(readFileSync('test/mutation/stryker.config.json', 'utf8'));
  const report = `${output}/${name}.json`;
  settings.mutate = files;
  settings.jsonReporter = { fileName: report };
  settings.jest.config.testMatch = tests.map((test) => `<rootDir>/test/unit/${test}.test.ts`);
  mkdirSync(output, { recursive: true });
  writeFileSync(`${output}/${name}.config.json`, JSON.stringify(settings));
  const { status } = spawnSync('node', [stryker, 'run', `${output}/${name}.config.json`], {
    stdio: 'inherit',
  });
  if (status !== 0) return false;
  for (const line of scores(readFileSync(report, 'utf8'))) writeLine(line);
  return true;
}

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly { status: string }[] }>>;
}

/** In percent of the changes that could be run; one that hangs its tests is noticed too. */
function scores(report: string): string[] {
  return Object.entries((JSON.parse(report) as Report).files).map(([file, { mutants }]) => {
    const count = (...wanted: readonly string[]) =>
      mutants.filter(({ status }) => wanted.includes(status)).length;
    const noticed = count('Killed', 'Timeout');
    const all = noticed + count('Survived', 'NoCoverage');
    return `${file}: ${((100 * noticed) / all).toFixed(1)} % (${noticed} of ${all})`;
  });
}
