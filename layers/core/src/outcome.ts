// What a probe may conclude. Phases and reasons are label values, so both lists are closed.

/** Stages of a probe, in the order of the connection; what is asked before the target (`auth` of OAuth 2.0, `sentinel`) comes first. */
export const phases = [
  'resolve',
  'guard',
  'connect',
  'tls',
  'processing',
  'transfer',
  'query',
  'request',
  'check',
  'auth',
  'ping',
  'role',
  'cluster',
  'sentinel',
  'write',
  'replicate',
  'read',
  'delete',
  'pubsub',
  'health',
] as const;

/** A stage of a probe; the value of the label `phase`. */
export type Phase = (typeof phases)[number];

/** Why a target is judged down. Each entry says what was observed; free text belongs in `detail`. */
export const reasons = {
  // name resolution
  nxdomain: 'the name does not exist',
  no_address: 'the name exists but has no address of the wanted IP family',
  dns_failure: 'the resolver answered with a failure or not at all',
  // network
  refused: 'the port refused the connection',
  unreachable: 'no route to the host or network',
  reset: 'the connection was reset',
  closed: 'the connection was closed before the answer was complete',
  timeout: 'no answer within the time allowed',
  blocked: 'the address is one that probes must not reach (metadata, link-local, Lambda runtime)',
  // TLS
  tls_expired: 'the certificate has expired',
  tls_not_yet_valid: 'the certificate is not valid yet',
  tls_untrusted: 'the certificate chain does not end at a trusted authority',
  tls_hostname: 'the certificate is for another name',
  tls_protocol: 'no TLS session could be agreed on',
  tls_client_certificate:
    'the server wants a client certificate, or refuses the one that it was shown',
  tls_wanted: 'the port speaks TLS, the address asks for none',
  tls_not_spoken: 'the port speaks its protocol without TLS, the address asks for TLS',
  // HTTP and framing
  protocol: 'the answer is not of the protocol asked for',
  status: 'the HTTP status is not among those wanted',
  http_version: 'the HTTP version is not among those wanted',
  header: 'a header rule failed',
  body: 'a body rule failed',
  size_limit: 'the answer is larger than allowed',
  decode: 'the body could not be decompressed',
  redirect_limit: 'too many redirects',
  redirect_invalid: 'a redirect names no usable location',
  ssl: 'the final connection is (or is not) over TLS, against the rule',
  json: 'a rule on the JSON of the body failed',
  proxy: 'the proxy refused the way to the target',
  extract: 'the answer of a step does not hold a value that later steps need',
  token: 'the authorization server gave no access token',
  // TCP, DNS and gRPC
  expect: 'what the server said is not what was expected',
  rcode: 'the response code is not among those wanted',
  record: 'a rule on the resource records failed',
  grpc_status: 'the call ended with a gRPC status other than OK',
  not_serving: 'the server answered that the service is not serving',
  // Redis: error replies by their first word
  noauth: 'authentication is required and none was given',
  wrongpass: 'user name or password is wrong',
  noperm: 'the user may not run the command or touch the key',
  loading: 'the dataset is being loaded',
  readonly: 'the server is a read-only replica',
  oom: 'memory is used up and eviction is off',
  misconf: 'writes are stopped because persistence fails',
  noreplicas: 'writes are stopped because too few replicas follow',
  clusterdown: 'the cluster does not serve all its slots',
  masterdown: 'the replica lost its primary and serves no stale data',
  busy: 'a script or function blocks the server',
  moved: 'the key belongs to another cluster node',
  tryagain: 'the slot of the key is being moved from node to node',
  max_clients: 'the server takes no more clients',
  denied: 'protected mode refuses this client',
  unknown_command: 'the server does not know (or has renamed) the command',
  redis_error: 'another error reply',
  canary_mismatch: 'what was read back is not what was written',
  role: 'the server does not have the wanted role',
  link_down: 'the replica has no link to its primary',
  replicas: 'fewer replicas follow than are wanted',
  visibility: 'a replica did not show in time what was written to its primary',
  slots: 'the nodes of the cluster do not cover all slots',
  redirects: 'the key could not be reached within the redirections allowed',
  no_quorum: 'too few sentinels agree to elect a new primary',
  no_master: 'the sentinel watches no primary, or none of that name',
  disagreement:
    'the address that a sentinel names is not that of a primary, or sentinels name different ones',
  pubsub: 'a message that was published did not arrive as it was sent',
  memory: 'more memory is used than is wanted',
  eviction_policy: 'the policy of eviction is not among those wanted',
  persistence: 'the last save or append to disk failed',
  save_age: 'the last save to disk is older than is wanted',
  engine: 'the server is not of the wanted engine',
  version: 'the server is older than the wanted version',
  unsupported: 'the server does not let the probe read what an expectation needs',
  // our own
  internal: 'the probe itself failed; says nothing about the target',
} as const;

/** A closed cause; the value of the label `reason`. */
export type Reason = keyof typeof reasons;

/** A judged failure: stage, cause, and what was observed in words (never a secret, never a label). */
export type Failure = {
  readonly ok: false;
  readonly phase: Phase;
  readonly reason: Reason;
  readonly detail: string;
};

/** The verdict of one probe. */
export type Outcome = { readonly ok: true } | Failure;

/** Shorthand for a {@link Failure}. */
export function failure(phase: Phase, reason: Reason, detail: string): Failure {
  return { ok: false, phase, reason, detail };
}
