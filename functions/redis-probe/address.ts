// redis:// and rediss:// addresses (www.iana.org/assignments/uri-schemes/prov/redis), valkey's names for them too.
import { decodeUserInfo, type Failure, failure, redactUrl } from '@fargaze/core/internal';

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
  const parts = parseRedisAddress(address);
  if (parts !== undefined) return parts;
  const wanted = 'want redis://[user[:password]@]host[:port][/database] or rediss://';
  return failure('guard', 'protocol', `got ${JSON.stringify(redactUrl(address))}, ${wanted}`);
}

function parseRedisAddress(address: string): RedisAddress | undefined {
  const scheme = /^(?:redis|valkey)(s?):\/\//i.exec(address);
  if (scheme === null || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  const database = Number(url.pathname.slice(1) || '0');
  if (url.hostname === '' || url.search !== '') return undefined;
  if (!Number.isInteger(database) || database < 0) return undefined;
  const username = decodeUserInfo(url.username);
  const password = decodeUserInfo(url.password);
  const port = url.port === '' ? 6379 : Number(url.port);
  return { host: url.hostname, port, tls: scheme[1] !== '', username, password, database };
}
