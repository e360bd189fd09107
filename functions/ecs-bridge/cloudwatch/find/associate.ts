// The resource that a metric belongs to, from its dimensions: YACE's rules (maxdimassociator, config/services.go), but the
// ARN is built from the dimensions, so that resources without tags are found too.
import type { NamedValue } from '@fargaze/core/internal';

/** How to build an ARN from dimensions. */
type Mapping = {
  readonly dimensions: readonly string[];
  readonly service: string;
  /** The last part of the ARN, from the values of the dimensions in order. */
  readonly resource: (...values: readonly string[]) => string;
};

/** A namespace: its resource types for GetResources, and its mappings, those with the most dimensions first. */
export type Association = {
  readonly types: readonly string[];
  readonly mappings: readonly Mapping[];
};

const ecs: Association = {
  types: ['ecs:cluster', 'ecs:service'],
  mappings: [
    {
      dimensions: ['ClusterName', 'ServiceName'],
      service: 'ecs',
      resource: (cluster, service) => `service/${cluster}/${service}`,
    },
    { dimensions: ['ClusterName'], service: 'ecs', resource: (cluster) => `cluster/${cluster}` },
  ],
};

/** By namespace; the metrics of any other namespace are `global`. */
export const associations: Readonly<Record<string, Association>> = {
  'AWS/ECS': ecs,
  'ECS/ContainerInsights': ecs,
  'AWS/ApplicationELB': {
    types: ['elasticloadbalancing:loadbalancer/app', 'elasticloadbalancing:targetgroup'],
    mappings: [
      {
        dimensions: ['TargetGroup'],
        service: 'elasticloadbalancing',
        resource: (group = '') => group,
      },
      {
        dimensions: ['LoadBalancer'],
        service: 'elasticloadbalancing',
        resource: (balancer) => `loadbalancer/${balancer}`,
      },
    ],
  },
  'AWS/ElastiCache': {
    types: ['elasticache:cluster', 'elasticache:serverlesscache'],
    mappings: [
      {
        dimensions: ['CacheClusterId'],
        service: 'elasticache',
        resource: (cluster) => `cluster:${cluster}`,
      },
      {
        dimensions: ['clusterId'],
        service: 'elasticache',
        resource: (cache) => `serverlesscache:${cache}`,
      },
    ],
  },
  'AWS/Lambda': {
    types: ['lambda:function'],
    mappings: [
      { dimensions: ['FunctionName'], service: 'lambda', resource: (name) => `function:${name}` },
    ],
  },
};

/** The ARNs that a metric may belong to, best first; empty when no mapping applies. */
export function possibleArns(
  { mappings }: Association,
  dimensions: readonly NamedValue[],
  { account, region }: { readonly region: string; readonly account: string },
): string[] {
  const values = new Map(dimensions.map(({ name, value }) => [name, value]));
  return mappings
    .filter((mapping) => mapping.dimensions.every((name) => values.has(name)))
    .map(({ dimensions: names, resource, service }) => {
      const last = resource(...names.map((name) => values.get(name) ?? ''));
      return `arn:${partitionOf(region)}:${service}:${region}:${account}:${last}`;
    });
}

/** The part of AWS that a region belongs to. */
function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
