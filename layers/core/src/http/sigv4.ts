// AWS Signature Version 4 of one request, for the few AWS APIs that are called without the SDK
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
import type { EpochMs, Seconds } from '../clock.ts';
import { readHeaderValue } from '../config/secret.ts';
import { readEnv } from '../env.ts';

/** Credentials as Lambda puts them into the environment. */
export type AwsCredentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};

/**
 * The function's own credentials. Lambda renews them between invocations, so they are read anew for each request.
 * @throws ConfigError when there are none.
 */
export function readAwsCredentials(): AwsCredentials {
  const hasSession = readEnv('AWS_SESSION_TOKEN') !== undefined;
  return {
    accessKeyId: readHeaderValue('env:AWS_ACCESS_KEY_ID'),
    secretAccessKey: readHeaderValue('env:AWS_SECRET_ACCESS_KEY'),
    ...(hasSession && { sessionToken: readHeaderValue('env:AWS_SESSION_TOKEN') }),
  };
}

/** What is signed, and for whom. */
export type SignedRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly region: string;
  readonly service: string;
  readonly at: EpochMs;
};

/** The headers to add: `x-amz-date`, `authorization`, with a session `x-amz-security-token`, and for S3 the sum of the body. */
export function signRequest(
  request: SignedRequest,
  credentials: AwsCredentials,
): Record<string, string> {
  const { at, body, method, region, service, url } = request;
  const time = amzDate(at);
  const added = {
    'x-amz-date': time,
    ...(credentials.sessionToken !== undefined && {
      'x-amz-security-token': credentials.sessionToken,
    }),
    ...(service === 's3' && { 'x-amz-content-sha256': hash(body) }),
  };
  const headers = Object.entries({ ...request.headers, ...added, host: url.host })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, ' ')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const names = headers.map(([name]) => name).join(';');
  const canonical = [
    method,
    // The path is encoded already; every service but S3 wants it encoded once more, and several slashes as one.
    service === 's3' ? url.pathname : url.pathname.split(/\/+/).map(encode).join('/'),
    canonicalQuery(url),
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    names,
    hash(body),
  ].join('\n');
  const { scope, signature } = sign(canonical, { region, service, time }, credentials);
  const credential = `Credential=${credentials.accessKeyId}/${scope}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...added, authorization };
}

/** A GET that is signed in its query and may be made for `seconds` after `at`. */
export type PresignedRequest = Pick<SignedRequest, 'at' | 'region' | 'service' | 'url'> & {
  readonly seconds: Seconds;
};

/** The URL with its signature: who has it may make the request. */
export function presignUrl(request: PresignedRequest, credentials: AwsCredentials): URL {
  const { at, region, seconds, service } = request;
  const time = amzDate(at);
  const url = new URL(request.url);
  const added = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${scopeOf({ region, service, time })}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': 'host',
    ...(credentials.sessionToken !== undefined && {
      'X-Amz-Security-Token': credentials.sessionToken,
    }),
  };
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
  const query = canonicalQuery(url);
  const lines = ['GET', url.pathname, query, `host:${url.host}`, '', 'host', hash('')];
  const { signature } = sign(lines.join('\n'), { region, service, time }, credentials);
  url.search = `${query}&X-Amz-Signature=${signature}`;
  return url;
}

type Scope = { readonly region: string; readonly service: string; readonly time: string };

function scopeOf({ region, service, time }: Scope): string {
  return `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
}

function sign(canonical: string, about: Scope, credentials: AwsCredentials) {
  const scope = scopeOf(about);
  const text = ['AWS4-HMAC-SHA256', about.time, scope, hash(canonical)].join('\n');
  const key = signingKey(scope, credentials.secretAccessKey);
  return { scope, signature: hmac(key, text).toString('hex') };
}

/** Keys of the last secrets and scopes; they hold for a day, and a run makes a thousand calls with one. */
const signingKeys = new Map<string, Buffer>();
const mostKeys = 100;

function signingKey(scope: string, secret: string): Buffer {
  const name = `${scope}/${secret}`;
  const known = signingKeys.get(name);
  if (known !== undefined) return known;
  if (signingKeys.size >= mostKeys) signingKeys.clear();
  const [date = '', ...parts] = scope.split('/');
  const key = parts.reduce((before, part) => hmac(before, part), hmac(`AWS4${secret}`, date));
  signingKeys.set(name, key);
  return key;
}

/** A time as AWS writes it, `20261128T080000Z`. */
function amzDate(at: EpochMs): string {
  return `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

function canonicalQuery(url: URL): string {
  if (url.search === '') return '';
  // By name first: as one text `a1=` would stand before `a=`.
  return [...url.searchParams]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, first], [b, second]) => order(a, b) || order(first, second))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** RFC 3986: everything but unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Loaded when something is signed: that is a good part of what a cold probe costs, and few probes sign. */
const crypto = () => process.getBuiltinModule('node:crypto');

function hash(data: Uint8Array | string): string {
  return crypto().createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return crypto().createHmac('sha256', key).update(data).digest();
}
