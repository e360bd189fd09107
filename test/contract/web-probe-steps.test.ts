// Checks in several steps against a shop that wants a login: values and cookies go from step to step and to nobody else,
// clean-up runs whatever happened, and the verdict names the step.

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseConfigText } from '../../build/config-file.ts';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import { fillStep } from '../../functions/web-probe/steps/fill.ts';
import type { HttpModule, HttpStep, WebModule } from '../../layers/core/src/config/modules.ts';
import { compileModule, detail, type Probed, runProbe, verdict } from '../support/probing.ts';

type Seen = {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};
type Answer = (request: Seen, response: ServerResponse) => void;

const token = 'tok-5f2c/9+a"b';
const shop = { seen: [] as Seen[], answers: new Map<string, Answer>(), port: 0 };

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const line = `${request.method} ${request.url}`;
    const seen = { line, headers: request.headers, body: Buffer.concat(parts).toString() };
    shop.seen.push(seen);
    const answer = shop.answers.get(line);
    if (answer === undefined) response.writeHead(404).end();
    else answer(seen, response);
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  shop.port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const login: Answer = ({ body }, response) => {
  const { password } = JSON.parse(body) as { readonly password: string };
  if (password !== 'pa"ss') return void response.writeHead(401).end();
  response.setHeader('Set-Cookie', ['sid=cookie-3141; Path=/', 'seen=1; Path=/elsewhere']);
  response.setHeader('X-Request', 'req-777777; more');
  response.end(
    JSON.stringify({
      auth: { token },
      user: { id: 12345678901234567890n.toString() },
      n: 1,
    }).replace('"12345678901234567890"', '12345678901234567890'),
  );
};

const isIn = ({ headers }: Seen) =>
  headers.authorization === `Bearer ${token}` && headers.cookie === 'sid=cookie-3141';

beforeEach(() => {
  process.env.SHOP_PASSWORD = 'pa"ss';
  shop.seen = [];
  shop.answers = new Map<string, Answer>([
    ['POST /login', login],
    [
      'GET /users/12345678901234567890/items?key=tok-5f2c%2F9%2Ba%22b',
      (seen, response) => void response.writeHead(isIn(seen) ? 200 : 403).end('{"items":["one"]}'),
    ],
    ['POST /logout', (seen, response) => void response.writeHead(isIn(seen) ? 204 : 403).end()],
  ]);
});

afterEach(() => {
  delete process.env.SHOP_PASSWORD;
});

const loginStep = {
  name: 'login',
  path: '/login',
  http: {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"user":"probe","password":"${env:SHOP_PASSWORD}"}',
  },
  extract: { token: { json: '$.auth.token' }, user: { json: '$["user"].id' } },
};

const bearer = { Authorization: 'Bearer ${login.token}' };

const readStep = {
  name: 'read',
  path: '/users/${login.user}/items?key=${login.token}',
  http: { headers: bearer, fail_if_body_not_matches_regexp: ['one'] },
};

const logoutStep = {
  name: 'logout',
  path: '/logout',
  always: true,
  http: { method: 'POST', headers: bearer },
};

const whole = { steps: [loginStep, readStep, logoutStep] };

async function probe(module: object, path = '') {
  const compiled = compileModule({ prober: 'http', timeout: '20s', ...module }) as WebModule;
  return runProbe(probeByModule, compiled, `http://127.0.0.1:${shop.port}${path}`);
}

const lines = () => shop.seen.map(({ line }) => line.replace(/\?.*/, ''));
const success = (step: string) => `probe_step_success{step="${step}"}`;

describe('login, read, log out', () => {
  it('succeeds, with series of each step and of the whole', async () => {
    const { outcome, samples } = await probe(whole);
    expect(outcome).toEqual({ ok: true });
    expect(lines()).toEqual([
      'POST /login',
      'GET /users/12345678901234567890/items',
      'POST /logout',
    ]);
    expect([
      samples[success('login')],
      samples[success('read')],
      samples[success('logout')],
    ]).toEqual([1, 1, 1]);
    expect(
      Object.keys(samples).filter((name) => name.startsWith('probe_step_duration')),
    ).toHaveLength(15);
    expect(samples.probe_http_status_code).toBe(200);
    const sum = ['login', 'read', 'logout']
      .map((step) => samples[`probe_step_duration_seconds{step="${step}",phase="processing"}`] ?? 0)
      .reduce((all, one) => all + one, 0);
    expect(samples['probe_http_duration_seconds{phase="processing"}']).toBeCloseTo(sum, 5);
  });

  it('shows nothing of what was extracted or read', async () => {
    shop.answers.set('POST /logout', (_, response) => {
      response.writeHead(500, { Server: `v ${token} cookie-3141` }).end();
    });
    const fails = {
      ...logoutStep,
      http: {
        ...logoutStep.http,
        valid_status_codes: [500],
        fail_if_header_matches: [{ header: 'Server', regexp: 'v' }],
      },
    };
    const probed = await probe({
      steps: [
        { ...loginStep, extract: { ...loginStep.extract, sid: { cookie: 'sid' } } },
        readStep,
        fails,
      ],
    });
    expect(detail(probed)).toMatch(/^step logout: header Server "v redacted redacted"/);
    const all = JSON.stringify(probed);
    for (const secret of [
      token,
      JSON.stringify(token).slice(1, -1),
      encodeURIComponent(token),
      'pa\\"ss',
      '12345678901234567890',
    ]) {
      expect(all).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });

  it('shows no secret of a body that a server repeats in this step or a later one', async () => {
    process.env.SHOP_PASSWORD = 'pass-8172"x';
    const says = (_: Seen, response: ServerResponse) => {
      response.writeHead(200, { Server: `v ${process.env.SHOP_PASSWORD}` }).end();
    };
    const fails = { fail_if_header_matches: [{ header: 'Server', regexp: 'v' }] };
    const body = { method: 'POST', body: 'password=${env:SHOP_PASSWORD}' };
    const [own, later] = await Promise.all(
      [
        [{ name: 'a', path: '/a', http: { ...body, ...fails } }],
        [
          { name: 'a', path: '/a', http: body },
          { name: 'b', path: '/b', http: fails },
        ],
      ].map((steps) => {
        for (const line of ['POST /a', 'GET /b']) shop.answers.set(line, says);
        return probe({ steps });
      }),
    );
    for (const probed of [own, later]) {
      expect(detail(probed as Probed)).toContain('header Server "v redacted"');
      expect(JSON.stringify(probed)).not.toMatch(/pass-8172/);
    }
  });

  it('a value is taken from the first header of its name', async () => {
    shop.answers.set('GET /a', (_, response) => {
      response.setHeader('X-Next', ['one', 'two']);
      response.end();
    });
    shop.answers.set('GET /items/one', (_, response) => void response.end());
    const a = { name: 'a', path: '/a', extract: { next: { header: 'x-next' } } };
    const probed = await probe({ steps: [a, { name: 'b', path: '/items/${a.next}' }] });
    expect([verdict(probed), lines()]).toEqual(['ok', ['GET /a', 'GET /items/one']]);
  });

  it('a step that fails is the verdict; later ones do not run, but those that always do', async () => {
    shop.answers.set(
      'GET /users/12345678901234567890/items?key=tok-5f2c%2F9%2Ba%22b',
      (_, response) => void response.writeHead(503).end(),
    );
    const probed = await probe({
      steps: [loginStep, readStep, { name: 'more', path: '/more' }, logoutStep],
    });
    expect([verdict(probed), detail(probed)]).toEqual([
      'processing/status',
      'step read: status 503, want 200-299',
    ]);
    expect(lines()).toEqual([
      'POST /login',
      'GET /users/12345678901234567890/items',
      'POST /logout',
    ]);
    const { samples } = probed;
    expect([
      samples[success('read')],
      samples[success('more')],
      samples[success('logout')],
    ]).toEqual([0, undefined, 1]);
    expect(samples.probe_http_status_code).toBe(503);
  });

  it('without the value that it needs, clean-up does not run either', async () => {
    process.env.SHOP_PASSWORD = 'wrong';
    const probed = await probe(whole);
    expect([detail(probed), lines()]).toEqual([
      'step login: status 401, want 200-299',
      ['POST /login'],
    ]);
    expect(probed.trace).toContain('step logout: not run: login.token was not found');
  });

  it('a clean-up that fails is a failure', async () => {
    shop.answers.set('POST /logout', (_, response) => void response.writeHead(500).end());
    expect(detail(await probe(whole))).toBe('step logout: status 500, want 200-299');
  });

  it('a silent step leaves time for those that always run', async () => {
    shop.answers.set(
      'GET /users/12345678901234567890/items?key=tok-5f2c%2F9%2Ba%22b',
      () => undefined,
    );
    const probed = await probe({ ...whole, timeout: '2s' });
    expect([verdict(probed), probed.samples[success('logout')]]).toEqual(['processing/timeout', 1]);
  });
});

describe('extraction', () => {
  const from = async (
    extract: object,
    body: string | Buffer = '',
    headers: Record<string, string | string[]> = {},
  ) => {
    shop.answers.set('GET /a', (_, response) => void response.writeHead(200, headers).end(body));
    shop.answers.set('POST /b', (_, response) => void response.end());
    const probed = await probe({
      steps: [
        { name: 'a', path: '/a', extract: { v: extract } },
        { name: 'b', path: '/b', http: { method: 'POST', body: '${a.v}' } },
      ],
    });
    return probed.outcome.ok ? shop.seen.at(-1)?.body : `${verdict(probed)}: ${detail(probed)}`;
  };

  it.each([
    {
      name: 'a header',
      extract: { header: 'x-id' },
      headers: { 'X-Id': Buffer.from('é 1').toString('latin1') },
      want: 'é 1',
    },
    {
      name: 'a part of a header',
      extract: { header: 'x-id', pattern: 'id=(\\d+)' },
      headers: { 'X-Id': 'a; id=42' },
      want: '42',
    },
    {
      name: 'a cookie of any path',
      extract: { cookie: 'c' },
      headers: { 'Set-Cookie': ['c=1; Path=/x', 'd=2'] },
      want: '1',
    },
    {
      name: 'the first group of a pattern',
      extract: { pattern: 'name="csrf" value="([^"]+)"' },
      body: '<input name="csrf" value="z9">',
      want: 'z9',
    },
    {
      name: 'all of a pattern without groups',
      extract: { pattern: 'z\\d' },
      body: 'a z9',
      want: 'z9',
    },
    {
      name: 'a number as it is written',
      extract: { json: '$.a[-1]' },
      body: '{"a":[1,-1.50e3]}',
      want: '-1.50e3',
    },
    { name: 'a boolean', extract: { json: "$['a b']" }, body: '{"a b":true}', want: 'true' },
    {
      name: 'a part of JSON',
      extract: { json: '$.u', pattern: '[^/]+$' },
      body: '{"u":"/x/77"}',
      want: '77',
    },
    {
      name: 'text that reads like a reference stays text',
      extract: { json: '$' },
      body: '"env:SHOP_PASSWORD"',
      want: 'env:SHOP_PASSWORD',
    },
    {
      name: 'text that holds a reference stays text',
      extract: { json: '$' },
      body: '"${env:SHOP_PASSWORD} $& $1"',
      want: '${env:SHOP_PASSWORD} $& $1',
    },
    {
      name: 'no header',
      extract: { header: 'x-id' },
      want: 'processing/extract: step a: v: no header x-id in the answer',
    },
    {
      name: 'no cookie',
      extract: { cookie: 'c' },
      want: 'processing/extract: step a: v: no cookie c was set',
    },
    {
      name: 'no JSON',
      extract: { json: '$.a' },
      body: '<html>',
      want: 'transfer/extract: step a: v: the body (6 characters) is not JSON',
    },
    {
      name: 'nothing there',
      extract: { json: '$.a.b' },
      body: '{"a":{}}',
      want: 'transfer/extract: step a: v: the body has nothing at $["a"]["b"]',
    },
    {
      name: 'what every object inherits',
      extract: { json: '$.constructor' },
      body: '{}',
      want: 'transfer/extract: step a: v: the body has nothing at $["constructor"]',
    },
    {
      name: 'an object',
      extract: { json: '$.a' },
      body: '{"a":{}}',
      want: 'transfer/extract: step a: v: at $["a"] is an object, want text, a number, true or false',
    },
    {
      name: 'null',
      extract: { json: '$.a' },
      body: '{"a":null}',
      want: 'transfer/extract: step a: v: at $["a"] is null, want text, a number, true or false',
    },
    {
      name: 'no match',
      extract: { pattern: 'x(y)' },
      body: 'none',
      want: 'transfer/extract: step a: v: the body does not match its pattern',
    },
    {
      name: 'too long a body',
      extract: { pattern: 'x' },
      body: Buffer.alloc(600_000, 'x'),
      want: 'transfer/extract: step a: v: the body has more than 524288 bytes, in which no value is looked for',
    },
  ])('$name', async ({ body, extract, headers, want }) => {
    expect(await from(extract, body, headers as Record<string, string | string[]>)).toBe(want);
  });
});

describe('where a value may go', () => {
  const to = (path: string, location: string, more: object = {}) => {
    shop.answers.set(
      'GET /a',
      (_, response) => void response.writeHead(200, { Location: location }).end(),
    );
    shop.answers.set('GET /next/1', (_, response) => void response.end());
    return probe({
      ...more,
      steps: [
        { name: 'a', path: '/a', extract: { next: { header: 'location' } } },
        { name: 'b', path },
      ],
    });
  };

  it('a value at the beginning of a path is a path or address of the same server', async () => {
    expect(verdict(await to('${a.next}/1', '/next'))).toBe('ok');
    expect(verdict(await to('${a.next}', `http://127.0.0.1:${shop.port}/next/1`))).toBe('ok');
  });

  it.each([
    'http://127.0.0.2:1/',
    '//127.0.0.2:1/',
    'https://evil.example.com/',
    'file:///etc/passwd',
  ])('a value that names another server, %s, is not followed', async (location) => {
    const probed = await to('${a.next}', location);
    expect([verdict(probed), lines()]).toEqual(['guard/redirect_invalid', ['GET /a']]);
  });

  it.each([
    { base: 'https://shop.example/', next: 'http://shop.example/1', leads: false },
    { base: 'https://shop.example/', next: 'https://shop.example/1', leads: true },
    { base: 'http://shop.example/', next: 'http://shop.example/1', leads: true },
    { base: 'http://shop.example/', next: 'http://shop.example:81/1', leads: false },
  ])('from $base to $next: $leads', ({ base, leads, next }) => {
    const steps = [
      { name: 'a', path: '/a', extract: { next: { json: '$' } } },
      { name: 'b', path: '${a.next}' },
    ];
    const [, step] = (compileModule({ prober: 'http', steps }) as HttpModule).steps ?? [];
    const filled = fillStep(step as HttpStep, new Map([['a.next', next]]), { base: new URL(base) });
    expect('ok' in filled ? filled.reason : filled.url.href).toBe(
      leads ? next : 'redirect_invalid',
    );
  });

  it('elsewhere in a path it is one part of it', async () => {
    shop.answers.set('GET /items/..%2F%3Fa%23', (_, response) => void response.end());
    expect(verdict(await to('/items/${a.next}', '../?a#'))).toBe('ok');
  });

  it.each([
    { path: '/items/${a.next}/read', location: '..' },
    { path: '/items/${a.next}', location: '.' },
    { path: '/items/.${a.next}/read', location: '.' },
    { path: '/items/%2e${a.next}?q=1', location: '.' },
  ])('$location in $path would be a folder, and is refused', async ({ location, path }) => {
    const probed = await to(path, location);
    expect([verdict(probed), lines()]).toEqual(['guard/extract', ['GET /a']]);
    expect(detail(probed)).toContain('a value for its path is . or ..');
  });

  it('dots elsewhere are no folder', async () => {
    shop.answers.set('GET /items/../a/..b?q=..', (_, response) => void response.end());
    shop.answers.set('GET /a/..b?q=..', (_, response) => void response.end());
    expect(verdict(await to('/items/../a/${a.next}b?q=${a.next}', '..'))).toBe('ok');
  });

  it('a header that cannot carry it fails, without it', async () => {
    shop.answers.set('GET /a', (_, response) => void response.end('"line\\nfeed"'));
    const probed = await probe({
      steps: [
        { name: 'a', path: '/a', extract: { v: { json: '$' } } },
        { name: 'b', path: '/b', http: { headers: { 'X-V': '${a.v}' } } },
      ],
    });
    expect([verdict(probed), lines()]).toEqual(['guard/extract', ['GET /a']]);
    expect(detail(probed)).toBe(
      'step b: the value for header X-V holds a character outside Latin-1 or a control character',
    );
  });

  it('cookies of a step go along, those of the module too', async () => {
    shop.answers.set(
      'GET /a',
      (_, response) =>
        void response.writeHead(302, { 'Set-Cookie': 'one=1', Location: '/a2' }).end(),
    );
    shop.answers.set(
      'GET /a2',
      (_, response) => void response.writeHead(200, { 'Set-Cookie': 'two=2' }).end(),
    );
    shop.answers.set('GET /b', (_, response) => void response.end());
    await probe({
      http: { headers: { Cookie: 'own=0' } },
      steps: [
        { name: 'a', path: '/a' },
        { name: 'b', path: '/b' },
      ],
    });
    expect(shop.seen.map(({ headers }) => headers.cookie)).toEqual([
      'own=0',
      'own=0; one=1',
      'own=0; one=1; two=2',
    ]);
  });
});

it('the example of docs/probing.md runs', async () => {
  const [, yaml = ''] =
    /```yaml\n(x-as-user:[\s\S]*?)```/.exec(readFileSync('docs/probing.md', 'utf8')) ?? [];
  const { modules, probes } = parseConfigText(yaml);
  const isUser = ({ headers }: Seen) => headers.authorization === `Bearer ${token}`;
  const answers: readonly (readonly [string, Answer])[] = [
    ['POST /api/login', login],
    [
      'POST /api/orders',
      (seen, response) => {
        const fits = isUser(seen) && seen.body === '{"item":"probe","user":"12345678901234567890"}';
        response.writeHead(fits ? 201 : 400, { Location: '/api/orders/7' }).end();
      },
    ],
    [
      'GET /api/orders/7',
      (seen, response) => void response.end(isUser(seen) ? '{"state":"open"}' : ''),
    ],
    ['DELETE /api/orders/7', (_, response) => void response.writeHead(204).end()],
    ['POST /api/logout', (_, response) => void response.writeHead(204).end()],
  ];
  for (const [line, answer] of answers) shop.answers.set(line, answer);
  const module = modules.shop_order as WebModule;
  const probed = await runProbe(probeByModule, module, `http://127.0.0.1:${shop.port}`);
  expect([probes[0]?.module, detail(probed), lines()]).toEqual([
    'shop_order',
    '',
    answers.map(([line]) => line),
  ]);
});
