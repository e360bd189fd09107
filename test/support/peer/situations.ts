// What web-probe and blackbox_exporter are both asked, as data: a module in blackbox_exporter's own words and a server. Where
// the two differ on purpose a situation names the difference, and docs/metrics.md describes it.

/** Differences on purpose, each with the series that it touches and the words that docs/metrics.md has of it. */
export const differences = {
  certificate: {
    series: /^probe_(?:ssl|tls)_/,
    restored: true,
    words: 'also present when the certificate is not valid',
  },
  chain: {
    series: /^probe_ssl_last_chain_expiry/,
    restored: true,
    words: 'absent when no chain was verified',
  },
  grpcTls: {
    series: /^probe_(?:ssl_|tls_|grpc_ssl)/,
    restored: true,
    words: 'also present when the call failed',
  },
  allMatch: { series: /^probe_success$/, restored: true, words: '`fail_if_all_match_regexp`' },
  redirectBody: {
    series: /^probe_(?:success|failed_due_to_regex|http_uncompressed_body_length)$/,
    restored: false,
    words: 'the body of a redirect that is not followed',
  },
  redirectHead: {
    series: /^probe_http_/,
    restored: false,
    words: 'a redirect that leads to no http or https address',
  },
  size: {
    series: /^probe_http_uncompressed_body_length$/,
    restored: false,
    words: 'a body that cannot be decompressed',
  },
  method: { series: /^probe_/, restored: false, words: 'a method in lower case' },
  scheme: { series: /^probe_/, restored: false, words: 'a scheme in capitals' },
  token: {
    series: /^probe_(?:http_duration_seconds|ip_)/,
    restored: false,
    words: 'no access token',
  },
} as const;

/** One situation. */
export type Situation = {
  readonly name: string;
  readonly prober: 'http' | 'tcp' | 'dns' | 'grpc';
  /** Options of the prober; `{ca}`, `{client}`, `{key}`, `{file}`, `{port:NAME}` are filled in. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly server: string;
  /** Begins the target; by default what the prober and server ask for. */
  readonly target?: string;
  readonly timeout?: string;
  readonly differs?: keyof typeof differences;
};

/** Options that came after 0.23, which Debian 12 has: a file that holds them does not load there. */
export const newerOptions =
  /"(?:body_file|expect_bytes|fail_if_body_json_\w+|http_headers|labels|no_proxy|proxy_from_environment)":/;

type Options = Readonly<Record<string, unknown>>;

const tls = { tls_config: { ca_file: '{ca}' } };

const http = (
  name: string,
  server: string,
  options: Options = {},
  more: Partial<Situation> = {},
): Situation => ({ name, prober: 'http', server, options, ...more });

const https = (
  name: string,
  server: string,
  options: Options = {},
  more: Partial<Situation> = {},
): Situation => ({
  name,
  prober: 'http',
  server,
  options: { ...tls, ...options },
  target: 'https://127.0.0.1:{port}/',
  ...more,
});

const statuses: readonly Situation[] = [
  http('a healthy page', 'json'),
  http('201', 'created'),
  http('204', 's204'),
  http('299', 's299'),
  http('300', 's300'),
  http('304 with a length', 's304', { valid_status_codes: [304] }),
  http('404', 's404'),
  http('a wanted 404', 's404', { valid_status_codes: [200, 404] }),
  http('an unwanted 200', 'json', { valid_status_codes: [404] }),
  http('500', 's500'),
  http('a wanted 999', 's999', { valid_status_codes: [999] }),
  http('no reason phrase', 'noReason'),
  http('HTTP/1.0', 'http10'),
  http('a wanted HTTP/1.0', 'http10', { valid_http_versions: ['HTTP/1.0'] }),
  http('an unwanted HTTP/1.0', 'http10', { valid_http_versions: ['HTTP/1.1'] }),
  http('a wanted HTTP/1.1', 'json', { valid_http_versions: ['HTTP/1.1', 'HTTP/2.0'] }),
  http('HTTP/2.0 wanted over plain TCP', 'json', { valid_http_versions: ['HTTP/2.0'] }),
  http('a closed port', 'closed'),
  http('a reset', 'reset'),
  http('nothing', 'nothing'),
  http('garbage', 'garbage'),
  http('silence', 'silent', {}, { timeout: '3s' }),
  http(
    'a scheme in capitals',
    'json',
    {},
    { target: 'HTTP://127.0.0.1:{port}/', differs: 'scheme' },
  ),
  http('no scheme', 'json', {}, { target: '127.0.0.1:{port}' }),
  http('localhost', 'json', {}, { target: 'http://localhost:{port}/' }),
  http(
    'IPv6 wanted, and nothing else',
    'json',
    { preferred_ip_protocol: 'ip6', ip_protocol_fallback: false },
    { target: 'http://127.0.0.1:{port}/' },
  ),
  http('a name that does not exist', 'json', {}, { target: 'http://no-such-name.invalid/' }),
];

const bodies: readonly Situation[] = [
  http('chunks', 'chunked'),
  http('a body until the end', 'untilEnd'),
  http('an empty body', 'empty'),
  http('a length that is no number', 'badLength'),
  http('a body shorter than its length', 'short'),
  http('a chunk that breaks off', 'cutChunk'),
  http('a compressed body that nobody expects', 'gzip'),
  ...['gzip', 'br', 'deflate'].map((compression) =>
    http(`${compression} as expected`, compression, { compression }),
  ),
  ...['gzip', 'br', 'deflate'].map((compression) =>
    http(`${compression} expected, plain text`, 'json', { compression }, { differs: 'size' }),
  ),
  http('identity', 'json', { compression: 'identity' }),
  http('identity expected, gzip', 'gzip', { compression: 'identity' }),
  http('br expected, gzip', 'gzip', { compression: 'br' }),
  ...['br', 'deflate', 'gzip'].map((compression) =>
    http(
      `${compression} and a pattern expected, JSON`,
      'json',
      { compression, fail_if_body_not_matches_regexp: ['UP'] },
      { differs: 'size' },
    ),
  ),
  http('gzip that breaks off', 'gzipCut', { compression: 'gzip' }, { differs: 'size' }),
  http('gzip asked for', 'gzip', {
    compression: 'gzip',
    headers: { 'Accept-Encoding': 'br, gzip' },
  }),
  http('gzip asked for by *', 'gzip', { compression: 'gzip', headers: { 'Accept-Encoding': '*' } }),
  http('127 bytes of 128', 'body127', { body_size_limit: '128B' }),
  http('128 bytes of 128', 'body128', { body_size_limit: '128B' }),
  http('129 bytes of 128', 'body129', { body_size_limit: '128B' }),
  http('129 bytes of 128 in gzip', 'gzip129', { body_size_limit: '128B', compression: 'gzip' }),
  http('no limit', 'body129', { body_size_limit: 0 }),
  http('a folded header', 'folded'),
  http('Last-Modified that is no date', 'badDate'),
  http('Last-Modified on a day that no month has', 'noSuchDay'),
  http('nothing at all where br is expected', 'empty', { compression: 'br' }, { differs: 'size' }),
  http(
    'nothing at all where gzip is expected',
    'empty',
    { compression: 'gzip' },
    { differs: 'size' },
  ),
  http('Last-Modified in the old form', 'rfc850Date'),
];

const regexp = (key: string, ...patterns: string[]) => ({ [key]: patterns });

const rules: readonly Situation[] = [
  http('an unwanted body', 'json', regexp('fail_if_body_matches_regexp', '"ok"')),
  http('one of two unwanted bodies', 'json', regexp('fail_if_body_matches_regexp', 'nope', '"ok"')),
  http('no unwanted body', 'json', regexp('fail_if_body_matches_regexp', 'nope')),
  http('a wanted body', 'json', regexp('fail_if_body_not_matches_regexp', '"count":\\d')),
  http(
    'one of two wanted bodies',
    'json',
    regexp('fail_if_body_not_matches_regexp', 'count', 'nope'),
  ),
  http('a wanted body that breaks off', 'short', regexp('fail_if_body_not_matches_regexp', 'h')),
  http('an unwanted body that breaks off', 'cutChunk', regexp('fail_if_body_matches_regexp', 'q')),
  http(
    'a wanted body of the wrong coding',
    'json',
    {
      compression: 'gzip',
      fail_if_body_not_matches_regexp: ['h'],
    },
    { differs: 'size' },
  ),
  http('a wanted body that is too long', 'body129', {
    body_size_limit: '128B',
    fail_if_body_not_matches_regexp: ['x'],
  }),
  http('a method in lower case', 'echo', { method: 'get' }, { differs: 'method' }),
  http('an empty Host', 'echo', {
    headers: { Host: '' },
    ...regexp('fail_if_body_not_matches_regexp', '"host: 127'),
  }),
  http('a header without a value', 'echo', { headers: { 'X-Nothing': null } }),
  http('no wanted body', 'json', regexp('fail_if_body_not_matches_regexp', 'nope')),
  http('a wanted emoji', 'emoji', regexp('fail_if_body_not_matches_regexp', '^\\{"a":"."\\}$')),
  http('a pattern of RE2', 'json', regexp('fail_if_body_not_matches_regexp', '(?i)STATUS.{0,5}OK')),
  http('an unwanted body of a 404', 's404', regexp('fail_if_body_matches_regexp', 'page')),
  ...[
    { name: 'an unwanted header', header: 'x-a', regexp: 'b' },
    { name: 'no unwanted header', header: 'X-A', regexp: '^c$' },
    { name: 'an unwanted header that is missing', header: 'X-B', regexp: 'b' },
    {
      name: 'an unwanted header that may be missing',
      header: 'X-B',
      regexp: 'b',
      allow_missing: true,
    },
    { name: 'an unwanted one of two cookies', header: 'Set-Cookie', regexp: 'b=2' },
    { name: 'an unwanted empty header', header: 'X-Empty', regexp: '^$' },
  ].map(({ name, ...rule }) => http(name, 'json', { fail_if_header_matches: [rule] })),
  ...[
    { name: 'a wanted header', header: 'x-a', regexp: 'b' },
    { name: 'no wanted header', header: 'X-A', regexp: '^c$' },
    { name: 'a wanted header that is missing', header: 'X-B', regexp: 'b' },
    {
      name: 'a wanted header that may be missing',
      header: 'X-B',
      regexp: 'b',
      allow_missing: true,
    },
    { name: 'a wanted one of two cookies', header: 'Set-Cookie', regexp: 'b=2' },
    { name: 'no wanted cookie', header: 'Set-Cookie', regexp: 'c=3' },
  ].map(({ name, ...rule }) => http(name, 'json', { fail_if_header_not_matches: [rule] })),
  http('a wanted header and an unwanted body', 'json', {
    fail_if_header_not_matches: [{ header: 'X-A', regexp: 'b' }],
    ...regexp('fail_if_body_matches_regexp', 'ok'),
  }),
  http('no TLS where it is wanted', 'json', { fail_if_not_ssl: true }),
  http('no TLS where it is wanted, and a 404', 's404', { fail_if_not_ssl: true }),
];

const celCases: readonly {
  readonly name: string;
  readonly text: string;
  readonly server?: string;
}[] = [
  { name: 'true', text: 'body.status == "ok"' },
  { name: 'false', text: 'body.status == "bad"' },
  { name: 'a missing field', text: 'body.nope == 1' },
  { name: 'a missing field that is asked for', text: 'has(body.nope) && body.nope == 1' },
  { name: 'an error that does not matter', text: 'body.nope == 1 || body.count == 3' },
  { name: 'no bool', text: 'body.count' },
  { name: 'no JSON', text: 'true', server: 's299' },
  { name: 'no body', text: 'true', server: 'empty' },
  { name: 'a JSON text', text: 'body == "text"', server: 'jsonString' },
  { name: 'a JSON list', text: 'body[1] == 2 && size(body) == 3', server: 'jsonList' },
  { name: 'a JSON bool', text: 'body', server: 'jsonTrue' },
  { name: 'an empty mapping', text: 'body == {}', server: 'emptyObject' },
  { name: 'an emoji', text: 'body.a == "😀" && size(body.a) == 1', server: 'emoji' },
  { name: 'arithmetic', text: 'body.count * 2.0 + 1.0 > 6.5 && body.count != 4' },
  { name: 'an int beside a double', text: 'body.count + 1 == 4' },
  { name: 'conversions', text: 'int(body.count) % 2 == 1 && string(body.count) == "3"' },
  {
    name: 'macros',
    text: 'body.list.all(x, x > 0) && body.list.exists(x, x == 2) && !body.list.exists_one(x, x > 0)',
  },
  {
    name: 'map and filter',
    text: 'body.list.map(x, x * 2.0) == [2.0, 4.0] && size(body.list.filter(x, x > 1.0)) == 1',
  },
  { name: 'in', text: '2 in body.list && "status" in body && !(9 in body.list)' },
  { name: 'a ternary', text: 'body.nested.deep ? true : false' },
  {
    name: 'texts',
    text: 'body.status.startsWith("o") && body.status.endsWith("k") && body.status.contains("ok") && body.status.matches("^[a-z]+$")',
  },
  { name: 'types', text: 'type(body.count) == double && type(body.list) == list' },
  { name: 'a negative index', text: 'body.list[-1] == 2' },
  { name: 'a division by zero', text: '1 / 0 == 1' },
];

const cel: readonly Situation[] = celCases.flatMap(({ name, server = 'json', text }) => [
  http(`CEL unwanted: ${name}`, server, { fail_if_body_json_matches_cel: text }),
  http(`CEL wanted: ${name}`, server, { fail_if_body_json_not_matches_cel: text }),
]);

const wants = (pattern: string) => regexp('fail_if_body_not_matches_regexp', pattern);

const requests: readonly Situation[] = [
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE'].map((method) =>
    http(method, 'echo', { method, ...wants(`"method":"${method}"`) }),
  ),
  ...['GET', 'POST', 'DELETE'].map((method) =>
    http(`a body with ${method}`, 'echo', {
      method,
      body: 'héllo',
      ...wants('"body":"héllo"'),
    }),
  ),
  http('HEAD', 'echo', { method: 'HEAD' }),
  http('a body from a file', 'echo', {
    method: 'POST',
    body_file: '{file}',
    ...wants('"body":"from a file"'),
  }),
  http('headers', 'echo', {
    headers: { Host: 'vhost.example.test', 'Accept-Language': 'en-US', 'User-Agent': 'me' },
    ...wants('"accept-language: en-US","host: vhost.example.test"'),
  }),
  http('a header with an umlaut', 'echo', { headers: { 'X-A': 'ü' }, ...wants('"x-a: Ã¼"') }),
  http('http_headers', 'echo', {
    http_headers: { 'X-Many': { values: ['one', 'two'] } },
    ...wants('"x-many: one","x-many: two"'),
  }),
  http('a user', 'needsUser', { basic_auth: { username: 'user', password_file: '{secret}' } }),
  http('no user', 'needsUser'),
  http('a token', 'needsToken', { authorization: { credentials_file: '{token}' } }),
  http('a token, the old way', 'needsToken', { bearer_token_file: '{token}' }),
  http('a token of another type', 'echo', {
    authorization: { type: 'Magic', credentials_file: '{token}' },
    ...wants('"authorization: Magic t0ken"'),
  }),
  http('OAuth 2.0', 'needsToken', {
    oauth2: {
      client_id: 'me',
      client_secret_file: '{secret}',
      token_url: 'http://127.0.0.1:{port:tokens}/',
    },
  }),
  http(
    'OAuth 2.0 with the wrong client',
    'needsToken',
    {
      oauth2: {
        client_id: 'you',
        client_secret_file: '{secret}',
        token_url: 'http://127.0.0.1:{port:tokens}/',
      },
    },
    { differs: 'token' },
  ),
];

const redirects: readonly Situation[] = [
  http('a redirect', 'redirect'),
  http('two redirects', 'redirects'),
  // Eleven requests: on a busy machine they take their time.
  http('redirects without end', 'loop'),
  http('a redirect to another host', 'toOther'),
  http('a redirect to a host that does not exist', 'toNowhere'),
  http('a redirect to TLS', 'toTls', tls),
  http(
    'a redirect that is not followed',
    'found',
    { follow_redirects: false },
    { differs: 'redirectBody' },
  ),
  http(
    'a redirect that is wanted',
    'found',
    {
      follow_redirects: false,
      valid_status_codes: [302],
    },
    { differs: 'redirectBody' },
  ),
  http(
    'a redirect that is wanted, the old way',
    'found',
    {
      no_follow_redirects: true,
      valid_status_codes: [302],
    },
    { differs: 'redirectBody' },
  ),
  http('the old way, and follows', 'redirect', { no_follow_redirects: false }),
  http(
    'a rule on the body of a redirect',
    'found',
    { follow_redirects: false, valid_status_codes: [302], ...wants('the text') },
    { differs: 'redirectBody' },
  ),
  http('a redirect without a location', 'noLocation'),
  http('a redirect with an empty location', 'emptyLocation'),
  http('a redirect that leads nowhere', 'badLocation', {}, { differs: 'redirectHead' }),
  http('a cookie of a redirect', 'cookies'),
  http('a POST that is redirected', 'redirect', { method: 'POST', body: 'x' }),
];

const secure: readonly Situation[] = [
  https('TLS', 'tlsJson'),
  https('TLS by name', 'tlsJson', {}, { target: 'https://localhost:{port}/' }),
  https('TLS 1.2', 'tls12'),
  https('TLS 1.3 wanted, 1.2 spoken', 'tls12', {
    tls_config: { ca_file: '{ca}', min_version: 'TLS13' },
  }),
  https('TLS where none is wanted', 'tlsJson', { fail_if_ssl: true }),
  https('TLS where it is wanted', 'tlsJson', { fail_if_not_ssl: true }),
  https('an unknown authority', 'tlsJson', { tls_config: {} }, { differs: 'certificate' }),
  https(
    'an unknown authority that does not matter',
    'tlsJson',
    { tls_config: { insecure_skip_verify: true } },
    { differs: 'chain' },
  ),
  https('an expired certificate', 'tlsExpired', {}, { differs: 'certificate' }),
  https('a certificate of another name', 'tlsOther', {}, { differs: 'certificate' }),
  https('a certificate of another name that is wanted', 'tlsOther', {
    tls_config: { ca_file: '{ca}', server_name: 'other.example.test' },
  }),
  https('a Host that names the certificate', 'tlsOther', {
    headers: { Host: 'other.example.test' },
  }),
  https('a client certificate', 'tlsClient', {
    tls_config: { ca_file: '{ca}', cert_file: '{client}', key_file: '{key}' },
  }),
  https('no client certificate', 'tlsClient', {}, { differs: 'certificate' }),
  https('plain text where TLS is asked for', 'json', {}, { timeout: '3s' }),
  http('TLS where plain text is asked for', 'tlsJson'),
  https('HTTP/2', 'http2'),
  https('HTTP/2 wanted', 'http2', { valid_http_versions: ['HTTP/2.0'] }),
  https('HTTP/2 not wanted', 'http2', { valid_http_versions: ['HTTP/1.1'] }),
  https('HTTP/2 without a length', 'http2NoLength', wants('hello')),
  https('HTTP/2 404', 'http2Missing'),
  https('HTTP/2 and a goodbye at once', 'http2Goodbye', wants('hello')),
  https('HTTP/2 header rule', 'http2', {
    fail_if_header_not_matches: [{ header: 'X-A', regexp: 'b' }],
  }),
  https('HTTP/2 that is reset', 'http2Reset', {}, { differs: 'certificate' }),
  https(
    'HTTP/2 turned off, and nothing else spoken',
    'http2',
    { enable_http2: false },
    { differs: 'certificate' },
  ),
  https('HTTP/2 on, HTTP/1.1 spoken', 'tlsJson', {
    enable_http2: true,
    valid_http_versions: ['HTTP/1.1'],
  }),
];

const proxy = { proxy_url: 'http://127.0.0.1:{port:proxy}' };

const proxies: readonly Situation[] = [
  http('a proxy', 'json', { ...proxy, ...wants('proxied http://127.0.0.1/ for 127.0.0.1') }),
  http(
    'a proxy that resolves',
    'json',
    {
      ...proxy,
      skip_resolve_phase_with_proxy: true,
      ...wants('proxied http://localhost/ for localhost'),
    },
    { target: 'http://localhost:{port}/' },
  ),
  http('a proxy with exceptions, and loopback', 'json', {
    ...proxy,
    no_proxy: 'example.test',
    ...wants('"ok"'),
  }),
  https('a tunnel', 'tlsJson', proxy),
  https('a tunnel for HTTP/2', 'http2', { ...proxy, valid_http_versions: ['HTTP/2.0'] }),
  https('a tunnel that resolves', 'tlsJson', { ...proxy, skip_resolve_phase_with_proxy: true }),
  https('a tunnel that is refused', 'tlsJson', {
    proxy_url: 'http://127.0.0.1:{port:closedProxy}',
  }),
  http('a proxy that is gone', 'json', { proxy_url: 'http://127.0.0.1:{port:closed}' }),
  http('no proxy in the environment', 'json', { proxy_from_environment: true }),
];

const tcp = (
  name: string,
  server: string,
  steps: readonly Options[] = [],
  more: Partial<Situation> & { readonly and?: Options } = {},
): Situation => {
  const { and = {}, ...rest } = more;
  return { name, prober: 'tcp', server, options: { query_response: steps, ...and }, ...rest };
};

const lines: readonly Situation[] = [
  tcp('a connection', 'banner'),
  tcp('a closed port for TCP', 'closed'),
  tcp('localhost by TCP', 'banner', [], { target: 'localhost:{port}' }),
  tcp('a target without a port', 'banner', [], { target: '127.0.0.1' }),
  tcp('a banner', 'banner', [{ expect: '^SSH-2.0-' }]),
  tcp('labels of a banner', 'banner', [
    {
      expect: '^SSH-2.0-([^ -]+)(?: (.*))?',
      labels: [
        { name: 'version', value: '${1}' },
        { name: 'comment', value: '${2}' },
      ],
    },
  ]),
  tcp('another banner, silence after', 'banner', [{ expect: '^HTTP' }], { timeout: '3s' }),
  tcp('another line, and the end', 'farewell', [{ expect: '^four$' }]),
  tcp('a last line without an end', 'farewell', [{ expect: '^three$' }]),
  tcp('two lines in order', 'farewell', [{ expect: 'one' }, { expect: 'two' }]),
  tcp('an endless line', 'endless', [{ expect: 'y' }]),
  tcp('IRC', 'irc', [
    { send: 'NICK prober' },
    { send: 'USER prober prober prober :prober' },
    { expect: 'PING :([^ ]+)', send: 'PONG ${1}' },
    { expect: '^:[^ ]+ 001' },
  ]),
  tcp('bytes', 'bytes', [{ send: 'x' }, { expect_bytes: 'S' }]),
  tcp('wrong bytes', 'wrongBytes', [{ expect_bytes: 'S' }]),
  tcp('no bytes', 'quiet', [{ expect_bytes: 'S' }], { timeout: '3s' }),
  tcp('TLS for TCP', 'tlsBanner', [{ expect: 'OK' }], { and: { tls: true, ...tls } }),
  tcp('TLS for TCP, an unknown authority', 'tlsBanner', [], {
    and: { tls: true },
    differs: 'certificate',
  }),
  tcp('TLS for TCP, whatever the certificate', 'tlsExpiredBanner', [{ expect: 'OK' }], {
    and: { tls: true, tls_config: { insecure_skip_verify: true } },
    differs: 'chain',
  }),
  tcp(
    'STARTTLS',
    'smtp',
    [
      { expect: '^220 ' },
      { send: 'EHLO prober\r' },
      { expect: '^250-STARTTLS' },
      { send: 'STARTTLS\r' },
      { expect: '^220' },
      { starttls: true },
      { send: 'EHLO prober\r' },
      { expect: '^250-AUTH' },
      { send: 'QUIT\r' },
    ],
    { and: tls },
  ),
  tcp(
    'STARTTLS with an unknown authority',
    'smtp',
    [{ expect: '^220 ' }, { send: 'STARTTLS\r' }, { expect: '^220 go' }, { starttls: true }],
    { differs: 'certificate' },
  ),
];

const dns = (
  name: string,
  query: string,
  options: Options = {},
  more: Partial<Situation> = {},
): Situation => ({
  name,
  prober: 'dns',
  server: 'dnsUdp',
  options: { query_name: `${query}.example.test`, query_type: 'A', ...options },
  ...more,
});

const answer = (options: Options) => ({ validate_answer_rrs: options });

const questions: readonly Situation[] = [
  dns('an address', 'one'),
  dns('ANY by default', 'one', { query_type: 'ANY' }),
  dns('another class', 'one', { query_class: 'CH' }),
  dns('no recursion', 'one', { recursion_desired: false }),
  dns('two addresses', 'two'),
  dns('no address', 'none'),
  dns('a name that is not there', 'gone'),
  dns('a name that is wanted not to exist', 'gone', { valid_rcodes: ['NXDOMAIN'] }),
  dns('a failure', 'broken'),
  dns('a refusal', 'refused', { valid_rcodes: ['NOERROR', 'REFUSED'] }),
  dns('SOA', 'soa', { query_type: 'SOA' }),
  dns('SOA that is not there', 'one', { query_type: 'SOA' }),
  dns('every type of record', 'all'),
  dns('sections', 'more'),
  dns('an answer that is cut off', 'cut'),
  dns('silence of a server', 'silent', {}, { timeout: '3s' }),
  dns('by TCP', 'one', { transport_protocol: 'tcp' }, { server: 'dnsTcp' }),
  dns(
    'by TLS',
    'one',
    { transport_protocol: 'tcp', dns_over_tls: true, ...tls },
    { server: 'dnsTls' },
  ),
  dns(
    'by TLS, an unknown authority',
    'one',
    { transport_protocol: 'tcp', dns_over_tls: true },
    { server: 'dnsTls' },
  ),
  dns('a closed port by TCP', 'one', { transport_protocol: 'tcp' }, { server: 'closed' }),
  dns('an unwanted record', 'two', answer({ fail_if_matches_regexp: ['127.0.0.2'] })),
  dns('no unwanted record', 'two', answer({ fail_if_matches_regexp: ['127.0.0.3'] })),
  dns('all records are unwanted', 'two', answer({ fail_if_all_match_regexp: ['127.0.0.\\d+'] }), {
    differs: 'allMatch',
  }),
  dns('not all records are unwanted', 'two', answer({ fail_if_all_match_regexp: ['127.0.0.1'] }), {
    differs: 'allMatch',
  }),
  dns('wanted in all records', 'two', answer({ fail_if_not_matches_regexp: ['127.0.0.\\d+'] })),
  dns('not wanted in all records', 'two', answer({ fail_if_not_matches_regexp: ['127.0.0.1'] })),
  dns('wanted in one record', 'two', answer({ fail_if_none_matches_regexp: ['127.0.0.2'] })),
  dns('wanted in no record', 'two', answer({ fail_if_none_matches_regexp: ['127.0.0.3'] })),
  dns('a wanted record that is not there', 'none', answer({ fail_if_not_matches_regexp: ['.'] })),
  dns(
    'one wanted record that is not there',
    'none',
    answer({ fail_if_none_matches_regexp: ['.'] }),
  ),
  dns('a rule on authority', 'more', {
    validate_authority_rrs: {
      fail_if_not_matches_regexp: ['more.example.test.\t300\tIN\tNS\tns.example.test.'],
    },
  }),
  dns('a rule on additional', 'more', {
    validate_additional_rrs: { fail_if_matches_regexp: ['192.0.2.53'] },
  }),
  ...[
    'all.example.test.\t300\tIN\tA\t192.0.2.7',
    'AAAA\t2001:db8::1$',
    'AAAA\t::ffff:192.0.2.1$',
    'CNAME\talias.example.test.$',
    'MX\t10 mail.example.test.$',
    'TXT\t"v=spf1 -all" "a \\\\"quoted\\\\" \\\\\\\\ text" "\\\\001\\\\255"$',
    'SRV\t1 2 443 srv.example.test.$',
    'CAA\t0 issue "ca.example.test"$',
    'DS\t4711 8 2 ABCDEF$',
    'TLSA\t3 1 1 abcdef$',
    'SOA\tns.example.test. admin.example.test. 2026112801 7200 3600 1209600 300$',
    '\\\\# 2 0102$',
  ].map((pattern) =>
    dns(`a record ${pattern}`, 'all', answer({ fail_if_none_matches_regexp: [pattern] })),
  ),
];

const grpc = (
  name: string,
  service: string,
  options: Options = {},
  more: Partial<Situation> = {},
): Situation => ({
  name,
  prober: 'grpc',
  server: 'grpc',
  options: { service, ...options },
  ...more,
});

const secureGrpc = { server: 'grpcTls' };

const calls: readonly Situation[] = [
  grpc('a server that serves', ''),
  grpc('a service that serves', 'up'),
  grpc('a service that does not serve', 'down'),
  grpc('a service of unknown health', 'unknown'),
  grpc('a service that is not known', 'missing'),
  grpc('a call without leave', 'denied'),
  grpc('no health service', 'other'),
  grpc('a target with a scheme', 'up', {}, { target: 'http://127.0.0.1:{port}' }),
  grpc('a closed port for gRPC', '', {}, { server: 'closed' }),
  grpc('gRPC over TLS', 'up', { tls: true, ...tls }, secureGrpc),
  grpc('gRPC over TLS, not serving', 'down', { tls: true, ...tls }, secureGrpc),
  grpc(
    'gRPC over TLS, a refusal',
    'denied',
    { tls: true, ...tls },
    { ...secureGrpc, differs: 'grpcTls' },
  ),
  grpc(
    'gRPC over TLS, an unknown authority',
    'up',
    { tls: true },
    { ...secureGrpc, differs: 'grpcTls' },
  ),
];

/** All of them. */
export const situations: readonly Situation[] = [
  ...statuses,
  ...bodies,
  ...rules,
  ...cel,
  ...requests,
  ...redirects,
  ...secure,
  ...proxies,
  ...lines,
  ...questions,
  ...calls,
];
