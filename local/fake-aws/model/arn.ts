// Names of things the way AWS writes them.
import type { Cluster, Region, Service } from './types.ts';

/** `arn:aws:<service>:<region>:<account>:<rest>`. */
export function arnOf(region: Region, service: string, rest: string): string {
  return `arn:aws:${service}:${region.name}:${region.account.id}:${rest}`;
}

/** The ARN of a service in its long form. */
export function serviceArn(cluster: Cluster, name: string): string {
  return arnOf(cluster.region, 'ecs', `service/${cluster.name}/${name}`);
}

/** The ARN of the target group of a service behind a load balancer. */
export function targetGroupArnOf({ cluster, name }: Pick<Service, 'cluster' | 'name'>): string {
  const rest = `targetgroup/${cluster.name}-${name}/0123456789abcdef`;
  return arnOf(cluster.region, 'elasticloadbalancing', rest);
}

/** The last part of an ARN, or the text itself when it is a plain name. */
export function nameOf(nameOrArn: string): string {
  return nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);
}
