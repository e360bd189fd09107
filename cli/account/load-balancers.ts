// Where services behind application load balancers are reached, from Elastic Load Balancing: by signed requests of its query
// protocol, since its client of the SDK would be ten times as much code as these four calls.
import { createCallTally } from '../../functions/ecs-bridge/aws/call-tally.ts';
import type { EcsApi } from '../../functions/ecs-bridge/aws/ecs-api.ts';
import { RateLimiter } from '../../functions/ecs-bridge/aws/rate-limit.ts';
import { callSigned } from '../../functions/ecs-bridge/aws/signed-call.ts';
import {
  type Element,
  find,
  readXml,
  textAt,
} from '../../functions/ecs-bridge/cloudwatch/find/xml.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import type { Deadline } from '../../layers/core/src/deadline.ts';
import { messageOf, SourceError } from '../../layers/core/src/errors.ts';
import type { AwsCredentials } from '../../layers/core/src/http/sigv4.ts';

/** Whom to call, and for how long. */
export type ElbCaller = Pick<EcsApi, 'region'> & {
  readonly credentials: () => Promise<AwsCredentials>;
  readonly deadline: Deadline;
};

/** Where the targets of a group are reached. */
export type Front = {
  readonly scheme: 'http' | 'https';
  /** Of the rule that leads to the group, without wildcards. */
  readonly hosts: readonly string[];
  readonly balancer: string;
  readonly internal: boolean;
  readonly healthCheckPath: string | undefined;
};

/** Calls in a second at first; a throttled account is called more slowly. */
const rates = { calls: 20, points: Number.POSITIVE_INFINITY };

type Calling = ElbCaller & { readonly limiter: RateLimiter };

/** Target groups of one call (API reference, DescribeTargetGroups). */
const groupsOfCall = 20;

/** The fronts of target groups by ARN; groups without a load balancer have none. @throws SourceError */
export async function findFronts(
  arns: readonly string[],
  given: ElbCaller,
): Promise<Map<string, Front>> {
  const limiter = new RateLimiter(rates, { clock: systemClock, tally: createCallTally() });
  const caller: Calling = { ...given, limiter };
  const fronts = new Map<string, Front>();
  for (let at = 0; at < arns.length; at += groupsOfCall) {
    const part = arns.slice(at, at + groupsOfCall);
    const groups = await callElb(
      'DescribeTargetGroups',
      membersOf('TargetGroupArns', part),
      caller,
    );
    for (const group of find(groups, 'TargetGroups/member')) {
      const [balancer] = find(group, 'LoadBalancerArns/member').map(({ text }) => text.trim());
      const front = balancer === undefined ? undefined : await frontOf(group, balancer, caller);
      if (front !== undefined) fronts.set(textAt(group, 'TargetGroupArn'), front);
    }
  }
  return fronts;
}

async function frontOf(group: Element, arn: string, caller: Calling): Promise<Front | undefined> {
  const balancers = await callElb(
    'DescribeLoadBalancers',
    membersOf('LoadBalancerArns', [arn]),
    caller,
  );
  const [balancer] = find(balancers, 'LoadBalancers/member');
  if (balancer === undefined || textAt(balancer, 'Type') === 'network') return undefined;
  const listeners = await callElb('DescribeListeners', { LoadBalancerArn: arn }, caller);
  const own = textAt(group, 'TargetGroupArn');
  const path = textAt(group, 'HealthCheckPath');
  const ways = [];
  for (const listener of find(listeners, 'Listeners/member')) {
    const scheme =
      textAt(listener, 'Protocol') === 'HTTPS' ? ('https' as const) : ('http' as const);
    const rules = await callElb(
      'DescribeRules',
      { ListenerArn: textAt(listener, 'ListenerArn') },
      caller,
    );
    for (const rule of find(rules, 'Rules/member')) {
      const leads = find(rule, 'Actions/member').some((action) =>
        JSON.stringify(action).includes(own),
      );
      if (leads) ways.push({ scheme, hosts: hostsOf(rule) });
    }
  }
  // What names a host is what users call; and then what is encrypted.
  const rank = ({
    hosts,
    scheme,
  }: {
    readonly hosts: readonly string[];
    readonly scheme: string;
  }) => (hosts.length > 0 ? 0 : 2) + (scheme === 'https' ? 0 : 1);
  const [way] = ways.sort((a, b) => rank(a) - rank(b));
  if (way === undefined) return undefined;
  return {
    ...way,
    balancer: textAt(balancer, 'DNSName'),
    internal: textAt(balancer, 'Scheme') === 'internal',
    healthCheckPath: path === '' ? undefined : path,
  };
}

function hostsOf(rule: Element): string[] {
  return find(rule, 'Conditions/member')
    .filter((condition) => textAt(condition, 'Field') === 'host-header')
    .flatMap((condition) => {
      const own = find(condition, 'HostHeaderConfig/Values/member');
      return own.length > 0 ? own : find(condition, 'Values/member');
    })
    .map(({ text }) => text.trim())
    .filter((host) => !/[*?]/.test(host));
}

function membersOf(name: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`${name}.member.${index + 1}`, value]));
}

async function callElb(
  operation: string,
  input: Readonly<Record<string, string>>,
  { deadline, limiter, ...caller }: Calling,
): Promise<Element> {
  const asked = { Action: operation, Version: '2015-12-01', ...input };
  const service = 'elasticloadbalancing';
  const call = {
    ...{ service, permissions: service, operation },
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams(asked).toString(),
  };
  const make = () => callSigned({ ...caller, clock: systemClock, deadline }, call);
  const answer = await limiter.run({ api: operation, make }, deadline);
  try {
    const [result] = find(readXml(answer), `${operation}Response/${operation}Result`);
    if (result === undefined) throw new SyntaxError(`no ${operation}Result`);
    return result;
  } catch (cause) {
    const message = `${operation}: an answer that cannot be read: ${messageOf(cause)}`;
    throw new SourceError(message, { operation, retryable: false, cause });
  }
}
