// What no single option of a `redis` module can show: options that exclude or need each other, and what a target makes of them.
// Refuses what could never be met, and what would never be looked at.
import { readRedisAddress } from '../../net/redis-address.ts';
import { parseDuration } from '../duration.ts';
import { type PathStep, showValue } from '../explain.ts';
import { asMapping, type Finding, type Mapping } from './raw.ts';

/** Whether something is wrong, at which key of `redis`, and what. */
type Rule = readonly [broken: boolean, key: string, message: string];

/** Findings about one entry of `modules`. */
export function checkRedis([name, module]: readonly [string, unknown]): Finding[] {
  const { redis: options, timeout = '5s' } = asMapping(module);
  const redis = asMapping(options);
  const rules = [
    ...rulesOfTokens(redis),
    ...rulesOfKeys(redis),
    ...rulesOfReplicas(redis, timeout),
    ...rulesOfProxies(redis),
    ...rulesOfSentinels(redis),
  ];
  return rules.flatMap(([broken, key, message]) =>
    broken ? [{ path: ['modules', name, 'redis', key], message }] : [],
  );
}

/** A target as it is written, and with its variables filled in. */
export type WrittenTarget = { readonly written: string; readonly filled: string };

/** Findings about a target of a `redis` module. */
export function checkRedisTarget(
  { filled, written }: WrittenTarget,
  module: Mapping,
  path: readonly PathStep[],
): Finding[] {
  const read = readRedisAddress(filled);
  if ('fault' in read) return [{ path, message: read.fault }];
  const { iam, topology } = asMapping(module.redis);
  // A variable may be the database 0.
  const selects = topology === 'proxy' && read.database > 0 && !/\/\$\{[^}]*\}$/.test(written);
  const wanted = [
    ...(iam !== undefined && !read.tls ? ['rediss://: iam sends its tokens over TLS only'] : []),
    ...(selects ? ['no database: with topology: proxy no SELECT is sent'] : []),
  ];
  return wanted.map((words) => ({ path, message: `got ${showValue(written)}, want ${words}` }));
}

function rulesOfTokens({ iam, password, username }: Mapping): Rule[] {
  const { serverless, service } = asMapping(iam);
  const given = iam !== undefined;
  return [
    [
      given && password !== undefined,
      'iam',
      'given beside password, want at most one of password and iam',
    ],
    [
      given && username === undefined,
      'iam',
      'given without username, want the name of the user that the token is for',
    ],
    [
      service === 'memorydb' && serverless === true,
      'iam',
      'got serverless: true for memorydb, want it for elasticache only',
    ],
  ];
}

function rulesOfKeys({ key_prefix: prefix, topology = 'auto' }: Mapping): Rule[] {
  const tagged = typeof prefix === 'string' && prefix.includes('{');
  return [
    [
      (topology === 'auto' || topology === 'cluster') && tagged,
      'key_prefix',
      `got ${showValue(prefix)}, want no { where the target may be a cluster: the probe places a key in each shard. Of anything else name the topology`,
    ],
  ];
}

function rulesOfReplicas(redis: Mapping, timeout: unknown): Rule[] {
  const { canary, expect_visibility_max: most, replicas = 'none', topology } = redis;
  const seconds = (value: unknown) => parseDuration(String(value));
  return [
    [
      (canary === 'ping' || canary === 'read') && replicas !== 'none',
      'replicas',
      `given with canary: ${canary}, want canary: write: replicas must show what was written`,
    ],
    [
      topology === 'cluster' && Array.isArray(replicas),
      'replicas',
      'given as a list with topology: cluster, want discover: each shard has replicas of its own',
    ],
    [
      (seconds(most) ?? 0) > (seconds(timeout) ?? Infinity),
      'expect_visibility_max',
      `got ${showValue(most)}, want at most the module's timeout of ${timeout}`,
    ],
  ];
}

/** What is read of ROLE or INFO, which no proxy is sent. */
function rulesOfProxies(redis: Mapping): Rule[] {
  const proxy = redis.topology === 'proxy';
  const wanted = 'want none: a proxy is not asked for ROLE and INFO';
  const idle = new Set<unknown>([undefined, false, 'any']);
  const expected = Object.keys(redis).filter(
    (key) =>
      /^expect_(?:role|replicas_min|memory_max|eviction_policy|persistence|save_age_max|engine|version_min)$/.test(
        key,
      ) &&
      !idle.has(redis[key]) &&
      !isEmpty(redis[key]),
  );
  return [
    ...expected.map((key): Rule => [proxy, key, `given with topology: proxy, ${wanted}`]),
    [
      proxy && redis.replicas === 'discover',
      'replicas',
      'got "discover" with topology: proxy, want a list of host:port: a proxy is not asked for ROLE',
    ],
  ];
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** What would silently not be used where the target is no sentinel, or not known to be one before it is logged in to. */
function rulesOfSentinels(redis: Mapping): Rule[] {
  const { expect_role: role, topology = 'auto' } = redis;
  const logins = ['sentinel_username', 'sentinel_password'];
  return [
    ...logins.map((key): Rule => {
      const unused = topology !== 'sentinel' && redis[key] !== undefined;
      return [unused, key, `given with topology: ${topology}, want topology: sentinel`];
    }),
    [
      topology !== 'sentinel' && topology !== 'auto' && !isEmpty(redis.sentinel_masters ?? []),
      'sentinel_masters',
      `given with topology: ${topology}, want topology: sentinel or auto`,
    ],
    [
      topology === 'sentinel' && role === 'slave',
      'expect_role',
      'got "slave" with topology: sentinel, want master or any: what is probed are primaries',
    ],
  ];
}
