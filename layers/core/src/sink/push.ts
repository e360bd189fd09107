// One push to a Pushgateway: PUT of a whole group, accepted or an error that says why not.
import { classify } from '../classify.ts';
import type { SecretRef } from '../config.ts';
import type { Deadline } from '../deadline.ts';
import { ConfigError, DeliveryError, messageOf } from '../errors.ts';
import { exchange, type HttpAnswer } from '../http-exchange.ts';
import { decodeUserInfo, redactUrl } from '../redact.ts';
import { readSecret } from '../secret.ts';
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

/** The base URL of a Pushgateway. @throws ConfigError unless it is http or https. */
export function parsePushgatewayUrl(text: string): URL {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    url = undefined;
  }
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    const message = `got ${JSON.stringify(redactUrl(text))}, want an http or https URL`;
    throw new ConfigError('pushgateway', [{ path: 'url', message }]);
  }
  return url;
}

/**
 * Replaces the group of `grouping` by the series of `text` (Prometheus text format).
 * @throws DeliveryError unless the answer is 200 or 202.
 */
export async function pushGroup(
  gateway: Pushgateway,
  group: { readonly grouping: Readonly<Record<string, string>>; readonly text: string },
  deadline: Deadline,
): Promise<void> {
  const base = parsePushgatewayUrl(gateway.url);
  // By concatenation: assigning to `pathname` would encode an already encoded label again.
  const target = new URL(
    `${base.origin}${base.pathname.replace(/\/+$/, '')}${groupPath(group.grouping)}`,
  );
  const plain = Buffer.from(group.text, 'utf8');
  const zipped = plain.byteLength > gzipAbove;
  const request = {
    url: target,
    method: 'PUT' as const,
    headers: {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'user-agent': `fargaze/${version}`,
      ...(zipped && { 'content-encoding': 'gzip' }),
      ...authorization(base, gateway.auth),
    },
    body: zipped ? (await import('node:zlib')).gzipSync(plain) : plain,
  };
  let answer: HttpAnswer;
  try {
    answer = await exchange(request, deadline);
  } catch (cause) {
    throw new DeliveryError(`${classify(cause)}: ${messageOf(cause)}`, { retryable: true, cause });
  }
  if (answer.status !== 200 && answer.status !== 202) throw refusal(answer);
}

function authorization(url: URL, auth: BasicAuth | undefined): Record<string, string> {
  const username = auth?.username ?? decodeUserInfo(url.username);
  const password = auth === undefined ? decodeUserInfo(url.password) : readSecret(auth.password);
  if (username === '' && password === '') return {};
  const credentials = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  return { authorization: `Basic ${credentials}` };
}

function refusal({ status, headers, body }: HttpAnswer): DeliveryError {
  const location = typeof headers.location === 'string' ? ` to ${redactUrl(headers.location)}` : '';
  const words = printable(body.slice(0, shownCharacters));
  const redirect = status >= 300 && status < 400 ? ` (a redirect${location})` : '';
  const message = `status ${status}${redirect}, want 200 or 202${words === '' ? '' : `: ${words}`}`;
  return new DeliveryError(message, { status, retryable: status >= 500 || status === 429 });
}

/** One line without control characters. */
function printable(text: string): string {
  return text.trim().replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ');
}
