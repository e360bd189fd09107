// The `redis` part of a module. Passwords only by reference.
import * as v from 'valibot';
import { closed } from '../mapping.ts';
import type { RedisOptions } from '../modules.ts';
import { connectionEntries, connectionOf } from './connection-schema.ts';
import { secretRef } from './fields.ts';
import { expectationEntries, toExpectations } from './redis-expectations.ts';
import { tlsSchema } from './tls-schema.ts';

const keyPrefix = v.pipe(
  v.string('want text'),
  v.regex(/^[\x21-\x7e]{1,100}$/, '1 to 100 printable characters without spaces'),
);

const node = v.pipe(
  v.string('want host or host:port'),
  v.regex(
    /^(?:[\w.\p{L}\p{M}\p{N}-]+|\[[\da-fA-F:.]+\])(?::[1-9]\d{0,4})?$/u,
    'host or host:port, an IPv6 address in brackets',
  ),
  v.check((text) => Number(/:(\d+)$/.exec(text)?.[1] ?? 1) <= 65_535, 'a port up to 65535'),
);

/** The keys of `iam`. */
export const iamEntries = {
  service: v.pipe(
    v.picklist(['elasticache', 'memorydb'], 'want elasticache or memorydb'),
    v.description('whose tokens'),
  ),
  name: v.pipe(
    v.string('want the name of the cache'),
    v.regex(/^[A-Za-z][A-Za-z0-9-]{0,49}$/, 'the name of the cache or cluster, not its endpoint'),
    v.toLowerCase(),
    v.description('name of the replication group, serverless cache or cluster; not its endpoint'),
  ),
  region: v.optional(
    v.pipe(v.string('want a region'), v.description('unset: the region of the function')),
  ),
  serverless: v.optional(
    v.pipe(v.boolean(), v.description('whether it is a serverless cache of ElastiCache')),
    false,
  ),
};

/** The keys of `redis`. */
export const redisEntries = {
  topology: v.optional(
    v.pipe(
      v.picklist(
        ['auto', 'standalone', 'cluster', 'sentinel', 'proxy'],
        'want auto, standalone, cluster, sentinel or proxy',
      ),
      v.description(
        'what the target is part of; `auto`: as it says of itself; `proxy`: no HELLO, ROLE, INFO or SELECT is sent. See [redis.md](redis.md)',
      ),
    ),
    'auto',
  ),
  username: v.optional(
    v.pipe(v.string('want text'), v.description('ACL user; unset: the default user')),
  ),
  password: v.optional(v.pipe(secretRef, v.description('password by reference'))),
  iam: v.optional(
    v.pipe(
      closed(iamEntries),
      v.description('sign tokens for ElastiCache or MemoryDB in place of a password; see iam'),
    ),
  ),
  sentinel_masters: v.optional(
    v.pipe(
      v.array(v.pipe(v.string('want text'), v.minLength(1, 'a name'))),
      v.description('names of primaries that the sentinels watch; empty: all'),
    ),
    [],
  ),
  sentinel_username: v.optional(
    v.pipe(v.string('want text'), v.description('ACL user at the sentinels')),
  ),
  sentinel_password: v.optional(
    v.pipe(
      secretRef,
      v.description('password of the sentinels; `username` and `password` are for what they watch'),
    ),
  ),
  canary: v.optional(
    v.pipe(
      v.picklist(['write', 'read', 'ping'], 'want write, read or ping'),
      v.description(
        '`write`: set, get and delete a unique key; `read`: get a key that nobody has, change nothing; `ping`: neither',
      ),
    ),
    'write',
  ),
  pubsub: v.optional(
    v.pipe(
      v.boolean(),
      v.description('whether a message must pass from one connection to another'),
    ),
    false,
  ),
  health: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'whether INFO, LATENCY, SLOWLOG and CLUSTER INFO are read where they are allowed',
      ),
    ),
    true,
  ),
  key_prefix: v.optional(
    v.pipe(keyPrefix, v.description('start of the canary key and of the channel')),
    'fargaze:',
  ),
  replicas: v.optional(
    v.pipe(
      v.union(
        [
          v.picklist(['none', 'discover']),
          v.pipe(
            v.array(node),
            v.minLength(1, 'one host:port or more, or none'),
            v.maxLength(50, '50 at most'),
          ),
        ],
        'want none, discover or a list of host:port',
      ),
      v.description(
        'replicas that must show what was written: `none`, `discover` (those that ROLE or the map of the cluster names) or a list of `host:port`',
      ),
    ),
    'none',
  ),
  ...expectationEntries,
  tls_config: v.pipe(tlsSchema, v.description('see tls_config; used for rediss://')),
  ...connectionEntries,
};

/** Schema of `redis`. */
export const redisSchema = v.pipe(
  v.optional(closed(redisEntries), {}),
  v.transform((redis) =>
    defined<RedisOptions>({
      topology: redis.topology,
      username: redis.username,
      password: redis.password,
      iam: redis.iam && defined({ ...redis.iam }),
      sentinelMasters: redis.sentinel_masters,
      sentinelUsername: redis.sentinel_username,
      sentinelPassword: redis.sentinel_password,
      canary: redis.canary,
      pubsub: redis.pubsub,
      health: redis.health,
      keyPrefix: redis.key_prefix,
      replicas: redis.replicas,
      expect: defined(toExpectations(redis)),
      tls: redis.tls_config,
      ...connectionOf(redis),
    }),
  ),
);

/** `options` without what is undefined. */
function defined<T>(options: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}
