// What a stranger's fargaze.yml may hold: each trap of YAML gets its place and what was wanted, and nothing crashes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { parseConfigText, readConfigFile } from '../../build/config-file.ts';
import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { fc } from '../support/property.ts';

function issuesOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  }
}

const issuesIn = (text: string) => issuesOf(() => parseConfigText(text));
const probe = '{ name: a, module: http_2xx, target: "http://a/" }';
const wantRoot = 'want a mapping with probes, modules, shards, vantage, bridge, slos or links';

describe('a file that is no configuration', () => {
  it.each([
    { name: 'empty', text: '', want: [`is empty, ${wantRoot}`] },
    { name: 'white', text: ' \n\n', want: [`is empty, ${wantRoot}`] },
    { name: 'only comments', text: '# probes:\n', want: [`is empty, ${wantRoot}`] },
    { name: 'only a marker', text: '---\n', want: [`is empty, ${wantRoot}`] },
    {
      name: 'a list',
      text: `- ${probe}`,
      want: [`got [{"name":"a","module":"http_2xx","target":"http://a/"}], ${wantRoot}`],
    },
    { name: 'a text', text: 'probes', want: [`got "probes", ${wantRoot}`] },
    { name: 'a number', text: '5', want: [`got 5, ${wantRoot}`] },
    {
      name: 'several documents',
      text: '{}\n---\n{}',
      want: ['line 2, column 1: a second document begins, want a single one'],
    },
  ])('($name) is refused', ({ text, want }) => expect(issuesIn(text)).toEqual(want));
});

describe('a trap of YAML', () => {
  it.each([
    {
      name: 'a tab',
      text: 'probes:\n\t- a',
      want: ['line 2, column 1: a tab as indentation, want spaces'],
    },
    {
      name: 'a key twice',
      text: 'probes: []\nslos: []\nprobes: []',
      want: ['line 3, column 1: duplicate key "probes", already in line 1, want it once'],
    },
    {
      name: 'a number twice as a key',
      text: 'modules:\n  1: { prober: http }\n  "1": { prober: http }',
      want: ['line 3, column 3: duplicate key "1", already in line 2, want it once'],
    },
    {
      name: 'an open quote',
      text: "probes:\n  - name: 'a\n    module: b",
      want: ['line 2, column 11: the quote that opens here is not closed, want another one'],
    },
    {
      name: 'a bare *',
      text: 'bridge: { ecs: { clusters: [*] } }',
      want: [
        'line 1, column 29: a * without a name, which YAML takes for an alias, want it in quotes: "*"',
      ],
    },
    {
      name: 'an alias of nothing',
      text: 'probes: *web',
      want: [
        'line 1, column 9: no anchor &web stands before this alias, want one, or the text in quotes',
      ],
    },
    {
      name: 'an alias of itself',
      text: 'probes: &all [*all]',
      want: ['line 1, column 15: the alias *all stands within what it stands for, want its end'],
    },
    {
      name: 'a tag',
      text: 'probes: !Ref x',
      want: [
        'line 1, column 9: a tag (!Ref) that is not known here, want plain text, numbers, lists and mappings',
        'probes (line 1): got "x", want a list',
      ],
    },
    {
      name: 'a reserved character',
      text: 'probes: @x',
      want: [
        'line 1, column 9: a character that has a meaning in YAML begins a text, want the text in quotes',
      ],
    },
    {
      name: 'a colon in a text',
      text: 'probes: a: b',
      want: [
        'line 1, column 9: a key within the value of another one, want it on a line of its own, or the value in quotes',
      ],
    },
    {
      name: 'a NUL',
      text: 'probes: []\nslos: "\0"',
      want: [
        'line 2, column 8: holds the control character U+0000, want text',
        'slos (line 2): got "\\u0000", want a list',
      ],
    },
    {
      name: 'an empty key',
      text: ': 1',
      want: [
        'line 1, column 1: a key that is empty, want text',
        '"" (line 1): unknown key, want one of blackbox, modules, probes, shards, vantage, bridge, slos, links',
      ],
    },
    {
      name: 'yes',
      text: 'modules: { a: { prober: http, http: { follow_redirects: yes } } }',
      want: ['modules.a.http.follow_redirects (line 1): got "yes", want true or false'],
    },
    {
      name: 'a date',
      text: 'probes: 2026-01-31',
      want: ['probes (line 1): got "2026-01-31", want a list'],
    },
    {
      name: 'octal',
      text: 'modules: { a: { prober: http, timeout: 0o17 } }',
      want: [
        'modules.a.timeout (line 1): got 15, want a duration from 1ms to 50s such as 5s or 500ms',
      ],
    },
    {
      name: 'infinity',
      text: 'bridge: { cloudwatch: { yace: { static: [] }, budget: { monthly_usd: .inf } } }',
      want: [
        'bridge.cloudwatch.yace (line 1): got {"static":[]}, want at least one job in discovery.jobs, static or customNamespace',
        'bridge.cloudwatch.budget.monthly_usd (line 1): got Infinity, want US dollars, more than 0',
      ],
    },
    {
      name: 'nothing',
      text: 'probes:\nmodules:',
      want: [
        'probes (line 1): got null, want a list',
        'modules (line 2): got null, want a mapping',
      ],
    },
  ])('($name) is reported with its place', ({ text, want }) => {
    expect(issuesIn(text).sort()).toEqual([...want].sort());
  });

  it.each([
    { name: 'CRLF', text: `probes:\r\n  - ${probe}\r\n` },
    { name: 'a byte-order mark', text: `\ufeffprobes: [${probe}]` },
    {
      name: 'anchors',
      text: `probes: [&a ${probe}]\nslos: [{ name: s, indicator: probe, probe: a, objective: 99.9 }]`,
    },
  ])('($name) that does no harm is taken', ({ text }) => {
    expect(parseConfigText(text).probes).toHaveLength(1);
  });

  it('merges of one mapping into a thousand others are a thousand mappings', () => {
    const merged = Array.from(
      { length: 1000 },
      (_, index) => `  - { <<: *common, name: p${index}, target: 'http://a${index}/' }`,
    );
    const text = ['x-common: &common { module: http_2xx, interval: 5m }', 'probes:', ...merged];
    const { probes } = parseConfigText(text.join('\n'));
    expect(probes).toHaveLength(1000);
    expect(new Set(probes.map(({ interval }) => interval))).toEqual(new Set([300]));
  });

  it('of aliases that lead from one to the next, further than lists may nest, is refused', () => {
    const chain = (links: number) =>
      Array.from(
        { length: links },
        (_, at) => `x-${at}: &a${at} ${at === 0 ? '{}' : `{ a: *a${at - 1} }`}`,
      ).join('\n');
    expect(issuesIn(chain(150))).toEqual([]);
    expect(issuesIn(chain(500))).toEqual(['is nested too deeply, want fewer levels']);
  });

  it('of aliases that grow without end, or of ten thousand levels, is refused', () => {
    const level = (at: number) =>
      `a${at}: &a${at} [${Array(10).fill(at === 0 ? 'x' : `*a${at - 1}`)}]`;
    const bomb = Array.from({ length: 10 }, (_, at) => level(at)).join('\n');
    expect(issuesIn(bomb)[0]).toMatch(/alias/);
    // With little of the stack left V8 would end the process, at 8,000 levels of lists on Node 20.
    for (const levels of [250, 8000, 10_000]) {
      expect(issuesIn(`probes: ${'['.repeat(levels)}`)).toEqual([
        'line 1, column 207: nested too deeply, want fewer levels',
      ]);
    }
  });
});

it.each(
  [
    '*',
    '!',
    '!!',
    '!h!',
    '!<',
    '|',
    '>',
    '|9',
    '}',
    ']',
    '%',
    '@',
    '`',
    '"',
    "'",
    '{',
    '"\\x',
    '"a" ',
    '&a &',
  ].flatMap((mark) => [
    `modules:\n  m:\n    http:\n      headers:\n        Authorization: ${mark}Kn4ry8zQ7x\n`,
    `modules: { m: { prober: redis, redis: { password: ${mark}Kn4ry8zQ7x } } }\n`,
    `${mark}Kn4ry8zQ7x\n---\nmodules: {}\n`,
  ]),
)('a password that begins with a mark of YAML is not shown: %j', (text) => {
  expect(() => parseConfigText(text)).toThrow(expect.objectContaining({ name: 'ConfigError' }));
  expect(() => parseConfigText(text)).not.toThrow(/ry8z/);
});

describe('names that every object has', () => {
  it.each(['toString', 'constructor', '__proto__', 'hasOwnProperty', 'valueOf'])(
    '%s is no prober, module, key, indicator or job',
    (name) => {
      const issues = issuesIn(`
${name}: 1
modules:
  a: { prober: ${name}, ${name}: 1 }
  b: { prober: http, ${name}: 1, http: { ${name}: 1, headers: { A: b } } }
probes:
  - { name: p, module: ${name}, target: 'http://a/', ${name}: 1 }
  - { name: q, module: a, target: 'x' }
slos:
  - { name: s, indicator: ${name}, probe: ${name}, objective: 99.9 }
bridge: { ${name}: 1, ecs: { ${name}: 1 }, cloudwatch: { ${name}: 1, yace: { discovery: { jobs: [{ type: ${name}, metrics: [] }] } } } }
`);
      for (const place of [
        `${name} (line 2): unknown key`,
        `modules.a.prober (line 4): got "${name}", want prober: http, tcp, dns, grpc or redis`,
        `modules.a.${name} (line 4): unknown key`,
        `modules.b.${name} (line 5): unknown key`,
        `modules.b.http.${name} (line 5): unknown key`,
        `probes[0].module (line 7): unknown module "${name}"`,
        `probes[0].${name} (line 7): unknown key`,
        `slos[0].indicator (line 10): got "${name}"`,
        `bridge.${name} (line 11): unknown key`,
        `bridge.ecs.${name} (line 11): unknown key`,
        `bridge.cloudwatch.${name} (line 11): unknown key`,
        `bridge.cloudwatch.yace.discovery.jobs[0].type (line 11): got "${name}"`,
      ]) {
        expect(issues).toContainEqual(expect.stringContaining(place));
      }
    },
  );

  it('cannot name what is dropped in silence elsewhere', () => {
    const issues = issuesIn(
      'modules: { __proto__: { prober: http }, constructor: { prober: http } }',
    );
    expect(issues).toEqual([
      'modules.__proto__ (line 1): got "__proto__", want another name: this one is reserved',
      'modules.constructor (line 1): got "constructor", want another name: this one is reserved',
    ]);
  });
});

describe('every mistake is listed at once', () => {
  it('also two unknown keys in each mapping', () => {
    const issues = issuesIn(`
modul: {}
probs: []
modules: { a: { prober: http, x1: 1, x2: 2, http: { y1: 1, y2: 2, basic_auth: { z1: 1, z2: 2 } } } }
bridge: { b1: 1, b2: 2 }
`);
    const unknown = issues
      .filter((issue) => issue.includes('unknown key'))
      .map((issue) => issue.split(' ')[0]);
    expect(unknown).toEqual([
      ...['modul', 'probs', 'modules.a.http.basic_auth.z1', 'modules.a.http.basic_auth.z2'],
      ...['modules.a.http.y1', 'modules.a.http.y2', 'modules.a.x1', 'modules.a.x2'],
      ...['bridge.b1', 'bridge.b2'],
    ]);
  });

  it('also an exclusion beside a value that cannot be read', () => {
    const http =
      '{ metod: GET, basic_auth: { username: u, password: env:P }, authorization: { credentials: env:T } }';
    expect(issuesIn(`modules: { a: { prober: http, http: ${http} } }`)).toEqual([
      'modules.a.http.metod (line 1): unknown key; did you mean "method"?',
      'modules.a.http.authorization (line 1): given beside basic_auth, want at most one of basic_auth and authorization',
    ]);
  });
});

describe('a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-traps-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each([
    { name: 'that is not there', make: () => undefined, want: 'does not exist' },
    {
      name: 'that is a directory',
      make: (path: string) => mkdirSync(path),
      want: 'is a directory, want a file',
    },
    {
      name: 'in Latin-1',
      make: (path: string) => writeFileSync(path, Buffer.from('# fine\n# caf\xe9\n', 'latin1')),
      want: 'is not UTF-8 (line 2), want UTF-8',
    },
    {
      name: 'in UTF-16',
      make: (path: string) => writeFileSync(path, Buffer.from('\ufeffprobes: []', 'utf16le')),
      want: 'is not UTF-8 (line 1), want UTF-8',
    },
  ])('$name is refused by its name', ({ name, make, want }) => {
    const path = join(directory, `${name}.yml`);
    make(path);
    expect(() => readConfigFile(path, 'shop.yml')).toThrow(`shop.yml: 1 problem\n  ${want}`);
  });

  it('that FARGAZE_CONFIG names is what every message speaks of', () => {
    writeFileSync(join(directory, 'bad.yml'), 'probs: []\n');
    const run = (file: string) =>
      execFileSync(process.execPath, ['scripts/run.mjs', 'scripts/build-cli.ts'], {
        env: { ...process.env, FARGAZE_CONFIG: file },
        encoding: 'utf8',
        stdio: 'pipe',
      });
    const bad = join(directory, 'bad.yml');
    expect(() => run(bad)).toThrow(
      `${bad}: 1 problem\n  probs (line 1): unknown key; did you mean "probes"?`,
    );
  });
});

describe('whatever a file holds', () => {
  const tree = parse(readFileSync('test/fixtures/config/everything.yml', 'utf8'));
  const wild = fc.oneof(
    fc.constantFrom<unknown>(
      'toString',
      'constructor',
      '__proto__',
      '',
      '*',
      '${',
      'http',
      'redis',
      '1m',
      '-1s',
      '[a-',
    ),
    fc.constantFrom<unknown>(
      null,
      true,
      0,
      -1,
      Number.NaN,
      1e308,
      [],
      {},
      [[]],
      [null],
      { a: 1 },
      new Date(0),
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const key = fc.oneof(
    fc.constantFrom('toString', 'constructor', '__proto__', '<<', '', '0'),
    fc.string({ maxLength: 5 }),
  );
  /** Where to change the tree: one number for each level on the way down. */
  const change = fc.record({
    way: fc.array(fc.nat({ max: 50 }), { maxLength: 7 }),
    how: fc.nat({ max: 3 }),
    key,
    wild,
  });
  type Change = { way: number[]; how: number; key: string; wild: unknown };

  function mutate(node: unknown, { how, key: name, way, wild: value }: Change): unknown {
    const [step = 0, ...rest] = way;
    const entries =
      Array.isArray(node) || (typeof node === 'object' && node !== null)
        ? Object.entries(node)
        : [];
    if (way.length === 0 || entries.length === 0) return value;
    const at = step % entries.length;
    const changed = entries.flatMap(([own, inner], index): [string, unknown][] => {
      if (index !== at) return [[own, inner]];
      if (rest.length > 0)
        return [[own, mutate(inner, { how, key: name, way: rest, wild: value })]];
      return [
        [],
        [[name, inner]],
        [[own, value]],
        [
          [own, inner],
          [name, value],
        ],
      ][how] as [string, unknown][];
    });
    return Array.isArray(node) ? changed.map(([, inner]) => inner) : Object.fromEntries(changed);
  }

  it('compiles, or is a ConfigError with messages of readable length', () => {
    expect(issuesIn(stringify(tree))).toEqual([]);
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const mutant = (changes as Change[]).reduce<unknown>(
          (node, one) => mutate(node, one),
          tree,
        );
        for (const issue of issuesOf(() => compileConfig(mutant))) {
          expect(issue.length).toBeLessThan(600);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('compiles or is refused as a text, too', () => {
    fc.assert(
      fc.property(change, (one) => {
        expect(Array.isArray(issuesIn(stringify(mutate(tree, one as Change))))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('as a text with characters changed, too', () => {
    const text = readFileSync('test/fixtures/config/everything.yml', 'utf8');
    const piece = fc.constantFrom(
      '\t',
      '\0',
      '*',
      '&a',
      '!',
      '"',
      "'",
      '[',
      '}',
      ': ',
      '- ',
      '<<: ',
      '|',
      '\n',
      '%',
      '@',
      '---\n',
      '\u2028',
      '…',
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: text.length }), piece, fc.nat({ max: 3 })), {
          maxLength: 4,
        }),
        (edits) => {
          const mutant = edits.reduce(
            (all, [at, put, cut]) => all.slice(0, at) + put + all.slice(at + cut),
            text,
          );
          expect(Array.isArray(issuesIn(mutant))).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});
