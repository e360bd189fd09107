// The `redis` part of a module. Passwords only by reference.
import * as v from 'valibot';
import { closed } from '../mapping.ts';
import type { RedisOptions } from '../modules.ts';
import { cidr, ipProtocol, secretRef } from './fields.ts';
import { tlsSchema } from './tls-schema.ts';

const keyPrefix = v.pipe(
  v.string('want text'),
  v.regex(/^[\x21-\x7e]{1,100}$/, '1 to 100 printable characters without spaces'),
);

/** The keys of `redis`. */
export const redisEntries = {
  username: v.optional(
    v.pipe(v.string('want text'), v.description('ACL user; unset: the default user')),
  ),
  password: v.optional(v.pipe(secretRef, v.description('password by reference'))),
  canary: v.optional(
    v.pipe(
      v.picklist(['write', 'ping'], 'want write or ping'),
      v.description('`write`: set, get and delete a unique key; `ping`: try no write'),
    ),
    'write',
  ),
  key_prefix: v.optional(v.pipe(keyPrefix, v.description('start of the canary key')), 'fargaze:'),
  expect_role: v.optional(
    v.pipe(
      v.picklist(['any', 'master', 'slave'], 'want any, master or slave'),
      v.description('role that the server must report'),
    ),
    'any',
  ),
  tls_config: v.pipe(tlsSchema, v.description('see tls_config; used for rediss://')),
  preferred_ip_protocol: v.optional(
    v.pipe(ipProtocol, v.description('address family to try first')),
    'ip4',
  ),
  ip_protocol_fallback: v.optional(
    v.pipe(
      v.boolean(),
      v.description('use the other family when the name has no address of the preferred one'),
    ),
    true,
  ),
  allow_blocked: v.optional(
    v.pipe(
      v.array(cidr),
      v.description('address blocks to reach although probes are kept from them by default'),
    ),
    [],
  ),
};

/** Schema of `redis`. */
export const redisSchema = v.pipe(
  v.optional(closed(redisEntries), {}),
  v.transform(
    (redis): RedisOptions => ({
      ...(redis.username !== undefined && { username: redis.username }),
      ...(redis.password !== undefined && { password: redis.password }),
      canary: redis.canary,
      keyPrefix: redis.key_prefix,
      expectRole: redis.expect_role,
      tls: redis.tls_config,
      preferredIpProtocol: redis.preferred_ip_protocol,
      ipProtocolFallback: redis.ip_protocol_fallback,
      allowBlocked: redis.allow_blocked,
    }),
  ),
);
