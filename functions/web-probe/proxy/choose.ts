// Which proxy a request goes through, by the rules of Go's golang.org/x/net/http/httpproxy: the module's, or the environment's.
// Exceptions are looked for by the name of the target, not by the address that it was resolved to.
import {
  ConfigError,
  isInBlock,
  type ProxyOptions,
  parseUrl,
  readEnv,
} from '@fargaze/core/internal';

/** The proxy for `url`; undefined where there is none between. @throws ConfigError where the environment names none that is spoken. */
export function chooseProxy(url: URL, options: ProxyOptions): URL | undefined {
  if (options.url !== undefined) {
    // Without exceptions the proxy is for everything, loopback too.
    if (options.noProxy === '') return new URL(options.url);
    return isExcepted(url, options.noProxy) ? undefined : new URL(options.url);
  }
  const proxy = readProxy(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (proxy === undefined) return undefined;
  return isExcepted(url, readEnv('NO_PROXY') ?? readEnv('no_proxy') ?? '') ? undefined : proxy;
}

/** Every proxy that the environment names, as far as it can be read. */
export function environmentProxies(): URL[] {
  return ['HTTPS_PROXY', 'HTTP_PROXY'].flatMap((name) => {
    const { proxy } = parseProxy(name);
    return proxy === undefined ? [] : [proxy];
  });
}

function readProxy(name: string): URL | undefined {
  const { isGiven, proxy } = parseProxy(name);
  if (!isGiven || proxy !== undefined) return proxy;
  // The value is never shown: it may hold a password.
  const message =
    'is no http:// or https:// address of a proxy; in a password, / ? # and @ are written as %2F %3F %23 and %40';
  throw new ConfigError('environment', [{ path: name, message }]);
}

function parseProxy(name: string): { readonly isGiven: boolean; readonly proxy?: URL } {
  const text = readEnv(name) ?? readEnv(name.toLowerCase());
  if (text === undefined || text === '') return { isGiven: false };
  const whole = /^\w+:\/\//.test(text) ? text : `http://${text}`;
  const proxy = parseUrl(whole);
  const isSpoken = proxy !== undefined && /^https?:$/.test(proxy.protocol);
  return { isGiven: true, ...(isSpoken && { proxy }) };
}

function isExcepted(url: URL, exceptions: string): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (host === 'localhost' || /^127\.[\d.]+$|^::1$/.test(host)) return true;
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return exceptions
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => matchesEntry({ host, port }, entry));
}

function matchesEntry(
  { host, port }: { readonly host: string; readonly port: string },
  entry: string,
): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInBlock(host, entry);
  const [, name = entry, wanted] = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
  if (wanted !== undefined && wanted !== port) return false;
  const plain = name.replace(/^\[(.*)\]$/, '$1').replace(/^\*\./, '.');
  if (host === plain) return true;
  return host.endsWith(plain.startsWith('.') ? plain : `.${plain}`);
}
