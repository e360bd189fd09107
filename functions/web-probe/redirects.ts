// Where a redirect leads and what may go along: Go's rules, so that results agree with blackbox_exporter's, and stricter ones
// for what the module sends: it stays with the server that it is for.
import type { IncomingMessage } from 'node:http';
import {
  type Failure,
  failure,
  namesHost,
  parseUrl,
  redactUrl,
  version,
} from '@fargaze/core/internal';
import type { CookieJar } from './cookies.ts';
import type { HopRequest } from './hop.ts';

/** Redirects that are followed at most. */
export const maxRedirects = 10;

/** Whether an answer asks to go elsewhere. One without Location, or with an empty one, is a final answer. */
export function isRedirect({ headers, statusCode = 0 }: IncomingMessage): boolean {
  return [301, 302, 303, 307, 308].includes(statusCode) && (headers.location ?? '') !== '';
}

/** Headers that every server may have. */
export const plainHeaders = { 'User-Agent': `fargaze/${version}`, Accept: '*/*' } as const;

/** What a chain of redirects keeps to. */
export type Chain = {
  readonly jar: CookieJar;
  /** Hosts that may be sent what the module holds, besides the first. */
  readonly hosts: readonly string[];
};

/** The next request of the chain, or why there can be none. */
export function nextRequest(
  last: HopRequest,
  response: IncomingMessage,
  { hosts, jar }: Chain,
): HopRequest | Failure {
  const location = encodeBytes(response.headers.location ?? '');
  const url = parseUrl(location, last.url);
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const detail = `redirect to ${JSON.stringify(showLocation(location).slice(0, 100))}, want an http or https URL`;
    return failure('processing', 'redirect_invalid', detail);
  }
  const trusted = last.firstHost && isTrusted(url, last.url, hosts);
  if (!trusted) jar.dropOwn();
  const keeps = response.statusCode === 307 || response.statusCode === 308;
  const method = keeps || ['GET', 'HEAD'].includes(last.method) ? last.method : 'GET';
  const dropped = keeps ? [] : ['content-length', 'content-type'];
  const headers = trusted
    ? carriedHeaders(last, url, dropped)
    : { Host: url.host, ...plainHeaders };
  const cookies = jar.header(url);
  return {
    firstHost: trusted,
    url,
    method,
    headers: { ...headers, ...(cookies !== undefined && { Cookie: cookies }) },
    ...(last.lines !== undefined && trusted && { lines: last.lines }),
    body: keeps && trusted ? last.body : '',
    // A server name that stood for the first host says nothing about another one.
    serverName: url.host === last.url.host ? last.serverName : undefined,
  };
}

/** Node reads each byte of a header as one character; in an address a byte beyond ASCII stands for itself, as to Go. */
function encodeBytes(location: string): string {
  return location.replace(/[\x80-\xff]/g, (byte) => {
    return `%${byte.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}

/** The same server, never less protected than before, or one that the module names. */
function isTrusted(url: URL, last: URL, hosts: readonly string[]): boolean {
  if (last.protocol === 'https:' && url.protocol === 'http:') return false;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return url.host === last.host || namesHost(hosts, { hostname: url.hostname, port });
}

/** What a trusted server gets: everything but `without`, names in lower case, and a new host has its own name. */
function carriedHeaders(
  last: HopRequest,
  url: URL,
  without: readonly string[],
): Record<string, string> {
  const same = url.host === last.url.host;
  const dropped = new Set(['cookie', ...(same ? [] : ['host']), ...without]);
  const kept = Object.entries(last.headers).filter(([name]) => !dropped.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...(!same && { Host: url.host }) };
}

/** What stands before an `@` may be a password, but not the scheme of `mailto:a@b`. */
function showLocation(location: string): string {
  const [scheme = ''] = /^[a-z][a-z0-9+.-]*:(?!\/\/)/i.exec(location) ?? [];
  return scheme + redactUrl(location.slice(scheme.length));
}
