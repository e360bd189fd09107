// What ecs-bridge may do, from what the configuration asks it to read: no more. Pure. The plugin gives it to the function's
// role when the template is complete.
import type {
  BridgeConfig,
  CloudWatchJob,
  CloudWatchScope,
  ResourceCall,
} from '../layers/core/src/config/bridge.ts';

/** A statement of an IAM policy; texts with `${…}` are CloudFormation's. */
export type Statement = {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
};

/** The statements for a bridge. */
export function bridgeStatements(bridge: BridgeConfig): Statement[] {
  const scopes: CloudWatchScope[] = [
    ...(bridge.cloudwatch?.jobs ?? []),
    ...(bridge.cloudwatch?.expressions ?? []),
  ];
  const own = scopes.filter(({ roles }) => roles.includes(undefined));
  const jobs = (bridge.cloudwatch?.jobs ?? []).filter(({ roles }) => roles.includes(undefined));
  const listed = jobs.filter(({ kind }) => kind !== 'static');
  const tagged = listed.filter((job) => !isKnownFromEcs(job) && job.association !== undefined);
  const arns = scopes.flatMap(({ roles }) => roles.flatMap((role) => role?.roleArn ?? []));
  // Text that is no ARN, as it stands in examples, would make the whole policy invalid.
  const roles = [...new Set(arns)].filter((arn) => arn.startsWith('arn:')).sort();
  return [
    ...ecsStatements(bridge, jobs),
    // The calls of CloudWatch and of tagging know no resource.
    ...(own.length > 0 ? [allow('ReadMetrics', ['cloudwatch:GetMetricData'], '*')] : []),
    ...(listed.length > 0 ? [allow('ListMetrics', ['cloudwatch:ListMetrics'], '*')] : []),
    ...(tagged.length > 0 ? [allow('ReadTags', ['tag:GetResources'], '*')] : []),
    ...callStatements(jobs),
    ...(roles.length > 0 ? [allow('AssumeRoles', ['sts:AssumeRole'], roles)] : []),
  ];
}

/** What the APIs need that list resources, or complete what their tags say. */
export const callActions: Readonly<Record<ResourceCall, readonly string[]>> = {
  'api-gateway': ['apigateway:GET'],
  'auto-scaling': ['autoscaling:DescribeAutoScalingGroups'],
  dms: ['dms:DescribeReplicationInstances', 'dms:DescribeReplicationTasks'],
  prometheus: ['aps:ListWorkspaces'],
  shield: ['shield:ListProtections'],
  'spot-fleets': ['ec2:DescribeSpotFleetRequests'],
  'storage-gateway': ['storagegateway:ListGateways', 'storagegateway:ListTagsForResource'],
  'transit-gateways': ['ec2:DescribeTransitGatewayAttachments'],
};

const apiLists = ['restapis', 'apis'].map((path) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:apigateway:*::/${path}`,
}));

function callStatements(jobs: readonly CloudWatchJob[]): Statement[] {
  const calls = new Set(jobs.flatMap(({ association }) => association?.call ?? []));
  const others = [...calls].filter((call) => call !== 'api-gateway').sort();
  const actions = others.flatMap((call) => callActions[call]);
  return [
    // The right to read an API is the right to read all of it, so only its lists.
    ...(calls.has('api-gateway') ? [allow('ListApis', callActions['api-gateway'], apiLists)] : []),
    ...(actions.length > 0 ? [allow('ListResources', actions, '*')] : []),
  ];
}

const serviceActions = [
  ...['ListServices', 'DescribeServices', 'ListTasks', 'DescribeTasks'],
  'DescribeContainerInstances',
].map((action) => `ecs:${action}`);

function ecsStatements({ ecs }: BridgeConfig, jobs: readonly CloudWatchJob[]): Statement[] {
  const known = jobs.filter(isKnownFromEcs);
  const places = [...new Set(['${AWS::Region}', ...known.flatMap(({ regions }) => regions)])];
  const clusters = clusterArns(ecs.clusters, places, 'cluster');
  const patterns = ecs.clusters.some((cluster) => cluster.includes('*'));
  // Only they show that a service publishes every 20 seconds.
  const finer = known.some(
    ({ metrics, namespace }) =>
      namespace === 'AWS/ECS' && metrics.some(({ period }) => period <= 60),
  );
  const revisions = clusterArns(ecs.clusters, places, 'service-revision');
  const deployments = clusterArns(ecs.clusters, ['${AWS::Region}'], 'service-deployment');
  return [
    // It knows no resource.
    ...(patterns ? [allow('ListClusters', ['ecs:ListClusters'], '*')] : []),
    allow('ReadClusters', ['ecs:DescribeClusters', 'ecs:ListContainerInstances'], clusters),
    // Lists are authorized on container instances, which Fargate has none of; hence by condition.
    {
      ...allow('ReadServicesAndTasks', serviceActions, '*'),
      Condition: { ArnLike: { 'ecs:cluster': clusters } },
    },
    allow('ReadDeployments', ['ecs:DescribeServiceDeployments'], deployments),
    ...(finer ? [allow('ReadRevisions', ['ecs:DescribeServiceRevisions'], revisions)] : []),
  ];
}

/** ARNs of the clusters, whose names may be patterns, or of all service revisions or deployments in them. */
function clusterArns(
  clusters: readonly string[],
  regions: readonly string[],
  type: 'cluster' | 'service-revision' | 'service-deployment',
): unknown[] {
  const rest = type === 'cluster' ? '' : '/*';
  return clusters.flatMap((cluster): readonly unknown[] =>
    cluster.startsWith('arn:')
      ? [`${cluster.replace(':cluster/', `:${type}/`)}${rest}`]
      : regions.map((region) => ({
          'Fn::Sub': `arn:\${AWS::Partition}:ecs:${region}:\${AWS::AccountId}:${type}/${cluster}${rest}`,
        })),
  );
}

/** Whether the ECS API has the tags of what the job reads. */
function isKnownFromEcs(job: CloudWatchJob): boolean {
  const { dimensionNameRequirements, kind, linkedAccounts, namespace } = job;
  const ecs = ['AWS/ECS', 'ECS/ContainerInsights'].includes(namespace);
  const known = dimensionNameRequirements.every((name) => /^(?:Cluster|Service)Name$/.test(name));
  return kind === 'discovery' && ecs && known && linkedAccounts.length === 0;
}

function allow(Sid: string, Action: readonly string[], Resource: unknown): Statement {
  return { Sid, Effect: 'Allow', Action, Resource };
}

type Resource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> };

/** A compiled template, as far as roles go. */
export type RoleTemplate = { readonly Resources: Readonly<Record<string, Resource>> };

/** Statements for the role that a function runs as, and the name of their policy. */
export type Granted = {
  readonly functionId: string;
  readonly name: string;
  readonly statements: readonly Statement[];
};

/** The template with the statements in a policy of the function's role. @throws RangeError without one. */
export function grant<T extends RoleTemplate>(
  template: T,
  { functionId, name, statements }: Granted,
): T {
  if (statements.length === 0) return template;
  const { Role } = template.Resources[functionId]?.Properties ?? {};
  const [roleId = ''] =
    (Role as { readonly 'Fn::GetAtt'?: readonly string[] })?.['Fn::GetAtt'] ?? [];
  const role = template.Resources[roleId];
  if (role?.Type !== 'AWS::IAM::Role') {
    throw new RangeError(
      `${functionId}: got ${role?.Type ?? 'no role'}, want a role of this template`,
    );
  }
  const present = (role.Properties?.Policies ?? []) as readonly unknown[];
  const PolicyDocument = { Version: '2012-10-17', Statement: statements };
  const Policies = [...present, { PolicyName: name, PolicyDocument }];
  const granted = { ...role, Properties: { ...role.Properties, Policies } };
  return { ...template, Resources: { ...template.Resources, [roleId]: granted } };
}
