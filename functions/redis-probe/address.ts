// redis:// and rediss:// addresses (www.iana.org/assignments/uri-schemes/prov/redis), valkey's names for them too.
import {
  decodeUserInfo,
  type Failure,
  failure,
  redactUrl,
  splitUserInfo,
} from '@fargaze/core/internal';

/** Where a server listens. */
export type Place = {
  /** Name or IP address; of IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
};

/** The parts of an address. */
export type RedisAddress = Place & {
  readonly tls: boolean;
  readonly username: string;
  readonly password: string;
  /** Database to select; 0 needs no SELECT. */
  readonly database: number;
};

/** The port that Redis has where none is named. */
const usualPort = 6379;

/** The parts of `address`, or why it is none. */
export function parseAddress(address: string): RedisAddress | Failure {
  const parts = parseRedisAddress(address);
  if (parts !== undefined) return parts;
  const wanted = 'want redis://host[:port][/database] or rediss://';
  // Without a host, what stands in its place may be a password.
  const seen = /^\w+:\/\/:/.test(address) ? 'no host' : JSON.stringify(redactUrl(address));
  return failure('guard', 'protocol', `got ${seen}, ${wanted}`);
}

function parseRedisAddress(address: string): RedisAddress | undefined {
  const scheme = /^(?:redis|valkey)(s?):\/\//i.exec(address);
  const { bare, userInfo } = splitUserInfo(address);
  if (scheme === null || !URL.canParse(bare)) return undefined;
  const url = new URL(bare);
  const [, username = '', password = ''] = /^([^:]*):?(.*)$/s.exec(userInfo) ?? [];
  // As it is written: URL takes dot segments out.
  const [, database = ''] = /^\w+:\/\/[^/]*\/?(.*)$/s.exec(bare) ?? [];
  const extras = url.search !== '' || bare.includes('#');
  if (url.hostname === '' || url.port === '0' || extras) return undefined;
  if (!/^(?:0|[1-9]\d{0,8})?$/.test(database)) return undefined;
  return {
    host: unbracket(url.hostname),
    port: url.port === '' ? usualPort : Number(url.port),
    tls: scheme[1] !== '',
    username: decodeUserInfo(username),
    password: decodeUserInfo(password),
    database: Number(database),
  };
}

/** The place that `host`, `host:port` or `[host]:port` names, else undefined. */
export function parsePlace(text: string): Place | undefined {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  return toPlace(bracketed ?? plain, port ?? usualPort);
}

/** The place of a host and a port, as servers name them; undefined where nothing can listen there. */
export function toPlace(host: unknown, port: unknown): Place | undefined {
  if (typeof host !== 'string' || !/^[\x21-\x7e]{1,253}$/.test(host)) return undefined;
  const number = /^\d{1,5}$/.test(String(port)) ? Number(port) : 0;
  return number < 1 || number > 65_535 ? undefined : { host, port: number };
}

/** A place in words; the value of the labels `node` and `replica`. */
export function showPlace({ host, port }: Place): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function unbracket(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
