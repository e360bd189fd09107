// The `http` part of a module: blackbox_exporter's option names, defaults and meaning
// (github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md), except that IPv4 comes first.
import * as v from 'valibot';
import { closed, mappingOf } from '../mapping.ts';
import type { HttpOptions } from '../modules.ts';
import { cidr, ipProtocol, pattern, secretRef, size } from './fields.ts';
import {
  refusedAuthorizationEntries,
  refusedBasicAuthEntries,
  refusedHttpEntries,
} from './refused.ts';
import { tlsSchema } from './tls-schema.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const headers = mappingOf(
  v.pipe(v.string(), v.regex(token, 'a header name')),
  v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.transform(String))], 'want text'),
    v.check(
      (value) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value),
      'a header value of one line, in Latin-1',
    ),
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
  v.number('want a status code from 100 to 599'),
  v.integer('a status code from 100 to 599'),
  v.minValue(100, 'a status code from 100 to 599'),
  v.maxValue(599, 'a status code from 100 to 599'),
);

/** The keys of `http`. */
export const httpEntries = {
  method: v.optional(v.pipe(v.picklist(methods), v.description('request method')), 'GET'),
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
          ['HTTP/1.0', 'HTTP/1.1', 'HTTP/2', 'HTTP/2.0', 'HTTP/3', 'HTTP/3.0'],
          'want a version such as HTTP/1.1',
        ),
      ),
      v.check(
        (list) => list.length === 0 || list.some((one) => one.startsWith('HTTP/1.')),
        'HTTP/1.1 among them: no other version is spoken',
      ),
      v.description('versions that are a success, HTTP/1.1 or HTTP/1.0 among them; empty: any'),
    ),
    [],
  ),
  follow_redirects: v.optional(
    v.pipe(v.boolean(), v.description('follow up to 10 redirects')),
    true,
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
  basic_auth: v.optional(
    v.pipe(
      closed({
        username: v.string(),
        password: secretRef,
        ...refusedBasicAuthEntries,
      }),
      v.description('`username`, and `password` by reference'),
    ),
  ),
  authorization: v.optional(
    v.pipe(
      closed({
        type: v.optional(v.string(), 'Bearer'),
        credentials: secretRef,
        ...refusedAuthorizationEntries,
      }),
      v.description('`type` (default Bearer), and `credentials` by reference'),
    ),
  ),
  tls_config: v.pipe(tlsSchema, v.description('see tls_config')),
  preferred_ip_protocol: v.optional(
    v.pipe(ipProtocol, v.description('address family to try first')),
    'ip4',
  ),
  ip_protocol_fallback: v.optional(
    v.pipe(
      v.boolean(),
      v.description('use the other family when the name has no address of the preferred one'),
    ),
    true,
  ),
  allow_blocked: v.optional(
    v.pipe(
      v.array(cidr),
      v.description('address blocks to reach although probes are kept from them by default'),
    ),
    [],
  ),
};

/** Schema of `http`. */
export const httpSchema = v.pipe(
  v.optional(closed({ ...httpEntries, ...refusedHttpEntries }), {}),
  v.transform(
    (http): HttpOptions => ({
      method: http.method,
      headers: http.headers,
      body: http.body,
      bodySizeLimit: http.body_size_limit,
      ...(http.compression !== undefined && { compression: http.compression }),
      validStatusCodes: http.valid_status_codes,
      validHttpVersions: http.valid_http_versions,
      followRedirects: http.follow_redirects,
      lenientParsing: http.lenient_parsing,
      failIfSsl: http.fail_if_ssl,
      failIfNotSsl: http.fail_if_not_ssl,
      failIfBodyMatches: http.fail_if_body_matches_regexp,
      failIfBodyNotMatches: http.fail_if_body_not_matches_regexp,
      failIfHeaderMatches: http.fail_if_header_matches,
      failIfHeaderNotMatches: http.fail_if_header_not_matches,
      ...(http.basic_auth !== undefined && { basicAuth: http.basic_auth }),
      ...(http.authorization !== undefined && { authorization: http.authorization }),
      tls: http.tls_config,
      preferredIpProtocol: http.preferred_ip_protocol,
      ipProtocolFallback: http.ip_protocol_fallback,
      allowBlocked: http.allow_blocked,
    }),
  ),
);
