// Where servers listen: places that a configuration lists or that servers name.
import { asciiHost, isPort } from '@fargaze/core/internal';

/** Where a server listens. */
export type Place = {
  /** Name or IP address; of IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
};

/** The port that Redis has where none is named. */
const usualPort = 6379;

/** The place that `host`, `host:port` or `[host]:port` names, else undefined. */
export function parsePlace(text: string): Place | undefined {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  return toPlace(bracketed ?? asciiHost(plain ?? ''), port ?? usualPort);
}

/** The place of a host and a port, as servers name them; undefined where nothing can listen there. */
export function toPlace(host: unknown, port: unknown): Place | undefined {
  if (typeof host !== 'string' || !/^[\x21-\x7e]{1,253}$/.test(host)) return undefined;
  return isPort(port) ? { host, port: Number(port) } : undefined;
}

/** A place in words; the value of the labels `node` and `replica`. */
export function showPlace({ host, port }: Place): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
