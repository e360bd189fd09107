// redis:// and rediss:// addresses (www.iana.org/assignments/uri-schemes/prov/redis), valkey's names for them too.
import { type Failure, failure, redactUrl } from '@fargaze/core';

/** The parts of an address. */
export type RedisAddress = {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly username: string;
  readonly password: string;
  /** Database to select; 0 needs no SELECT. */
  readonly database: number;
};

/** The parts of `address`, or why it is none. */
export function parseAddress(address: string): RedisAddress | Failure {
  const match = /^(?:redis|valkey)(s?):\/\//i.exec(address);
  const url = match === null ? undefined : parseUrl(address.slice(match[0].length));
  const database = url === undefined ? Number.NaN : Number(url.pathname.slice(1) || '0');
  if (match === null || url === undefined || !Number.isInteger(database) || database < 0) {
    const wanted = 'want redis://[user[:password]@]host[:port][/database] or rediss://';
    return failure('guard', 'protocol', `got ${JSON.stringify(redactUrl(address))}, ${wanted}`);
  }
  return {
    host: url.hostname,
    port: url.port === '' ? 6379 : Number(url.port),
    tls: match[1] !== '',
    username: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
  };
}

/** Parsed under a scheme whose rules WHATWG URLs know; port 80 would be dropped as that of http. */
function parseUrl(rest: string): URL | undefined {
  const text = `ftp://${rest}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.hostname === '' || url.search !== '' ? undefined : url;
}
