// What blackbox_exporter refuses of keys that fit one by one: secrets from two places, proxies without an address, DNS without a
// name. An empty text counts as none there, and does not get here.
import { acceptsCompression } from '../layers/core/src/config/compile/accept-encoding.ts';
import { reservedHeaders } from '../layers/core/src/config/compile/client-schema.ts';
import type { FieldFault } from './go-yaml.ts';

type Mapping = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Mapping =>
  Object.prototype.toString.call(value) === '[object Object]';

/** `keys` of which at most one may be given. */
function onlyOne(value: Mapping, keys: readonly string[]): FieldFault[] {
  const [first, ...more] = keys.filter((key) => value[key] !== undefined);
  return more.map((key) => ({
    key: [key],
    message: `given beside ${first}, want at most one of ${first} and ${key}`,
  }));
}

const threeWays = (key: string) => [key, `${key}_file`, `${key}_ref`];

/** `basic_auth`. */
export function checkBasicAuth(value: Mapping): FieldFault[] {
  return ['username', 'password'].flatMap((key) => onlyOne(value, threeWays(key)));
}

/** `authorization`. */
export function checkAuthorization(value: Mapping): FieldFault[] {
  const isBasic =
    String(value.type ?? '')
      .trim()
      .toLowerCase() === 'basic';
  return [
    ...onlyOne(value, threeWays('credentials')),
    ...(isBasic ? [{ key: ['type'], message: 'got "basic", want basic_auth for that' }] : []),
  ];
}

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** `oauth2`. */
export function checkOauth2(value: Mapping): FieldFault[] {
  const missing = ['client_id', 'token_url'].filter((key) => value[key] === undefined);
  const isJwt = value.grant_type === jwtBearer;
  const algorithm = value.signature_algorithm ?? 'RS256';
  return [
    ...missing.map((key) => ({ key: [key], message: 'missing, and it has no default' })),
    ...onlyOne(value, threeWays(isJwt ? 'client_certificate_key' : 'client_secret')),
    ...(!isJwt || /^RS(?:256|384|512)$/.test(String(algorithm))
      ? []
      : [
          {
            key: ['signature_algorithm'],
            message: `got ${JSON.stringify(algorithm)}, want RS256, RS384 or RS512`,
          },
        ]),
  ];
}

/** `tls_config`. */
export function checkTls(value: Mapping): FieldFault[] {
  const given = (key: string) => threeWays(key).find((one) => value[one] !== undefined);
  const [cert, key] = [given('cert'), given('key')];
  return [
    ...['ca', 'cert', 'key'].flatMap((one) => onlyOne(value, threeWays(one))),
    ...(cert !== undefined && key === undefined
      ? [{ key: [cert], message: 'given without a key, want key or key_file beside it' }]
      : []),
    ...(key !== undefined && cert === undefined
      ? [{ key: [key], message: 'given without a certificate, want cert or cert_file beside it' }]
      : []),
  ];
}

/** An entry of `fail_if_header_matches` or its inverse. */
export function checkHeaderRule(value: Mapping): FieldFault[] {
  return ['header', 'regexp']
    .filter((key) => value[key] === undefined || value[key] === '')
    .map((key) => ({ key: [key], message: 'missing, and it has no default' }));
}

/** An entry of `query_response`. */
export function checkStep(value: Mapping): FieldFault[] {
  const both = value.expect !== undefined && value.expect_bytes !== undefined;
  return both ? [{ message: 'want one of expect and expect_bytes' }] : [];
}

/** `dns`. */
export function checkDns(value: Mapping): FieldFault[] {
  const message = 'missing, want a name to ask for';
  return value.query_name === undefined ? [{ key: ['query_name'], message }] : [];
}

/** `icmp`. */
export function checkIcmp({ ttl = 64 }: Mapping): FieldFault[] {
  if (Number(ttl) >= 0 && Number(ttl) <= 255) return [];
  return [{ key: ['ttl'], message: `got ${ttl}, want a number from 0 to 255` }];
}

/** `http`. */
export function checkHttp(value: Mapping): FieldFault[] {
  const auth = ['basic_auth', 'authorization', 'bearer_token', 'bearer_token_file', 'oauth2'];
  const headers = Object.entries(isMapping(value.headers) ? value.headers : {});
  const encodings = headers.filter(([name]) => name.toLowerCase() === 'accept-encoding');
  const compression = String(value.compression ?? '');
  const accepts = encodings.every(([, one]) => acceptsCompression(compression, String(one)));
  const reserved = Object.keys(isMapping(value.http_headers) ? value.http_headers : {}).filter(
    (name) => reservedHeaders.has(name.toLowerCase()),
  );
  const proxy = proxyFault(value);
  return [
    ...onlyOne(value, auth),
    ...(proxy === undefined ? [] : [{ message: proxy }]),
    ...reserved.map((name) => ({
      key: ['http_headers', name],
      message: 'want another header: this one has an option of its own',
    })),
    ...(value.body !== undefined && value.body_file !== undefined
      ? [{ key: ['body_file'], message: 'given beside body, want one of them' }]
      : []),
    ...(accepts
      ? []
      : [
          {
            message: `want a header Accept-Encoding that accepts ${compression}, which compression expects`,
          },
        ]),
    ...(value.enable_http3 === true ? checkHttp3(value) : checkVersions(value)),
  ];
}

function proxyFault(value: Mapping): string | undefined {
  const { no_proxy, proxy_connect_header, proxy_from_environment, proxy_url } = value;
  if (proxy_from_environment === true && proxy_url !== undefined) {
    return 'want one of proxy_url and proxy_from_environment';
  }
  if (proxy_from_environment === true && no_proxy !== undefined) {
    return 'want one of no_proxy and proxy_from_environment';
  }
  if (no_proxy !== undefined && proxy_url === undefined) {
    return 'want proxy_url beside no_proxy';
  }
  const isAbsent = proxy_url === undefined && proxy_from_environment !== true;
  return proxy_connect_header !== undefined && isAbsent
    ? 'want proxy_url or proxy_from_environment beside proxy_connect_header'
    : undefined;
}

/** Beside others it is a version that no answer has, as it was before 0.28. */
function checkVersions(value: Mapping): FieldFault[] {
  const versions = Array.isArray(value.valid_http_versions) ? value.valid_http_versions : [];
  if (versions.length === 0 || versions.some((version) => version !== 'HTTP/3.0')) return [];
  const message = 'got "HTTP/3.0", want another version: enable_http3 is not set';
  return [{ key: ['valid_http_versions', 0], message }];
}

function checkHttp3(value: Mapping): FieldFault[] {
  const versions = Array.isArray(value.valid_http_versions) ? value.valid_http_versions : [];
  const isMixed = versions.includes('HTTP/2.0') || versions.includes('HTTP/1.1');
  return [
    ...(value.enable_http2 === false
      ? []
      : [{ key: ['enable_http2'], message: 'want false beside enable_http3' }]),
    ...(isMixed
      ? [{ key: ['valid_http_versions'], message: 'want HTTP/3.0 only beside enable_http3' }]
      : []),
  ];
}
