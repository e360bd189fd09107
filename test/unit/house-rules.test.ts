// Rules of this repository that a machine can keep: imports, tests that can fail, sizes, versions in step.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { budgets, measureBundles, wholeWebProbeBudget } from '../../bench/size.ts';
import { version } from '../../layers/core/src/version.ts';
import { lonelyExports } from '../support/lonely-exports.ts';

function filesBelow(directory: string, ending: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !/(^|\/)(?:dist|node_modules|fixtures)\//.test(file))
    .map((file) => join(directory, file));
}

/** Calls of `expect` that nothing follows: they assert nothing. */
function bareExpectations(text: string): string[] {
  return [...text.matchAll(/\bexpect\(/g)].flatMap(({ index }) => {
    let depth = 0;
    let end = index + 'expect'.length;
    do {
      if (text[end] === '(') depth += 1;
      if (text[end] === ')') depth -= 1;
      end += 1;
    } while (depth > 0 && end < text.length);
    return /^\s*\./.test(text.slice(end)) ? [] : [text.slice(index, end)];
  });
}

describe('the linter', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-lint-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  function lint(): string {
    const config = JSON.parse(readFileSync('biome.json', 'utf8'));
    writeFileSync(
      join(directory, 'biome.json'),
      JSON.stringify({ ...config, $schema: undefined, vcs: undefined }),
    );
    cpSync('scripts/lint', join(directory, 'scripts/lint'), { recursive: true });
    cpSync('test/fixtures/lint', directory, { recursive: true });
    try {
      const biome = resolve('node_modules/.bin/biome');
      return execFileSync(biome, ['lint', '--max-diagnostics=100', '.'], {
        cwd: directory,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
      return stdout + stderr;
    }
  }

  it('refuses each import and global that the architecture forbids', () => {
    const output = lint();
    for (const line of [
      "import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'",
      "import { probeRedis } from '../redis-probe/probe.ts'",
      "import { sample } from '../../layers/core/src/sample.ts'",
      "import { handler } from '../../../functions/web-probe/handler.ts'",
      "import { parse } from 'yaml'",
    ]) {
      expect(output.replaceAll(/\s+/g, ' ')).toContain(line);
    }
    expect(output.match(/lint\/style\/noRestrictedImports/g)).toHaveLength(5);
    expect(output).toContain('lint/style/noProcessEnv');
    expect(output).toContain('lint/suspicious/noConsole');
    expect(output).toContain('Read the clock through a Clock');
    expect(output).toContain('Read addresses with parseUrl');
  });

  it('refuses boolean parameters, and more than three', () => {
    const output = lint();
    const places = output.matchAll(/cli\/flags\.ts:(\d+):\d+ (plugin|lint\/\S+)/g);
    expect([...places].map(([, line, rule]) => `${line} ${rule}`).sort()).toEqual([
      '1 plugin',
      '5 plugin',
      '7 lint/complexity/useMaxParams',
      '7 plugin',
    ]);
    expect(output).toContain('No boolean parameter');
  });
});

describe('tests can fail', () => {
  it('an expectation without a matcher is found', () => {
    expect(bareExpectations('expect(isDone(a));\nexpect(b).toBe(1);\nexpect(\n c\n)')).toEqual([
      'expect(isDone(a))',
      'expect(\n c\n)',
    ]);
  });

  it.each(filesBelow('test', '.test.ts'))('%s has no expectation without a matcher', (file) => {
    const found = bareExpectations(readFileSync(file, 'utf8'));
    // This file holds one in a text, to prove that it is found.
    expect(found.filter((text) => !/isDone|\\n/.test(text))).toEqual([]);
  });

  it('no test is left out or alone, and no module is mocked', () => {
    const pattern = new RegExp(
      ['\\b(?:it|test|describe)\\.(?:skip|only|todo)', 'jest\\.mock\\('].join('|'),
    );
    expect(
      filesBelow('test', '.test.ts').filter((file) => pattern.test(readFileSync(file, 'utf8'))),
    ).toEqual([]);
  });
});

it('no source file is longer than 300 lines', () => {
  const sources = [
    'build',
    'cli',
    'functions',
    'layers',
    'local',
    'scripts',
    'infra',
    'bench',
  ].flatMap((folder) => filesBelow(folder, '.ts'));
  const long = sources.filter((file) => readFileSync(file, 'utf8').split('\n').length > 301);
  expect(long).toEqual([]);
  expect(sources.length).toBeGreaterThan(40);
});

describe('exports', () => {
  it('a value that only its own file uses is found, however others take what they take', () => {
    const sources = new Map([
      ['a/one.ts', 'export const used = 1;\nexport function alone() {}\nexport type Named = 1;'],
      ['a/two.ts', 'export class Late {}\nexport async function never() {}'],
      ['b.ts', "import { type Named, used as one } from './a/one.ts';\nconst alone = 1;"],
      ['c.ts', "const { Late } = await import('./a/two.ts');"],
    ]);
    expect(lonelyExports(sources)).toEqual(['a/one.ts alone', 'a/two.ts never']);
  });

  it('no value is exported that only its own file uses', () => {
    const tracked = execFileSync('git', ['ls-files', '*.ts', '*.cjs', '*.mjs'], {
      encoding: 'utf8',
    });
    const files = tracked.split('\n').filter((file) => file !== '' && existsSync(file));
    const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
    // What the Lambda runtime or a bundle calls by its name, and what only the compiler reads.
    const entries =
      /(?:^|\/)handler\.ts handler$|^cli\/main\.ts main$|^test\/types\/|^test\/fixtures\//;
    expect(lonelyExports(sources).filter((one) => !entries.test(one))).toEqual([]);
    expect(sources.size).toBeGreaterThan(900);
  });
});

it('the version is the same everywhere', () => {
  const versions = ['package.json', 'layers/core/package.json'].map(
    (file) => JSON.parse(readFileSync(file, 'utf8')).version,
  );
  expect(versions).toEqual([version, version]);
});

it('the lock file is whole: npm ci refuses one that lacks other platforms (scripts/complete-lock.mjs)', () => {
  type Entry = { readonly optionalDependencies?: Readonly<Record<string, string>> };
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, Entry>>;
  };
  const wanted = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).map((name) => [
      `${path}/node_modules/${name}`,
      `node_modules/${name}`,
    ]),
  );
  const missing = wanted.filter((places) => !places.some((place) => place in packages));
  expect(missing).toEqual([]);
  expect(wanted.length).toBeGreaterThan(20);
});

it('each package of the lock file has its hash', () => {
  type Entry = {
    readonly integrity?: string;
    readonly link?: boolean;
    readonly inBundle?: boolean;
  };
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, Entry>>;
  };
  const installed = Object.entries(packages).filter(
    ([path, { inBundle, link }]) => path.includes('node_modules/') && !link && !inBundle,
  );
  const bare = installed.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ''));
  expect(bare.map(([path]) => path)).toEqual([]);
  expect(installed.length).toBeGreaterThan(500);
});

it('no file names a package registry host or a path of one machine', () => {
  const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && statSync(file).isFile());
  const hosts = new RegExp(
    ['registry\\.npmjs', 'pypi\\.org', 'proxy\\.golang', 'deb\\.debian', 'pythonhosted'].join('|'),
  );
  const guilty = tracked.filter(
    (file) => !file.endsWith('house-rules.test.ts') && hosts.test(readFileSync(file, 'utf8')),
  );
  expect(guilty).toEqual([]);
});

describe('sizes', () => {
  it('each bundle keeps its budget', async () => {
    const sizes = (await measureBundles()).map(({ bytes, name }) => [name, bytes] as const);
    expect(sizes.map(([name]) => name).sort()).toEqual(Object.keys(budgets).sort());
    const most: Readonly<Record<string, number>> = budgets;
    expect(sizes.filter(([name, bytes]) => !(bytes <= (most[name] ?? 0)))).toEqual([]);
  });

  it('the web probe with every part that a module can ask for keeps its budget too', async () => {
    const [web] = (await measureBundles('all')).filter(({ name }) => name === 'web-probe');
    expect(web?.bytes).toBeLessThanOrEqual(wholeWebProbeBudget);
  });

  it('no function holds the AWS SDK', async () => {
    for (const { name, inputs } of await measureBundles()) {
      expect([name, inputs.filter((input) => /@aws-sdk|@smithy/.test(input))]).toEqual([name, []]);
    }
  });
});
