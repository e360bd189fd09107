// Steps of an HTTP module: what they take from the module, and what is wrong with them, each with place, value and what was wanted.

import { parseConfigText } from '../../build/config-file.ts';
import type { HttpModule } from '../../layers/core/src/config/modules.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { isBound } from '../../layers/core/src/probe/bound-hosts.ts';

function moduleOf(steps: string, more = ''): HttpModule {
  return parseConfigText(`modules: { m: { prober: http, ${more} steps: [${steps}] } }`).modules
    .m as HttpModule;
}

function issuesOf(steps: string, more = ''): string[] {
  try {
    moduleOf(steps, more);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(
      ({ path, message }) => `${path.replace(/ \(line 1\)$/, '')}: ${message}`,
    );
  }
}

it('a step has the options of the module, but for its own; headers of both', () => {
  const common =
    'http: { method: POST, headers: { a: x, B: y }, basic_auth: { username: u }, body: all }, ';
  const [first, second] =
    moduleOf(
      '{ name: a }, { name: b, http: { method: PUT, headers: { b: z }, authorization: { credentials: "env:T" } } }',
      common,
    ).steps ?? [];
  expect(first?.http).toMatchObject({
    method: 'POST',
    headers: { a: 'x', B: 'y' },
    basicAuth: { username: 'u' },
    body: 'all',
  });
  expect(second?.http).toMatchObject({
    method: 'PUT',
    headers: { a: 'x', b: 'z' },
    authorization: { credentials: 'env:T' },
  });
  expect(second?.http).not.toHaveProperty('basicAuth');
});

it('a fault of the module is reported once', () => {
  expect(issuesOf('{ name: a }, { name: b }', 'http: { method: "a b" }, ')).toEqual([
    'modules.m.http.method: got "a b", want a method such as GET',
  ]);
});

const extracts = '{ name: a, extract: { v: { header: x } } }';

it.each([
  { name: 'no steps', steps: '', want: 'modules.m.steps: got [], want a list of 1 to 20 steps' },
  {
    name: 'a step without a name',
    steps: '{ path: / }',
    want: 'modules.m.steps[0].name: missing, and it has no default',
  },
  {
    name: 'a name twice',
    steps: '{ name: a }, { name: a }',
    want: 'modules.m.steps[1].name: duplicate step "a", already at steps[0]',
  },
  {
    name: 'an unknown key',
    steps: '{ name: a, alway: true }',
    want: 'modules.m.steps[0].alway: unknown key; did you mean "always"?',
  },
  {
    name: 'an unknown option',
    steps: '{ name: a, http: { methd: GET } }',
    want: 'modules.m.steps[0].http.methd: unknown key; did you mean "method"?',
  },
  {
    name: 'a wrong option',
    steps: '{ name: a, http: { valid_status_codes: [20] } }',
    want: 'modules.m.steps[0].http.valid_status_codes[0]: got 20, want a status code from 100 to 999',
  },
  {
    name: 'two ways to authorize',
    steps: '{ name: a, http: { basic_auth: { username: u }, bearer_token: "env:A" } }',
    want: 'modules.m.steps[0].http.bearer_token: given beside basic_auth, want at most one of basic_auth and bearer_token',
  },
  {
    name: 'a path that is none',
    steps: '{ name: a, path: login }',
    want: 'modules.m.steps[0].path: got "login", want a path such as /login, or the http:// or https:// address of a host of hosts',
  },
  {
    name: 'a host that is not named',
    steps: '{ name: a, path: "https://id.example.com/token" }',
    want: 'modules.m.steps[0].path: leads to "id.example.com", want a path of the target, or this host in hosts of the module',
  },
  {
    name: 'a variable of the environment',
    steps: '{ name: a, path: "/${HOME}" }',
    want: 'modules.m.steps[0].path: got "${HOME}", want ${step.value}, ${env:NAME} or ${file:/path}; $${ is that text itself',
  },
  {
    name: 'a value of no step',
    steps: '{ name: a, path: "/${b.v}" }',
    want: 'modules.m.steps[0].path: unknown value ${b.v}, want a value that an earlier step extracts; there is none',
  },
  {
    name: 'a value of the same step',
    steps: '{ name: a, extract: { v: { cookie: c } }, http: { body: "${a.v}" } }',
    want: 'modules.m.steps[0].http.body: unknown value ${a.v}, want a value that an earlier step extracts; there is none',
  },
  {
    name: 'a value with a slip',
    steps: `${extracts}, { name: b, http: { headers: { x: "\${a.w}" } } }`,
    want: 'modules.m.steps[1].http.headers.x: unknown value ${a.w}; did you mean "a.v"?',
  },
  {
    name: 'nothing to extract from',
    steps: '{ name: a, extract: { v: {} } }',
    want: 'modules.m.steps[0].extract.v: want one of json, header and cookie (with a pattern or without), or a pattern for the body',
  },
  {
    name: 'two places to extract from',
    steps: '{ name: a, extract: { v: { json: $.a, header: b } } }',
    want: 'modules.m.steps[0].extract.v: want one of json, header and cookie (with a pattern or without), or a pattern for the body',
  },
  {
    name: 'a JSONPath for many values',
    steps: '{ name: a, extract: { v: { json: "$.a[*]" } } }',
    want: 'modules.m.steps[0].extract.v.json: got "$.a[*]", want a JSONPath that leads to one value, such as $.data.items[0].id ("[*]" leads to no single value)',
  },
  {
    name: 'a JSONPath without its root',
    steps: '{ name: a, extract: { v: { json: a.b } } }',
    want: 'modules.m.steps[0].extract.v.json: got "a.b", want a JSONPath that leads to one value, such as $.data.items[0].id (it begins with $)',
  },
  {
    name: 'a pattern that is none',
    steps: '{ name: a, extract: { v: { pattern: "(" } } }',
    want: 'modules.m.steps[0].extract.v.pattern: got "(", want a regular expression in RE2 syntax (missing closing ): `(`)',
  },
])('$name', ({ steps, want }) => {
  expect(issuesOf(steps)).toEqual([want]);
});

it('another prober has none', () => {
  const text = 'modules: { m: { prober: tcp, steps: [] } }';
  expect(() => parseConfigText(text)).toThrow(/modules\.m\.steps.*: unknown key/);
});

it('what is no reference stays, and a host of hosts may be asked', () => {
  const text =
    '{ name: a, path: "https://id.example.com/token", http: { body: "$${HOME} $5 {}" } }';
  expect(issuesOf(text, 'hosts: [id.example.com], ')).toEqual([]);
});

it.each([
  { steps: '{ name: a, http: { body: secret } }', want: true },
  { steps: '{ name: a, path: "/${env:TOKEN}" }', want: true },
  { steps: '{ name: a, path: /a }', want: false },
])('a module with $steps is for its own servers only: $want', ({ steps, want }) => {
  expect(isBound(moduleOf(steps))).toBe(want);
});
