// A key that stands in fargaze.yml as it is becomes part of the package: its place is named, its value never, and what is no
// key is left alone.
import { parseConfigText } from '../../build/config-file.ts';
import { findLiteralSecrets } from '../../build/literal-secrets.ts';

function find(module: string, target = 'https://shop.example.com/'): string[] {
  return findLiteralSecrets(
    parseConfigText(
      `modules: { m: ${module} }\nprobes: [{ name: p, module: m, target: '${target}' }]\n`,
    ),
  );
}

const http = (options: string) => `{ prober: http, http: ${options} }`;
const advice =
  'looks like a secret, and stands in the package as it is: want a reference, env:NAME or file:/path, or ${env:NAME} within other text';
const value = 'c0rrect-h0rse';

it.each([
  { what: http(`{ headers: { X-Api-Key: ${value} } }`), at: 'header X-Api-Key' },
  { what: http(`{ headers: { authorization: 'Bearer ${value}' } }`), at: 'header authorization' },
  { what: http(`{ headers: { X-Functions-Key: ${value} } }`), at: 'header X-Functions-Key' },
  { what: http(`{ headers: { Cookie: 'sid=${value}' } }`), at: 'header Cookie' },
  { what: http(`{ headers: { X-Shop: ghp_${'a1'.repeat(18)} } }`), at: 'header X-Shop' },
  {
    what: http(`{ http_headers: { PRIVATE-TOKEN: { values: [${value}] } } }`),
    at: 'header PRIVATE-TOKEN',
  },
  {
    what: http(
      `{ proxy_url: 'http://proxy:3128', proxy_connect_header: { Proxy-Authorization: [${value}] } }`,
    ),
    at: 'proxy_connect_header Proxy-Authorization',
  },
  { what: http(`{ method: POST, body: '{ "user": "a", "password": "${value}" }' }`), at: 'body' },
  { what: http(`{ method: POST, body: '{"clientSecret":"${value}"}' }`), at: 'body' },
  { what: http(`{ method: POST, body: 'grant_type=password&pwd=${value}' }`), at: 'body' },
  {
    what: `{ prober: http, steps: [{ name: in, path: /in, http: { headers: { X-Auth-Token: ${value} } } }] }`,
    at: 'step in: header X-Auth-Token',
  },
  {
    what: `{ prober: grpc, grpc: { metadata: { x-api-key: [${value}] } } }`,
    target: 'shop.example.com:443',
    at: 'metadata x-api-key',
  },
  {
    what: `{ prober: tcp, tcp: { query_response: [{ send: 'AUTH ${value}' }] } }`,
    target: 'shop.example.com:6379',
    at: 'send of query_response',
  },
  {
    what: http(`{ basic_auth: { username: sk_live_${'a1'.repeat(9)} } }`),
    at: 'basic_auth.username',
  },
  {
    what: http(
      `{ oauth2: { client_id: a, token_url: 'https://id.example.com/', endpoint_params: { password: ${value} } } }`,
    ),
    at: 'endpoint_params password',
  },
])('$at of $what is named', ({ at, target = 'https://shop.example.com/', what }) => {
  expect(find(what, target)).toEqual([`module m: ${at} ${advice}`]);
});

it.each([
  http('{ headers: { X-Api-Key: env:SHOP_KEY, Authorization: file:/run/token } }'),
  http(
    '{ headers: { Accept: application/json, X-Author: me, Idempotency-Key: a, Sec-WebSocket-Key: b } }',
  ),
  http('{ headers: { X-Api-Key: "" } }'),
  http('{ http_headers: { X-Api-Key: { secrets: [env:SHOP_KEY] } } }'),
  http(`{ method: POST, body: '{ "password": "", "max_tokens": 5, "note": "no secret" }' }`),
  http(`{ method: POST, body: 'monkey=1&author=me&grant_type=password' }`),
  http('{ method: POST, body: env:BODY }'),
  `{ prober: http, steps: [{ name: in, path: /in, extract: { t: { json: $.t } } }, { name: see, path: /, http: { headers: { Authorization: 'Bearer \${in.t}' } } }] }`,
  http(`{ headers: { Authorization: 'Bearer \${env:SHOP_TOKEN}' } }`),
  '{ prober: grpc, grpc: { metadata: { x-api-key: [env:SHOP_KEY] } } }',
  `{ prober: tcp, tcp: { query_response: [{ send: 'AUTH \${env:SHOP_PASSWORD}' }] } }`,
])('%s holds no key', (module) => {
  const target = module.includes('prober: tcp') ? 'shop.example.com:25' : undefined;
  expect(find(module, target)).toEqual([]);
});

it.each([
  { what: http("{ headers: { Accept: 'a ${TOKEN}' } }"), at: 'header Accept' },
  { what: http('{ method: POST, body: \'{"a": "${TOKEN}"}\' }'), at: 'body' },
  { what: http("{ basic_auth: { username: '${TOKEN}' } }"), at: 'basic_auth.username' },
  { what: "{ prober: grpc, grpc: { metadata: { a: ['${TOKEN}'] } } }", at: 'metadata a' },
  {
    what: "{ prober: tcp, tcp: { query_response: [{ send: 'AUTH ${TOKEN}' }] } }",
    at: 'send of query_response',
  },
])('$at of $what has a variable as targets have it, which is not filled in', ({ at, what }) => {
  const target = what.includes('prober: http') ? 'https://shop.example.com/' : 'shop.example.com:9';
  expect(find(what, target)).toEqual([
    `module m: ${at} holds \${TOKEN}, which is sent as it is: want \${env:TOKEN}`,
  ]);
});

it.each([
  http("{ headers: { Accept: '$${TOKEN} ${token} ${env:TOKEN} ${1}' } }"),
  "{ prober: tcp, tcp: { query_response: [{ expect: '(?P<TOKEN>.*)', send: 'AUTH ${TOKEN}' }] } }",
])('%s has no variable', (what) => {
  const target = what.includes('prober: http') ? 'https://shop.example.com/' : 'shop.example.com:9';
  expect(find(what, target)).toEqual([]);
});

it('a reference within other text is sent as it is, and is named with that', () => {
  expect(find(http("{ headers: { Authorization: 'Bearer env:SHOP_TOKEN' } }"))).toEqual([
    'module m: header Authorization holds env:SHOP_TOKEN within other text, which is sent as it is: want ${env:SHOP_TOKEN}',
  ]);
});

it.each([
  { target: `https://shop.example.com/?api_key=${value}`, named: true },
  { target: `https://shop.example.com/a?b=c&sig=${value}`, named: true },
  { target: `https://shop.example.com/?key=AIza${'a'.repeat(35)}`, named: true },
  { target: 'https://shop.example.com/?api_key=${SHOP_KEY}', named: false },
  { target: 'https://shop.example.com/?page=2&monkey=1', named: false },
])('$target: $named', ({ named, target }) => {
  const [found = '', ...more] = find(http('{}'), target);
  expect([found !== '', more]).toEqual([named, []]);
  if (named) expect(found).toMatch(/^probe p: its target looks as if it held a secret/);
  expect(found).not.toContain(value);
});
