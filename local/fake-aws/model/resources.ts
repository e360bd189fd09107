// Resources outside ECS: their ARNs and tags, and the standard metrics of load balancers, caches and functions.

import { hexOf } from '../metrics/seed.ts';
import { arnOf } from './arn.ts';
import { addMetric } from './declared-series.ts';
import type { Region, Tags, World } from './types.ts';
import { findRegion, type Scope } from './world.ts';

/** Declares a resource with its standard metrics, or with `arn` one that has none. */
export type ResourceSpec = Scope & {
  readonly kind: 'load-balancer' | 'cache' | 'function' | 'other';
  readonly name: string;
  readonly tags?: Tags;
  /** Only with kind `other`: the service; `name` is the part of the ARN after the account. */
  readonly service?: string;
  /** Only with kind `other`: the ARN, where it has not all parts. */
  readonly arn?: string;
};

type Standard = readonly [name: string, unit: string, low: number, high: number];

const loadBalancerMetrics: readonly Standard[] = [
  ['RequestCount', 'Count', 20, 900],
  ['TargetResponseTime', 'Seconds', 0.005, 0.4],
  ['HTTPCode_Target_2XX_Count', 'Count', 20, 850],
  ['HTTPCode_Target_5XX_Count', 'Count', 0, 5],
  ['HTTPCode_ELB_5XX_Count', 'Count', 0, 2],
  ['ActiveConnectionCount', 'Count', 1, 80],
];
const targetGroupMetrics: readonly Standard[] = [
  ['HealthyHostCount', 'Count', 2, 2],
  ['UnHealthyHostCount', 'Count', 0, 0],
  ['RequestCountPerTarget', 'Count', 10, 450],
];
const cacheMetrics: readonly Standard[] = [
  ['CPUUtilization', 'Percent', 1, 60],
  ['EngineCPUUtilization', 'Percent', 1, 50],
  ['CurrConnections', 'Count', 3, 60],
  ['Evictions', 'Count', 0, 0],
  ['DatabaseMemoryUsagePercentage', 'Percent', 10, 70],
];
const functionMetrics: readonly Standard[] = [
  ['Invocations', 'Count', 0, 120],
  ['Errors', 'Count', 0, 3],
  ['Throttles', 'Count', 0, 0],
  ['Duration', 'Milliseconds', 4, 900],
  ['ConcurrentExecutions', 'Count', 0, 9],
];

/** Adds a resource, and publishes its standard metrics. Returns its ARN. */
export function addResource(world: World, spec: ResourceSpec): string {
  const region = findRegion(world, spec);
  const publish = (namespace: string, dimensions: Tags, metrics: readonly Standard[]) => {
    for (const [name, unit, low, high] of metrics) {
      const kind = unit === 'Count' ? 'count' : 'gauge';
      addMetric(world, { ...spec, namespace, name, dimensions, unit, low, high, kind });
    }
  };
  const arn = resourceArn(region, spec);
  region.resources.set(arn, { arn, tags: spec.tags ?? {} });
  switch (spec.kind) {
    case 'load-balancer': {
      const loadBalancer = loadBalancerId(spec.name);
      const target = targetGroupId(spec.name);
      const targetArn = arnOf(region, 'elasticloadbalancing', target);
      region.resources.set(targetArn, { arn: targetArn, tags: spec.tags ?? {} });
      publish('AWS/ApplicationELB', { LoadBalancer: loadBalancer }, loadBalancerMetrics);
      const both = { LoadBalancer: loadBalancer, TargetGroup: target };
      publish('AWS/ApplicationELB', both, targetGroupMetrics);
      break;
    }
    case 'cache':
      publish('AWS/ElastiCache', { CacheClusterId: spec.name }, cacheMetrics);
      break;
    case 'function':
      publish('AWS/Lambda', { FunctionName: spec.name }, functionMetrics);
      break;
    case 'other':
      break;
  }
  return arn;
}

function loadBalancerId(name: string): string {
  return `app/${name}/${hexOf(`load balancer ${name}`, 16)}`;
}

function targetGroupId(name: string): string {
  return `targetgroup/${name}/${hexOf(`target group ${name}`, 16)}`;
}

function resourceArn(region: Region, spec: ResourceSpec): string {
  switch (spec.kind) {
    case 'load-balancer':
      return arnOf(region, 'elasticloadbalancing', `loadbalancer/${loadBalancerId(spec.name)}`);
    case 'cache':
      return arnOf(region, 'elasticache', `cluster:${spec.name}`);
    case 'function':
      return arnOf(region, 'lambda', `function:${spec.name}`);
    case 'other':
      return spec.arn ?? arnOf(region, spec.service ?? 'example', spec.name);
  }
}
