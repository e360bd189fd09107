// The keys of a blackbox.yml and what blackbox_exporter decodes their values into: what does not fit here does not load there.
// Keys of fargaze beside them are taken as they are.
import * as v from 'valibot';
import { cel, pattern } from '../layers/core/src/config/compile/fields.ts';
import { recordClasses, recordTypes } from '../layers/core/src/config/dns-numbers.ts';
import {
  checkAuthorization,
  checkBasicAuth,
  checkDns,
  checkHeaderRule,
  checkHttp,
  checkIcmp,
  checkOauth2,
  checkStep,
  checkTls,
} from './blackbox-checks.ts';
import { goDuration, isGoSize, isGoUrl } from './go-texts.ts';
import type { Shape } from './go-yaml.ts';

type Fields = Readonly<Record<string, Shape>>;

const text: Shape = { kind: 'text' };
const secret: Shape = { kind: 'text', isSecret: true };
const bytes: Shape = { kind: 'text', takesBytes: true, isSecret: true };
const flag: Shape = { kind: 'switch' };
const whole: Shape = { kind: 'whole' };
const any: Shape = { kind: 'any' };

const listOf = (of: Shape): Shape => ({ kind: 'list', of });
const mapOf = (of: Shape): Shape => ({ kind: 'map', of });

/** Text that `isFine`, or what is wanted instead. */
function textThat(isFine: (value: string) => boolean, wanted: string): Shape {
  return { kind: 'text', check: (value) => (isFine(value) ? undefined : wanted) };
}

/** Text that a schema of fargaze.yml takes; an empty one is one, too. */
function compiled(schema: v.GenericSchema<string, unknown>): Shape {
  const check = (value: string) => v.safeParse(schema, value).issues?.[0].message;
  return { kind: 'text', keepsEmpty: true, check };
}

const regexp = compiled(pattern);
const expression = compiled(cel);
const emptyText: Shape = { kind: 'text', keepsEmpty: true };

const named = (table: Readonly<Record<string, number>>, wanted: string) =>
  textThat((name) => name === '' || Object.hasOwn(table, name), wanted);

const tlsVersion: Shape = {
  kind: 'text',
  keepsEmpty: true,
  check: (name) => (/^TLS1[0-3]$/.test(name) ? undefined : 'TLS10, TLS11, TLS12 or TLS13'),
};

const tlsConfig: Shape = {
  kind: 'fields',
  fields: {
    ...{ ca: text, ca_file: text, ca_ref: text, cert: text, cert_file: text, cert_ref: text },
    ...{ key: secret, key_file: text, key_ref: text, server_name: text },
    ...{ insecure_skip_verify: flag, min_version: tlsVersion, max_version: tlsVersion },
  },
  check: checkTls,
};

const proxy: Fields = {
  proxy_url: { kind: 'text', isSecret: true, check: (url) => (isGoUrl(url) ? undefined : 'a URL') },
  no_proxy: text,
  proxy_from_environment: flag,
  proxy_connect_header: mapOf(listOf(secret)),
};

const client: Fields = {
  basic_auth: {
    kind: 'fields',
    fields: {
      ...{ username: text, username_file: text, username_ref: text },
      ...{ password: secret, password_file: text, password_ref: text },
    },
    check: checkBasicAuth,
  },
  authorization: {
    kind: 'fields',
    fields: { type: text, credentials: secret, credentials_file: text, credentials_ref: text },
    check: checkAuthorization,
  },
  oauth2: {
    kind: 'fields',
    fields: {
      ...{ client_id: text, client_secret: secret, client_secret_file: text },
      ...{ client_secret_ref: text, client_certificate_key_id: text },
      ...{ client_certificate_key: secret, client_certificate_key_file: text },
      ...{ client_certificate_key_ref: text, grant_type: text, signature_algorithm: text },
      ...{ iss: text, audience: text, claims: mapOf(any), scopes: listOf(text), token_url: text },
      ...{ endpoint_params: mapOf(secret), tls_config: tlsConfig },
      ...proxy,
    },
    check: checkOauth2,
  },
  ...{ bearer_token: secret, bearer_token_file: text, tls_config: tlsConfig },
  ...{ follow_redirects: flag, enable_http2: flag },
  ...proxy,
  http_headers: mapOf({
    kind: 'fields',
    fields: { values: listOf(emptyText), secrets: listOf(secret), files: listOf(text) },
  }),
};

const headerRules = listOf({
  kind: 'fields',
  fields: { header: text, regexp, allow_missing: flag },
  check: checkHeaderRule,
});

const family: Fields = { preferred_ip_protocol: text, ip_protocol_fallback: flag };

/** Keys of fargaze that every prober takes. */
const added: Fields = { allow_blocked: any };

const http: Shape = {
  kind: 'fields',
  fields: {
    ...client,
    ...family,
    ...added,
    ...{ valid_status_codes: listOf(whole), valid_http_versions: listOf(emptyText) },
    ...{ skip_resolve_phase_with_proxy: flag, no_follow_redirects: flag },
    ...{ fail_if_ssl: flag, fail_if_not_ssl: flag, method: text, headers: mapOf(secret) },
    ...{
      fail_if_body_matches_regexp: listOf(regexp),
      fail_if_body_not_matches_regexp: listOf(regexp),
    },
    ...{ fail_if_body_json_matches_cel: expression, fail_if_body_json_not_matches_cel: expression },
    ...{ fail_if_header_matches: headerRules, fail_if_header_not_matches: headerRules },
    ...{ body: secret, body_file: text, compression: text, enable_http3: flag },
    body_size_limit: {
      kind: 'text',
      keepsEmpty: true,
      check: (size) => (isGoSize(size) ? undefined : 'a size with its unit, such as 512KB or 1MB'),
    },
    ...{ lenient_parsing: flag, sigv4: any },
  },
  check: checkHttp,
};

const steps = listOf({
  kind: 'fields',
  fields: {
    ...{ expect: regexp, expect_bytes: bytes, send: bytes, starttls: flag },
    labels: listOf({ kind: 'fields', fields: { name: text, value: text } }),
  },
  check: checkStep,
});

const rules: Shape = {
  kind: 'fields',
  fields: Object.fromEntries(
    ['matches', 'all_match', 'not_matches', 'none_matches'].map((key) => [
      `fail_if_${key}_regexp`,
      listOf(emptyText),
    ]),
  ),
};

const dns: Shape = {
  kind: 'fields',
  fields: {
    ...family,
    ...added,
    ...{ dns_over_tls: flag, tls_config: tlsConfig, source_ip_address: text },
    ...{ transport_protocol: text, query_name: text, recursion_desired: flag },
    query_class: named(recordClasses, 'IN, CS, CH, HS, NONE or ANY'),
    query_type: named(recordTypes, 'a type of record such as A, AAAA, MX, TXT or SOA'),
    valid_rcodes: listOf(emptyText),
    ...{ validate_answer_rrs: rules, validate_authority_rrs: rules },
    validate_additional_rrs: rules,
  },
  check: checkDns,
};

const duration: Shape = {
  kind: 'duration',
  check: (value) => (goDuration(value) === undefined ? 'a duration such as 5s' : undefined),
};

const module: Shape = {
  kind: 'fields',
  fields: {
    ...{ prober: text, timeout: duration, http, dns },
    tcp: {
      kind: 'fields',
      fields: {
        ...family,
        ...added,
        ...{ source_ip_address: text, query_response: steps, tls: flag, tls_config: tlsConfig },
      },
    },
    grpc: {
      kind: 'fields',
      fields: {
        ...family,
        ...added,
        ...{ service: text, tls: flag, tls_config: tlsConfig, metadata: mapOf(listOf(secret)) },
      },
    },
    unix: {
      kind: 'fields',
      fields: { query_response: steps, tls: flag, tls_config: tlsConfig },
    },
    icmp: {
      kind: 'fields',
      fields: {
        ...family,
        ...{ source_ip_address: text, payload_size: whole, dont_fragment: flag, ttl: whole },
      },
      check: checkIcmp,
    },
    ...{ hosts: any, compat: any, steps: any, retries: any, retry_wait: any, degraded: any },
    ...{ alert: any, labels: any, severity: any },
  },
};

/** The whole file. */
export const blackboxShape: Shape = { kind: 'fields', fields: { modules: mapOf(module) } };
