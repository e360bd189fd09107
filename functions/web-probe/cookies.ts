// Cookies as far as one chain of redirects, or of steps, needs them: host, path, secure, and being taken back (RFC 6265). A
// Domain is not widened: a cookie goes back to the host that set it only.
import type { IncomingMessage } from 'node:http';
import type { HopRequest } from './hop.ts';

type Cookie = {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly secure: boolean;
  /** Whether the module set it, or an answer. */
  readonly from: 'module' | 'answer';
};

/** The cookies of one chain. */
export class CookieJar {
  readonly #byHost = new Map<string, Map<string, Cookie>>();

  /** Begins with the cookies of `first`, where it is given. */
  constructor(first?: HopRequest) {
    if (first !== undefined) this.configure(first);
  }

  /** Adds the cookies that a request was configured to send, which go to every path. */
  configure({ headers, url }: HopRequest): void {
    const own = Object.entries(headers).filter(([name]) => name.toLowerCase() === 'cookie');
    for (const pair of own.flatMap(([, value]) => value.split(';'))) {
      this.#set(url, `${pair}; Path=/`, 'module');
    }
  }

  /** Forgets the cookies that were configured. */
  dropOwn(): void {
    for (const jar of this.#byHost.values()) {
      for (const [key, { from }] of jar) if (from === 'module') jar.delete(key);
    }
  }

  /** Keeps what an answer of `url` sets, or takes back, at the time `now` (milliseconds since 1970). */
  store(url: URL, response: IncomingMessage, now: number): void {
    for (const line of response.headers['set-cookie'] ?? []) this.#set(url, line, now);
  }

  /** The Cookie header for `url`, longer paths first; undefined when there are none. Secure ones go over TLS only. */
  header(url: URL): string | undefined {
    const cookies = [...(this.#byHost.get(url.hostname)?.values() ?? [])]
      .filter(({ secure }) => !secure || url.protocol === 'https:')
      .filter(({ path }) => liesBelow(url.pathname, path))
      .sort((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => `${name}=${value}`);
    return cookies.length === 0 ? undefined : cookies.join('; ');
  }

  /** The value of the cookie `name` that the host of `url` set, for whatever path; undefined when there is none. */
  valueOf(name: string, url: URL): string | undefined {
    const all = [...(this.#byHost.get(url.hostname)?.values() ?? [])];
    return all.filter((cookie) => cookie.name === name).at(-1)?.value;
  }

  /** @param now the time of the answer; a cookie of the module has none. */
  #set(url: URL, line: string, now: number | 'module'): void {
    const [, name, value] = /^\s*([^=;\s]+)\s*=\s*([^;]*)/.exec(line) ?? [];
    if (name === undefined || value === undefined) return;
    const asked = attribute(line, 'path');
    const path = asked?.startsWith('/') ? asked : folderOf(url.pathname);
    const jar = this.#byHost.get(url.hostname) ?? new Map<string, Cookie>();
    this.#byHost.set(url.hostname, jar);
    const key = `${name};${path}`;
    const from = now === 'module' ? now : 'answer';
    const secure = /;\s*secure\s*(?:;|$)/i.test(line);
    if (now !== 'module' && isOver(line, now)) jar.delete(key);
    else jar.set(key, { name, value: value.trim(), path, secure, from });
  }
}

/** The last value that a cookie has of an attribute. */
function attribute(line: string, name: string): string | undefined {
  const found = [...line.matchAll(new RegExp(`;\\s*${name}\\s*=\\s*([^;]*)`, 'gi'))];
  return found.at(-1)?.[1]?.trim();
}

/** Section 5.2.2: Max-Age comes before Expires. */
function isOver(line: string, now: number): boolean {
  const age = attribute(line, 'max-age');
  if (age !== undefined && /^-?\d+$/.test(age)) return Number(age) <= 0;
  const expires = Date.parse(attribute(line, 'expires') ?? '');
  return !Number.isNaN(expires) && expires <= now;
}

/** Section 5.1.4: where no path is given. */
function folderOf(pathname: string): string {
  const end = pathname.lastIndexOf('/');
  return end <= 0 ? '/' : pathname.slice(0, end);
}

function liesBelow(pathname: string, path: string): boolean {
  if (!pathname.startsWith(path)) return false;
  return pathname.length === path.length || path.endsWith('/') || pathname[path.length] === '/';
}
