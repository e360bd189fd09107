// What an update of a stack would remove or replace, from its template and parameters now and then. Pure. Tells only of what
// has an address, a name or content that others rely on; task definitions, permissions and alarms are replaced all the time.
import { parameterValue } from './conditions.ts';
import { referencesOf, resolve, resourcesOf, type Stack } from './stack.ts';
import { isItem, type Resource } from './template.ts';

/** Something that an update would take away. */
export type Loss = {
  readonly id: string;
  readonly type: string;
  /** In words: `is removed`, `is replaced: CidrBlock changes`, or `may be replaced: LaunchType changes`. */
  readonly how: string;
};

/**
 * Types whose loss is felt, with the properties that cannot be changed without a new resource: the service's own list of each
 * type (createOnlyProperties of the CloudFormation registry), which a test holds this against.
 */
export const lasting: Readonly<Record<string, readonly string[]>> = {
  'AWS::APS::Workspace': ['KmsKeyArn'],
  'AWS::EC2::SecurityGroup': ['GroupDescription', 'GroupName', 'VpcId'],
  'AWS::EC2::Subnet': [
    ...['VpcId', 'AvailabilityZone', 'AvailabilityZoneId', 'CidrBlock', 'OutpostArn'],
    ...['Ipv6Native', 'Ipv4IpamPoolId', 'Ipv4NetmaskLength', 'Ipv6IpamPoolId', 'Ipv6NetmaskLength'],
  ],
  'AWS::EC2::VPC': ['CidrBlock', 'Ipv4IpamPoolId', 'Ipv4NetmaskLength'],
  'AWS::ECS::Cluster': ['ClusterName'],
  'AWS::ECS::Service': ['Cluster', 'Role', 'SchedulingStrategy', 'ServiceName'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 'Type', 'Scheme'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': [
    ...['TargetType', 'ProtocolVersion', 'Port', 'Name', 'VpcId', 'Protocol', 'IpAddressType'],
  ],
  'AWS::Lambda::Function': ['FunctionName', 'PackageType', 'TenancyConfig'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::S3::Bucket': ['BucketName', 'BucketNamePrefix', 'BucketNamespace'],
  'AWS::SNS::Topic': ['TopicName', 'FifoTopic'],
  'AWS::SQS::Queue': ['FifoQueue', 'QueueName'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::ServiceDiscovery::PrivateDnsNamespace': ['Vpc', 'Name'],
  'AWS::ServiceDiscovery::Service': ['HealthCheckCustomConfig', 'Name', 'Type', 'NamespaceId'],
};

/** Of these types, properties that CloudFormation changes in place or not, as it depends (conditionalCreateOnlyProperties). */
export const sometimes: Readonly<Record<string, readonly string[]>> = {
  'AWS::EC2::Subnet': ['Ipv6CidrBlock'],
  'AWS::EC2::VPC': ['InstanceTenancy'],
  'AWS::ECS::Service': ['LaunchType'],
  'AWS::Lambda::Function': ['DurableConfig'],
};

/** What the update from `now` to `then` would remove or replace. */
export function lossesOf(now: Stack, then: Stack): Loss[] {
  const before = resourcesOf(now);
  const after = resourcesOf(then);
  const replaced = new Map<string, string>();
  // A resource that is replaced has another id, which may replace those that name it.
  for (let known = -1; known < replaced.size; ) {
    known = replaced.size;
    for (const [id, resource] of before) {
      const reason = replaced.has(id) ? undefined : reasonOf({ id, now, then, replaced });
      if (reason !== undefined && after.has(id) && resource.Type in lasting)
        replaced.set(id, reason);
    }
  }
  return [...before].flatMap(([id, resource]) => {
    const { Type: type } = resource;
    if (!(type in lasting)) return [];
    const reason = replaced.get(id);
    if (reason !== undefined) return [{ id, type, how: `is replaced: ${reason}` }];
    if (!after.has(id)) return isKept(resource) ? [] : [{ id, type, how: 'is removed' }];
    const [changed] = (sometimes[type] ?? []).filter((name) => changes({ id, now, then }, name));
    return changed === undefined ? [] : [{ id, type, how: `may be replaced: ${changed} changes` }];
  });
}

/** It leaves the stack, and stays. */
function isKept({ DeletionPolicy }: Resource): boolean {
  return DeletionPolicy === 'Retain';
}

type Comparison = { readonly id: string; readonly now: Stack; readonly then: Stack };

type Replacement = Comparison & { readonly replaced: ReadonlyMap<string, string> };

/** Whether a property of a resource that is in both templates becomes another. */
function changes({ id, now, then }: Comparison, property: string): boolean {
  const valueIn = (stack: Stack) =>
    resolve(stack, stack.template.Resources[id]?.Properties?.[property]);
  return !isSame(valueIn(now), valueIn(then));
}

function reasonOf({ id, now, then, replaced }: Replacement): string | undefined {
  const old = now.template.Resources[id];
  const young = then.template.Resources[id];
  if (old === undefined || young === undefined) return undefined;
  if (old.Type !== young.Type) return `its type becomes ${young.Type}`;
  for (const property of lasting[old.Type] ?? []) {
    if (changes({ id, now, then }, property)) return `${property} changes`;
    const [named] = referencesOf(resolve(then, young.Properties?.[property])).filter((name) =>
      replaced.has(name),
    );
    if (named !== undefined) return `${property} is ${named}`;
  }
  return undefined;
}

/** Compares as JSON, whatever the order of keys; CloudFormation knows no other text than that of a number or flag. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isItem(value)) return value === undefined ? undefined : String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** Parameters that have another value then: `VpcId: "vpc-1", then ""`. */
export function parameterChanges(now: Stack, then: Stack): string[] {
  const both = Object.keys(then.template.Parameters ?? {}).filter(
    (name) => now.template.Parameters?.[name] !== undefined,
  );
  return both.flatMap((name) => {
    const was = parameterValue(now.template, name, now.values);
    const becomes = parameterValue(then.template, name, then.values);
    return was === becomes
      ? []
      : [`${name}: ${JSON.stringify(was)}, then ${JSON.stringify(becomes)}`];
  });
}
