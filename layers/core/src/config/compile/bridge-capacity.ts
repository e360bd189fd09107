// Whether the functions of the bridge can read as many ECS services as there are, known before they run.
import type { Config } from '../config.ts';
import { maxShards } from '../shard.ts';

/** What one function of ecs-bridge can do, with 512 MB and 55 s (docs/bridge.md). */
const bridgeFunction = {
  /** ECS services, with two tasks and two metrics each; then the calls of a cold run fit into its time. */
  services: 4000,
} as const;

/**
 * Services that one minute's calls of the ECS API can describe: AWS allows an account about 20 reads a second, of which functions that
 * share them get some 14 through, and ten services are described in one
 * (docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html).
 */
const describedServices = 6000;

/** What is too much for `services` ECS services, a sentence each; empty when they are all read. */
export function findBridgeOverload({ bridge }: Config, services: number): string[] {
  const { shards } = bridge;
  const want = Math.ceil(services / bridgeFunction.services);
  return [
    ...(want > shards && want <= maxShards
      ? [
          `${services} ECS services, and one function of ecs-bridge reads about ${bridgeFunction.services}: want bridge.shards: ${want}`,
        ]
      : []),
    ...(services > describedServices
      ? [
          `${services} ECS services, and the ECS API lets an account read about ${describedServices} in a minute: want fewer by bridge.ecs, or a higher rate from AWS`,
        ]
      : []),
  ];
}
