// Names to one address, by c-ares and the hosts file. `dns.lookup` is used for single-label names only, which
// may need the search list: it waits in the thread pool behind unrelated work, which would distort the phase.

import { readFileSync } from 'node:fs';
import type { IpOptions } from '../config/modules.ts';
import { type Deadline, raceDeadline } from '../deadline.ts';
import { readEnv } from '../env.ts';
import { codeOf } from '../errors.ts';
import { addressBytes, familyOf } from './family.ts';

/** An address and how it was found. */
export type Resolved = {
  readonly address: string;
  readonly family: 4 | 6;
  readonly lookup: 'literal' | 'hosts' | 'dns' | 'system';
};

/** The name exists, but not in the wanted family, or the resolver could not be asked. */
class ResolveError extends Error {
  override readonly name = 'ResolveError';
  readonly code: string;

  constructor(message: string, code: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** The longest name that DNS can hold, with the dot of the root (RFC 1035, 2.3.4); resolvers report others each in its own way. */
const maxNameLength = 254;

/** Query again after this long without an answer; the deadline bounds the whole. */
const queryMs = 1_000;

/**
 * One address of `host` in the preferred family, or in the other where that is allowed.
 * @throws ResolveError, or the deadline's reason.
 */
export async function resolve(host: string, ip: IpOptions, deadline: Deadline): Promise<Resolved> {
  const name = host.replace(/^\[(.*)\]$/, '$1');
  const preferred = ip.preferredIpProtocol === 'ip6' ? 6 : 4;
  const literal = readLiteral(name);
  if (literal !== undefined) {
    if (literal.family === preferred || ip.ipProtocolFallback) return literal;
    const message = `${name} is no IPv${preferred} address, and no other will do`;
    throw new ResolveError(message, 'ENODATA');
  }
  if (name.length > maxNameLength) {
    const message = `${name.slice(0, 60)}… does not exist: a name has at most ${maxNameLength} characters`;
    throw new ResolveError(message, 'ENOTFOUND');
  }
  const families = ip.ipProtocolFallback ? [preferred, preferred === 6 ? 4 : 6] : [preferred];
  const listed = hostsFile().get(name.toLowerCase()) ?? [];
  for (const family of families as (4 | 6)[]) {
    const address = listed.find((entry) => familyOf(entry) === family);
    if (address !== undefined) return { address, family, lookup: 'hosts' };
  }
  return name.includes('.') || readEnv('FARGAZE_DNS_SERVERS')
    ? queryDns(name, families as (4 | 6)[], deadline)
    : askSystem(name, families as (4 | 6)[], deadline);
}

function readLiteral(name: string): Resolved | undefined {
  const family = familyOf(name);
  if (family === 0) return undefined;
  const inner = family === 6 ? unmapped(name) : undefined;
  return { address: inner ?? name, family: inner === undefined ? family : 4, lookup: 'literal' };
}

/** The IPv4 address within `::ffff:a.b.c.d`, which is what is dialled. */
function unmapped(address: string): string | undefined {
  const bytes = addressBytes(address);
  const mapped = bytes.slice(0, 12).every((byte, index) => byte === (index < 10 ? 0 : 255));
  return mapped ? bytes.slice(12).join('.') : undefined;
}

async function queryDns(name: string, families: (4 | 6)[], deadline: Deadline): Promise<Resolved> {
  const { Resolver } = await import('node:dns/promises');
  const resolver = new Resolver({ timeout: queryMs, tries: 10 });
  const servers = readEnv('FARGAZE_DNS_SERVERS');
  if (servers) resolver.setServers(servers.split(',').map((server) => server.trim()));
  try {
    let last: unknown;
    for (const family of families) {
      try {
        const query = family === 4 ? resolver.resolve4(name) : resolver.resolve6(name);
        const found = await raceDeadline(query, deadline);
        const [address] = found;
        if (address !== undefined) return { address, family, lookup: 'dns' };
      } catch (error) {
        last = error;
        // The name exists without such an address: the other family may do. Anything else is final.
        if (codeOf(error) !== 'ENODATA') break;
      }
    }
    deadline.signal.throwIfAborted();
    throw toResolveError(name, last);
  } finally {
    resolver.cancel();
  }
}

async function askSystem(name: string, families: (4 | 6)[], deadline: Deadline): Promise<Resolved> {
  const { lookup } = await import('node:dns/promises');
  const [only] = families;
  const options = families.length === 1 && only !== undefined ? { family: only } : {};
  try {
    const found = await raceDeadline(lookup(name, { ...options, all: true }), deadline);
    for (const family of families) {
      const match = found.find((entry) => entry.family === family);
      if (match !== undefined) return { address: match.address, family, lookup: 'system' };
    }
    throw new ResolveError(`${name} has no address of the wanted family`, 'ENODATA');
  } catch (error) {
    deadline.signal.throwIfAborted();
    throw error instanceof ResolveError ? error : toResolveError(name, error);
  }
}

/** A refusal by the resolver's own port must not read as a refusal by the target. */
function toResolveError(name: string, error: unknown): ResolveError {
  const code = codeOf(error) ?? 'ESERVFAIL';
  const known = code === 'ECONNREFUSED' ? 'ESERVFAIL' : code;
  const words: Readonly<Record<string, string>> = {
    ENOTFOUND: `${name} does not exist`,
    ENODATA: `${name} has no address of the wanted family`,
    EBADNAME: `${name} is no name that DNS allows`,
    ETIMEOUT: `no answer from the resolver for ${name}`,
  };
  return new ResolveError(words[code] ?? `resolving ${name} failed (${code})`, known, error);
}

let hosts: ReadonlyMap<string, readonly string[]> | undefined;

/** /etc/hosts, read once per process. */
function hostsFile(): ReadonlyMap<string, readonly string[]> {
  if (hosts !== undefined) return hosts;
  const found = new Map<string, string[]>();
  for (const line of readHosts().split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    for (const name of names) {
      const key = name.toLowerCase();
      found.set(key, [...(found.get(key) ?? []), address]);
    }
  }
  hosts = found;
  return found;
}

function readHosts(): string {
  try {
    return readFileSync('/etc/hosts', 'utf8');
  } catch {
    // No such file (Windows, minimal images): every name goes to the resolver.
    return '';
  }
}
