// How a request says who sends it: Basic, Bearer or AWS Signature Version 4. Names every secret that a request carries, in
// each form in which the far side may repeat it. Refuses a secret that no header can hold.
import type { Clock } from '../clock.ts';
import { readHeaderValue, readPassword, type SecretRef } from '../config/secret.ts';
import { decodeUserInfo } from '../redact.ts';
import { type AwsCredentials, signRequest } from './sigv4.ts';

/** A user for basic authentication; the password by reference. */
export type BasicAuth = { readonly username: string; readonly password: SecretRef };

/** How requests are authorized. */
export type Auth =
  | { readonly kind: 'basic'; readonly basic: BasicAuth }
  | { readonly kind: 'bearer'; readonly token: SecretRef }
  | {
      readonly kind: 'sigv4';
      readonly region: string;
      /** The service's name for signing, e.g. `aps`. */
      readonly service: string;
      readonly credentials: () => AwsCredentials | Promise<AwsCredentials>;
      readonly clock: Pick<Clock, 'now'>;
    };

/** A request that is to be authorized. */
export type Unauthorized = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** What is added to a request, and what must never be shown of it. */
export type Authorization = {
  /** The address without user info. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
};

/**
 * The headers that authorize `request`. User info of its address stands for basic authentication where `auth` is unset, and
 * is taken out of the address in any case.
 * @throws ConfigError when a secret cannot be read or sent.
 */
export async function authorize(
  auth: Auth | undefined,
  request: Unauthorized,
): Promise<Authorization> {
  const { url, user } = takeUserInfo(request.url);
  const own = user === undefined ? undefined : basic(user.username, user.password);
  const hidden = own?.secrets ?? [];
  if (auth === undefined) return { url, headers: own?.headers ?? {}, secrets: hidden };
  const { headers, secrets } = await byKind(auth, { ...request, url });
  return { url, headers, secrets: [...secrets, ...hidden] };
}

async function byKind(auth: Auth, request: Unauthorized): Promise<Omit<Authorization, 'url'>> {
  if (auth.kind === 'basic') {
    return basic(auth.basic.username, readPassword(auth.basic.password));
  }
  if (auth.kind === 'bearer') {
    const token = readHeaderValue(auth.token);
    return { headers: { authorization: `Bearer ${token}` }, secrets: [token] };
  }
  const { clock, region, service } = auth;
  const credentials = await auth.credentials();
  const about = { ...request, region, service, at: clock.now() };
  const headers = signRequest(about, credentials);
  const { authorization = '' } = headers;
  return {
    headers,
    secrets: [
      authorization,
      authorization.slice(authorization.lastIndexOf('=') + 1),
      credentials.secretAccessKey,
      credentials.sessionToken ?? '',
    ],
  };
}

function basic(username: string, password: string): Omit<Authorization, 'url'> {
  const pair = `${username}:${password}`;
  const encoded = Buffer.from(pair, 'utf8').toString('base64');
  return { headers: { authorization: `Basic ${encoded}` }, secrets: [encoded, pair, password] };
}

/** An address without its user info, and that user info decoded. */
function takeUserInfo(address: URL): {
  readonly url: URL;
  readonly user: { readonly username: string; readonly password: string } | undefined;
} {
  if (address.username === '' && address.password === '') return { url: address, user: undefined };
  const url = new URL(address);
  url.username = '';
  url.password = '';
  const username = decodeUserInfo(address.username);
  return { url, user: { username, password: decodeUserInfo(address.password) } };
}
