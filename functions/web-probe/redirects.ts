// Where a redirect leads and what may go along: Go's rules, so that results agree with blackbox_exporter's.
import type { IncomingMessage } from 'node:http';
import { type Failure, failure, redactUrl } from '@fargaze/core/internal';
import type { CookieJar } from './cookies.ts';
import type { HopRequest } from './hop.ts';

/** Redirects that are followed at most. */
export const maxRedirects = 10;

/** Whether an answer asks to go elsewhere. One without Location, or with an empty one, is a final answer. */
export function isRedirect({ headers, statusCode = 0 }: IncomingMessage): boolean {
  return [301, 302, 303, 307, 308].includes(statusCode) && (headers.location ?? '') !== '';
}

/** The next request of the chain, or why there can be none. */
export function nextRequest(
  last: HopRequest,
  response: IncomingMessage,
  jar: CookieJar,
): HopRequest | Failure {
  const location = encodeBytes(response.headers.location ?? '');
  const url = URL.canParse(location, last.url.href) ? new URL(location, last.url) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const detail = `redirect to ${JSON.stringify(redactUrl(location).slice(0, 100))}, want an http or https URL`;
    return failure('processing', 'redirect_invalid', detail);
  }
  const keeps = response.statusCode === 307 || response.statusCode === 308;
  const method = keeps || ['GET', 'HEAD'].includes(last.method) ? last.method : 'GET';
  const headers = carriedHeaders(last, url, keeps);
  const cookies = jar.header(url);
  if (cookies !== undefined) headers.Cookie = cookies;
  // A server name that stood for the first host says nothing about another one.
  const same = url.host === last.url.host;
  const serverName = same ? last.serverName : undefined;
  return {
    firstHost: last.firstHost && same,
    url,
    method,
    headers,
    ...(last.lines !== undefined && { lines: last.lines.filter(({ secret }) => same || !secret) }),
    body: keeps ? last.body : '',
    serverName,
  };
}

/** Node reads each byte of a header as one character; in an address a byte beyond ASCII stands for itself, as to Go. */
function encodeBytes(location: string): string {
  return location.replace(/[\x80-\xff]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

/** Credentials do not leave the host that they were meant for; a new request has its own Host. */
function carriedHeaders(last: HopRequest, url: URL, keepsBody: boolean): Record<string, string> {
  const same = url.host === last.url.host;
  const plain = last.url.protocol === 'https:' && url.protocol === 'http:';
  const dropped = new Set<string>(['cookie']);
  if (!same) dropped.add('host');
  if (!same || plain) for (const name of ['authorization', 'www-authenticate']) dropped.add(name);
  if (!keepsBody) for (const name of ['content-length', 'content-type']) dropped.add(name);
  const kept = Object.entries(last.headers).filter(([name]) => !dropped.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...(!same && { Host: url.host }) };
}
