// One push to a Pushgateway: PUT of a whole group, accepted or an error that says why not.

import { systemClock } from '../clock.ts';
import { showValue } from '../config/explain.ts';
import { isSecretRef } from '../config/secret.ts';
import type { Deadline } from '../deadline.ts';
import { ConfigError, DeliveryError } from '../errors.ts';
import { ask, isRetryable } from '../http/ask.ts';
import type { Auth, BasicAuth } from '../http/auth.ts';
import type { HttpAnswer } from '../http/exchange.ts';
import { readRetryAfter } from '../http/retry.ts';
import { parseUrl } from '../parse-url.ts';
import { redactUrl } from '../redact.ts';
import { groupPath } from './grouping.ts';

/** A Pushgateway. */
export type Pushgateway = { readonly url: string; readonly auth?: BasicAuth };

/** Bodies up to this many bytes are sent as they are: to load zlib for the 2 to 4 KB of one probe costs a cold start 2 ms. */
const gzipAbove = 8 * 1024;

/** What is wrong with the address of a receiver; undefined when it is an http or https URL. */
export function findUrlFault(address: unknown): string | undefined {
  const text = typeof address === 'string' ? address : '';
  if (/^https?:$/.test(parseUrl(text)?.protocol ?? '')) return undefined;
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
 * @throws DeliveryError unless the answer is 200 or 202; ConfigError when the password cannot be read.
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
 * @throws DeliveryError for any other; ConfigError when the password cannot be read.
 */
export async function askPushgateway(
  { auth, url }: Pushgateway,
  { path, headers, body = new Uint8Array(), ...request }: PushgatewayRequest,
  deadline: Deadline,
): Promise<HttpAnswer> {
  const base = new URL(url);
  // By concatenation: assigning to `pathname` would encode an already encoded label again.
  const address = `${base.origin}${base.pathname.replace(/\/+$/, '')}${path}`;
  const asked = withUserInfo(new URL(address), base);
  const answer = await ask(
    { ...request, url: asked, body, ...(headers !== undefined && { headers }), auth: toAuth(auth) },
    deadline,
  );
  const { status } = answer;
  if (status === 200 || status === 202) return answer;
  const retryable = isRetryable(status);
  const afterSeconds = retryable ? readRetryAfter(answer, systemClock.now()) : undefined;
  throw new DeliveryError(answer.refusal('200 or 202'), { status, retryable, afterSeconds });
}

function withUserInfo(url: URL, { password, username }: URL): URL {
  return Object.assign(url, { username, password });
}

function toAuth(basic: BasicAuth | undefined): Auth | undefined {
  return basic === undefined ? undefined : { kind: 'basic', basic };
}
