// What whoever deploys may do, and no more: for each type of resource in the template the calls by which CloudFormation makes,
// changes and deletes it in the deployer's name, on things that are named after the stack where AWS can tell. Two documents,
// since a managed policy holds 6144 characters.

/** Calls for a type of resource, or for what stands outside the template. */
type Grant = {
  readonly type: string;
  /** ARNs without `arn:aws:`; all where a call knows no resource or its name is not the stack's. */
  readonly on: readonly string[];
  readonly calls: readonly string[];
};

const stack = 'fargaze-*';
const tags = ['ListTagsForResource', 'TagResource', 'UntagResource'];
const any = ['*'];

function grant(type: string, on: readonly string[], calls: readonly string[]): Grant {
  const [, service = ''] = type.split('::');
  const prefix = prefixes[service] ?? service.toLowerCase();
  return {
    type,
    on,
    calls: calls.map((call) => (call.includes(':') ? call : `${prefix}:${call}`)),
  };
}

const prefixes: Readonly<Record<string, string>> = {
  ElasticLoadBalancingV2: 'elasticloadbalancing',
};

const lambda = [`lambda:*:*:function:${stack}`];

/** The network and what runs in it. */
const running: readonly Grant[] = [
  grant('AWS::EC2::VPC', any, [
    ...['CreateTags', 'CreateVpc', 'DeleteTags', 'DeleteVpc', 'DescribeAvailabilityZones'],
    ...['DescribeNetworkInterfaces', 'DescribeVpcAttribute', 'DescribeVpcs', 'ModifyVpcAttribute'],
  ]),
  grant('AWS::EC2::InternetGateway', any, [
    ...['CreateInternetGateway', 'DeleteInternetGateway', 'DescribeInternetGateways'],
  ]),
  grant('AWS::EC2::VPCGatewayAttachment', any, ['AttachInternetGateway', 'DetachInternetGateway']),
  grant('AWS::EC2::Subnet', any, [
    ...['CreateSubnet', 'DeleteSubnet', 'DescribeSubnets', 'ModifySubnetAttribute'],
  ]),
  grant('AWS::EC2::RouteTable', any, [
    'CreateRouteTable',
    'DeleteRouteTable',
    'DescribeRouteTables',
  ]),
  grant('AWS::EC2::Route', any, ['CreateRoute', 'DeleteRoute', 'ReplaceRoute']),
  grant('AWS::EC2::SubnetRouteTableAssociation', any, [
    ...['AssociateRouteTable', 'DisassociateRouteTable', 'ReplaceRouteTableAssociation'],
  ]),
  grant('AWS::EC2::SecurityGroup', any, [
    ...['CreateSecurityGroup', 'DeleteSecurityGroup', 'DescribeSecurityGroupRules'],
    ...['DescribeSecurityGroups'],
  ]),
  grant('AWS::EC2::SecurityGroupIngress', any, [
    ...['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress'],
    ...['UpdateSecurityGroupRuleDescriptionsIngress'],
  ]),
  grant('AWS::EC2::SecurityGroupEgress', any, [
    ...['AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupEgress'],
    ...['UpdateSecurityGroupRuleDescriptionsEgress'],
  ]),
  grant(
    'AWS::ECS::Cluster',
    [`ecs:*:*:cluster/${stack}`],
    [
      ...['CreateCluster', 'DeleteCluster', 'DescribeClusters', 'PutClusterCapacityProviders'],
      ...[...tags, 'UpdateCluster'],
    ],
  ),
  // Deregistering and describing know no resource.
  grant('AWS::ECS::TaskDefinition', any, [
    ...['DeregisterTaskDefinition', 'DescribeTaskDefinition', 'RegisterTaskDefinition'],
    'TagResource',
  ]),
  // Of a cluster of your own too.
  grant(
    'AWS::ECS::Service',
    [`ecs:*:*:service/*/${stack}`],
    [...['CreateService', 'DeleteService', 'DescribeServices', 'UpdateService', ...tags]],
  ),
  grant('AWS::ElasticLoadBalancingV2::LoadBalancer', any, [
    ...['AddTags', 'CreateLoadBalancer', 'DeleteLoadBalancer', 'DescribeLoadBalancerAttributes'],
    ...['DescribeLoadBalancers', 'DescribeTags', 'ModifyLoadBalancerAttributes', 'RemoveTags'],
    ...['SetSecurityGroups', 'SetSubnets'],
  ]),
  grant('AWS::ElasticLoadBalancingV2::TargetGroup', any, [
    ...['CreateTargetGroup', 'DeleteTargetGroup', 'DescribeTargetGroupAttributes'],
    ...['DescribeTargetGroups', 'DescribeTargetHealth', 'ModifyTargetGroup'],
    'ModifyTargetGroupAttributes',
  ]),
  grant('AWS::ElasticLoadBalancingV2::Listener', any, [
    ...['CreateListener', 'DeleteListener', 'DescribeListeners', 'ModifyListener'],
  ]),
  grant('AWS::ElasticLoadBalancingV2::ListenerRule', any, [
    ...['CreateRule', 'DeleteRule', 'DescribeRules', 'ModifyRule'],
  ]),
  grant('AWS::ServiceDiscovery::PrivateDnsNamespace', any, [
    ...['CreatePrivateDnsNamespace', 'DeleteNamespace', 'GetNamespace', 'GetOperation', ...tags],
    ...['UpdatePrivateDnsNamespace', 'route53:AssociateVPCWithHostedZone'],
    ...['route53:CreateHostedZone', 'route53:DeleteHostedZone', 'route53:ListHostedZonesByName'],
  ]),
  grant('AWS::ServiceDiscovery::Service', any, [
    ...['CreateService', 'DeleteService', 'GetService', 'UpdateService'],
  ]),
  grant('AWS::Route53::RecordSet', any, [
    ...['ChangeResourceRecordSets', 'GetChange', 'GetHostedZone', 'ListResourceRecordSets'],
  ]),
];

/** The functions, what they write to, and what the framework itself does. */
const serving: readonly Grant[] = [
  // ValidateTemplate knows no stack.
  grant('AWS::CloudFormation::Template', any, ['ValidateTemplate']),
  grant(
    'AWS::CloudFormation::Stack',
    [`cloudformation:*:*:stack/${stack}`],
    [
      ...['CreateStack', 'DeleteStack', 'DescribeStackEvents', 'DescribeStackResource'],
      ...['DescribeStackResources', 'DescribeStacks', 'GetTemplate', 'ListStackResources'],
      'UpdateStack',
    ],
  ),
  grant(
    'AWS::S3::Bucket',
    [`s3:::${stack}`],
    [
      ...['CreateBucket', 'DeleteBucket', 'GetBucketLocation', 'GetEncryptionConfiguration'],
      ...['ListBucket', 'ListBucketVersions', 'PutBucketPublicAccessBlock', 'PutBucketTagging'],
      'PutEncryptionConfiguration',
    ],
  ),
  grant(
    'AWS::S3::BucketPolicy',
    [`s3:::${stack}`],
    [...['DeleteBucketPolicy', 'GetBucketPolicy', 'PutBucketPolicy']],
  ),
  grant('AWS::S3::Object', [`s3:::${stack}/*`], ['DeleteObject', 'GetObject', 'PutObject']),
  grant(
    'AWS::IAM::Role',
    [`iam::*:role/${stack}`],
    [
      ...['AttachRolePolicy', 'CreateRole', 'DeleteRole', 'DeleteRolePolicy', 'DetachRolePolicy'],
      ...['GetRole', 'GetRolePolicy', 'ListAttachedRolePolicies', 'ListRolePolicies'],
      ...['PutRolePolicy', 'TagRole', 'UntagRole', 'UpdateAssumeRolePolicy', 'UpdateRole'],
    ],
  ),
  grant(
    'AWS::IAM::ManagedPolicy',
    [`iam::*:policy/${stack}`],
    [
      ...['CreatePolicy', 'CreatePolicyVersion', 'DeletePolicy', 'DeletePolicyVersion'],
      ...['GetPolicy', 'GetPolicyVersion', 'ListPolicyVersions', 'TagPolicy', 'UntagPolicy'],
    ],
  ),
  grant('AWS::Lambda::Function', lambda, [
    ...['CreateFunction', 'DeleteFunction', 'DeleteFunctionConcurrency', 'GetFunction'],
    ...['GetFunctionCodeSigningConfig', 'GetFunctionConfiguration', 'GetRuntimeManagementConfig'],
    ...['ListTags', 'ListVersionsByFunction', 'PutFunctionConcurrency', 'TagResource'],
    ...['UntagResource', 'UpdateFunctionCode', 'UpdateFunctionConfiguration'],
  ]),
  grant('AWS::Lambda::EventInvokeConfig', lambda, [
    ...['DeleteFunctionEventInvokeConfig', 'GetFunctionEventInvokeConfig'],
    ...['PutFunctionEventInvokeConfig', 'UpdateFunctionEventInvokeConfig'],
  ]),
  grant('AWS::Lambda::Permission', lambda, ['AddPermission', 'GetPolicy', 'RemovePermission']),
  grant(
    'AWS::Lambda::LayerVersion',
    [`lambda:*:*:layer:${stack}`],
    [...['DeleteLayerVersion', 'GetLayerVersion', 'ListLayerVersions', 'PublishLayerVersion']],
  ),
  // Its name is a random one.
  grant('AWS::Lambda::EventSourceMapping', any, [
    ...['CreateEventSourceMapping', 'DeleteEventSourceMapping', 'GetEventSourceMapping'],
    'UpdateEventSourceMapping',
  ]),
  grant(
    'AWS::Events::Rule',
    [`events:*:*:rule/${stack}`],
    [
      ...['DeleteRule', 'DescribeRule', 'ListTargetsByRule', 'PutRule', 'PutTargets'],
      ...['RemoveTargets', ...tags],
    ],
  ),
  grant(
    'AWS::Logs::LogGroup',
    [`logs:*:*:log-group:/aws/lambda/${stack}`, `logs:*:*:log-group:/fargaze/${stack}`],
    [
      ...['AssociateKmsKey', 'CreateLogGroup', 'DeleteLogGroup', 'DeleteRetentionPolicy'],
      ...['DescribeLogGroups', 'DisassociateKmsKey', 'PutRetentionPolicy', ...tags],
    ],
  ),
  grant(
    'AWS::SQS::Queue',
    [`sqs:*:*:${stack}`],
    [
      ...['CreateQueue', 'DeleteQueue', 'GetQueueAttributes', 'GetQueueUrl', 'ListQueueTags'],
      ...['SetQueueAttributes', 'TagQueue', 'UntagQueue'],
    ],
  ),
  grant('AWS::SQS::QueuePolicy', [`sqs:*:*:${stack}`], ['SetQueueAttributes']),
  grant(
    'AWS::SNS::Topic',
    [`sns:*:*:${stack}`],
    [
      ...['CreateTopic', 'DeleteTopic', 'GetTopicAttributes', 'ListSubscriptionsByTopic'],
      ...['SetTopicAttributes', ...tags],
    ],
  ),
  grant('AWS::SNS::TopicPolicy', [`sns:*:*:${stack}`], ['SetTopicAttributes']),
  grant(
    'AWS::SNS::Subscription',
    [`sns:*:*:${stack}`],
    [...['GetSubscriptionAttributes', 'SetSubscriptionAttributes', 'Subscribe', 'Unsubscribe']],
  ),
  grant(
    'AWS::CloudWatch::Alarm',
    [`cloudwatch:*:*:alarm:${stack}`],
    [...['DeleteAlarms', 'DescribeAlarms', 'PutMetricAlarm', ...tags]],
  ),
  grant('AWS::APS::Workspace', any, [
    ...['CreateWorkspace', 'DeleteWorkspace', 'DescribeWorkspace', 'UpdateWorkspaceAlias', ...tags],
  ]),
  grant('AWS::APS::RuleGroupsNamespace', any, [
    ...['CreateRuleGroupsNamespace', 'DeleteRuleGroupsNamespace'],
    ...['DescribeRuleGroupsNamespace', 'PutRuleGroupsNamespace'],
  ]),
  // CloudFormation names them after the resource, without the stack.
  grant(
    'AWS::SecretsManager::Secret',
    ['secretsmanager:*:*:secret:*Secret-*'],
    [
      ...['CreateSecret', 'DeleteSecret', 'DescribeSecret', 'GetSecretValue', 'PutSecretValue'],
      ...['TagResource', 'UntagResource', 'UpdateSecret'],
    ],
  ),
  grant('AWS::SecretsManager::Password', any, ['GetRandomPassword']),
];

/** Types that the documents allow to deploy. */
export const deployable: ReadonlySet<string> = new Set(
  [...running, ...serving].map(({ type }) => type),
);

type Statement = {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: unknown;
};

/** Only to ECS and Lambda may roles be handed, and only one role may be made for a service. */
const handing: readonly Statement[] = [
  {
    Effect: 'Allow',
    Action: ['iam:PassRole'],
    Resource: [`arn:aws:iam::*:role/${stack}`],
    Condition: {
      StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com', 'lambda.amazonaws.com'] },
    },
  },
  {
    Effect: 'Allow',
    Action: ['iam:CreateServiceLinkedRole'],
    Resource: ['arn:aws:iam::*:role/aws-service-role/*'],
    Condition: {
      StringEquals: {
        'iam:AWSServiceName': ['ecs.amazonaws.com', 'elasticloadbalancing.amazonaws.com'],
      },
    },
  },
];

/** The documents, by the name of their file below `infra/`. */
export const deployerPolicies: Readonly<Record<string, object>> = {
  'deployer-policy-network.json': documentOf([...statements(running)]),
  'deployer-policy-functions.json': documentOf([...statements(serving), ...handing]),
};

function documentOf(Statement: readonly Statement[]) {
  return { Version: '2012-10-17', Statement };
}

/** Grants on the same things together. */
function statements(grants: readonly Grant[]): Statement[] {
  const places = new Map<string, Set<string>>();
  for (const { calls, on } of grants) {
    const place = on.join();
    places.set(place, new Set([...(places.get(place) ?? []), ...calls]));
  }
  return [...places].map(([place, calls]) => ({
    Effect: 'Allow',
    Action: [...calls].sort(),
    Resource: place.split(',').map((one) => (one === '*' ? one : `arn:aws:${one}`)),
  }));
}
