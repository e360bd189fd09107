// The `http` part of a module: blackbox_exporter's option names, defaults and meaning
// (github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md), except that IPv4 comes first.
import * as v from 'valibot';
import { closed, mappingOf } from '../mapping.ts';
import type { HttpOptions } from '../modules.ts';
import { acceptsCompression } from './accept-encoding.ts';
import {
  authorizationSchema,
  basicAuthSchema,
  bearerEntries,
  httpHeadersSchema,
  oauth2Schema,
  proxyEntries,
  proxyFault,
  sigv4Schema,
  token,
  toProxy,
} from './client-schema.ts';
import { connectionEntries, connectionOf } from './connection-schema.ts';
import { cel, pattern, size } from './fields.ts';
import { refusedHttpEntries } from './refused.ts';
import { tlsSchema } from './tls-schema.ts';

const headers = mappingOf(
  v.pipe(v.string(), v.regex(token, 'a header name')),
  v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.transform(String))], 'want text'),
    v.check((value) => !/[^\P{Cc}\t]/u.test(value), 'a header value of one line'),
  ),
);

const headerRule = v.pipe(
  closed({
    header: v.pipe(v.string(), v.regex(token, 'a header name')),
    regexp: pattern,
    allow_missing: v.optional(v.boolean(), false),
  }),
  v.transform((rule) => ({
    header: rule.header,
    regexp: rule.regexp,
    allowMissing: rule.allow_missing,
  })),
);

const statusCode = v.pipe(
  v.number('want a status code from 100 to 999'),
  v.integer('a status code from 100 to 999'),
  v.minValue(100, 'a status code from 100 to 999'),
  v.maxValue(999, 'a status code from 100 to 999'),
);

/** The keys of `http`. */
export const httpEntries = {
  method: v.optional(
    v.pipe(
      v.string('want a method'),
      v.transform((method) => method || 'GET'),
      v.regex(token, 'a method such as GET'),
      v.check((method) => method !== 'CONNECT', 'another method: CONNECT is for proxies'),
      v.description('request method'),
    ),
    'GET',
  ),
  headers: v.optional(
    v.pipe(headers, v.description('request headers; `Host` also sets the TLS server name')),
    {},
  ),
  body: v.optional(v.pipe(v.string('want text'), v.description('request body')), ''),
  body_file: v.optional(
    v.pipe(
      v.string('want text'),
      v.description(
        'file with that body, relative to fargaze.yml; read when the functions are built',
      ),
    ),
  ),
  body_size_limit: v.optional(
    v.pipe(size, v.description('largest body to accept, after decompression')),
    '10MB',
  ),
  compression: v.optional(
    v.pipe(
      v.picklist(['gzip', 'br', 'deflate', 'identity']),
      v.description('how the body must be decompressed; unset: it is taken as it is'),
    ),
  ),
  valid_status_codes: v.optional(
    v.pipe(v.array(statusCode), v.description('status codes that are a success; empty: any 2xx')),
    [],
  ),
  valid_http_versions: v.optional(
    v.pipe(
      v.array(
        v.picklist(
          ['HTTP/1.0', 'HTTP/1.1', 'HTTP/2', 'HTTP/2.0'],
          'want HTTP/1.0, HTTP/1.1 or HTTP/2.0; HTTP/3 is not spoken',
        ),
      ),
      v.description('versions that are a success, such as HTTP/1.1 and HTTP/2.0; empty: any'),
    ),
    [],
  ),
  follow_redirects: v.optional(
    v.pipe(v.boolean(), v.description('follow up to 10 redirects')),
    true,
  ),
  no_follow_redirects: v.optional(
    v.pipe(v.boolean(), v.description('the old, inverse form of `follow_redirects`; wins over it')),
  ),
  lenient_parsing: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'take answers with folded header lines or a length beside chunks, as blackbox_exporter and browsers do',
      ),
    ),
    false,
  ),
  fail_if_ssl: v.optional(
    v.pipe(v.boolean(), v.description('fail when the final connection is over TLS')),
    false,
  ),
  fail_if_not_ssl: v.optional(
    v.pipe(v.boolean(), v.description('fail when the final connection is not over TLS')),
    false,
  ),
  fail_if_body_matches_regexp: v.optional(
    v.pipe(v.array(pattern), v.description('fail when the body matches any of these')),
    [],
  ),
  fail_if_body_not_matches_regexp: v.optional(
    v.pipe(v.array(pattern), v.description('fail unless the body matches all of these')),
    [],
  ),
  fail_if_header_matches: v.optional(
    v.pipe(
      v.array(headerRule),
      v.description('fail when any of these headers matches (`header`, `regexp`, `allow_missing`)'),
    ),
    [],
  ),
  fail_if_header_not_matches: v.optional(
    v.pipe(v.array(headerRule), v.description('fail unless all of these headers match')),
    [],
  ),
  fail_if_body_json_matches_cel: v.optional(
    v.pipe(cel, v.description('fail when this CEL expression over the JSON `body` is true')),
  ),
  fail_if_body_json_not_matches_cel: v.optional(
    v.pipe(cel, v.description('fail unless this CEL expression over the JSON `body` is true')),
  ),
  basic_auth: v.optional(
    v.pipe(
      basicAuthSchema,
      v.description(
        '`username` (or a reference to it, or `username_file`), and `password` by reference (or `password_file`)',
      ),
    ),
  ),
  authorization: v.optional(
    v.pipe(
      authorizationSchema,
      v.description(
        '`type` (default Bearer), and `credentials` by reference (or `credentials_file`)',
      ),
    ),
  ),
  ...bearerEntries,
  oauth2: v.optional(
    v.pipe(
      oauth2Schema,
      v.description(
        'client credentials of OAuth 2.0: `client_id`, `client_secret` by reference (or `client_secret_file`), `token_url` (may hold references as `${env:NAME}`), `scopes`, `endpoint_params` (values may be references, or hold some likewise), `tls_config`, and a proxy as below',
      ),
    ),
  ),
  sigv4: v.optional(
    v.pipe(
      sigv4Schema,
      v.description(
        "sign requests for AWS with the function's own credentials: `region` (unset: the function's), `service` (unset: `execute-api`)",
      ),
    ),
  ),
  http_headers: v.optional(
    v.pipe(
      httpHeadersSchema,
      v.description('headers, each with `values`, `secrets` by reference and `files`'),
    ),
    {},
  ),
  enable_http2: v.optional(
    v.pipe(v.boolean(), v.description('offer HTTP/2 over TLS; the server chooses')),
    true,
  ),
  ...proxyEntries,
  skip_resolve_phase_with_proxy: v.optional(
    v.pipe(v.boolean(), v.description('with a proxy: leave the name of the target to it')),
    false,
  ),
  tls_config: v.pipe(tlsSchema, v.description('see tls_config')),
  ...connectionEntries,
};

/** Schema of `http`. */
export const httpSchema = v.pipe(
  v.optional(closed({ ...httpEntries, ...refusedHttpEntries }), {}),
  v.rawCheck(({ addIssue, dataset }) => {
    const faults = dataset.typed ? findFaults(dataset.value) : [];
    for (const message of faults) addIssue({ message });
  }),
  v.transform(
    (http): HttpOptions => ({
      method: http.method,
      headers: http.headers,
      body: http.body,
      bodySizeLimit: http.body_size_limit,
      ...(http.compression !== undefined && { compression: http.compression }),
      validStatusCodes: http.valid_status_codes,
      validHttpVersions: http.valid_http_versions,
      followRedirects:
        http.no_follow_redirects === undefined ? http.follow_redirects : !http.no_follow_redirects,
      lenientParsing: http.lenient_parsing,
      failIfSsl: http.fail_if_ssl,
      failIfNotSsl: http.fail_if_not_ssl,
      failIfBodyMatches: http.fail_if_body_matches_regexp,
      failIfBodyNotMatches: http.fail_if_body_not_matches_regexp,
      failIfHeaderMatches: http.fail_if_header_matches,
      failIfHeaderNotMatches: http.fail_if_header_not_matches,
      ...celOf(http),
      ...authOf(http),
      httpHeaders: http.http_headers,
      http2: http.enable_http2,
      ...proxyOf(http),
      skipResolveWithProxy: http.skip_resolve_phase_with_proxy,
      tls: http.tls_config,
      ...connectionOf(http),
    }),
  ),
);

const shape = v.object(httpEntries);

type HttpInput = v.InferOutput<typeof shape>;

function celOf(http: HttpInput): Pick<HttpOptions, 'failIfCelMatches' | 'failIfCelNotMatches'> {
  const { fail_if_body_json_matches_cel: matches, fail_if_body_json_not_matches_cel: not } = http;
  return {
    ...(matches !== undefined && { failIfCelMatches: matches }),
    ...(not !== undefined && { failIfCelNotMatches: not }),
  };
}

function authOf(
  http: HttpInput,
): Pick<HttpOptions, 'authorization' | 'basicAuth' | 'oauth2' | 'sigv4'> {
  const token = http.bearer_token ?? http.bearer_token_file;
  const bearer = token === undefined ? undefined : { type: 'Bearer', credentials: token };
  const authorization = http.authorization ?? bearer;
  return {
    ...(http.basic_auth !== undefined && { basicAuth: http.basic_auth }),
    ...(authorization !== undefined && { authorization }),
    ...(http.oauth2 !== undefined && { oauth2: http.oauth2 }),
    ...(http.sigv4 !== undefined && { sigv4: http.sigv4 }),
  };
}

function proxyOf(http: HttpInput): Pick<HttpOptions, 'proxy'> {
  const proxy = toProxy(http);
  return proxy === undefined ? {} : { proxy };
}

/** What no single key can show. */
function findFaults(http: HttpInput): string[] {
  const proxy = proxyFault(http);
  const accept = Object.entries(http.headers).find(
    ([name]) => name.toLowerCase() === 'accept-encoding',
  )?.[1];
  const signed = Object.keys(http.headers).find((name) =>
    /^(?:authorization|x-amz-(?:date|security-token|content-sha256))$/i.test(name),
  );
  return [
    ...(http.sigv4 === undefined || signed === undefined
      ? []
      : [`no header ${signed} beside sigv4, which sets it`]),
    ...(proxy === undefined ? [] : [proxy]),
    ...(acceptsCompression(http.compression ?? '', accept ?? '')
      ? []
      : [`a header Accept-Encoding that accepts ${http.compression}, which compression expects`]),
  ];
}
