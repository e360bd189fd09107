// What a `redis` module may expect of a server besides the canary.
import * as v from 'valibot';
import type { Seconds } from '../../clock.ts';
import type { RedisExpectations } from '../modules.ts';
import { duration } from './fields.ts';

const policies = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-lrm',
  'allkeys-random',
  'volatile-lru',
  'volatile-lfu',
  'volatile-lrm',
  'volatile-random',
  'volatile-ttl',
] as const;

/** The keys of `redis` that begin with `expect_`. */
export const expectationEntries = {
  expect_role: v.optional(
    v.pipe(
      v.picklist(['any', 'master', 'slave'], 'want any, master or slave'),
      v.description('role that the server must report'),
    ),
    'any',
  ),
  expect_link: v.optional(
    v.pipe(
      v.picklist(['up', 'any'], 'want up or any'),
      v.description('`up`: a replica must have a link to its primary'),
    ),
    'up',
  ),
  expect_replicas_min: v.optional(
    v.pipe(
      v.number('want a number'),
      v.integer('a whole number'),
      v.minValue(0, '0 or more'),
      v.description('replicas that must follow, of a cluster in each shard'),
    ),
  ),
  expect_visibility_max: v.optional(
    v.pipe(
      duration({ min: 0.001, max: 50, wanted: 'a duration from 1ms to 50s such as 500ms' }),
      v.description('longest time until each of `replicas` shows a write'),
    ),
    '1s',
  ),
  expect_memory_max: v.optional(
    v.pipe(
      v.number('want a share such as 0.9'),
      v.check((share) => share > 0 && share <= 1, 'a share above 0 and up to 1, such as 0.9'),
      v.description('largest share of maxmemory that may be used; met where there is no limit'),
    ),
  ),
  expect_eviction_policy: v.optional(
    v.pipe(
      v.array(v.picklist(policies, `want one of ${policies.join(', ')}`)),
      v.description('policies of eviction, one of which the server must have; empty: any'),
    ),
    [],
  ),
  expect_persistence: v.optional(
    v.pipe(
      v.boolean('want true or false'),
      v.description(
        'whether the last save must have succeeded, and where appending is on the last append and rewrite',
      ),
    ),
    false,
  ),
  expect_save_age_max: v.optional(
    v.pipe(
      duration({ min: 60, max: 366 * 86_400, wanted: 'a duration from 1m to 366d such as 2h' }),
      v.description('longest time since the last save to disk'),
    ),
  ),
  expect_engine: v.optional(
    v.pipe(
      v.picklist(['redis', 'valkey'], 'want redis or valkey'),
      v.description('engine that the server must be'),
    ),
  ),
  expect_version_min: v.optional(
    v.pipe(
      v.string('want a version such as "7.2", in quotes'),
      v.regex(/^\d{1,3}(?:\.\d{1,3}){0,2}$/, 'a version such as 7.2 or 7.2.4'),
      v.description('lowest version of the engine'),
    ),
  ),
};

type Parsed = {
  readonly expect_role: RedisExpectations['role'];
  readonly expect_link: RedisExpectations['link'];
  readonly expect_replicas_min?: number | undefined;
  readonly expect_visibility_max: Seconds;
  readonly expect_memory_max?: number | undefined;
  readonly expect_eviction_policy: readonly string[];
  readonly expect_persistence: boolean;
  readonly expect_save_age_max?: Seconds | undefined;
  readonly expect_engine?: RedisExpectations['engine'] | undefined;
  readonly expect_version_min?: string | undefined;
};

/** The expectations; what was left out is undefined. */
export function toExpectations(parsed: Parsed) {
  return {
    role: parsed.expect_role,
    link: parsed.expect_link,
    replicasMin: parsed.expect_replicas_min,
    visibilityMax: parsed.expect_visibility_max,
    memoryMax: parsed.expect_memory_max,
    evictionPolicies: parsed.expect_eviction_policy,
    persistence: parsed.expect_persistence,
    saveAgeMax: parsed.expect_save_age_max,
    engine: parsed.expect_engine,
    versionMin: parsed.expect_version_min,
  };
}
