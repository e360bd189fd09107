// docs/dependencies.md says what ships and what does not: held against what the bundler puts into functions and layer.
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { measureBundles } from '../../bench/size.ts';

type Manifest = {
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};

const manifest = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8'));
const page = readFileSync('docs/dependencies.md', 'utf8');

/** The text below a head, up to the next. */
function section(head: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(`${head}\n`)) ?? '';
}

type Row = { readonly names: readonly string[]; readonly licences: string };

/** The rows of a section's table. */
function rows(head: string): Row[] {
  return [...section(head).matchAll(/^\| ([^|]+) \| ([^|]+) \|/gm)]
    .slice(2)
    .map(([, names = '', licences = '']) => ({
      names: names
        .replace(/\(.*?\)/g, '')
        .split(/, | with /)
        .map((name) => name.trim()),
      licences,
    }));
}

const named = (head: string) =>
  rows(head)
    .flatMap(({ names }) => names)
    .sort();

/** The package that a file belongs to. */
function packageOf(file: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? '';
}

const unique = (names: readonly string[]) => [...new Set(names)].filter(Boolean).sort();

let direct: readonly string[];
let all: readonly string[];
beforeAll(async () => {
  const bundles = await measureBundles();
  const layer = await build({
    entryPoints: ['node_modules/prom-client/index.js'],
    ...{ bundle: true, platform: 'node', metafile: true, write: false, logLevel: 'error' },
  });
  const inLayer = Object.keys(layer.metafile.inputs);
  direct = unique(bundles.flatMap(({ imported }) => imported.map(packageOf)));
  all = unique([...bundles.flatMap(({ inputs }) => inputs), ...inLayer].map(packageOf));
});

it('what is listed as shipped is what our code imports into functions and layer', () => {
  expect(named('Shipped')).toEqual(direct);
});

it('what comes along with it is named, and is of a licence that is named', () => {
  const text = section('Shipped').replaceAll('\\', '');
  const licences = new Set<string | undefined>();
  for (const name of all) {
    const [scope] = name.split('/');
    expect([name, text.includes(name) || text.includes(`${scope}/*`)]).toEqual([name, true]);
    licences.add(manifest(`node_modules/${name}/package.json`).license);
  }
  expect([...licences].sort()).toEqual(['Apache-2.0', 'MIT']);
});

it('every package of package.json has a line, and every line a package', () => {
  const [root, core] = ['package.json', 'layers/core/package.json'].map(manifest);
  const wanted = unique([
    ...Object.keys(root?.devDependencies ?? {}),
    ...Object.keys(root?.dependencies ?? {}),
    ...Object.keys(core?.dependencies ?? {}),
  ]);
  const aliases: Readonly<Record<string, string>> = { osls: 'serverless', checkov: '' };
  const listed = [...named('Shipped'), ...named('Development')];
  expect(
    listed
      .map((name) => aliases[name] ?? name)
      .filter(Boolean)
      .sort(),
  ).toEqual(wanted);
});

it('each line names the licences of its packages', () => {
  const wrong = [...rows('Shipped'), ...rows('Development')].flatMap(({ licences, names }) =>
    names
      .filter((name) => name !== 'checkov')
      .map(
        (name) =>
          [
            name,
            manifest(`node_modules/${name === 'osls' ? 'serverless' : name}/package.json`)
              .license ?? '',
          ] as const,
      )
      .filter(
        ([, licence]) =>
          !licence
            .split(/ (?:OR|AND) |[()]/)
            .filter(Boolean)
            .every((one) => licences.includes(one)),
      )
      .map(([name, licence]) => `${name}: ${licence}, page says ${licences}`),
  );
  expect(wrong).toEqual([]);
});
