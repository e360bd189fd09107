// Elastic Load Balancing v2: the application load balancers in front of services, as far as one asks where a service is reached.
import type { Context } from '../call/context.ts';
import { arnOf, targetGroupArnOf } from '../model/arn.ts';
import type { BalancerSpec, Region, Service } from '../model/types.ts';
import { AwsError } from '../wire/errors.ts';
import { requireText } from '../wire/input.ts';

type Balanced = Service & { readonly balancer: BalancerSpec };

function balanced({ region, view }: Context): Balanced[] {
  return [...region.clusters.values()]
    .flatMap((cluster) => [...cluster.services.values()])
    .filter((service): service is Balanced => service.balancer !== undefined)
    .filter(({ createdAt }) => createdAt <= view.now);
}

function listOf({ call }: Context, key: string): readonly string[] {
  const value = call.input[key];
  return Array.isArray(value) ? value.map(String) : [];
}

function balancerArn(region: Region, { name }: BalancerSpec): string {
  return arnOf(region, 'elasticloadbalancing', `loadbalancer/app/${name}/fedcba9876543210`);
}

function listenerArn(region: Region, { name }: BalancerSpec): string {
  return arnOf(region, 'elasticloadbalancing', `listener/app/${name}/fedcba9876543210/1111`);
}

/** DescribeTargetGroups, by ARN. @throws AwsError TargetGroupNotFound */
export function describeTargetGroups(context: Context): object {
  const wanted = listOf(context, 'TargetGroupArns');
  const found = balanced(context).filter((service) => wanted.includes(targetGroupArnOf(service)));
  if (found.length < wanted.length) throw missing('TargetGroup', 'One or more target groups');
  return {
    TargetGroups: found.map((service) => ({
      TargetGroupArn: targetGroupArnOf(service),
      TargetGroupName: `${service.cluster.name}-${service.name}`,
      Protocol: 'HTTP',
      Port: 8080,
      HealthCheckProtocol: 'HTTP',
      HealthCheckPath: service.balancer.healthCheckPath,
      Matcher: { HttpCode: '200' },
      LoadBalancerArns: [balancerArn(context.region, service.balancer)],
      TargetType: 'ip',
    })),
  };
}

/** DescribeLoadBalancers, by ARN. @throws AwsError LoadBalancerNotFound */
export function describeLoadBalancers(context: Context): object {
  const wanted = listOf(context, 'LoadBalancerArns');
  const specs = new Map(
    balanced(context).map(({ balancer }) => [balancerArn(context.region, balancer), balancer]),
  );
  return {
    LoadBalancers: wanted.map((arn) => {
      const spec = specs.get(arn);
      if (spec === undefined) throw missing('LoadBalancer', 'One or more load balancers');
      const { name, scheme } = spec;
      const host = `${scheme === 'internal' ? 'internal-' : ''}${name}-1234567890`;
      return {
        LoadBalancerArn: arn,
        LoadBalancerName: name,
        DNSName: `${host}.${context.region.name}.elb.amazonaws.com`,
        Scheme: scheme,
        Type: 'application',
      };
    }),
  };
}

/** DescribeListeners of a load balancer. */
export function describeListeners(context: Context): object {
  const arn = requireText(context.call.input, 'LoadBalancerArn');
  const own = balanced(context).find(
    ({ balancer }) => balancerArn(context.region, balancer) === arn,
  );
  if (own === undefined) throw missing('LoadBalancer', 'One or more load balancers');
  const { protocol } = own.balancer;
  return {
    Listeners: [
      {
        ListenerArn: listenerArn(context.region, own.balancer),
        LoadBalancerArn: arn,
        Port: protocol === 'HTTPS' ? 443 : 80,
        Protocol: protocol,
      },
    ],
  };
}

/** DescribeRules of a listener: one for each service behind it. */
export function describeRules(context: Context): object {
  const arn = requireText(context.call.input, 'ListenerArn');
  const own = balanced(context).filter(
    ({ balancer }) => listenerArn(context.region, balancer) === arn,
  );
  return {
    Rules: own.map((service, index) => ({
      RuleArn: `${arn.replace(':listener/', ':listener-rule/')}/${index}`,
      Priority: String(index + 1),
      Conditions:
        service.balancer.hosts.length === 0
          ? []
          : [{ Field: 'host-header', HostHeaderConfig: { Values: service.balancer.hosts } }],
      Actions: [{ Type: 'forward', TargetGroupArn: targetGroupArnOf(service) }],
    })),
  };
}

function missing(what: string, words: string): AwsError {
  return new AwsError({ code: `${what}NotFound` }, `${words} not found`);
}
