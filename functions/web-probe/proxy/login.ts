// Who asks a proxy, where its address says so: user and password go as Proxy-Authorization, in CONNECT and in plain requests alike
// (RFC 9110, 11.7.2). What the module gives for that header in `proxy_connect_header` goes before it.
import { decodeUserInfo, type ProxyOptions } from '@fargaze/core/internal';
import { environmentProxies } from './choose.ts';

/** A header value, and what of it must not be shown. */
export type ProxyLogin = { readonly value: string; readonly secrets: readonly string[] };

/** The value of Proxy-Authorization; undefined where the address names nobody. */
export function proxyLogin({ password, username }: URL): ProxyLogin | undefined {
  if (username === '' && password === '') return undefined;
  const secret = decodeUserInfo(password);
  const pair = `${decodeUserInfo(username)}:${secret}`;
  const encoded = Buffer.from(pair, 'utf8').toString('base64');
  return { value: `Basic ${encoded}`, secrets: [encoded, pair, secret, password] };
}

/** What any proxy of `options` may be sent, and repeat. */
export function proxySecrets({ url }: ProxyOptions): string[] {
  const proxies = url === undefined ? environmentProxies() : [new URL(url)];
  return proxies.flatMap((proxy) => proxyLogin(proxy)?.secrets ?? []);
}
