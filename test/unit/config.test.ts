// fargaze.yml: what compiles, and that what does not is reported whole.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfigText } from '../../build/config-file.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { issueCertificate } from '../support/certificates.ts';

function issuesOf(text: string): string[] {
  try {
    parseConfigText(text);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ path, message }) => `${path}: ${message}`);
  }
}

it('the file of this repository compiles', () => {
  const config = parseConfigText(readFileSync('fargaze.yml', 'utf8'));
  expect(config.probes.map(({ name, job, interval }) => [name, job, interval])).toEqual([
    ['web', 'fargaze-web', 60],
    ['redis', 'fargaze-redis', 60],
  ]);
});

it('an empty mapping has the built-in modules and no probes', () => {
  const config = parseConfigText('{}');
  expect(Object.keys(config.modules)).toEqual(['http_2xx', 'redis']);
  expect(config.probes).toEqual([]);
});

it('every problem is listed in one message, in the order of the file', () => {
  const text = `
modules:
  a:
    prober: http
    timout: 5s
    timeout: 5 seconds
    http:
      valid_status_code: [200]
      valid_status_codes: [20, abc]
      fail_if_body_matches_regexp: ["(unclosed", "a(?=b)"]
      basic_auth: { username: u, password: hunter2 }
  b:
    prober: icmp
probes:
  - name: web
    module: htp_2xx
    target: http://a/
    intervall: 1m
  - name: web
    module: http_2xx
    target: http://a/
    interval: 90s
  - { name: r, module: redis, target: 'redis://:pw@h:1' }
  - { name: r2, module: redis, target: 'http://h:1' }
  - { name: r3, module: redis }
  - { name: w2, module: http_2xx, target: 'http://a/' }
  - { name: w3, module: http_2xx, target: 'http://\${1X}/', vantage: moon }
extra: 1
`;
  expect(issuesOf(text)).toEqual([
    'modules.a.timout (line 5): unknown key; did you mean "timeout"?',
    'modules.a.timeout (line 6): got "5 seconds", want a duration from 1ms to 50s such as 5s or 500ms',
    'modules.a.http.valid_status_code (line 8): unknown key; did you mean "valid_status_codes"?',
    'modules.a.http.valid_status_codes[0] (line 9): got 20, want a status code from 100 to 999',
    'modules.a.http.valid_status_codes[1] (line 9): got "abc", want a status code from 100 to 999',
    'modules.a.http.fail_if_body_matches_regexp[0] (line 10): got "(unclosed", want a regular expression in RE2 syntax (missing closing ): `(unclosed`)',
    'modules.a.http.fail_if_body_matches_regexp[1] (line 10): got "a(?=b)", want a regular expression in RE2 syntax (invalid or unsupported Perl syntax: `(?=`)',
    'modules.a.http.basic_auth.password (line 11): got a value, want a reference, env:NAME or file:/path, never the secret itself',
    'modules.b.prober (line 13): icmp needs raw sockets, which functions in AWS do not have; want tcp to a port that is open',
    'probes[0].module (line 16): unknown module "htp_2xx"; did you mean "http_2xx"?',
    'probes[0].intervall (line 18): unknown key; did you mean "interval"?',
    'probes[1].name (line 19): duplicate probe "web", already at probes[0]',
    'probes[1].interval (line 22): got "90s", want a duration from 1m to 1d in whole minutes, such as 5m',
    'probes[2].target (line 23): holds a password, want it in the module, by reference',
    'probes[3].target (line 24): got "http://h:1", want redis://host[:port][/database] or rediss://',
    'probes[4].target (line 25): missing, and it has no default',
    'probes[5].target (line 26): duplicate job and instance "http://a/", already at probes[1], want an instance or a job of its own',
    // biome-ignore format: one line per issue
    'probes[6].target (line 27): got "http://${1X}/", want an address (${1X} is no variable, want ${NAME} or ${NAME:-default})',
    'probes[6].vantage (line 27): got "moon", want any, internet or vpc',
    'extra (line 28): unknown key, want one of blackbox, modules, probes, shards, vantage, bridge, slos, links',
  ]);
});

it('no message ever shows what may be a secret', () => {
  const text = `
modules:
  a: { prober: http, http: { authorization: { credentials: s3cret }, tls_config: { key: s3cret } } }
  b: { prober: redis, redis: { password: s3cret } }
probes:
  - { name: r, module: b, target: 'redis://u:s3cret@h' }
`;
  expect(issuesOf(text)).toHaveLength(4);
  expect(issuesOf(text).join()).not.toContain('s3cret');
});

it.each([
  { name: 'broken YAML', text: 'a: [1', want: /^line 1, column \d+: / },
  {
    name: 'a key twice',
    text: 'probes: []\nprobes: []',
    want: /^line 2, column 1: duplicate key "probes", already in line 1, want it once$/,
  },
  {
    name: 'a list',
    text: '- 1',
    want: /got \[1\], want a mapping with probes, modules, shards, vantage, bridge, slos or links/,
  },
])('$name is reported with its place', ({ text, want }) => {
  expect(issuesOf(text)[0]).toMatch(want);
});

it.each([
  { size: '10MB', bytes: 10_485_760 },
  { size: '512B', bytes: 512 },
  { size: '1.5KiB', bytes: 1536 },
  { size: '2000', bytes: 2000 },
])('body_size_limit $size is $bytes bytes', ({ size, bytes }) => {
  const config = parseConfigText(
    `modules: { a: { prober: http, http: { body_size_limit: ${size} } } }`,
  );
  expect(config.modules.a).toMatchObject({ http: { bodySizeLimit: bytes } });
});

it('basic_auth and authorization exclude each other', () => {
  const http =
    '{ basic_auth: { username: u, password: env:P }, authorization: { credentials: env:T } }';
  expect(issuesOf(`modules: { a: { prober: http, http: ${http} } }`).join()).toMatch(
    /at most one of basic_auth and authorization/,
  );
});

it('certificates named by file are compiled in; a file that is not there is reported', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-config-'));
  const { cert } = issueCertificate({ commonName: 'CA', ca: true });
  writeFileSync(join(directory, 'ca.pem'), cert);
  writeFileSync(join(directory, 'body.json'), '{}');
  const text = (file: string) => `
modules:
  a: { prober: http, timeot: 1s, http: { body_file: body.json, tls_config: { ca_file: ${file} } } }
`;
  const good = text('ca.pem').replace('timeot: 1s, ', '');
  const config = parseConfigText(good, 'fargaze.yml', directory);
  expect(config.modules.a).toMatchObject({ http: { tls: { ca: cert }, body: '{}' } });
  expect(() => parseConfigText(text('none.pem'), 'fargaze.yml', directory)).toThrow(
    /2 problems[\s\S]*tls_config.ca_file \(line 3\): got "none.pem", which does not exist[\s\S]*timeot/,
  );
  rmSync(directory, { recursive: true });
});

describe("an existing file of blackbox_exporter's", () => {
  const http = (options: string) => `modules: { m: { prober: http, http: { ${options} } } }`;

  it.each([
    'valid_http_versions: ["HTTP/1.1", "HTTP/2.0"], enable_http2: false, enable_http3: false',
    'proxy_from_environment: false, skip_resolve_phase_with_proxy: false',
    'headers: { Host: vhost.example.com, X-Umlaut: "\\u00fc" }, tls_config: { insecure_skip_verify: true }',
  ])('%s is taken', (options) => expect(issuesOf(http(options))).toEqual([]));

  it.each([
    { options: 'proxy_url: "http://u:s3cret@h"', want: 'want no password in it; give Proxy-Auth' },
    { options: 'proxy_url: "socks5://h"', want: 'SOCKS is not spoken' },
    {
      options: 'bearer_token: s3cret',
      want: 'http.bearer_token (line 1): got a value, want a ref',
    },
    {
      options: 'oauth2: { client_id: a, token_url: "http://a", client_secret: s3cret }',
      want: 'http.oauth2.client_secret (line 1): got a value, want a reference',
    },
    { options: 'enable_http3: true', want: 'http.enable_http3 (line 1): HTTP/3 is not spoken' },
    { options: 'fail_if_body_json_matches_cel: x', want: 'want a CEL expression over body' },
    {
      options: 'basic_auth: { username: u, password: env:P, password_file: s3cret }',
      want: 'http.basic_auth (line 1): want at most one of password and password_file',
    },
    { options: 'tls_config: { key_ref: s3cret }', want: 'tls_config.key_ref (line 1): want the' },
    {
      options: 'http_headers: { X: { secrets: [s3cret] } }',
      want: 'secrets[0] (line 1): got a value',
    },
    {
      options: 'http_headers: { Host: { values: [a] } }',
      want: 'this one has an option of its own',
    },
    { options: 'tls_config: { ca: s3cret }', want: 'tls_config.ca (line 1): want PEM' },
    { options: 'headers: { X-A: "a\\nb" }', want: 'want a header value of one line' },
  ])('$options is refused by its name, without its value', ({ options, want }) => {
    const issues = issuesOf(http(options));
    expect(issues).toEqual([expect.stringContaining(want)]);
    expect(issues.join()).not.toContain('s3cret');
  });
});

describe('objectives', () => {
  it('are compiled with their defaults', () => {
    const { slos } = parseConfigText(`
probes:
  - { name: web, module: http_2xx, target: 'http://a/' }
slos:
  - { name: a, indicator: probe, probe: web, objective: 99.95 }
  - { name: b, indicator: requests, objective: 99, window: 28d, min_bad_events: 4 }
  - { name: c, indicator: latency, job: shop, threshold: 250ms, objective: 95 }
`);
    const days = 86_400;
    const probe = { indicator: 'probe', probe: 'web', minBadEvents: 3 };
    expect(slos).toEqual([
      { ...probe, name: 'a', objective: 0.9995, window: 30 * days },
      {
        ...{ name: 'b', indicator: 'requests', job: 'web' },
        ...{ objective: 0.99, window: 28 * days, minBadEvents: 4 },
      },
      {
        ...{ name: 'c', indicator: 'latency', job: 'shop', threshold: 0.25 },
        ...{ objective: 0.95, window: 30 * days, minBadEvents: 10 },
      },
    ]);
  });

  it('that cannot be kept are reported, all of them', () => {
    const issues = issuesOf(`
probes:
  - { name: web, module: http_2xx, target: 'http://a/', quiet_during_rollout: shop }
slos:
  - { name: a, indicator: probe, probe: wbe, objective: 99.9 }
  - { name: a, indicator: requests, objective: 90 }
  - { name: c, indicator: latency, threshold: fast, objective: 100 }
  - { name: d, indicator: uptime, objective: 99.9 }
  - { name: e, indicator: probe, probe: web, objective: 99.9, window: 7d }
  - { name: f, indicator: probe, probe: web, objektive: 99.9 }
`);
    expect(issues).toEqual([
      expect.stringMatching(/^probes\[0\]\.quiet_during_rollout.*"shop".*cluster\/service/),
      expect.stringMatching(/^slos\[0\]\.probe.*unknown probe "wbe".*web/),
      expect.stringMatching(/^slos\[1\]\.objective.*got 90, want above 93\.06 in a window of 30d/),
      expect.stringMatching(/^slos\[1\]\.name.*duplicate slo "a", already at slos\[0\]/),
      expect.stringMatching(/^slos\[2\]\.threshold.*"fast".*500ms/),
      expect.stringMatching(/^slos\[2\]\.objective.*100.*from 50 to 99\.999/),
      expect.stringMatching(/^slos\[3\]\.indicator.*probe, requests or latency/),
      expect.stringMatching(/^slos\[4\]\.window.*"7d".*28d to 90d/),
      expect.stringMatching(/^slos\[5\]\.objective.*missing/),
      expect.stringMatching(/^slos\[5\]\.objektive.*objective/),
    ]);
  });
});

describe('options of redis that exclude or need each other', () => {
  it.each([
    {
      name: 'a token beside a password',
      redis: '{ username: u, password: env:P, iam: { service: elasticache, name: c } }',
      want: 'modules.m.redis.iam (line 2): given beside password, want at most one of password and iam',
    },
    {
      name: 'a token for nobody',
      redis: '{ iam: { service: elasticache, name: c } }',
      want: 'modules.m.redis.iam (line 2): given without username, want the name of the user that the token is for',
    },
    {
      name: 'an endpoint in place of a name',
      redis: '{ username: u, iam: { service: elasticache, name: c.x.cache.amazonaws.com } }',
      want: 'modules.m.redis.iam.name (line 2): got "c.x.cache.amazonaws.com", want the name of the cache or cluster, not its endpoint',
    },
    {
      name: 'a serverless MemoryDB',
      redis: '{ username: u, iam: { service: memorydb, name: c, serverless: true } }',
      want: 'modules.m.redis.iam (line 2): got serverless: true for memorydb, want it for elasticache only',
    },
    {
      name: 'a tag in the prefix of a cluster',
      redis: '{ topology: cluster, key_prefix: "{a}:" }',
      want: 'modules.m.redis.key_prefix (line 2): got "{a}:", want no { where the target may be a cluster: the probe places a key in each shard. Of anything else name the topology',
    },
    {
      name: 'a tag in the prefix of what may be a cluster',
      redis: '{ key_prefix: "a{b" }',
      want: 'modules.m.redis.key_prefix (line 2): got "a{b", want no { where the target may be a cluster: the probe places a key in each shard. Of anything else name the topology',
    },
    {
      name: 'a visibility longer than the timeout',
      redis: '{ expect_visibility_max: 6s }',
      want: 'modules.m.redis.expect_visibility_max (line 2): got "6s", want at most the module\'s timeout of 5s',
    },
    {
      name: 'replicas with a canary that writes nothing',
      redis: '{ canary: read, replicas: discover }',
      want: 'modules.m.redis.replicas (line 2): given with canary: read, want canary: write: replicas must show what was written',
    },
    {
      name: 'a list of replicas for all shards of a cluster',
      redis: '{ topology: cluster, replicas: ["r:1"] }',
      want: 'modules.m.redis.replicas (line 2): given as a list with topology: cluster, want discover: each shard has replicas of its own',
    },
    {
      name: 'an empty list of replicas',
      redis: '{ replicas: [] }',
      want: 'modules.m.redis.replicas (line 2): got [], want one host:port or more, or none',
    },
    {
      name: 'replicas without a write',
      redis: '{ canary: ping, replicas: ["r:1"] }',
      want: 'modules.m.redis.replicas (line 2): given with canary: ping, want canary: write: replicas must show what was written',
    },
    {
      name: 'a replica that is a URL',
      redis: '{ replicas: ["redis://r:1"] }',
      want: 'modules.m.redis.replicas[0] (line 2): got "redis://r:1", want host or host:port, an IPv6 address in brackets',
    },
    {
      name: 'a log-in of sentinels where the target may be anything',
      redis: '{ sentinel_password: env:S }',
      want: 'modules.m.redis.sentinel_password (line 2): given with topology: auto, want topology: sentinel',
    },
    {
      name: 'primaries of sentinels where there are none',
      redis: '{ topology: cluster, sentinel_masters: [a] }',
      want: 'modules.m.redis.sentinel_masters (line 2): given with topology: cluster, want topology: sentinel or auto',
    },
    {
      name: 'a primary that is to be a replica',
      redis: '{ topology: sentinel, expect_role: slave }',
      want: 'modules.m.redis.expect_role (line 2): got "slave" with topology: sentinel, want master or any: what is probed are primaries',
    },
    ...['role: master', 'replicas_min: 1', 'memory_max: 0.9', 'engine: redis'].map((option) => ({
      name: `expect_${option} of a proxy`,
      redis: `{ topology: proxy, expect_link: up, expect_persistence: false, expect_eviction_policy: [], expect_${option} }`,
      want: `modules.m.redis.expect_${option.replace(/:.*/, '')} (line 2): given with topology: proxy, want none: a proxy is not asked for ROLE and INFO`,
    })),
    {
      name: 'replicas that a proxy is to name',
      redis: '{ topology: proxy, replicas: discover }',
      want: 'modules.m.redis.replicas (line 2): got "discover" with topology: proxy, want a list of host:port: a proxy is not asked for ROLE',
    },
    {
      name: 'the beginning of a key',
      redis: '{ expect_memory: 0.9 }',
      want: 'modules.m.redis.expect_memory (line 2): unknown key; did you mean "expect_memory_max"?',
    },
    {
      name: 'a version that is a number',
      redis: '{ expect_version_min: 7.2 }',
      want: 'modules.m.redis.expect_version_min (line 2): got 7.2, want a version such as "7.2", in quotes',
    },
  ])('$name is refused', ({ redis, want }) => {
    const text = `modules:\n  m: { prober: redis, redis: ${redis} }\n`;
    expect(issuesOf(text)).toEqual([want]);
  });

  it.each([
    'redis://:pa/ss@h',
    'redis://u:pa?ss@h:6379/1',
    'redis://u:pa#ss@h',
    'valkeys://u:#@h',
    '${REDIS_URL:-redis://:pa/ss@h}',
  ])('%s is refused as a target that holds a password, and not shown', (target) => {
    const text = `probes:\n  - { name: r, module: redis, target: '${target}' }\n`;
    expect(issuesOf(text)).toEqual([
      'probes[0].target (line 2): holds a password, want it in the module, by reference',
    ]);
  });

  it('tokens without TLS, a database behind a proxy, and keys of another prober are refused', () => {
    const iam = '{ username: u, iam: { service: elasticache, name: c } }';
    const text = `modules:
  m: { prober: redis, redis: ${iam} }
  n: { prober: redis, http: {} }
  p: { prober: redis, redis: { topology: proxy } }
probes:
  - { name: r, module: m, target: 'redis://h:6379' }
  - { name: s, module: m, target: 'rediss://h:6379' }
  - { name: t, module: p, target: 'redis://h/3' }
  - { name: u, module: p, target: 'redis://i/0' }
  - { name: v, module: p, target: 'redis://j/\${DB}' }
`;
    expect(issuesOf(text)).toEqual([
      'modules.n.http (line 3): unknown key for redis',
      'probes[0].target (line 6): got "redis://h:6379", want rediss://: iam sends its tokens over TLS only',
      'probes[2].target (line 8): got "redis://h/3", want no database: with topology: proxy no SELECT is sent',
    ]);
  });
});
