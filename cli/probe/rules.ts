// Which option of a module decided on a target, as it would be written in fargaze.yml.
import { formatDuration } from '../../layers/core/src/config/duration.ts';
import type { HttpOptions, Module } from '../../layers/core/src/config/modules.ts';
import type { Outcome, Reason } from '../../layers/core/src/outcome.ts';
import { passedRules, redisRules } from './redis-rules.ts';

/** The option that made a target down, or all that a target that is up has passed. */
export function decidingRule(module: Module, outcome: Outcome): string | undefined {
  if (outcome.ok) return rulesOf(module).join(', ');
  const { phase, reason } = outcome;
  if (reason === 'timeout') return `timeout: ${formatDuration(module.timeout)}`;
  const given =
    module.prober === 'http' ? httpRule(reason, module.http) : otherRule(reason, module);
  if (given !== undefined) return given;
  // No option asks for it: a connection, a session or an answer is what every probe wants.
  return `none of the module: every probe by ${module.prober} wants phase ${phase} to succeed`;
}

const verified = 'tls_config.insecure_skip_verify: false, the default';

const tlsRules: Partial<Record<Reason, string>> = {
  tls_expired: verified,
  tls_not_yet_valid: verified,
  tls_untrusted: verified,
  tls_hostname: verified,
};

function httpRule(reason: Reason, http: HttpOptions): string | undefined {
  const rules: Partial<Record<Reason, string>> = {
    status: statusRule(http),
    http_version: `valid_http_versions: [${http.validHttpVersions.join(', ')}]`,
    header: 'fail_if_header_matches or fail_if_header_not_matches',
    body: 'fail_if_body_matches_regexp or fail_if_body_not_matches_regexp',
    json: celRules(http).join(' or '),
    ssl: http.failIfSsl ? 'fail_if_ssl: true' : 'fail_if_not_ssl: true',
    size_limit: `body_size_limit: ${http.bodySizeLimit}B`,
    redirect_limit: 'follow_redirects: true, 10 at most',
    ...(!http.tls.insecureSkipVerify && tlsRules),
  };
  return rules[reason];
}

function otherRule(reason: Reason, module: Module): string | undefined {
  const rules: Partial<Record<Reason, string>> = {
    expect: 'query_response',
    rcode: 'valid_rcodes',
    record: 'validate_answer_rrs, validate_authority_rrs or validate_additional_rrs',
    not_serving: 'service',
    ...(module.prober === 'redis' && redisRules(module)),
    ...('tls' in sectionOf(module) && tlsRules),
  };
  return rules[reason];
}

function sectionOf(module: Module): object {
  return (module as unknown as Record<string, object>)[module.prober] ?? {};
}

function statusRule({ validStatusCodes }: HttpOptions): string {
  const codes =
    validStatusCodes.length === 0 ? '200-299, the default' : validStatusCodes.join(', ');
  return `valid_status_codes: ${codes}`;
}

function celRules(http: HttpOptions): string[] {
  return [
    ...(http.failIfCelMatches === undefined ? [] : ['fail_if_body_json_matches_cel']),
    ...(http.failIfCelNotMatches === undefined ? [] : ['fail_if_body_json_not_matches_cel']),
  ];
}

/** Everything that a target had to pass besides connecting. */
function rulesOf(module: Module): string[] {
  const timeout = `timeout: ${formatDuration(module.timeout)}`;
  switch (module.prober) {
    case 'http':
      return [statusRule(module.http), ...httpExtras(module.http), timeout];
    case 'redis':
      return [...passedRules(module), timeout];
    case 'tcp':
      return [...(module.tcp.steps.length > 0 ? ['query_response'] : []), timeout];
    case 'dns':
      return ['valid_rcodes', timeout];
    case 'grpc':
      return [
        `service: ${module.grpc.service === '' ? 'the server as a whole' : module.grpc.service}`,
        timeout,
      ];
  }
}

function httpExtras(http: HttpOptions): string[] {
  const some = (name: string, list: readonly unknown[]) => (list.length === 0 ? [] : [name]);
  return [
    ...some('valid_http_versions', http.validHttpVersions),
    ...some('fail_if_body_matches_regexp', http.failIfBodyMatches),
    ...some('fail_if_body_not_matches_regexp', http.failIfBodyNotMatches),
    ...some('fail_if_header_matches', http.failIfHeaderMatches),
    ...some('fail_if_header_not_matches', http.failIfHeaderNotMatches),
    ...celRules(http),
    ...(http.failIfSsl ? ['fail_if_ssl'] : []),
    ...(http.failIfNotSsl ? ['fail_if_not_ssl'] : []),
  ];
}
