// Which proxy a request goes through, by the rules of Go's golang.org/x/net/http/httpproxy: the module's, or the environment's.
// Exceptions are looked for by the name of the target, not by the address that it was resolved to.
import { isInBlock, type ProxyOptions, readEnv } from '@fargaze/core/internal';

/** The proxy for `url`; undefined where there is none between. */
export function chooseProxy(url: URL, options: ProxyOptions): URL | undefined {
  if (options.url !== undefined) {
    // Without exceptions the proxy is for everything, loopback too.
    if (options.noProxy === '') return new URL(options.url);
    return isExcepted(url, options.noProxy) ? undefined : new URL(options.url);
  }
  const names =
    url.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  const text = names.map(readEnv).find((value) => value !== undefined);
  if (text === undefined) return undefined;
  if (isExcepted(url, readEnv('NO_PROXY') ?? readEnv('no_proxy') ?? '')) return undefined;
  const whole = /^\w+:\/\//.test(text) ? text : `http://${text}`;
  return URL.canParse(whole) ? new URL(whole) : undefined;
}

function isExcepted(url: URL, exceptions: string): boolean {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (host === 'localhost' || /^127\.|^::1$/.test(host)) return true;
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
