// The rule that `fargaze probe` names for Redis is an option as fargaze.yml has it.
import { decidingRule } from '../../cli/probe/rules.ts';
import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';
import { failure, type Reason } from '../../layers/core/src/outcome.ts';
import { redisModule } from '../support/probing.ts';

const options = [
  ['role', 'expect_role: master'],
  ['link_down', 'expect_link: up'],
  ['replicas', 'expect_replicas_min: 1'],
  ['visibility', 'expect_visibility_max: 250ms'],
  ['memory', 'expect_memory_max: 0.9'],
  ['eviction_policy', 'expect_eviction_policy: [allkeys-lru, noeviction]'],
  ['persistence', 'expect_persistence: true'],
  ['save_age', 'expect_save_age_max: 2h'],
  ['engine', 'expect_engine: valkey'],
  ['version', 'expect_version_min: "7.2"'],
  ['noreplicas', 'canary: write'],
  ['pubsub', 'pubsub: true'],
] as const satisfies readonly (readonly [Reason, string])[];

const whole = redisModule({
  expect_role: 'master',
  expect_replicas_min: 1,
  expect_visibility_max: '250ms',
  expect_memory_max: 0.9,
  expect_eviction_policy: ['allkeys-lru', 'noeviction'],
  expect_persistence: true,
  expect_save_age_max: '2h',
  expect_engine: 'valkey',
  expect_version_min: '7.2',
  pubsub: true,
});

it.each(options)('%s was decided by %s', (reason, rule) => {
  expect(decidingRule(whole, failure('health', reason, ''))).toBe(rule);
  const key = rule.replace(/:.*/, '');
  const name = `modules.m.redis.${key}`;
  // The schema knows the key: another value is refused by its name.
  const modules = { m: { prober: 'redis', redis: { [key]: { no: 1 } } } };
  expect(() => compileConfig({ modules })).toThrow(name);
});

it('a target that is up has passed what its module asks for', () => {
  expect(decidingRule(whole, { ok: true })).toBe(
    'canary: write, pubsub: true, expect_role: master, expect_replicas_min: 1, expect_memory_max: 0.9, expect_eviction_policy: [allkeys-lru, noeviction], expect_persistence: true, expect_save_age_max: 2h, expect_engine: valkey, expect_version_min: "7.2", timeout: 20s',
  );
  expect(decidingRule(redisModule({ replicas: ['a:1'] }), { ok: true })).toBe(
    'canary: write, replicas: [a:1], timeout: 20s',
  );
});
