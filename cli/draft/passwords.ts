// Passwords that stand in addresses do not go into a file: their modules take them from variables instead.

import { isRedisAddress } from '../../layers/core/src/net/redis-address.ts';
import { decodeUserInfo, splitUserInfo } from '../../layers/core/src/redact.ts';
import { UsageError } from '../command/command.ts';
import type { Draft, ProbeGroup } from './draft.ts';

/** A draft without passwords, and which variables the functions need. */
export type SafeDraft = { readonly draft: Draft; readonly notes: readonly string[] };

/** Takes user info out of the addresses of Redis. @throws UsageError for a password of a web address. */
export function splitPasswords(draft: Draft): SafeDraft {
  const modules: Record<string, unknown> = { ...draft.modules };
  const notes: string[] = [];
  const groups = draft.groups.flatMap((group) => {
    const open: Record<string, string> = {};
    const own: ProbeGroup[] = [];
    for (const [name, address] of Object.entries(group.targets)) {
      const { bare, user, password } = partsOf(address);
      if (user === '' && password === '') open[name] = address;
      else if (group.module !== 'redis') {
        throw new UsageError(
          `the address of ${name} holds credentials`,
          'want it without them, and a module with basic_auth: docs/configuration.md',
        );
      } else {
        const module = `redis-${name}`;
        const variable = `${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_PASSWORD`;
        modules[module] = {
          prober: 'redis',
          redis: { ...(user !== '' && { username: user }), password: `env:${variable}` },
        };
        notes.push(`${name}: the functions take the password from the variable ${variable}`);
        own.push({ ...group, module, targets: { [name]: bare } });
      }
    }
    return [...(Object.keys(open).length > 0 ? [{ ...group, targets: open }] : []), ...own];
  });
  const any = Object.keys(modules).length > 0;
  return { draft: { ...draft, groups, ...(any && { modules }) }, notes };
}

function partsOf(address: string) {
  const { bare, userInfo } = isRedisAddress(address) ? splitUserInfo(address) : webParts(address);
  const [user = '', ...rest] = userInfo.split(':');
  return { bare, user: decodeUserInfo(user), password: decodeUserInfo(rest.join(':')) };
}

function webParts(address: string) {
  const [, scheme = '', authority = '', rest = ''] =
    /^([a-z]+:\/\/)([^/?#]*)(.*)$/is.exec(address) ?? [];
  const at = authority.lastIndexOf('@');
  if (at < 0) return { bare: address, userInfo: '' };
  return { bare: scheme + authority.slice(at + 1) + rest, userInfo: authority.slice(0, at) };
}
