// redis:// and rediss:// addresses (www.iana.org/assignments/uri-schemes/prov/redis), valkey's names for them too. The one
// reader of them: what is refused here is refused when a configuration is read, when a target is typed and when it is probed.
import { parseUrl } from '../parse-url.ts';
import { decodeUserInfo, redactUrl, splitUserInfo } from '../redact.ts';

/** The parts of an address. */
export type RedisAddress = {
  /** Name in ASCII, or IP address; of IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string;
  readonly password: string;
  /** Database to select; 0 needs no SELECT. */
  readonly database: number;
};

/** What is wrong with an address, without its secrets. */
export type AddressFault = { readonly fault: string };

/** The port that Redis has where none is named. */
const usualPort = 6379;

/** Whether a text has the scheme of a Redis address, however wrong the rest is. */
export function isRedisAddress(text: string): boolean {
  return /^(?:redis|valkey)s?:\/\//i.test(text);
}

/** The parts of `address`, or what is wrong with it. */
export function readRedisAddress(address: string): RedisAddress | AddressFault {
  const { bare, userInfo } = splitUserInfo(address);
  // A host as it is written; URL would read another one where the scheme is not http.
  const [, tls, host = '', port, database = '', extras] =
    /^(?:redis|valkey)(s?):\/\/(\[[^\]]*\]|[^:/?#\\]*)(?::([^/?#\\]*))?(?:\/([^?#]*))?(.*)$/is.exec(
      bare,
    ) ?? [];
  if (tls === undefined) return faultOf(address, hintFor(address));
  if (extras !== '') return faultOf(address, '; nothing stands behind the database');
  const name = asciiHost(host);
  if (name === undefined) return faultOf(address, host.includes('%') ? '; no zone is taken' : '');
  if (!isPort(port || usualPort)) {
    // What is no number may be part of a password.
    const seen = /^\d+$/.test(port ?? '') ? `got port ${port}` : 'the port is no number';
    return faultOf(address, `; ${seen}, want one from 1 to 65535`);
  }
  if (!/^(?:0|[1-9]\d{0,8})?$/.test(database)) {
    return faultOf(address, '; the database is a decimal number');
  }
  const [, username = '', password = ''] = /^([^:]*):?(.*)$/s.exec(userInfo) ?? [];
  return {
    host: name,
    port: Number(port || usualPort),
    tls: tls !== '',
    username: decodeUserInfo(username),
    password: decodeUserInfo(password),
    database: Number(database),
  };
}

/** A host as resolvers take it, of an international name its ASCII form; undefined where it is none. */
export function asciiHost(host: string): string | undefined {
  if (host === '' || /[@\s]/.test(host)) return undefined;
  return parseUrl(`http://${host}`)?.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Whether something can listen at a port that is written so. */
export function isPort(port: unknown): boolean {
  return /^\d{1,5}$/.test(String(port)) && Number(port) >= 1 && Number(port) <= 65_535;
}

/** What is wanted instead of the addresses that other clients take. */
function hintFor(address: string): string {
  const [scheme = ''] = /^[a-z][a-z+-]*(?=:)/i.exec(address) ?? [];
  if (/unix|socket/i.test(scheme)) return '; sockets of a file system are not probed';
  if (/sentinel/i.test(scheme)) return ', of one sentinel; its primaries are sentinel_masters';
  return /cluster/i.test(scheme) ? ', of any node of the cluster' : '';
}

function faultOf(address: string, more: string): AddressFault {
  // Without a host, what stands in its place may be a password.
  const { bare } = splitUserInfo(address);
  const seen = /^\w+:\/\/:/.test(bare) ? 'no host' : JSON.stringify(redactUrl(address));
  const wanted = 'want redis://host[:port][/database] or rediss://';
  return { fault: `got ${seen}, ${wanted}${more}` };
}
