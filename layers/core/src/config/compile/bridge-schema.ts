// The `bridge` part of fargaze.yml: what to read of ECS and of CloudWatch.
import * as v from 'valibot';
import type { BridgeConfig, EcsConfig } from '../bridge.ts';
import { closed } from '../mapping.ts';
import { maxShards } from '../shard.ts';
import { cloudwatchSchema } from './cloudwatch-schema.ts';
import { pattern } from './fields.ts';

const someText = (wanted: string) => v.pipe(v.string(`want ${wanted}`), v.minLength(1, wanted));

const tagFilter = closed({ key: someText('the key of a tag'), value: pattern });

/** The keys of `bridge.ecs`. */
export const bridgeEcsEntries = {
  clusters: v.optional(
    v.pipe(
      v.array(someText('the name or ARN of a cluster, or *')),
      v.minLength(1, 'at least one cluster, or *'),
      v.description(
        'clusters to read, by name or ARN; `*` in a name stands for any text, and `*` by itself for every cluster of the account',
      ),
    ),
    ['*'],
  ),
  services: v.optional(
    v.pipe(
      v.array(someText('the name of a service, or *')),
      v.minLength(1, 'at least one service, or *'),
      v.description('services to read, by name; `*` stands for any text'),
    ),
    ['*'],
  ),
  tags: v.optional(
    v.pipe(
      v.array(tagFilter),
      v.description('tags that a service must have, all of them: `key`, and `value` as a pattern'),
    ),
    [],
  ),
  exported_tags: v.optional(
    v.pipe(
      v.array(someText('the key of a tag')),
      v.description(
        'keys of tags of services that become labels `tag_<key>` of `ecs_service_info`',
      ),
    ),
    [],
  ),
};

const ecsSchema = v.pipe(
  v.optional(closed(bridgeEcsEntries), {}),
  v.transform(({ exported_tags, ...ecs }): EcsConfig => ({ ...ecs, exportedTags: exported_tags })),
);

const countWanted = 'a whole number from 1';

/** Schema of a number of shards. */
export function shardsOf(description: string) {
  const wanted = `a whole number from 1 to ${maxShards}`;
  return v.pipe(
    v.number(`want ${wanted}`),
    v.integer(wanted),
    v.minValue(1, wanted),
    v.maxValue(maxShards, wanted),
    v.description(description),
  );
}

/** The keys of `bridge` beside its parts. */
export const bridgeEntries = {
  services: v.optional(
    v.pipe(
      v.number(`want ${countWanted}`),
      v.integer(countWanted),
      v.minValue(1, countWanted),
      v.description(
        'ECS services that there are, about: beyond 500 what the ECS API says goes by remote write, and the build warns where there are more than `shards` functions can read',
      ),
    ),
  ),
  shards: v.optional(
    shardsOf(
      'functions that share clusters, services and metrics among them, each with its own part of both',
    ),
    1,
  ),
};

/** Schema of `bridge`. */
export const bridgeSchema = v.pipe(
  closed({ ...bridgeEntries, ecs: ecsSchema, cloudwatch: v.optional(cloudwatchSchema) }),
  v.transform(
    ({ cloudwatch, ecs, services, shards }): BridgeConfig => ({
      shards,
      ...(services !== undefined && { services }),
      ecs,
      ...(cloudwatch !== undefined && { cloudwatch }),
    }),
  ),
);
