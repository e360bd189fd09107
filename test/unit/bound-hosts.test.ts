// Who chooses a target must not choose who is sent the module's secrets.

import { parseConfigText } from '../../build/config-file.ts';
import { parseProbeEvent } from '../../layers/core/src/event/events.ts';
import { selectTargets } from '../../layers/core/src/probe/select.ts';

const config = parseConfigText(`
modules:
  token: { prober: http, http: { authorization: { credentials: env:T } } }
  basic: { prober: http, http: { basic_auth: { username: u, password: env:P } } }
  key: { prober: http, hosts: [named.test, '*.sub.test', 'port.test:8443'], http: { headers: { X-Api-Key: env:K } } }
  literal: { prober: http, http: { headers: { x-api-key: hush } } }
  cookie: { prober: http, http: { headers: { Cookie: a=b } } }
  body: { prober: http, http: { method: POST, body: '{"k": 1}' } }
  client: { prober: http, http: { tls_config: { key: env:PEM } } }
  lifted: { prober: http, http: { allow_blocked: [169.254.0.0/16] } }
  open: { prober: http, http: { headers: { Accept: text/html, User-Agent: me } } }
  store: { prober: redis, redis: { password: env:P } }
  acl: { prober: redis, redis: { username: probe } }
  mtls: { prober: redis, redis: { tls_config: { key: 'file:/k.pem' } } }
  plain: { prober: redis }
  line: { prober: tcp, hosts: [named.test], tcp: { query_response: [{ send: PASS hush }] } }
  call: { prober: grpc, hosts: [named.test], grpc: { tls: true, metadata: { authorization: [hush] } } }
  name: { prober: dns, hosts: [named.test], dns: { query_name: a.test, allow_blocked: [169.254.0.0/16] } }
  walk: { prober: http, steps: [{ name: a, path: '/data?apikey=hush' }, { name: b, path: /plain }] }
  stroll: { prober: http, steps: [{ name: a, path: '/data?page=2' }, { name: b, path: /plain }] }
probes:
  - { name: one, module: key, target: 'https://own.test/a?b=c' }
  - { name: two, module: key, target: '\${KEY_URL:-https://default.test/}' }
  - { name: three, module: store, target: 'rediss://cache.test:6380/2' }
  - { name: four, module: open, target: 'http://elsewhere.test/' }
  - { name: five, module: line, target: 'own.test:80' }
  - { name: six, module: call, target: own.test }
  - { name: seven, module: name, job: name, target: own.test }
  - { name: eight, module: line, target: 'bücher.test:25' }
`);

function select(
  module: string,
  target: string,
  { env = {}, schedule }: { env?: Record<string, string>; schedule?: string } = {},
) {
  const prober = target.startsWith('redis') ? 'redis' : 'http';
  const event = { targets: [target], module, ...(schedule !== undefined && { schedule }) };
  return selectTargets(parseProbeEvent(event), {
    config,
    prober,
    vantage: undefined,
    now: 0,
    read: (name) => env[name],
  });
}

it.each(['token', 'basic', 'key', 'literal', 'cookie', 'body', 'client', 'lifted'])(
  'module %s is kept from a host that is not one of its probes',
  (module) => {
    expect(() => select(module, 'http://elsewhere.test/')).toThrow(
      `targets[0]: got "http://elsewhere.test/", but module ${module} holds credentials`,
    );
  },
);

it.each([
  'rediss://cache.test:6380/0@elsewhere.test:6380',
  'rediss://cache.test:6380?x=@elsewhere.test:6380',
  'REDISS://cache.test:6380#@elsewhere.test:6380',
])('the server of %s is what follows the last @', (target) => {
  const event = parseProbeEvent({ targets: [target], module: 'store' });
  const where = { config, prober: 'redis', vantage: undefined, now: 0 } as const;
  expect(() => selectTargets(event, { ...where, read: () => undefined })).toThrow('module store');
});

it.each(['store', 'acl', 'mtls'])('module %s is kept from a foreign Redis', (module) => {
  expect(() => select(module, 'redis://elsewhere.test')).toThrow(`but module ${module} holds`);
});

it.each([
  { module: 'open', target: 'http://anything.test/' },
  { module: 'http_2xx', target: 'anything.test' },
  { module: 'plain', target: 'redis://anything.test' },
  { module: 'key', target: 'https://own.test/other/path' },
  { module: 'key', target: 'https://OWN.test:443/' },
  { module: 'key', target: 'https://default.test/' },
  { module: 'key', target: 'http://named.test:99/' },
  { module: 'key', target: 'https://a.b.sub.test/' },
  { module: 'key', target: 'https://port.test:8443/' },
  { module: 'store', target: 'rediss://cache.test:6380/0' },
  { module: 'store', target: 'rediss://u:a/b?c#d@cache.test:6380/0' },
])('module $module may reach $target', ({ module, target }) => {
  expect(select(module, target)).toHaveLength(1);
});

it.each([
  { name: 'without TLS', target: 'http://own.test/' },
  { name: 'at another port', target: 'https://own.test:8443/' },
  { name: 'behind a name that only looks like it', target: 'https://own.test.evil.test/' },
  { name: 'behind user info', target: 'https://own.test@evil.test/' },
  { name: 'behind a backslash', target: 'https://evil.test\\@own.test/' },
  { name: 'of another module', target: 'http://elsewhere.test/' },
  { name: 'at a port that is not the named one', target: 'https://port.test/' },
  { name: 'that is the domain itself', target: 'https://sub.test/' },
  { name: 'that is no address', target: 'https://%zz/' },
])('a server $name is another one', ({ target }) => {
  expect(() => select('key', target)).toThrow('targets[0]: got');
});

describe.each(['line', 'call', 'name'])('a server without a scheme, of module %s', (module) => {
  it.each([
    'own.test#.evil.test:80',
    'own.test?.evil.test:80',
    'own.test\\.evil.test:80',
    'own.test/.evil.test:80',
    'own.test@evil.test:80',
    'evil.test@own.test:80',
    'evil.test\0.own.test:80',
    'named.test#.evil.test:443',
    'named.test?.evil.test:443',
    'named.test\\@evil.test:443',
    'named.test%23.evil.test:443',
    'named.test＃.evil.test:443',
    ' named.test.evil.test:443',
    'evil.test:443\t@named.test:443',
    '[::1%25named.test]:443',
    'own.test:8080',
  ])('is not %j', (target) => {
    expect(() => select(module, target)).toThrow('targets[0]: got');
  });

  it.each(['named.test:443', 'NAMED.test:99'])('may be %j', (target) => {
    expect(select(module, target)).toHaveLength(1);
  });
});

it('the port that is left out is the one of the prober', () => {
  expect(() => select('call', 'own.test:80')).toThrow('but module call holds');
  expect(select('call', 'OWN.test')).toHaveLength(1);
  expect(select('line', 'own.test:80')).toHaveLength(1);
  expect(select('line', 'BÜCHER.test:25')).toHaveLength(1);
});

it('what stands in the paths of steps may be for the servers of its probes only', () => {
  expect(() => select('walk', 'http://elsewhere.test/')).toThrow('but module walk holds');
  expect(select('stroll', 'http://elsewhere.test/')).toHaveLength(1);
});

it('a target whose variable is set elsewhere moves the secrets with it', () => {
  const env = { KEY_URL: 'https://moved.test/x' };
  expect(select('key', 'https://moved.test/', { env })).toHaveLength(1);
  expect(() => select('key', 'https://default.test/', { env })).toThrow('targets[0]');
});

it('ad-hoc targets are refused where the deployment says so', () => {
  const off = { env: { FARGAZE_AD_HOC: 'false' } };
  expect(() => select('open', 'http://anything.test/', off)).toThrow(
    'targets: this deployment probes configured targets only (FARGAZE_AD_HOC is false)',
  );
  const wrong = { env: { FARGAZE_AD_HOC: 'no' } };
  expect(() => select('open', 'http://anything.test/', wrong)).toThrow('want true or false');
});

it('results of ad-hoc targets have a job that no probe may have', () => {
  const [one] = select('open', 'http://elsewhere.test/', { schedule: '1m' });
  expect(one).toMatchObject({ job: 'fargaze-ad-hoc', deliver: true });
  const claimed = 'probes: [{ name: a, module: http_2xx, target: a, job: fargaze-ad-hoc }]';
  expect(() => parseConfigText(claimed)).toThrow('fargaze-ad-hoc is for targets that events name');
});

it('an instance may be named, where the address does not tell two probes apart', () => {
  const probes = (more: string) => `
probes:
  - { name: a, module: http_2xx, target: 'http://h/?shop=1' ${more} }
  - { name: b, module: http_2xx, target: 'http://h/?shop=2' }
`;
  expect(() => parseConfigText(probes(''))).toThrow(
    'duplicate job and instance "http://h/?shop=redacted"',
  );
  const named = parseConfigText(probes(', instance: shop-1'));
  const selected = selectTargets(parseProbeEvent({}), {
    config: named,
    prober: 'http',
    vantage: undefined,
    now: 0,
    read: () => undefined,
  });
  expect(selected.map(({ target }) => target.instance)).toEqual([
    'shop-1',
    'http://h/?shop=redacted',
  ]);
});

it.each(['https://a/', 'a b', '*', 'a.*', '', 'a:123456'])('hosts refuses %j', (host) => {
  const text = `modules: { m: { prober: http, hosts: [${JSON.stringify(host)}] } }`;
  expect(() => parseConfigText(text)).toThrow('want a host such as api.example.com');
});
