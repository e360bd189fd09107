// What parameters ask of whoever deploys, beside the resources that they bring: the calls that CloudFormation makes on things
// of your own, in the deployer's name. A parameter that only changes a value asks for nothing.
/** Beginning of names of secrets of your own that the template resolves, so that the deployer must read them. */
export const ownSecrets = 'secretsmanager:*:*:secret:fargaze*';

/** What a key of your own is used for, by the services below in the name of whoever calls them. */
export const keyCalls = [
  ...['kms:CreateGrant', 'kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
  'kms:GenerateDataKeyWithoutPlaintext',
];

/** Services that encrypt with it, as `kms:ViaService` calls them, in every region and partition. */
export const keyUsers = ['lambda.*', 'logs.*', 'secretsmanager.*', 'sns.*'];

/** ECS hands them to containers by a role of the stack. */
const readByTasks: readonly string[] = [];

const secret = ['secretsmanager:GetSecretValue'];

/** Calls by parameter: all that name something of your own, and those that bring a call of their own. */
export const callsOfParameters: Readonly<Record<string, readonly string[]>> = {
  AlarmEmail: ['sns:Subscribe', 'sns:Unsubscribe'],
  AlertOpsgenieSecretArn: readByTasks,
  AlertPagerDutySecretArn: readByTasks,
  AlertSlackSecretArn: readByTasks,
  AlertTeamsSecretArn: readByTasks,
  AlertWebhookSecretArn: readByTasks,
  AssignPublicIp: ['ecs:UpdateService'],
  CertificateArn: ['elasticloadbalancing:CreateListener'],
  ClusterName: ['ecs:CreateService'],
  EnableExec: ['ecs:UpdateService'],
  FunctionSubnetIds: ['ec2:DescribeSubnets', 'lambda:UpdateFunctionConfiguration'],
  HostedZoneId: ['route53:ChangeResourceRecordSets'],
  KmsKeyArn: [...keyCalls, 'kms:DescribeKey', 'logs:AssociateKmsKey'],
  ListenerArn: ['elasticloadbalancing:CreateRule'],
  LoadBalancerSecurityGroupId: ['ec2:AuthorizeSecurityGroupIngress'],
  LogRetentionDays: ['logs:PutRetentionPolicy'],
  LongTermStorage: ['aps:CreateWorkspace', 'aps:CreateRuleGroupsNamespace'],
  PublicSubnetIds: ['ec2:DescribeSubnets', 'elasticloadbalancing:SetSubnets'],
  PushgatewaySecretArn: secret,
  RedisSecretArn: secret,
  RemoteWriteSecretArn: secret,
  ReservedConcurrency: ['lambda:PutFunctionConcurrency', 'lambda:DeleteFunctionConcurrency'],
  ScrapedClusters: [],
  TaskSubnetIds: ['ec2:DescribeSubnets'],
  VpcId: ['ec2:DescribeVpcs', 'route53:AssociateVPCWithHostedZone'],
  WebCapacity: ['ecs:PutClusterCapacityProviders'],
  Zones: ['ec2:DescribeAvailabilityZones'],
};
