// Where a module's secrets may go: to the servers of the probes that are configured with it and to the hosts that it names.
// Whoever may invoke a function chooses its targets, and must not be able to choose who is sent what the module holds.
import type { Config } from '../config/config.ts';
import { type HostAndPort, namesHost } from '../config/hosts.ts';
import { interpolate } from '../config/interpolate.ts';
import type { Module } from '../config/modules.ts';
import { isSecretRef } from '../config/secret.ts';
import { familyOf } from '../net/family.ts';
import { asciiHost, isRedisAddress, readRedisAddress } from '../net/redis-address.ts';
import { parseUrl } from '../parse-url.ts';
import { redactUrl } from '../redact.ts';

/** Options that hold what is meant for some servers only, or that open what is closed to everybody else. */
const boundOptions = new Set(
  (
    'allowBlocked authorization basicAuth body bearerToken cert connectHeaders httpHeaders iam key metadata oauth2 password ' +
    'proxy send sentinelUsername sigv4 username usernameRef'
  ).split(' '),
);

/** Request headers that say nothing of who asks. */
const openHeaders = new Set(
  (
    'accept accept-charset accept-encoding accept-language cache-control connection content-type dnt host if-modified-since ' +
    'if-none-match pragma range te upgrade-insecure-requests user-agent'
  ).split(' '),
);

/** Whether a request header of this name may hold a secret. Names that are not known may. */
export function mayBeSecret(header: string): boolean {
  return !openHeaders.has(header.toLowerCase());
}

/** Whether the module sends, presents or permits anything that is not for everybody. */
export function isBound(module: Module): boolean {
  const { hosts: _, name: __, ...options } = module;
  return holdsBound(options);
}

function holdsBound(value: unknown): boolean {
  if (typeof value === 'string') return isSecretRef(value) || /\$\{(?:env|file):/.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, inner]) => {
    if (key === 'headers' && Object.keys(Object(inner)).some(mayBeSecret)) return true;
    if (key === 'path' && typeof inner === 'string' && mayHideInPath(inner)) return true;
    return (boundOptions.has(key) && !isEmpty(inner)) || holdsBound(inner);
  });
}

/** Whether the path of a step may hold a key of its own, beside the values that are filled in. */
function mayHideInPath(path: string): boolean {
  const own = path.replace(/\$\{[^}]*\}/g, '').replace(/[?&;][^=&;#]*=(?=[&;#]|$)/g, '');
  return redactUrl(own) !== own;
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === '' || value === null;
}

/** What {@link mayReach} needs to know. */
export type Binding = {
  readonly config: Pick<Config, 'probes'>;
  readonly read: (name: string) => string | undefined;
};

/** Whether an address that an event names may be sent what `module` holds. */
export function mayReach(address: string, module: Module, { config, read }: Binding): boolean {
  const server = serverOf(address, module);
  if (server === undefined) return false;
  if (namesHost(module.hosts ?? [], server)) return true;
  return config.probes
    .filter((probe) => probe.module === module.name)
    .some(({ target }) => {
      const { text, unset } = interpolate(target, read);
      return unset.length === 0 && serverOf(text, module)?.key === server.key;
    });
}

const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' };

type Server = HostAndPort & { readonly key: string };

/** Scheme, host and port: the same host without TLS, or at another port, is another server. */
function serverOf(address: string, module: Module): Server | undefined {
  if (isRedisAddress(address)) return redisServerOf(address);
  if (module.prober !== 'http') return plainServerOf(address, usualPortOf(module));
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  const url = parseUrl(text);
  if (url === undefined) return undefined;
  const scheme = url.protocol.slice(0, -1);
  const port = url.port || (defaultPorts[scheme] ?? '');
  const hostname = url.hostname.toLowerCase();
  return { hostname, port, key: `${scheme} ${hostname} ${port}` };
}

function usualPortOf(module: Module): string {
  if (module.prober === 'grpc') return module.grpc.secure ? '443' : '80';
  return module.prober === 'dns' ? (module.dns.overTls ? '853' : '53') : '';
}

/**
 * The server of a prober whose targets are no addresses of the web. Each reads them in its own way: what one of them could take for
 * the end of the host, and another for a part of it, names no server here.
 */
function plainServerOf(address: string, usualPort: string): Server | undefined {
  const bare = address.replace(/^https?:\/\/([^/\\]*)(?:\/[^\\]*)?$/i, '$1');
  const text = familyOf(bare) === 6 ? `[${bare}]` : bare;
  const [, host = '', port = usualPort] =
    /^(\[[\da-f:.]+\]|[^\0-,/:-@[-^`{-\x7f]+)(?::(\w+))?$/i.exec(text) ?? [];
  const name = asciiHost(host)?.toLowerCase();
  if (name === undefined || port === '') return undefined;
  const hostname = name.includes(':') ? `[${name}]` : name;
  return { hostname, port: port.toLowerCase(), key: `${hostname} ${port.toLowerCase()}` };
}

/** As redis-probe reads it: else one server would be judged and another one called. */
function redisServerOf(address: string): Server | undefined {
  const read = readRedisAddress(address);
  if ('fault' in read) return undefined;
  const { port } = read;
  const hostname = (read.host.includes(':') ? `[${read.host}]` : read.host).toLowerCase();
  const scheme = /^[^:]+/.exec(address)?.[0].toLowerCase();
  return { hostname, port: String(port), key: `${scheme} ${hostname} ${port}` };
}
