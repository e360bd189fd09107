// Files of blackbox_exporter, good and bad: every option with values of every kind, the odd forms that YAML has, and files of
// people with a line changed by chance. The same seed gives the same files.
import { seeded, shuffled } from '../seeded.ts';

/** A file, and what is odd about it. */
export type PeerFile = { readonly name: string; readonly text: string };

const options: Readonly<Record<string, string>> = {
  http: `valid_status_codes valid_http_versions preferred_ip_protocol ip_protocol_fallback skip_resolve_phase_with_proxy
    no_follow_redirects fail_if_ssl fail_if_not_ssl method headers fail_if_body_matches_regexp fail_if_body_not_matches_regexp
    fail_if_body_json_matches_cel fail_if_body_json_not_matches_cel fail_if_header_matches fail_if_header_not_matches body
    body_file basic_auth authorization oauth2 bearer_token bearer_token_file tls_config follow_redirects enable_http2 proxy_url
    no_proxy proxy_from_environment proxy_connect_header http_headers compression body_size_limit enable_http3 unknown_option`,
  tcp: 'preferred_ip_protocol ip_protocol_fallback source_ip_address query_response tls tls_config',
  dns: `preferred_ip_protocol ip_protocol_fallback dns_over_tls tls_config source_ip_address transport_protocol query_class
    query_name query_type recursion_desired valid_rcodes validate_answer_rrs validate_authority_rrs validate_additional_rrs`,
  grpc: 'service tls tls_config ip_protocol_fallback preferred_ip_protocol metadata',
  icmp: 'preferred_ip_protocol ip_protocol_fallback source_ip_address payload_size dont_fragment ttl',
  unix: 'query_response tls tls_config',
};

/** Options within options; `@` is where the value goes. */
const nested: readonly string[] = [
  ...['username', 'username_file', 'username_ref', 'password', 'password_file', 'password_ref'].map(
    (key) => `http: { basic_auth: { ${key}: @ } }`,
  ),
  ...['type', 'credentials', 'credentials_file', 'credentials_ref'].map(
    (key) => `http: { authorization: { ${key}: @ } }`,
  ),
  ...[
    ...['client_id', 'client_secret', 'client_secret_file', 'scopes', 'token_url', 'grant_type'],
    ...['endpoint_params', 'tls_config', 'proxy_url', 'proxy_from_environment', 'claims'],
    ...['client_certificate_key', 'signature_algorithm', 'iss', 'audience'],
  ].map((key) => {
    const rest = ['client_id: a', 'token_url: "http://a/"'].filter(
      (one) => !one.startsWith(`${key}:`),
    );
    return `http: { oauth2: { ${[...rest, `${key}: @`].join(', ')} } }`;
  }),
  ...[
    ...['ca', 'cert', 'key', 'ca_file', 'cert_file', 'key_file', 'ca_ref', 'cert_ref', 'key_ref'],
    ...['server_name', 'insecure_skip_verify', 'min_version', 'max_version'],
  ].flatMap((key) => [`http: { tls_config: { ${key}: @ } }`, `tcp: { tls_config: { ${key}: @ } }`]),
  ...['header', 'regexp', 'allow_missing'].map((key) => {
    const rest = ['header: X', 'regexp: a'].filter((one) => !one.startsWith(`${key}:`));
    return `http: { fail_if_header_matches: [{ ${[...rest, `${key}: @`].join(', ')} }] }`;
  }),
  'http: { headers: { X: @ } }',
  'http: { headers: { @: x } }',
  'http: { headers: { Accept-Encoding: @ }, compression: gzip }',
  'http: { headers: { Host: @ } }',
  'http: { http_headers: { X: @ } }',
  ...['values', 'secrets', 'files'].map((key) => `http: { http_headers: { X: { ${key}: @ } } }`),
  'http: { http_headers: { @: { values: [a] } } }',
  'http: { proxy_url: "http://p/", proxy_connect_header: { X: @ } }',
  'http: { proxy_url: "http://p/", no_proxy: @ }',
  'http: { enable_http2: false, enable_http3: true, valid_http_versions: @ }',
  ...['expect', 'expect_bytes', 'labels', 'send', 'starttls'].map(
    (key) => `tcp: { query_response: [{ ${key}: @ }] }`,
  ),
  ...['name', 'value'].map(
    (key) => `tcp: { query_response: [{ expect: a, labels: [{ ${key}: @ }] }] }`,
  ),
  ...['matches', 'all_match', 'not_matches', 'none_matches'].map(
    (key) => `dns: { query_name: a, validate_answer_rrs: { fail_if_${key}_regexp: @ } }`,
  ),
  'grpc: { metadata: { x-a: @ } }',
  'grpc: { metadata: { @: [a] } }',
];

const plainValues: readonly string[] = [
  ...['', '~', 'null', "''", 'x', 'X Y', '5', '-1', '0', '256', '99', '200', '0x10', '017', '0o17'],
  ...['1_000', '1e2', '1.5', '200.0', '.inf', 'true', 'True', 'yes', 'Yes', 'ON', 'off', 'y', 'N'],
  ...["'yes'", "'true'", "'5'", '2020-01-01', '1m30s', '1h', '1MB', '1KiB', '-1MB', '1 MB', '1mb'],
  ...['HTTP/1.1', 'HTTP/3.0', 'ip4', 'IP6', 'gzip', 'GZIP', 'identity', 'udp', 'TCP', 'TLS12'],
  ...['tls12', 'TLS14', 'A', 'mx', 'NOERROR', 'IN', '127.0.0.1', '::1', 'http://p:3128', 'p:3128'],
  ...["'http://[::1'", "'%zz'", "'('", "'(?i)a'", "'[a-\\d]'", 'body.a == 1', "'body.a =='", '1 +'],
  ...['basic', 'BASIC', 'env:A', 'file:/a', 'bearer', '"\\x41\\0"', '"a\\nb"', 'Authorization'],
  ...['<<', '!!str 5', '!!int "5"', '!!binary eA==', '!!bool yes', '!!null x', '!odd x', '&a x'],
  ...["'a: b'", '12:30:45', '1_0.5', '+5', '- x', '${HOME}', '$1', 'é', '"\\ud83d"'],
];

const flowValues: readonly string[] = [
  ...['[]', '[~]', '[null, x]', '[x]', '[5]', '[true]', "['']", "['(']", '[x, x]', '[[x]]', '[{}]'],
  ...['[200, 404]', '[200.0]', '["200"]', '[99, 1000]', '[HTTP/1.1, HTTP/3.0]', '[HTTP/3.0]'],
  ...['{}', '{ a: b }', '{ a: ~ }', '{ a: 5 }', '{ a: [b] }', '{ ~: b }', '{ 5: b }', '[a: b]'],
  ...['{ a: b, a: c }', '{ header: X, regexp: a }', '[{ header: X, regexp: a }]', '[NOERROR, BAD]'],
  ...['[{ header: X }]', '[{ expect: a, send: b }]', '[{ expect: a, expect_bytes: b }]'],
  ...['[{ name: a, value: b }]', '{ values: [a] }', '{ server_name: a }', '{ a: { b: c } }'],
];

const values = [...plainValues, ...flowValues];

/** Every option with every value; some thousand files. */
export function optionFiles(): PeerFile[] {
  const places = [
    ...Object.entries(options).flatMap(([prober, names]) =>
      names.split(/\s+/).map((name) => {
        const query = prober === 'dns' && name !== 'query_name' ? 'query_name: a, ' : '';
        return `${prober}: { ${query}${name}: @ }`;
      }),
    ),
    ...nested,
    ...Object.keys(options).map((prober) => `${prober}: @`),
    'timeout: @',
    'prober: @',
    'labels: @',
  ];
  return places.flatMap((place) =>
    values.map((value) => ({
      name: place.replace('@', () => value),
      text: moduleFile(place, value),
    })),
  );
}

function moduleFile(place: string, value: string): string {
  const [prober = ''] = place.split(':');
  const known = prober in options ? prober : 'tcp';
  const first = prober === 'prober' ? '' : `    prober: ${known}\n`;
  return `modules:\n  m:\n${first}    ${place.replace('@', () => value)}\n`;
}

const good = `modules:
  http_2xx:
    prober: http
    timeout: 5s
    http:
      valid_http_versions: ["HTTP/1.1", "HTTP/2.0"]
      valid_status_codes: [] # 2xx
      method: GET
      headers:
        Host: vhost.example.com
        Accept-Language: en-US
      follow_redirects: true
      fail_if_ssl: false
      fail_if_body_matches_regexp:
        - "Could not connect to database"
      fail_if_header_not_matches:
        - header: Access-Control-Allow-Origin
          regexp: '(\\*|example\\.com)'
      tls_config:
        insecure_skip_verify: false
      preferred_ip_protocol: "ip4"
  ssh_banner: &tcp
    prober: tcp
    tcp:
      query_response:
        - expect: "^SSH-2.0-([^ -]+)(?: (.*))?$"
          send: "SSH-2.0-probe"
          labels:
            - name: ssh_version
              value: "\${1}"
  copied:
    <<: *tcp
    timeout: 1m30s
  dns_soa:
    prober: dns
    dns:
      query_name: example.com
      query_type: SOA
      validate_answer_rrs:
        fail_if_not_matches_regexp:
          - ".*IN.*"
  icmp:
    prober: icmp
`;

/** Odd forms of a whole file. */
export const oddFiles: readonly PeerFile[] = Object.entries({
  'as it is': good,
  'an empty file': '',
  'spaces only': '  \n\n',
  'comments only': '# nothing\n\n# here\n',
  'a document mark only': '---\n',
  'an end mark only': '...\n',
  'a null document': 'null\n',
  'an empty mapping': '{}\n',
  'a list': '- a\n',
  'a text': 'modules\n',
  'no modules': 'modules:\n',
  'modules: {}': 'modules: {}\n',
  'modules: []': 'modules: []\n',
  'modules: text': 'modules: x\n',
  'modules twice': 'modules: {}\nmodules: {}\n',
  'an unknown key': 'modules: {}\nglobal: {}\n',
  'an x- key': 'x-base: &b { prober: tcp }\nmodules: { m: *b }\n',
  'a module without a value': 'modules:\n  m:\n',
  'a module of text': 'modules: { m: http }\n',
  'a module without a prober': 'modules: { m: { timeout: 5s } }\n',
  'an empty prober': 'modules: { m: { prober: "" } }\n',
  'a prober of another case': 'modules: { m: { prober: HTTP } }\n',
  'an unknown prober': 'modules: { m: { prober: smtp } }\n',
  'a module twice': 'modules:\n  m: { prober: tcp }\n  m: { prober: http }\n',
  'a module name of quotes twice': 'modules:\n  m: { prober: tcp }\n  "m": { prober: http }\n',
  'module names that are numbers': 'modules: { 200: { prober: tcp }, 0x10: { prober: tcp } }\n',
  'module names that mean one number': 'modules: { 16: { prober: tcp }, 0x10: { prober: tcp } }\n',
  'a module called yes': 'modules: { yes: { prober: tcp }, on: { prober: tcp } }\n',
  'a module called null': 'modules: { ~: { prober: tcp }, a: { prober: tcp } }\n',
  'a module without a name': 'modules: { "": { prober: tcp } }\n',
  'a name of two lines': 'modules: { "a\\nb": { prober: tcp } }\n',
  'a name of quotes': `modules: { 'a"b': { prober: tcp } }\n`,
  'a list as a key': 'modules: { [a]: { prober: tcp } }\n',
  'an option twice': 'modules: { m: { prober: tcp, prober: tcp } }\n',
  'an option twice within': 'modules: { m: { prober: http, http: { method: A, method: B } } }\n',
  'a header twice': 'modules: { m: { prober: http, http: { headers: { A: a, A: b } } } }\n',
  'a header in two cases': 'modules: { m: { prober: http, http: { headers: { a: a, A: b } } } }\n',
  'two documents': `${good}---\nmodules: {}\n`,
  'two documents, the second broken': `${good}---\n a: [\n`,
  'two documents, the first empty': '---\n---\nmodules: {}\n',
  'a directive': `%YAML 1.1\n---\n${good}`,
  'a directive of 1.2': `%YAML 1.2\n---\n${good}`,
  'a directive of 2.0': `%YAML 2.0\n---\n${good}`,
  'a directive that nobody knows': `%ODD x\n---\n${good}`,
  'an end mark behind': `${good}...\n`,
  'text behind an end mark': `${good}...\nmore\n`,
  'a byte order mark': `\uFEFF${good}`,
  'lines of Windows': good.replaceAll('\n', '\r\n'),
  'lines of an old Mac': good.replaceAll('\n', '\r'),
  'tabs as indentation': good.replaceAll(/^ {4}/gm, '\t'),
  'a tab behind a value': good.replace('timeout: 5s', 'timeout: 5s\t'),
  'a tab before a comment': good.replace('timeout: 5s', 'timeout: 5s\t# five'),
  'a tab between key and value': good.replace('timeout: 5s', 'timeout:\t5s'),
  'a tab in an empty line': good.replace('    timeout: 5s\n', '    timeout: 5s\n\t\n'),
  'no space behind a colon': good.replace('timeout: 5s', 'timeout:5s'),
  'a space before a colon': good.replace('timeout: 5s', 'timeout : 5s'),
  'one space too many': good.replace('    timeout: 5s', '     timeout: 5s'),
  'one space too few': good.replace('    timeout: 5s', '   timeout: 5s'),
  'lists at their key': good.replaceAll(/^ {2}( *- )/gm, '$1'),
  'no line feed at the end': good.trimEnd(),
  'a control character': good.replace('GET', 'G\u0007ET'),
  'a null byte': good.replace('GET', 'G\0ET'),
  'a character of C1': good.replace('GET', '"G\u0085ET"'),
  'a space that does not break': good.replace('    timeout', '    \u00a0timeout'),
  'a replacement character': good.replace('GET', '\uFFFD'),
  'an emoji': good.replace('ssh_banner', '😀'),
  'a quote that stays open': good
    .replace('"Could not', '"Could not')
    .replace('database"', 'database'),
  'an unknown escape': good.replace('"Could', '"\\Could'),
  'an escape of digits': good.replace('"Could', '"\\d+'),
  'a pattern without quotes': good.replace('"Could not connect to database"', '^[0-9]+: .*$'),
  'a pattern that begins with a star': good.replace('"Could not connect to database"', '*.html'),
  'a pattern that begins with a bracket': good.replace('"Could not connect to database"', '[a-z]+'),
  'a pattern that begins with an at sign': good.replace('"Could not connect to database"', '@a'),
  'a pattern that begins with a percent sign': good.replace(
    '"Could not connect to database"',
    '%a',
  ),
  'a pattern with a hash': good.replace('"Could not connect to database"', 'a #b'),
  'a pattern in a block': good.replace(
    '"Could not connect to database"',
    '|\n          a\n          b',
  ),
  'a pattern in a folded block': good.replace(
    '"Could not connect to database"',
    '>-\n          a\n          b',
  ),
  'a pattern of two lines': good.replace('connect to', 'connect\n          to'),
  'an alias to nothing': 'modules: { m: *none }\n',
  'an anchor twice': 'modules: { a: &x { prober: tcp }, b: &x { prober: http }, c: *x }\n',
  'an anchor that holds itself': 'modules: &x { m: *x }\n',
  'an anchor in a list': good.replace('- "Could', '- &p "Could'),
  'an alias as a key': 'modules: { &n m: { prober: tcp }, k: { prober: *n } }\n',
  'a merge of a list': 'modules:\n  a: &a { prober: tcp }\n  b: { <<: [*a, { timeout: 1s }] }\n',
  'a merge of text': 'modules: { a: { <<: x, prober: tcp } }\n',
  'a merge of nothing': 'modules: { a: { <<: , prober: tcp } }\n',
  'a merge of a mapping': 'modules: { a: { <<: { timeout: 1s }, prober: tcp } }\n',
  'a merge in quotes': 'modules: { a: { "<<": { timeout: 1s }, prober: tcp } }\n',
  'a merge twice': 'modules:\n  a: &a { prober: tcp }\n  b:\n    <<: *a\n    <<: *a\n',
  'a merge of modules': 'modules:\n  a: &a { prober: tcp }\n  <<: { b: *a }\n',
  'a merge with an unknown key': 'modules: { a: { <<: { odd: 1 }, prober: tcp } }\n',
  'a merge of a key that is there': 'modules: { a: { prober: tcp, <<: { prober: http } } }\n',
  'a merge that shields a mistake':
    'modules: { a: { timeout: 1s, <<: { timeout: 5 }, prober: tcp } }\n',
  'a merge that is deep': `modules:
  a: &a { prober: http, http: &h { method: POST, headers: { A: b } } }
  b: { <<: *a, http: { <<: *h, headers: { C: d } } }
`,
  'a tag for text': 'modules: { m: { prober: !!str tcp } }\n',
  'a tag for a mapping': 'modules: !!map { m: !!map { prober: tcp } }\n',
  'an own tag': 'modules: { m: !own { prober: tcp } }\n',
  'a tag without a meaning': 'modules: { m: { prober: ! tcp } }\n',
  'a long tag': 'modules: { m: { prober: !<tag:yaml.org,2002:str> tcp } }\n',
  'a set': 'modules: { m: { prober: tcp, tcp: !!set { tls } } }\n',
  'explicit keys': 'modules:\n  ? m\n  : prober: tcp\n',
  'a flow that ends late': 'modules: { m: { prober: tcp,\n} }\n',
  'a flow with a comma too many': 'modules: { m: { prober: tcp, }, }\n',
  'a flow with two commas': 'modules: { m: { prober: tcp,, } }\n',
  'a flow without spaces': 'modules: {m: {prober: tcp,timeout: 1s}}\n',
  'a flow of JSON': '{"modules":{"m":{"prober":"tcp","timeout":"1s"}}}\n',
  'JSON with tabs': '{\n\t"modules": {\n\t\t"m": { "prober": "tcp" }\n\t}\n}\n',
  'a flow whose lines begin at the margin': 'modules: {\nm: {\nprober: tcp\n}\n}\n',
  'a key of a flow without a value': 'modules: { m: { prober } }\n',
  'both kinds of secret': `modules: { m: { prober: http, http: { basic_auth: { username: u, password: p, password_file: f } } } }\n`,
  'an empty token beside its file':
    'modules: { m: { prober: http, http: { bearer_token: "", bearer_token_file: /a } } }\n',
  'an empty user beside authorization':
    'modules: { m: { prober: http, http: { basic_auth: {}, authorization: {} } } }\n',
  'nothing beside authorization':
    'modules: { m: { prober: http, http: { basic_auth: , authorization: {} } } }\n',
  'an empty body beside its file':
    'modules: { m: { prober: http, http: { body: "", body_file: /a } } }\n',
  'two secrets of which one is empty': `modules: { m: { prober: http, http: { basic_auth: { password: "", password_file: /f } } } }\n`,
  'a proxy from two places':
    'modules: { m: { prober: http, http: { proxy_url: "http://p", proxy_from_environment: true } } }\n',
  'headers of an empty proxy':
    'modules: { m: { prober: http, http: { proxy_connect_header: {} } } }\n',
  'an exception of an empty proxy':
    'modules: { m: { prober: http, http: { no_proxy: "", proxy_url: "" } } }\n',
  'mistakes of a section that is not read':
    'modules: { m: { prober: tcp, dns: { query_type: A } } }\n',
  'an empty section that is not read': 'modules: { m: { prober: tcp, dns: {} } }\n',
  'a null section that is not read': 'modules: { m: { prober: tcp, dns: } }\n',
  'a section of text that is not read': 'modules: { m: { prober: tcp, dns: x } }\n',
  'DNS without its section': 'modules: { m: { prober: dns } }\n',
  'HTTP without its section': 'modules: { m: { prober: http } }\n',
  'CEL of durations': `modules: { m: { prober: http, http: { fail_if_body_json_matches_cel: 'duration("1s") < duration("2s")' } } }\n`,
  'a very long line': `modules: { m: { prober: http, http: { body: "${'x'.repeat(70_000)}" } } }\n`,
  'a very long key': `modules: { ${'m'.repeat(1100)}: { prober: tcp } }\n`,
  'deep nesting': `modules: ${'['.repeat(200)}${']'.repeat(200)}\n`,
  'many modules': `modules:\n${Array.from({ length: 500 }, (_, n) => `  m${n}: { prober: tcp }\n`).join('')}`,
}).map(([name, text]) => ({ name, text }));

const pieces: readonly string[] = [
  ...[
    ':',
    ': ',
    '- ',
    '#',
    ' #',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ',',
    '&a ',
    '*a',
    '!',
    '!!int ',
    '|',
  ],
  ...[
    '>',
    '%',
    '@',
    '`',
    '?',
    '? ',
    '~',
    'null',
    '\t',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '---\n',
    '...',
    '\\',
  ],
  ...['<<: ', 'true', '5', '0x1f', '1e3', '.5', 'é', '\u2028', '\uFEFF'],
];

/** `count` changes by chance of a file that people have. */
export function changedFiles(count: number, seed: number): PeerFile[] {
  const random = seeded(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  return Array.from({ length: count }, (_, n) => {
    const lines = good.split('\n');
    for (let change = 0; change < 1 + Math.floor(random() * 2); change += 1) {
      const at = Math.floor(random() * lines.length);
      const line = lines[at] ?? '';
      const column = Math.floor(random() * (line.length + 1));
      const kind = Math.floor(random() * 6);
      if (kind === 0) lines.splice(at, 1);
      else if (kind === 1) lines.splice(at, 0, pick(lines));
      else if (kind === 2) lines[at] = line.slice(0, column) + pick(pieces) + line.slice(column);
      else if (kind === 3) lines[at] = line.slice(0, column) + line.slice(column + 1);
      else if (kind === 4) lines[at] = random() < 0.5 ? ` ${line}` : line.replace(/^ /, '');
      else lines[at] = line.replace(/: .*/, () => `: ${pick(values)}`);
    }
    return { name: `change ${seed}/${n}`, text: lines.join('\n') };
  });
}

/** A share of the files that is the same for the same seed. */
export function someOf(files: readonly PeerFile[], count: number, seed: number): PeerFile[] {
  return shuffled(files, seeded(seed)).slice(0, count);
}
