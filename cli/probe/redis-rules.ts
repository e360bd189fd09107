// Which options of a `redis` module decide on a target, as they would be written in fargaze.yml.
import { formatDuration } from '../../layers/core/src/config/duration.ts';
import type { RedisModule } from '../../layers/core/src/config/modules.ts';
import type { Reason } from '../../layers/core/src/outcome.ts';

type Rules = Partial<Record<Reason, string>>;

/** The option behind each reason that one can have. */
export function redisRules({ redis }: RedisModule): Rules {
  const { canary, expect } = redis;
  const written = `canary: ${canary}`;
  return {
    ...{ readonly: written, oom: written, misconf: written, noreplicas: written },
    canary_mismatch: written,
    pubsub: 'pubsub: true',
    ...expected(redis),
    role: `expect_role: ${expect.role}`,
    link_down: `expect_link: ${expect.link}`,
    visibility: `expect_visibility_max: ${formatDuration(expect.visibilityMax)}`,
  };
}

/** Everything that a target had to pass besides connecting; what holds of any server is left out. */
export function passedRules({ redis }: RedisModule): string[] {
  const { canary, expect, pubsub, replicas } = redis;
  const looked = typeof replicas === 'string' ? replicas : `[${replicas.join(', ')}]`;
  return [
    `canary: ${canary}`,
    ...(replicas === 'none' ? [] : [`replicas: ${looked}`]),
    ...(pubsub ? ['pubsub: true'] : []),
    ...(expect.role === 'any' ? [] : [`expect_role: ${expect.role}`]),
    ...Object.values(expected(redis)),
  ];
}

/** The expectations that the module has and that have no default. */
function expected({ expect }: RedisModule['redis']): Rules {
  const { engine, evictionPolicies, memoryMax, replicasMin, saveAgeMax, versionMin } = expect;
  return {
    ...(replicasMin !== undefined && { replicas: `expect_replicas_min: ${replicasMin}` }),
    ...(memoryMax !== undefined && { memory: `expect_memory_max: ${memoryMax}` }),
    ...(evictionPolicies.length > 0 && {
      eviction_policy: `expect_eviction_policy: [${evictionPolicies.join(', ')}]`,
    }),
    ...(expect.persistence && { persistence: 'expect_persistence: true' }),
    ...(saveAgeMax !== undefined && {
      save_age: `expect_save_age_max: ${formatDuration(saveAgeMax)}`,
    }),
    ...(engine !== undefined && { engine: `expect_engine: ${engine}` }),
    ...(versionMin !== undefined && { version: `expect_version_min: "${versionMin}"` }),
  };
}
