// The first request of a probe, and the secrets that it holds.
import {
  decodeUserInfo,
  type Failure,
  failure,
  type HttpHeader,
  type HttpOptions,
  readSecret,
  redactUrl,
  type SecretRef,
  version,
} from '@fargaze/core/internal';
import type { HeaderLine, HopRequest } from './exchange/hop-types.ts';

/** A request and what must not be shown of it. */
export type First = { readonly ask: HopRequest; readonly secrets: readonly string[] };

/** The request that `options` make of an address. `token` is what OAuth 2.0 gave. */
export function firstRequest(
  address: string,
  options: HttpOptions,
  token?: string,
): First | Failure {
  const text = /^https?:\/\//i.test(address) ? address : `http://${address}`;
  const foreign = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) && text !== address;
  if (foreign || !URL.canParse(text)) {
    const detail = `got ${JSON.stringify(redactUrl(address))}, want an http or https URL`;
    return failure('guard', 'protocol', detail);
  }
  const url = new URL(text);
  const hostHeader = Object.entries(options.headers).find(
    ([name]) => name.toLowerCase() === 'host',
  );
  const { authorization, secrets } = credentials(url, options, token);
  const headers = {
    Host: url.host,
    'User-Agent': `fargaze/${version}`,
    Accept: '*/*',
    ...(authorization !== undefined && { Authorization: authorization }),
    ...options.headers,
  };
  if (hostHeader !== undefined && hostHeader[0] !== 'Host') {
    Object.assign(headers, { Host: hostHeader[1] });
    delete (headers as Record<string, string>)[hostHeader[0]];
  }
  const lines = options.httpHeaders.flatMap(linesOf);
  const hidden = lines.filter(({ secret }) => secret).map(({ value }) => value);
  const ask = {
    url,
    method: options.method,
    headers,
    ...(lines.length > 0 && { lines }),
    body: options.body,
    firstHost: true,
    serverName: hostHeader?.[1].replace(/:\d+$/, ''),
  };
  return { ask, secrets: [...secrets, ...hidden] };
}

function linesOf({ name, secrets, values }: HttpHeader): HeaderLine[] {
  return [
    ...values.map((value) => ({ name, value, secret: false })),
    ...secrets.map((ref) => ({ name, value: readSecret(ref), secret: true })),
  ];
}

type Credentials = { readonly authorization?: string; readonly secrets: readonly string[] };

function credentials(url: URL, options: HttpOptions, token: string | undefined): Credentials {
  const { authorization, basicAuth } = options;
  if (token !== undefined) return { authorization: `Bearer ${token}`, secrets: [token] };
  if (authorization !== undefined) {
    const secret = secretOf(authorization.credentials);
    return { authorization: `${authorization.type} ${secret}`, secrets: [secret] };
  }
  const [username, password] =
    basicAuth === undefined
      ? [decodeUserInfo(url.username), decodeUserInfo(url.password)]
      : [basicAuth.username || secretOf(basicAuth.usernameRef), secretOf(basicAuth.password)];
  if (username === '' && password === '') return { secrets: [] };
  const pair = Buffer.from(`${username}:${password}`).toString('base64');
  return { authorization: `Basic ${pair}`, secrets: [pair, password] };
}

function secretOf(ref: SecretRef | undefined): string {
  return ref === undefined ? '' : readSecret(ref);
}
