// Where a redirect leads and what may go along: Go's rules, so that results agree with blackbox_exporter's.
import type { IncomingMessage } from 'node:http';
import { type Failure, failure, redactUrl } from '@fargaze/core/internal';
import type { HopRequest } from './hop.ts';

/** Redirects that are followed at most. */
export const maxRedirects = 10;

/** Whether an answer asks to go elsewhere. One without Location is a final answer. */
export function isRedirect({ headers, statusCode = 0 }: IncomingMessage): boolean {
  return [301, 302, 303, 307, 308].includes(statusCode) && headers.location !== undefined;
}

type Cookie = { readonly value: string; readonly secure: boolean };

/** Cookies by host name, as far as one chain of redirects needs them: no path, no domain, no expiry. */
export class CookieJar {
  readonly #byHost = new Map<string, Map<string, Cookie>>();

  /** Begins with the cookies that the first request was configured to send. */
  constructor({ headers, url }: HopRequest) {
    const own = Object.entries(headers).filter(([name]) => name.toLowerCase() === 'cookie');
    for (const pair of own.flatMap(([, value]) => value.split(';'))) this.#set(url, pair);
  }

  /** Keeps what an answer of `url` sets; an empty Max-Age or value is kept as it is. */
  store(url: URL, response: IncomingMessage): void {
    for (const line of response.headers['set-cookie'] ?? []) this.#set(url, line);
  }

  /** The Cookie header for `url`; undefined when there are none. Secure ones go over TLS only. */
  header(url: URL): string | undefined {
    const cookies = [...(this.#byHost.get(url.hostname) ?? [])]
      .filter(([, { secure }]) => !secure || url.protocol === 'https:')
      .map(([name, { value }]) => `${name}=${value}`);
    return cookies.length === 0 ? undefined : cookies.join('; ');
  }

  #set(url: URL, line: string): void {
    const [, name, value] = /^\s*([^=;\s]+)\s*=\s*([^;]*)/.exec(line) ?? [];
    if (name === undefined || value === undefined) return;
    const jar = this.#byHost.get(url.hostname) ?? new Map<string, Cookie>();
    jar.set(name, { value: value.trim(), secure: /;\s*secure\s*(?:;|$)/i.test(line) });
    this.#byHost.set(url.hostname, jar);
  }
}

/** The next request of the chain, or why there can be none. */
export function nextRequest(
  last: HopRequest,
  response: IncomingMessage,
  jar: CookieJar,
): HopRequest | Failure {
  const location = response.headers.location ?? '';
  const url = URL.canParse(location, last.url.href) ? new URL(location, last.url) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const detail = `redirect to ${JSON.stringify(redactUrl(location).slice(0, 100))}, want an http or https URL`;
    return failure('processing', 'redirect_invalid', detail);
  }
  jar.store(last.url, response);
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
    body: keeps ? last.body : '',
    serverName,
  };
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
