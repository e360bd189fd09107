// What whoever deploys may do with the functions, with what they write to, and with what the framework itself needs.
import { any, type Grant, grant, stack, tags } from './grant.ts';

const lambda = [`lambda:*:*:function:${stack}`];
const topic = [`sns:*:*:${stack}`];
const bucket = [`s3:::${stack}`];

/** The stack, its bucket, roles, functions, queues, alarms, secrets and the workspace. */
export const functionGrants: readonly Grant[] = [
  // ValidateTemplate knows no stack.
  grant('AWS::CloudFormation::Template', any, ['ValidateTemplate']),
  grant(
    'AWS::CloudFormation::Stack',
    [`cloudformation:*:*:stack/${stack}`],
    [
      ...['CancelUpdateStack', 'ContinueUpdateRollback', 'CreateStack', 'DeleteStack'],
      ...['DescribeStackEvents', 'DescribeStackResource', 'DescribeStackResources'],
      ...['DescribeStacks', 'GetTemplate', 'ListStackResources', 'RollbackStack', 'TagResource'],
      ...['UntagResource', 'UpdateStack', 'UpdateTerminationProtection'],
    ],
  ),
  grant('AWS::S3::Bucket', bucket, [
    ...['CreateBucket', 'DeleteBucket', 'GetBucketLocation', 'GetBucketPublicAccessBlock'],
    ...['GetBucketTagging', 'GetEncryptionConfiguration', 'ListBucket', 'ListBucketVersions'],
    ...['PutBucketPublicAccessBlock', 'PutBucketTagging', 'PutEncryptionConfiguration'],
  ]),
  grant('AWS::S3::BucketPolicy', bucket, [
    ...['DeleteBucketPolicy', 'GetBucketPolicy', 'PutBucketPolicy'],
  ]),
  // Removal names the version of each object, even where there is only one.
  grant(
    'AWS::S3::Object',
    [`s3:::${stack}/*`],
    ['DeleteObject', 'DeleteObjectVersion', 'GetObject', 'PutObject'],
  ),
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
      ...['GetPolicy', 'GetPolicyVersion', 'ListEntitiesForPolicy', 'ListPolicyVersions'],
      ...['TagPolicy', 'UntagPolicy'],
    ],
  ),
  grant('AWS::Lambda::Function', lambda, [
    ...['CreateFunction', 'DeleteFunction', 'DeleteFunctionConcurrency', 'GetFunction'],
    ...['GetFunctionCodeSigningConfig', 'GetFunctionConfiguration', 'GetFunctionRecursionConfig'],
    ...['GetRuntimeManagementConfig', 'ListTags', 'ListVersionsByFunction'],
    ...['PutFunctionConcurrency', 'TagResource', 'UntagResource', 'UpdateFunctionCode'],
    'UpdateFunctionConfiguration',
  ]),
  grant('AWS::Lambda::EventInvokeConfig', lambda, [
    ...['DeleteFunctionEventInvokeConfig', 'GetFunctionEventInvokeConfig'],
    ...['PutFunctionEventInvokeConfig', 'UpdateFunctionEventInvokeConfig'],
  ]),
  grant('AWS::Lambda::Permission', lambda, ['AddPermission', 'GetPolicy', 'RemovePermission']),
  grant(
    'AWS::Lambda::LayerVersion',
    [`lambda:*:*:layer:${stack}`],
    ['DeleteLayerVersion', 'GetLayerVersion', 'PublishLayerVersion'],
  ),
  grant('AWS::Lambda::LayerVersion', any, ['ListLayerVersions']),
  // Its name is a random one.
  grant('AWS::Lambda::EventSourceMapping', any, [
    ...['CreateEventSourceMapping', 'DeleteEventSourceMapping', 'GetEventSourceMapping'],
    'UpdateEventSourceMapping',
  ]),
  grant(
    'AWS::Lambda::EventSourceMapping',
    ['lambda:*:*:event-source-mapping:*'],
    ['ListTags', 'TagResource', 'UntagResource'],
  ),
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
      ...['AssociateKmsKey', 'CreateLogGroup', 'DeleteDataProtectionPolicy', 'DeleteLogGroup'],
      ...['DeleteRetentionPolicy', 'DisassociateKmsKey', 'GetDataProtectionPolicy'],
      ...['PutRetentionPolicy', ...tags],
    ],
  ),
  grant('AWS::Logs::LogGroup', any, [
    ...['DescribeIndexPolicies', 'DescribeLogGroups', 'DescribeResourcePolicies'],
  ]),
  grant(
    'AWS::SQS::Queue',
    [`sqs:*:*:${stack}`],
    [
      ...['CreateQueue', 'DeleteQueue', 'GetQueueAttributes', 'GetQueueUrl', 'ListQueueTags'],
      ...['SetQueueAttributes', 'TagQueue', 'UntagQueue'],
    ],
  ),
  grant('AWS::SQS::QueuePolicy', [`sqs:*:*:${stack}`], ['SetQueueAttributes']),
  grant('AWS::SNS::Topic', topic, [
    ...['CreateTopic', 'DeleteTopic', 'GetDataProtectionPolicy', 'GetTopicAttributes'],
    ...['ListSubscriptionsByTopic', 'SetTopicAttributes', ...tags],
  ]),
  grant('AWS::SNS::TopicPolicy', topic, ['SetTopicAttributes']),
  grant('AWS::SNS::Subscription', topic, ['Subscribe']),
  // A subscription is no resource by itself.
  grant('AWS::SNS::Subscription', any, [
    ...['GetSubscriptionAttributes', 'SetSubscriptionAttributes', 'Unsubscribe'],
  ]),
  grant(
    'AWS::CloudWatch::Alarm',
    [`cloudwatch:*:*:alarm:${stack}`],
    [...['DeleteAlarms', 'DescribeAlarms', 'PutMetricAlarm', ...tags]],
  ),
  grant('AWS::APS::Workspace', any, [
    ...['CreateWorkspace', 'DeleteWorkspace', 'DescribeAlertManagerDefinition'],
    ...['DescribeLoggingConfiguration', 'DescribeWorkspace', 'UpdateWorkspaceAlias', ...tags],
  ]),
  grant('AWS::APS::RuleGroupsNamespace', any, [
    ...['CreateRuleGroupsNamespace', 'DeleteRuleGroupsNamespace'],
    ...['DescribeRuleGroupsNamespace', 'PutRuleGroupsNamespace', ...tags],
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
