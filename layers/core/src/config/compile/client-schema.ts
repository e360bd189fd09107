// How an HTTP request authorizes itself and which way it takes: the options that blackbox_exporter has in common with
// Prometheus (github.com/prometheus/common, config.HTTPClientConfig). Every secret by reference; a `*_file` is one.
import * as v from 'valibot';
import { parseUrl } from '../../parse-url.ts';
import { closed, mappingOf } from '../mapping.ts';
import type { HttpHeader, ProxyOptions } from '../modules.ts';
import { fillSecrets } from '../references.ts';
import type { SecretRef } from '../secret.ts';
import { secretRef } from './fields.ts';
import { tlsSchema } from './tls-schema.ts';

/** A name that a header may have (RFC 9110, 5.6.2). */
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const text = v.string('want text');

/** The path of a file with a secret, as a reference. */
const secretFile = v.pipe(
  text,
  v.check((path) => path !== '', 'a path'),
  v.transform((path) => `file:${path.replace(/^file:/, '')}` as SecretRef),
);

const noManager = v.optional(
  v.custom<never>(
    () => false,
    'there is no secret manager; want a reference, env:NAME or file:/path',
  ),
);

type Either = { readonly ref: SecretRef | undefined; readonly file: SecretRef | undefined };

const oneOfBoth = ({ file, ref }: Either): SecretRef | undefined => ref ?? file;

/** `basic_auth`. */
export const basicAuthSchema = v.pipe(
  closed({
    username: v.optional(text, ''),
    username_file: v.optional(secretFile),
    username_ref: noManager,
    password: v.optional(secretRef),
    password_file: v.optional(secretFile),
    password_ref: noManager,
  }),
  v.check(
    ({ username, username_file }) => username === '' || username_file === undefined,
    'at most one of username and username_file',
  ),
  v.check(
    ({ password, password_file }) => password === undefined || password_file === undefined,
    'at most one of password and password_file',
  ),
  v.transform(({ password, password_file, username, username_file }) => {
    const secret = oneOfBoth({ ref: password, file: password_file });
    return {
      username,
      ...(username_file !== undefined && { usernameRef: username_file }),
      ...(secret !== undefined && { password: secret }),
    };
  }),
);

/** `authorization`. */
export const authorizationSchema = v.pipe(
  closed({
    type: v.optional(
      v.pipe(
        text,
        v.transform((type) => type.trim() || 'Bearer'),
        v.check((type) => type.toLowerCase() !== 'basic', 'another type; want basic_auth for that'),
        v.regex(token, 'a scheme such as Bearer'),
      ),
      'Bearer',
    ),
    credentials: v.optional(secretRef),
    credentials_file: v.optional(secretFile),
    credentials_ref: noManager,
  }),
  v.check(
    ({ credentials, credentials_file }) =>
      credentials === undefined || credentials_file === undefined,
    'at most one of credentials and credentials_file',
  ),
  v.transform(({ credentials, credentials_file, type }) => {
    const secret = oneOfBoth({ ref: credentials, file: credentials_file });
    return { type, ...(secret !== undefined && { credentials: secret }) };
  }),
);

/** `bearer_token` and `bearer_token_file`: the old names of `authorization`. */
export const bearerEntries = {
  bearer_token: v.optional(
    v.pipe(secretRef, v.description('the old form of `authorization.credentials`')),
  ),
  bearer_token_file: v.optional(
    v.pipe(secretFile, v.description('the old form of `authorization.credentials_file`')),
  ),
};

const headerName = v.pipe(text, v.regex(token, 'a header name'));

const headerValue = v.pipe(
  v.union([text, v.pipe(v.number(), v.transform(String))], 'want text'),
  v.check((value) => !/[\0\r\n]/.test(value), 'a header value of one line'),
);

const proxyUrl = v.pipe(
  text,
  v.check((url) => {
    const parsed = parseUrl(url);
    return parsed !== undefined && /^https?:$/.test(parsed.protocol);
  }, 'an http:// or https:// URL; SOCKS is not spoken'),
  // A check runs also where the one before it has failed.
  v.check(
    (url) => (parseUrl(url)?.password ?? '') === '',
    'no password in it; give Proxy-Authorization by reference in proxy_connect_header',
  ),
);

/** Which proxy to use. */
export const proxyEntries = {
  proxy_url: v.optional(v.pipe(proxyUrl, v.description('proxy for every request'))),
  no_proxy: v.optional(
    v.pipe(
      text,
      v.description(
        'comma-separated hosts, `.domains`, addresses and CIDR blocks to reach without the proxy',
      ),
    ),
  ),
  proxy_from_environment: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        '`HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of the function say which proxy; user and password of its address are sent to it',
      ),
    ),
    false,
  ),
  proxy_connect_header: v.optional(
    v.pipe(
      mappingOf(headerName, v.array(v.union([secretRef, headerValue]))),
      v.description('headers of CONNECT, a list for each; a value may be a reference to a secret'),
    ),
  ),
};

const proxyShape = v.object(proxyEntries);

type ProxyInput = v.InferOutput<typeof proxyShape>;

/** What no single key of a proxy can show; undefined when nothing is wrong. */
export function proxyFault(http: ProxyInput): string | undefined {
  const { no_proxy, proxy_connect_header, proxy_from_environment, proxy_url } = http;
  if (proxy_from_environment && proxy_url !== undefined) {
    return 'proxy_url beside proxy_from_environment, want one of them';
  }
  if (proxy_from_environment && no_proxy !== undefined) {
    return 'no_proxy beside proxy_from_environment, want one of them';
  }
  if (no_proxy !== undefined && proxy_url === undefined) return 'no_proxy without proxy_url';
  const none = proxy_url === undefined && !proxy_from_environment;
  return proxy_connect_header !== undefined && none
    ? 'proxy_connect_header without proxy_url or proxy_from_environment'
    : undefined;
}

/** The proxy in its compiled form; undefined when there is none. */
export function toProxy(http: ProxyInput): ProxyOptions | undefined {
  if (http.proxy_url === undefined && !http.proxy_from_environment) return undefined;
  const headers = Object.entries(http.proxy_connect_header ?? {});
  return {
    ...(http.proxy_url !== undefined && { url: http.proxy_url }),
    noProxy: http.no_proxy ?? '',
    connectHeaders: headers.map(([name, all]) => ({
      name,
      values: all.filter((value) => !isRef(value)),
      secrets: all.filter(isRef),
    })),
  };
}

const isRef = (value: string): value is SecretRef => v.is(secretRef, value);

/** `oauth2`. */
export const oauth2Schema = v.pipe(
  closed({
    client_id: v.pipe(
      text,
      v.check((id) => id !== '', 'a client'),
    ),
    client_secret: v.optional(secretRef),
    client_secret_file: v.optional(secretFile),
    client_secret_ref: noManager,
    scopes: v.optional(v.array(text), []),
    token_url: v.pipe(text, v.check(isWebUrl, 'an http:// or https:// URL')),
    endpoint_params: v.optional(mappingOf(text, text), {}),
    grant_type: v.optional(
      v.picklist(['client_credentials'], 'want client_credentials; no other grant is spoken'),
    ),
    tls_config: tlsSchema,
    ...proxyEntries,
  }),
  v.check(
    ({ client_secret, client_secret_file }) =>
      client_secret === undefined || client_secret_file === undefined,
    'at most one of client_secret and client_secret_file',
  ),
  v.rawCheck(({ addIssue, dataset }) => {
    const fault = dataset.typed ? proxyFault(dataset.value) : undefined;
    if (fault !== undefined) addIssue({ message: fault });
  }),
  v.transform((oauth2) => {
    const secret = oneOfBoth({ ref: oauth2.client_secret, file: oauth2.client_secret_file });
    const proxy = toProxy(oauth2);
    return {
      clientId: oauth2.client_id,
      ...(secret !== undefined && { clientSecret: secret }),
      scopes: oauth2.scopes,
      tokenUrl: oauth2.token_url,
      endpointParams: oauth2.endpoint_params,
      tls: oauth2.tls_config,
      ...(proxy !== undefined && { proxy }),
    };
  }),
);

function isWebUrl(text: string): boolean {
  const url = parseUrl(fillSecrets(text, () => 'secret'));
  return url !== undefined && /^https?:$/.test(url.protocol);
}

const awsName = (wanted: string) => v.pipe(text, v.regex(/^[a-z0-9-]{1,64}$/, wanted));

/** `sigv4`: the function's own credentials, so that there is nothing secret in it. */
export const sigv4Schema = v.pipe(
  closed(
    {
      region: v.optional(awsName('a region such as eu-central-1')),
      service: v.optional(
        awsName('the name of a service for signing, such as execute-api'),
        'execute-api',
      ),
    },
    'a mapping with region and service, which may be empty',
  ),
  v.transform(({ region, service }) => ({ service, ...(region !== undefined && { region }) })),
);

/** Headers that `http_headers` may not set, because other options do (Prometheus has the same list). */
export const reservedHeaders: ReadonlySet<string> = new Set(
  'authorization host content-encoding content-length content-type user-agent connection keep-alive proxy-authenticate proxy-authorization www-authenticate accept-encoding x-prometheus-remote-write-version x-prometheus-remote-read-version x-prometheus-scrape-timeout-seconds x-amz-date x-amz-security-token x-amz-content-sha256'.split(
    ' ',
  ),
);

/** `http_headers`. */
export const httpHeadersSchema = v.pipe(
  mappingOf(
    v.pipe(
      headerName,
      v.check(
        (name) => !reservedHeaders.has(name.toLowerCase()),
        'another header: this one has an option of its own',
      ),
    ),
    closed({
      values: v.optional(v.array(headerValue), []),
      secrets: v.optional(v.array(secretRef), []),
      files: v.optional(v.array(secretFile), []),
    }),
  ),
  v.transform((headers): HttpHeader[] =>
    Object.entries(headers).map(([name, { files, secrets, values }]) => ({
      name,
      values,
      secrets: [...secrets, ...files],
    })),
  ),
);
