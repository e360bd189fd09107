// Targets that are known to be up: where a probe fails for the network and none of these can be reached either, the trouble is
// our own.
import { parseUrl } from '../parse-url.ts';
import type { Vantage } from './probes.ts';

/** Addresses to connect to, `host:port` or URLs, by where the function stands; may hold `${NAME}`. */
export type VantageConfig = Readonly<Partial<Record<Vantage, readonly string[]>>>;

/** Host and port of an address of `vantage`; undefined where it has another form. */
export function hostAndPort(
  address: string,
): { readonly host: string; readonly port: number } | undefined {
  const isUrl = /^https?:\/\//i.test(address);
  const bare = /^(?:\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+):\d{1,5}$/i.test(address);
  const text = isUrl ? address : `tcp://${address}`;
  const url = isUrl || bare ? parseUrl(text) : undefined;
  if (url === undefined) return undefined;
  const { hostname, port, protocol } = url;
  const usual = protocol === 'https:' ? 443 : 80;
  return { host: hostname, port: port === '' ? usual : Number(port) };
}
