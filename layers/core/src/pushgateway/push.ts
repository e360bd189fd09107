// One push to a Pushgateway: PUT of a whole group, accepted or an error that says why not.

import { showValue } from '../config/explain.ts';
import { isSecretRef, readSecret } from '../config/secret.ts';
import type { SecretRef } from '../config/types.ts';
import type { Deadline } from '../deadline.ts';
import { ConfigError, DeliveryError, messageOf } from '../errors.ts';
import { exchange, type HttpAnswer } from '../http/exchange.ts';
import { classify } from '../net/classify.ts';
import { decodeUserInfo, hideSecrets, redactUrl } from '../redact.ts';
import { version } from '../version.ts';
import { groupPath } from './grouping.ts';

/** A user for basic authentication; the password by reference. */
export type BasicAuth = { readonly username: string; readonly password: SecretRef };

/** A Pushgateway. */
export type Pushgateway = { readonly url: string; readonly auth?: BasicAuth };

/** Bodies up to this many bytes are sent as they are: below it gzip gains less than its header and time cost. */
const gzipAbove = 1024;

/** Characters of an answer's body that an error shows. */
const shownCharacters = 512;

/** What is wrong with the address of a receiver; undefined when it is an http or https URL. */
export function findUrlFault(address: unknown): string | undefined {
  const text = typeof address === 'string' ? address : '';
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return undefined;
  const seen = showValue(typeof address === 'string' ? redactUrl(address) : address);
  return `got ${seen}, want an http or https URL`;
}

/** What is wrong with credentials; undefined when nothing is. What was given is never repeated. */
export function findAuthFault(auth: BasicAuth | undefined): string | undefined {
  if (auth === undefined) return undefined;
  const { password, username } = auth as Partial<Record<keyof BasicAuth, unknown>>;
  if (typeof username !== 'string') return 'want a username';
  if (typeof password === 'string' && isSecretRef(password)) return undefined;
  return 'want the password as a reference, env:NAME or file:/path, never the secret itself';
}

/** Refuses a Pushgateway that cannot be used. @throws ConfigError with every issue. */
export function checkPushgateway({ auth, url }: Pushgateway): void {
  const faults = { url: findUrlFault(url), auth: findAuthFault(auth) };
  const issues = Object.entries(faults).flatMap(([path, message]) =>
    message === undefined ? [] : [{ path, message }],
  );
  if (issues.length > 0) throw new ConfigError('pushgateway', issues);
}

/**
 * Replaces the group of `grouping` by the series of `text` (Prometheus text format).
 * @throws DeliveryError unless the answer is 200 or 202; ConfigError when the password cannot be had.
 */
export async function pushGroup(
  gateway: Pushgateway,
  group: { readonly grouping: Readonly<Record<string, string>>; readonly text: string },
  deadline: Deadline,
): Promise<void> {
  const plain = Buffer.from(group.text, 'utf8');
  const zipped = plain.byteLength > gzipAbove;
  const request = {
    method: 'PUT' as const,
    path: groupPath(group.grouping),
    headers: {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      ...(zipped && { 'content-encoding': 'gzip' }),
    },
    // Not `import`: a bundler would copy each of its 200 names at every cold start.
    body: zipped ? process.getBuiltinModule('node:zlib').gzipSync(plain) : plain,
  };
  await askPushgateway(gateway, request, deadline);
}

/** A request to a Pushgateway; `path` below its base. */
export type PushgatewayRequest = {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Bytes of the answer that are kept. */
  readonly keep?: number;
};

/**
 * The answer to a request, which is 200 or 202.
 * @throws DeliveryError for any other; ConfigError when the password cannot be had.
 */
export async function askPushgateway(
  { auth, url }: Pushgateway,
  { path, headers, body = new Uint8Array(), ...request }: PushgatewayRequest,
  deadline: Deadline,
): Promise<HttpAnswer> {
  const base = new URL(url);
  // By concatenation: assigning to `pathname` would encode an already encoded label again.
  const target = new URL(`${base.origin}${base.pathname.replace(/\/+$/, '')}${path}`);
  const login = readLogin(base, auth);
  const all = {
    ...headers,
    'user-agent': `fargaze/${version}`,
    ...(login !== undefined && { authorization: `Basic ${login.credentials}` }),
  };
  let answer: HttpAnswer;
  try {
    answer = await exchange({ ...request, url: target, headers: all, body }, deadline);
  } catch (cause) {
    throw new DeliveryError(`${classify(cause)}: ${messageOf(cause)}`, { retryable: true, cause });
  }
  if (answer.status !== 200 && answer.status !== 202) throw refusal(answer, { target, login });
  return answer;
}

type Login = { readonly password: string; readonly credentials: string };

function readLogin(url: URL, auth: BasicAuth | undefined): Login | undefined {
  const username = auth?.username ?? decodeUserInfo(url.username);
  const password = auth === undefined ? decodeUserInfo(url.password) : readSecret(auth.password);
  if (username === '' && password === '') return undefined;
  const credentials = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  return { password, credentials };
}

function refusal(
  { status, headers, body }: HttpAnswer,
  { target, login }: { readonly target: URL; readonly login: Login | undefined },
): DeliveryError {
  const location = status >= 300 && status < 400 ? headers.location : undefined;
  const redirect =
    typeof location === 'string' ? ` (a redirect to ${place(location, target)})` : '';
  const secrets = login === undefined ? [] : [login.credentials, login.password];
  const words = printable(hideSecrets(body, secrets).slice(0, shownCharacters));
  const message = `status ${status}${redirect}, want 200 or 202${words === '' ? '' : `: ${words}`}`;
  return new DeliveryError(message, { status, retryable: status >= 500 || status === 429 });
}

function place(location: string, target: URL): string {
  const whole = URL.canParse(location, target.href) ? new URL(location, target).href : location;
  return redactUrl(whole).slice(0, shownCharacters);
}

/** One line without control characters. */
function printable(text: string): string {
  return text.trim().replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ');
}
