// Every option of a module, and what of a secret may stand there: what `fargaze check` names and `fargaze import` takes out. An
// option that is new must be judged here; a test compares this list with the schema.

/**
 * What an option may hold.
 * - `reference`: a secret as a whole, which fargaze.yml has by reference only
 * - `named`: a text whose name says whether it is a secret
 * - `body`: names and values
 * - `line`: a line of a protocol
 * - `address`: a secret in its user info, query or path
 * - `proxy`: an address in which a password is refused
 * - `text`: a secret only where its form is that of a key
 * - `open`: no secret
 */
export type PlaceKind =
  | 'reference'
  | 'named'
  | 'body'
  | 'line'
  | 'address'
  | 'proxy'
  | 'text'
  | 'open';

const all = (kind: PlaceKind, names: string): Readonly<Record<string, PlaceKind>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, kind]));

const within = (
  prefix: string,
  places: Readonly<Record<string, PlaceKind>>,
): Readonly<Record<string, PlaceKind>> =>
  Object.fromEntries(Object.entries(places).map(([name, kind]) => [`${prefix}.${name}`, kind]));

// Files are named, not held: a path is no secret. `ca` and `cert` are certificates, which a server shows to everybody.
const tls = {
  ...all('open', 'ca ca_file ca_ref cert cert_file cert_ref key_file key_ref server_name'),
  ...all('open', 'insecure_skip_verify min_version max_version'),
  key: 'reference',
} as const;

const proxy = {
  ...all('open', 'no_proxy proxy_from_environment'),
  proxy_url: 'proxy',
  'proxy_connect_header.*': 'named',
} as const;

const connection = all('open', 'preferred_ip_protocol ip_protocol_fallback allow_blocked');

const http = {
  ...all('open', 'method body_file body_size_limit compression valid_status_codes'),
  ...all('open', 'valid_http_versions follow_redirects no_follow_redirects lenient_parsing'),
  ...all('open', 'fail_if_ssl fail_if_not_ssl fail_if_body_matches_regexp enable_http2'),
  ...all('open', 'fail_if_body_not_matches_regexp fail_if_body_json_matches_cel enable_http3'),
  ...all('open', 'fail_if_body_json_not_matches_cel skip_resolve_phase_with_proxy'),
  ...within('fail_if_header_matches', all('open', 'header regexp allow_missing')),
  ...within('fail_if_header_not_matches', all('open', 'header regexp allow_missing')),
  'headers.*': 'named',
  body: 'body',
  'basic_auth.username': 'text',
  'basic_auth.password': 'reference',
  ...within('basic_auth', all('open', 'username_file username_ref password_file password_ref')),
  'authorization.credentials': 'reference',
  ...within('authorization', all('open', 'type credentials_file credentials_ref')),
  bearer_token: 'reference',
  bearer_token_file: 'open',
  'oauth2.client_secret': 'reference',
  'oauth2.token_url': 'address',
  'oauth2.endpoint_params.*': 'named',
  ...within('oauth2', all('open', 'client_id client_secret_file client_secret_ref scopes')),
  'oauth2.grant_type': 'open',
  ...within('oauth2.tls_config', tls),
  ...within('oauth2', proxy),
  // The function's own credentials.
  ...within('sigv4', all('open', 'region service')),
  'http_headers.*.values': 'named',
  'http_headers.*.secrets': 'reference',
  'http_headers.*.files': 'open',
  ...proxy,
  ...within('tls_config', tls),
  ...connection,
} as const;

const rules = all(
  'open',
  'fail_if_matches_regexp fail_if_all_match_regexp fail_if_not_matches_regexp fail_if_none_matches_regexp',
);

/** By the path in a module; `*` is any name, and entries of lists have the path of their list. */
export const secretPlaces: Readonly<Record<string, PlaceKind>> = {
  ...within('http', http),
  ...within('steps.http', http),
  'steps.path': 'address',
  ...within('steps', all('open', 'name always')),
  ...within('steps.extract.*', all('open', 'json header cookie pattern')),
  'tcp.query_response.send': 'line',
  ...within('tcp.query_response', all('open', 'expect expect_bytes starttls')),
  ...within('tcp.query_response.labels', all('open', 'name value')),
  ...within('tcp', all('open', 'tls source_ip_address')),
  ...within('tcp.tls_config', tls),
  ...within('tcp', connection),
  'grpc.metadata.*': 'named',
  ...within('grpc', all('open', 'service tls')),
  ...within('grpc.tls_config', tls),
  ...within('grpc', connection),
  ...within('dns', all('open', 'query_name query_type query_class recursion_desired')),
  ...within('dns', all('open', 'transport_protocol dns_over_tls valid_rcodes source_ip_address')),
  ...within('dns.validate_answer_rrs', rules),
  ...within('dns.validate_authority_rrs', rules),
  ...within('dns.validate_additional_rrs', rules),
  ...within('dns.tls_config', tls),
  ...within('dns', connection),
  'redis.password': 'reference',
  'redis.sentinel_password': 'reference',
  ...within('redis', all('open', 'topology username sentinel_masters sentinel_username canary')),
  ...within('redis', all('open', 'pubsub health key_prefix replicas')),
  ...within('redis.iam', all('open', 'service name region serverless')),
  ...within('redis.tls_config', tls),
  ...within('redis', connection),
};

const patterns = Object.entries(secretPlaces).map(
  ([path, kind]) => [path.split('.'), kind] as const,
);

/** What may stand at a path of a module; undefined where there is no such option. */
export function placeKindOf(path: readonly string[]): PlaceKind | undefined {
  return patterns.find(
    ([names]) =>
      names.length === path.length &&
      names.every((name, index) => name === '*' || name === path[index]),
  )?.[1];
}
