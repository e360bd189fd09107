// Where services behind application load balancers are reached, from Elastic Load Balancing: by signed requests of its query
// protocol, since its client of the SDK would be ten times as much code as these four calls.
import { createCallTally } from '../../functions/ecs-bridge/aws/call-tally.ts';
import type { EcsApi } from '../../functions/ecs-bridge/aws/ecs-api.ts';
import { RateLimiter } from '../../functions/ecs-bridge/aws/rate-limit.ts';
import { callSigned } from '../../functions/ecs-bridge/aws/signed-call.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import type { Deadline } from '../../layers/core/src/deadline.ts';
import { messageOf, SourceError } from '../../layers/core/src/errors.ts';
import type { AwsCredentials } from '../../layers/core/src/http/sigv4.ts';
import { readXml, type XmlValue } from './xml.ts';

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
    for (const group of listIn(groups, 'TargetGroups')) {
      const [balancer] = listIn(group, 'LoadBalancerArns').map(String);
      const front = balancer === undefined ? undefined : await frontOf(group, balancer, caller);
      if (front !== undefined) fronts.set(textIn(group, 'TargetGroupArn'), front);
    }
  }
  return fronts;
}

async function frontOf(group: XmlValue, arn: string, caller: Calling): Promise<Front | undefined> {
  const balancers = await callElb(
    'DescribeLoadBalancers',
    membersOf('LoadBalancerArns', [arn]),
    caller,
  );
  const [balancer] = listIn(balancers, 'LoadBalancers');
  if (balancer === undefined || textIn(balancer, 'Type') === 'network') return undefined;
  const listeners = await callElb('DescribeListeners', { LoadBalancerArn: arn }, caller);
  const own = textIn(group, 'TargetGroupArn');
  const path = textIn(group, 'HealthCheckPath');
  const ways = [];
  for (const listener of listIn(listeners, 'Listeners')) {
    const scheme =
      textIn(listener, 'Protocol') === 'HTTPS' ? ('https' as const) : ('http' as const);
    const rules = await callElb(
      'DescribeRules',
      { ListenerArn: textIn(listener, 'ListenerArn') },
      caller,
    );
    for (const rule of listIn(rules, 'Rules')) {
      const leads = listIn(rule, 'Actions').some((action) => JSON.stringify(action).includes(own));
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
    balancer: textIn(balancer, 'DNSName'),
    internal: textIn(balancer, 'Scheme') === 'internal',
    healthCheckPath: path === '' ? undefined : path,
  };
}

function hostsOf(rule: XmlValue): string[] {
  return listIn(rule, 'Conditions')
    .filter((condition) => textIn(condition, 'Field') === 'host-header')
    .flatMap((condition) => {
      const config = fieldOf(condition, 'HostHeaderConfig');
      return listIn(config === '' ? condition : config, 'Values').map(String);
    })
    .filter((host) => !/[*?]/.test(host));
}

function membersOf(name: string, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(values.map((value, index) => [`${name}.member.${index + 1}`, value]));
}

async function callElb(
  operation: string,
  input: Readonly<Record<string, string>>,
  { deadline, limiter, ...caller }: Calling,
): Promise<XmlValue> {
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
    return fieldOf(fieldOf(readXml(answer), `${operation}Response`), `${operation}Result`);
  } catch (cause) {
    const message = `${operation}: an answer that is no XML: ${messageOf(cause)}`;
    throw new SourceError(message, { operation, retryable: false, cause });
  }
}

function fieldOf(value: XmlValue, name: string): XmlValue {
  return typeof value === 'object' && !Array.isArray(value)
    ? ((value as Record<string, XmlValue>)[name] ?? '')
    : '';
}

function textIn(value: XmlValue, name: string): string {
  const field = fieldOf(value, name);
  return typeof field === 'string' ? field : '';
}

function listIn(value: XmlValue, name: string): readonly XmlValue[] {
  const field = fieldOf(value, name);
  return Array.isArray(field) ? field : [];
}
