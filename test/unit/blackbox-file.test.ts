// A blackbox.yml that exists is taken as it is: its modules, its defaults, its old names; what cannot run here stops the build
// only where a probe uses it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWithWarnings } from '../../build/config-file.ts';
import type { Module } from '../../layers/core/src/config/modules.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { issueCertificate } from '../support/certificates.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-blackbox-'));
  writeFileSync(join(directory, 'client.pem'), issueCertificate({ commonName: 'client' }).cert);
});

afterAll(() => rmSync(directory, { recursive: true }));

/** Compiles a fargaze.yml that names a blackbox.yml; `used` is the module of its only probe. */
function compile(blackbox: string, used?: string, key = 'blackbox: blackbox.yml') {
  writeFileSync(join(directory, 'blackbox.yml'), blackbox);
  const probes =
    used === undefined ? '[]' : `[{ name: p, module: ${used}, target: '${'127.0.0.1:80'}' }]`;
  return parseWithWarnings(`${key}\nprobes: ${probes}\n`, { name: 'fargaze.yml', directory });
}

function moduleOf(blackbox: string): Module {
  const { m } = compile(blackbox, 'm').config.modules;
  if (m === undefined) throw new Error('no module m');
  return m;
}

function issuesOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError)
      return error.issues.map(({ message, path }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

const http = (options: string, more = '') =>
  `modules:\n  m:\n    prober: http\n${more}    http:\n${options.replace(/^/gm, '      ')}\n`;

describe('a file that is taken', () => {
  it('has the defaults of blackbox_exporter', () => {
    expect(moduleOf('modules: { m: { prober: http } }')).toMatchObject({
      timeout: 9.5,
      http: {
        preferredIpProtocol: 'ip6',
        ipProtocolFallback: true,
        bodySizeLimit: Number.MAX_SAFE_INTEGER,
        followRedirects: true,
        http2: true,
      },
    });
  });

  it.each([
    { text: '1.5s', want: 1.5 },
    { text: '1m30s', want: 44 },
    { text: '250ms', want: 0.25 },
    { text: '0s', want: 9.5 },
    ...['0m', '0.0h', '0.4ns', '-5s', '-0s', '"+0"', '"-0"', '~'].map((text) => ({
      text,
      want: 9.5,
    })),
    { text: '+5s', want: 5 },
    { text: '1.5s500ms', want: 2 },
    { text: '9223372036854775807ns', want: 44 },
  ])('a timeout of $text is $want s', ({ text, want }) =>
    expect(moduleOf(`modules: { m: { prober: tcp, timeout: ${text} } }`).timeout).toBe(want),
  );

  it.each([
    { options: 'no_follow_redirects: false', want: { followRedirects: true } },
    { options: 'no_follow_redirects: true', want: { followRedirects: false } },
    {
      options: 'no_follow_redirects: true\nfollow_redirects: true',
      want: { followRedirects: false },
    },
    { options: 'follow_redirects: no', want: { followRedirects: false } },
    {
      options: 'headers: { X-Version: 1.10, X-On: yes, X-Zero: 007 }',
      want: { headers: { 'X-Version': '1.10', 'X-On': 'yes', 'X-Zero': '007' } },
    },
    {
      options: 'method:\nvalid_status_codes:\nheaders:',
      want: { method: 'GET', validStatusCodes: [] },
    },
    { options: 'method: PURGE', want: { method: 'PURGE' } },
    { options: 'body_size_limit: 1MB', want: { bodySizeLimit: 1_048_576 } },
    { options: 'body_size_limit: 0', want: { bodySizeLimit: Number.MAX_SAFE_INTEGER } },
    {
      options: 'bearer_token_file: /run/token',
      want: { authorization: { type: 'Bearer', credentials: 'file:/run/token' } },
    },
    {
      options: 'authorization: { credentials_file: /run/token }',
      want: { authorization: { type: 'Bearer', credentials: 'file:/run/token' } },
    },
    {
      options: 'basic_auth: { username: u, password_file: /run/pw }',
      want: { basicAuth: { username: 'u', password: 'file:/run/pw' } },
    },
    {
      options: 'http_headers: { X-Key: { values: [a], files: [/run/key] } }',
      want: { httpHeaders: [{ name: 'X-Key', values: ['a'], secrets: ['file:/run/key'] }] },
    },
    {
      options: 'proxy_url: http://proxy:3128\nno_proxy: .example.com',
      want: { proxy: { url: 'http://proxy:3128', noProxy: '.example.com', connectHeaders: [] } },
    },
    { options: 'enable_http2: false', want: { http2: false } },
    { options: 'valid_http_versions: [HTTP/2.0]', want: { validHttpVersions: ['HTTP/2.0'] } },
    {
      options: 'tls_config: { cert_file: client.pem, key_file: /run/key }',
      want: { tls: { insecureSkipVerify: false, key: 'file:/run/key' } },
    },
    // A list loses its empty entries, and what is empty counts as not given.
    {
      options:
        'fail_if_body_matches_regexp: [~]\nvalid_status_codes: [null, 200]\nvalid_http_versions: [~]',
      want: { failIfBodyMatches: [], validStatusCodes: [200], validHttpVersions: [] },
    },
    { options: 'fail_if_ssl: "yes"\nenable_http2: OFF', want: { failIfSsl: true, http2: false } },
    {
      options: 'valid_status_codes: [0o310, 2e2, 201.9]',
      want: { validStatusCodes: [200, 200, 201] },
    },
    { options: 'body_size_limit: 1MB512KB', want: { bodySizeLimit: 1_572_864 } },
    { options: 'body_size_limit: -1MB', want: { bodySizeLimit: Number.MAX_SAFE_INTEGER } },
    {
      options:
        'bearer_token: ""\nbearer_token_file: /run/token\nno_proxy: ""\nproxy_connect_header: {}',
      want: { authorization: { type: 'Bearer', credentials: 'file:/run/token' } },
    },
    {
      options:
        'oauth2: { client_id: a, client_secret_file: /s, token_url: "http://a/", iss: me, claims: { a: 1 } }',
      want: { oauth2: { clientId: 'a', clientSecret: 'file:/s' } },
    },
    { options: 'body: !!binary aMOp', want: { body: 'hé' } },
  ])('$options', ({ options, want }) =>
    expect(moduleOf(http(options))).toMatchObject({ http: want }),
  );

  it('may have merges, anchors and sections that its prober does not read', () => {
    const module = moduleOf(`modules:
  base: &base
    prober: http
    timeout: 2s
    tcp: { tls: true }
  m:
    <<: *base
    timeout: 3s
    http: { valid_status_codes: [204] }
`);
    expect(module).toMatchObject({ timeout: 3, http: { validStatusCodes: [204] } });
    expect(Object.keys(module)).not.toContain('tcp');
  });

  it('may hold bytes', () => {
    const module = moduleOf(`modules:
  m:
    prober: tcp
    tcp:
      query_response:
        - send: !!binary AAAACATSFi8=
        - expect_bytes: S
        - starttls: true
`);
    expect(module).toMatchObject({
      tcp: {
        steps: [{ send: '\x00\x00\x00\b\x04\xd2\x16/' }, { expectBytes: 'S' }, { startTls: true }],
      },
    });
  });

  it('finds its files beside itself', () => {
    writeFileSync(join(directory, 'body.json'), '{"a":1}');
    expect(moduleOf(http('body_file: body.json'))).toMatchObject({ http: { body: '{"a":1}' } });
  });

  it.each([
    { name: 'nothing but a mark', text: '---\n' },
    { name: 'no modules', text: 'modules:\n' },
  ])('may hold $name', ({ text }) => {
    expect(Object.keys(compile(text).config.modules)).toEqual(['http_2xx', 'redis']);
  });

  it('may go on with a second document, which is not read', () => {
    const { config, warnings } = compile('modules: { m: { prober: tcp } }\n---\nmodules: [', 'm');
    expect(config.modules.m?.prober).toBe('tcp');
    expect(warnings).toEqual([
      'blackbox.yml: line 2: left out: a second document, which blackbox_exporter does not read',
    ]);
  });

  it('asks for NOERROR where no code is listed', () => {
    const dns = 'modules: { m: { prober: dns, dns: { query_name: a, valid_rcodes: [] } } }';
    expect(moduleOf(dns)).toMatchObject({ dns: { validRcodes: [0] } });
  });

  it('stands behind fargaze.yml, and may be asked for strictness', () => {
    writeFileSync(
      join(directory, 'blackbox.yml'),
      'modules: { m: { prober: http }, n: { prober: dns, dns: { query_name: a } } }',
    );
    const text = `blackbox: { file: blackbox.yml, compat: strict }\nmodules: { m: { prober: tcp } }\n`;
    const { modules } = parseWithWarnings(text, { name: 'fargaze.yml', directory }).config;
    expect(modules.m).toMatchObject({ prober: 'tcp' });
    expect(modules.m?.compat).toBeUndefined();
    expect(modules.n).toMatchObject({ prober: 'dns', compat: 'strict' });
  });
});

const limited = [
  {
    name: 'icmp',
    module: '{ prober: icmp }',
    want: 'modules.m.prober (line 2): icmp needs raw sockets',
  },
  {
    name: 'unix',
    module: '{ prober: unix }',
    want: 'modules.m.prober (line 2): unix sockets do not leave',
  },
  {
    name: 'websocket',
    module: '{ prober: websocket }',
    want: 'modules.m.prober (line 2): websocket is not spoken',
  },
  {
    name: 'HTTP/3',
    module: '{ prober: http, http: { enable_http3: true, enable_http2: false } }',
    want: 'modules.m.http.enable_http3 (line 2): HTTP/3 is not spoken: Node.js has no QUIC client',
  },
  {
    name: 'a password',
    module: '{ prober: http, http: { basic_auth: { username: u, password: hunter2 } } }',
    want: 'modules.m.http.basic_auth.password (line 2): a secret in the file',
  },
  {
    name: 'a token',
    module: '{ prober: http, http: { bearer_token: hunter2 } }',
    want: 'modules.m.http.bearer_token (line 2): a secret in the file',
  },
  {
    name: 'a secret header',
    module: '{ prober: http, http: { http_headers: { X-Key: { secrets: [hunter2] } } } }',
    want: 'modules.m.http.http_headers.X-Key.secrets (line 2): a secret in the file',
  },
  {
    name: 'a SOCKS proxy',
    module: '{ prober: http, http: { proxy_url: "socks5://p:1080" } }',
    want: 'modules.m.http.proxy_url (line 2): SOCKS is not spoken',
  },
  {
    name: 'a proxy with a password',
    module: '{ prober: http, http: { proxy_url: "http://u:hunter2@p" } }',
    want: 'modules.m.http.proxy_url (line 2): holds a password',
  },
  {
    name: 'a module without a prober',
    module: '{ timeout: 5s }',
    want: 'modules.m.prober (line 2): missing, want prober: http, tcp, dns, grpc',
  },
  { name: 'a module without a value', module: '', want: 'modules.m.prober (line 2): missing' },
  {
    name: 'a prober in capitals',
    module: '{ prober: HTTP }',
    want: 'modules.m.prober (line 2): got "HTTP", want prober: http',
  },
  {
    name: 'DNS without its section',
    module: '{ prober: dns }',
    want: 'modules.m.dns.query_name (line 2): missing',
  },
  {
    name: 'a pattern of DNS that is none',
    module:
      '{ prober: dns, dns: { query_name: a, validate_answer_rrs: { fail_if_matches_regexp: ["("] } } }',
    want: 'modules.m.dns.validate_answer_rrs.fail_if_matches_regexp[0] (line 2): got "("',
  },
  {
    name: 'a label that Prometheus refuses',
    module: '{ prober: tcp, tcp: { query_response: [{ expect: a, labels: [{ name: a-b }] }] } }',
    want: 'modules.m.tcp.query_response[0].labels[0].name (line 2): got "a-b", want a label name',
  },
  {
    name: 'another grant',
    module:
      '{ prober: http, http: { oauth2: { client_id: a, token_url: "http://a/", grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", claims: {} } } }',
    want: 'modules.m.http.oauth2.grant_type (line 2): got "urn:ietf:params:oauth:grant-type:jwt-bearer"',
  },
  {
    name: 'an authority that is none',
    module: '{ prober: tcp, tcp: { tls_config: { ca: x } } }',
    want: 'modules.m.tcp.tls_config.ca (line 2): want PEM of certificates',
  },
  {
    name: 'an authority that is not here',
    module: '{ prober: tcp, tcp: { tls_config: { ca_file: none.pem } } }',
    want: 'modules.m.tcp.tls_config.ca_file (line 2): got "none.pem", which does not exist',
  },
];

describe.each(limited)('$name', ({ module, want }) => {
  const text = `modules:\n  m: ${module}\n  other: { prober: tcp }\n`;

  it('is a warning while nobody uses it', () => {
    const { config, warnings } = compile(text, 'other');
    expect(warnings).toEqual([
      expect.stringContaining(`blackbox.yml: ${want.replace(': ', ': left out: ')}`),
    ]);
    expect(Object.keys(config.modules)).toEqual(['http_2xx', 'redis', 'other']);
    expect(warnings.join()).not.toContain('hunter2');
  });

  it('stops the build where a probe uses it, and names the place', () => {
    const issues = issuesOf(() => compile(text, 'm'));
    expect(issues).toEqual([expect.stringContaining(`blackbox.yml: ${want}`)]);
    expect(issues.join()).not.toContain('hunter2');
  });
});

describe('a file that blackbox_exporter refuses is refused, used or not', () => {
  it.each([
    {
      name: 'an unknown key of the file',
      text: 'modules: {}\nmodule: {}',
      want: ['module (line 2): unknown key; did you mean "modules"?'],
    },
    {
      name: 'an unknown key of a module',
      text: 'modules: { m: { prober: tcp, timeuot: 1s } }',
      want: ['modules.m.timeuot (line 1): unknown key; did you mean "timeout"?'],
    },
    {
      name: 'an unknown option',
      text: http('valid_staus_codes: [200]'),
      want: [
        'modules.m.http.valid_staus_codes (line 5): unknown key; did you mean "valid_status_codes"?',
      ],
    },
    {
      name: 'a token beside a user',
      text: http('bearer_token: x\nbasic_auth: { username: u, password: y }'),
      want: ['modules.m.http.bearer_token (line 5): given beside basic_auth'],
    },
    {
      name: 'DNS without a name',
      text: 'modules: { m: { prober: dns, dns: { query_type: A } } }',
      want: ['modules.m.dns.query_name (line 1): missing'],
    },
    {
      name: 'an unknown class',
      text: 'modules: { m: { prober: dns, dns: { query_name: a, query_class: X } } }',
      want: ['modules.m.dns.query_class (line 1): got "X"'],
    },
    {
      name: 'an unknown type',
      text: 'modules: { m: { prober: dns, dns: { query_name: a, query_type: X } } }',
      want: ['modules.m.dns.query_type (line 1): got "X"'],
    },
    {
      name: 'a header rule without a pattern',
      text: http('fail_if_header_matches: [{ header: X }]'),
      want: ['modules.m.http.fail_if_header_matches[0].regexp (line 5): missing'],
    },
    ...['fail_if_body_matches_regexp', 'fail_if_body_not_matches_regexp'].map((key) => ({
      name: `a pattern of ${key}`,
      text: http(`${key}: ['(']`),
      want: [`modules.m.http.${key}[0] (line 5): got "(", want a regular expression in RE2 syntax`],
    })),
    {
      name: 'a pattern of a header rule',
      text: http("fail_if_header_not_matches: [{ header: X, regexp: '(' }]"),
      want: ['modules.m.http.fail_if_header_not_matches[0].regexp (line 5): got "("'],
    },
    {
      name: 'a pattern of tcp',
      text: "modules: { m: { prober: tcp, tcp: { query_response: [{ expect: '(' }] } } }",
      want: ['modules.m.tcp.query_response[0].expect (line 1): got "("'],
    },
    {
      name: 'a pattern of unix',
      text: "modules: { m: { prober: unix, unix: { query_response: [{ expect: '(' }] } } }",
      want: ['modules.m.unix.query_response[0].expect (line 1): got "("'],
    },
    {
      name: 'a pattern of a section that is not read',
      text: "modules: { m: { prober: http, tcp: { query_response: [{ expect: '(' }] } } }",
      want: ['modules.m.tcp.query_response[0].expect (line 1): got "("'],
    },
    {
      name: 'expect beside expect_bytes',
      text: 'modules: { m: { prober: tcp, tcp: { query_response: [{ expect: a, expect_bytes: b }] } } }',
      want: ['modules.m.tcp.query_response[0] (line 1): want one of expect and expect_bytes'],
    },
    {
      name: 'an encoding that is not asked for',
      text: http('compression: gzip\nheaders: { aCCePt-EnCoDiNg: deflate }'),
      want: ['modules.m.http (line 4): want a header Accept-Encoding that accepts gzip'],
    },
    {
      name: 'an encoding that is rejected',
      text: http("compression: gzip\nheaders: { Accept-Encoding: '*;q=0.0' }"),
      want: ['modules.m.http (line 4): want a header Accept-Encoding that accepts gzip'],
    },
    {
      name: 'HTTP/3 as a version without it',
      text: http('valid_http_versions: [HTTP/3.0]'),
      want: ['modules.m.http.valid_http_versions[0] (line 5): got "HTTP/3.0"'],
    },
    {
      name: 'HTTP/3 beside HTTP/2',
      text: http('enable_http3: true'),
      want: ['modules.m.http.enable_http2 (line 4): want false beside enable_http3'],
    },
    {
      name: 'HTTP/3 with another version',
      text: http('enable_http3: true\nenable_http2: false\nvalid_http_versions: [HTTP/1.1]'),
      want: ['modules.m.http.valid_http_versions (line 7): want HTTP/3.0 only'],
    },
    {
      name: 'a TTL below 0',
      text: 'modules: { m: { prober: icmp, icmp: { ttl: -1 } } }',
      want: ['modules.m.icmp.ttl (line 1): got -1, want a number from 0 to 255'],
    },
    {
      name: 'a TTL above 255',
      text: 'modules: { m: { prober: icmp, icmp: { ttl: 256 } } }',
      want: ['modules.m.icmp.ttl (line 1): got 256'],
    },
    {
      name: 'a body beside its file',
      text: http('body: a\nbody_file: b'),
      want: ['modules.m.http.body_file (line 6): given beside body'],
    },
    {
      name: 'CEL that does not compile',
      text: http('fail_if_body_json_matches_cel: "body.a =="'),
      want: [
        'modules.m.http.fail_if_body_json_matches_cel (line 5): got "body.a ==", want a CEL expression over body',
      ],
    },
    {
      name: 'nothing',
      text: '# nothing',
      want: ['is empty, want a mapping with modules'],
    },
    {
      name: 'a module of text',
      text: 'modules: { m: http }',
      want: ['modules.m (line 1): got "http", want a mapping'],
    },
    {
      name: 'a prober of a list',
      text: 'modules: { m: { prober: [http] } }',
      want: ['modules.m.prober (line 1): got a list, want text'],
    },
    {
      name: 'a timeout beyond 64 bits of nanoseconds',
      text: 'modules: { m: { prober: tcp, timeout: 9223372036854775808ns } }',
      want: ['modules.m.timeout (line 1): got "9223372036854775808ns", want a duration such as 5s'],
    },
    {
      name: 'a timeout without a unit',
      text: 'modules: { m: { prober: tcp, timeout: 5 } }',
      want: ['modules.m.timeout (line 1): got "5", want a duration with a unit, such as 5s'],
    },
    {
      name: 'a certificate without its key',
      text: http('tls_config: { cert_file: a }'),
      want: ['modules.m.http.tls_config.cert_file (line 5): given without a key, want key'],
    },
    {
      name: 'a secret from two places',
      text: http('basic_auth: { password: hunter2, password_file: /a }'),
      want: ['modules.m.http.basic_auth.password_file (line 5): given beside password'],
    },
    {
      name: 'a key of a module that cannot run',
      text: 'modules: { m: { prober: icmp, icmp: { query_name: a } } }',
      want: ['modules.m.icmp.query_name (line 1): unknown key'],
    },
    {
      name: 'a size without a unit',
      text: http('body_size_limit: 1024'),
      want: [
        'modules.m.http.body_size_limit (line 5): got "1024", want a size with its unit, such as 512KB or 1MB',
      ],
    },
    {
      name: 'a proxy exception without a proxy',
      text: http('no_proxy: a'),
      want: ['modules.m.http (line 4): want proxy_url beside no_proxy'],
    },
  ])('$name', ({ text, want }) => {
    expect(issuesOf(() => compile(text))).toEqual(
      want.map((one) => expect.stringContaining(`blackbox.yml: ${one}`)),
    );
  });

  it.each([
    {
      name: 'a missing file',
      key: 'blackbox: none.yml',
      want: 'blackbox (line 1): got "none.yml", which does not exist',
    },
    {
      name: 'no path',
      key: 'blackbox: 7',
      want: 'blackbox (line 1): got 7, want the path of a blackbox.yml',
    },
    {
      name: 'a wrong strictness',
      key: 'blackbox: { file: blackbox.yml, compat: loose }',
      want: 'blackbox.yml: modules.m.compat',
    },
  ])('$name', ({ key, want }) => {
    const issues = issuesOf(() => compile('modules: { m: { prober: tcp } }', 'm', key));
    expect(issues).toContainEqual(expect.stringContaining(want));
  });

  it('says only what keeps it from being read, and not that its modules are unknown', () => {
    expect(issuesOf(() => compile('modules: { m: [ }', 'm')).join()).not.toContain(
      'unknown module',
    );
    expect(issuesOf(() => compile('', 'm', 'blackbox: none.yml'))).toHaveLength(1);
  });
});

describe('what people write', () => {
  const dns = (options: string) =>
    `modules:\n  m:\n    prober: dns\n    dns:\n      query_name: a\n      ${options}\n`;

  it.each([
    {
      name: 'versions of HTTP that no answer has beside others',
      text: http('valid_http_versions: ["HTTP/1.1", "HTTP/2", "HTTP/3.0", "1.1"]'),
      want: { http: { validHttpVersions: ['HTTP/1.1', 'HTTP/2'] } },
    },
    {
      name: 'empty texts',
      text: http('compression: ""\nproxy_url: ""\npreferred_ip_protocol: ""'),
      want: { http: { preferredIpProtocol: 'ip6' } },
    },
    {
      name: 'another name of a family, which means IPv4 there',
      text: http('preferred_ip_protocol: ipv6'),
      want: { http: { preferredIpProtocol: 'ip4' } },
    },
    {
      name: 'microseconds',
      text: http('method: GET', '    timeout: 500000us\n'),
      want: { timeout: 0.5 },
    },
    {
      name: 'a file of Windows',
      text: `\uFEFF${http('method: PUT').replaceAll('\n', '\r\n')}`,
      want: { http: { method: 'PUT' } },
    },
  ])('$name', ({ text, want }) => {
    expect(moduleOf(text)).toMatchObject(want);
  });

  it.each(['http 2xx', 'http/2xx', 'Überwachung (extern)', '200'])(
    'a module is called %s',
    (name) => {
      const { config } = compile(
        `modules: { ${JSON.stringify(name)}: { prober: http } }`,
        JSON.stringify(name),
      );
      expect([config.probes[0]?.module, config.modules[name]?.name]).toEqual([name, name]);
    },
  );

  it.each([
    {
      text: http('valid_http_versions: ["1.1"]'),
      want: 'http.valid_http_versions (line 5): left out: got ["1.1"], want HTTP/1.0',
    },
    {
      text: http('valid_status_codes: [99]'),
      want: 'http.valid_status_codes (line 5): left out: got [99], want status codes',
    },
    {
      text: http('method: "G T"'),
      want: 'http.method (line 5): left out: got "G T", want a method',
    },
    {
      text: http('headers: { "X Y": secret }'),
      want: 'http.headers (line 5): left out: want names that a header can have',
    },
    {
      text: http('compression: zstd'),
      want: 'http.compression (line 5): left out: got "zstd", want gzip',
    },
    {
      text: dns('valid_rcodes: [noerror]'),
      want: 'dns.valid_rcodes (line 6): left out: got ["noerror"], want response codes',
    },
    {
      text: dns('transport_protocol: quic'),
      want: 'dns.transport_protocol (line 6): left out: got "quic", want udp or tcp',
    },
    {
      text: dns('dns_over_tls: true'),
      want: 'dns (line 4): left out: want transport_protocol: tcp',
    },
    {
      text: dns('source_ip_address: here'),
      want: 'dns.source_ip_address (line 6): left out: got "here", want an IP address',
    },
  ])('$want: only where a probe uses it', ({ text, want }) => {
    const [warning = '', ...more] = compile(text).warnings;
    expect([warning.slice(0, `blackbox.yml: modules.m.${want}`.length), more]).toEqual([
      `blackbox.yml: modules.m.${want}`,
      [],
    ]);
    const [issue = '', ...others] = issuesOf(() => compile(text, 'm'));
    const place = want.replace('left out: ', '');
    expect([issue.slice(0, `blackbox.yml: modules.m.${place}`.length), others]).toEqual([
      `blackbox.yml: modules.m.${place}`,
      [],
    ]);
  });
});

it('an address of a proxy that is none is named, in fargaze.yml too', () => {
  const text = 'modules: { m: { prober: http, http: { proxy_url: "proxy:3128" } } }';
  const compileOwn = () => parseWithWarnings(text, { name: 'fargaze.yml', directory });
  expect(issuesOf(compileOwn)).toEqual([
    'modules.m.http.proxy_url (line 1): got a value, want an http:// or https:// URL; SOCKS is not spoken',
  ]);
});
