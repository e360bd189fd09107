// The namespaces whose resources discovery jobs find, as facts of YACE 0.67.0 (pkg/config/services.go): short name, resource types
// for GetResources, and how the ARN of a resource holds the dimensions of its metrics. Only build time reads it: each job
// takes its own part along.
import type { Association, ResourceCall } from '../bridge.ts';

/**
 * One line for each: namespace, short name, types, patterns. A space in the name of a dimension is `_` in a pattern. After `*`
 * stands a pattern that gives the whole last part of the ARN, so that the ARN can be built from the dimensions too.
 */
const table = `
/aws/sagemaker/Endpoints | sagemaker-endpoints | sagemaker:endpoint | :endpoint/(?<EndpointName>[^/]+)$
/aws/sagemaker/InferenceComponents | sagemaker-inference-components | sagemaker:inference-component | :inference-component/(?<InferenceComponentName>[^/]+)$
/aws/sagemaker/InferenceRecommendationsJobs | sagemaker-inf-rec | sagemaker:inference-recommendations-job | :inference-recommendations-job/(?<JobName>[^/]+)
/aws/sagemaker/ProcessingJobs | sagemaker-processing | sagemaker:processing-job
/aws/sagemaker/TrainingJobs | sagemaker-training | sagemaker:training-job
/aws/sagemaker/TransformJobs | sagemaker-transform | sagemaker:transform-job
AmazonMWAA | airflow | airflow
AWS/ACMPrivateCA | acm-pca | acm-pca:certificate-authority | *(?<PrivateCAArn>.*)
AWS/AmazonMQ | mq | mq | broker:(?<Broker>[^:]+)
AWS/AOSS | aoss | aoss:collection | :collection/(?<CollectionId>[^/]+)
AWS/ApiGateway | apigateway | apigateway | /restapis/(?<ApiName>[^/]+)$ /restapis/(?<ApiName>[^/]+)/stages/(?<Stage>[^/]+)$ /apis/(?<ApiId>[^/]+)$ /apis/(?<ApiId>[^/]+)/stages/(?<Stage>[^/]+)$ /apis/(?<ApiId>[^/]+)/routes/(?<Route>[^/]+)$
AWS/ApplicationELB | alb | elasticloadbalancing:loadbalancer/app elasticloadbalancing:targetgroup | *:(?<TargetGroup>targetgroup/.+) *:loadbalancer/(?<LoadBalancer>.+)$
AWS/AppRunner | apprunner
AWS/AppStream | appstream | appstream | :fleet/(?<FleetName>[^/]+)
AWS/AppSync | appsync | appsync | apis/(?<GraphQLAPIId>[^/]+)
AWS/Athena | athena | athena | *workgroup/(?<WorkGroup>[^/]+)
AWS/AutoScaling | asg |  | autoScalingGroupName/(?<AutoScalingGroupName>[^/]+)
AWS/Backup | backup | backup | :backup-vault:(?<BackupVaultName>[^:]+)
AWS/Bedrock | bedrock
AWS/Bedrock/Agents | bedrock-agents | bedrock:agent-alias | *(?<AgentAliasArn>.+)
AWS/Bedrock/Guardrails | bedrock-guardrails | bedrock:guardrail | *(?<GuardrailArn>.+)
AWS/Billing | billing
AWS/Cassandra | cassandra | cassandra | keyspace/(?<Keyspace>[^/]+)/table/(?<TableName>[^/]+) keyspace/(?<Keyspace>[^/]+)/
AWS/CertificateManager | acm | acm:certificate | *(?<CertificateArn>.*)
AWS/ClientVPN | clientvpn | ec2:client-vpn-endpoint | :client-vpn-endpoint/(?<Endpoint>[^/]+)
AWS/CloudFront | cloudfront | cloudfront:distribution | distribution/(?<DistributionId>[^/]+)
AWS/Cognito | cognito-idp | cognito-idp:userpool | *userpool/(?<UserPool>[^/]+)
AWS/DataSync | datasync | datasync:task datasync:agent | :task/(?<TaskId>[^/]+) :agent/(?<AgentId>[^/]+)
AWS/DDoSProtection | shield | shield:protection | *(?<ResourceArn>.+)
AWS/DirectoryService | ds | ds:directory | :directory/(?<Directory_ID>[^/]+)
AWS/DMS | dms | dms | rep:[^/]+/(?<ReplicationInstanceIdentifier>[^/]+) task:(?<ReplicationTaskIdentifier>[^/]+)/(?<ReplicationInstanceIdentifier>[^/]+)
AWS/DocDB | docdb | rds:db rds:cluster | *cluster:(?<DBClusterIdentifier>[^/]+) *db:(?<DBInstanceIdentifier>[^/]+)
AWS/DX | dx | directconnect | :dxcon/(?<ConnectionId>[^/]+) :dxlag/(?<LagId>[^/]+) :dxvif/(?<VirtualInterfaceId>[^/]+)
AWS/DynamoDB | dynamodb | dynamodb:table | *:table/(?<TableName>[^/]+)
AWS/EBS | ebs | ec2:volume | *volume/(?<VolumeId>[^/]+)
AWS/EC2 | ec2 | ec2:instance | *instance/(?<InstanceId>[^/]+)
AWS/EC2CapacityReservations | ec2CapacityReservations
AWS/EC2Spot | ec2Spot |  | (?<FleetRequestId>.*)
AWS/ECR | ecr
AWS/ECS | ecs-svc | ecs:cluster ecs:service | *:cluster/(?<ClusterName>[^/]+)$ *:service/(?<ClusterName>[^/]+)/(?<ServiceName>[^/]+)$
AWS/EFS | efs | elasticfilesystem:file-system | *file-system/(?<FileSystemId>[^/]+)
AWS/EKS | eks | eks:cluster | *:cluster/(?<ClusterName>[^/]+)$
AWS/ElastiCache | ec | elasticache:cluster elasticache:serverlesscache | *cluster:(?<CacheClusterId>[^/]+) *serverlesscache:(?<clusterId>[^/]+)
AWS/ElasticBeanstalk | beanstalk | elasticbeanstalk:environment | environment/[^/]+/(?<EnvironmentName>[^/]+)
AWS/ElasticMapReduce | emr | elasticmapreduce:cluster | cluster/(?<JobFlowId>[^/]+)
AWS/ELB | elb | elasticloadbalancing:loadbalancer | *:loadbalancer/(?<LoadBalancerName>.+)$
AWS/EMRServerless | emr-serverless | emr-serverless:applications | applications/(?<ApplicationId>[^/]+)
AWS/ES | es | es:domain | *:domain/(?<DomainName>[^/]+)
AWS/Events | event-rule | events | :rule/(?<EventBusName>[^/]+)/(?<RuleName>[^/]+)$ :rule/aws.partner/(?<EventBusName>.+)/(?<RuleName>[^/]+)$
AWS/Firehose | firehose | firehose | *:deliverystream/(?<DeliveryStreamName>[^/]+)
AWS/FSx | fsx | fsx:file-system | file-system/(?<FileSystemId>[^/]+)
AWS/GameLift | gamelift | gamelift | :fleet/(?<FleetId>[^/]+)
AWS/GatewayELB | gwlb | elasticloadbalancing:loadbalancer | *:(?<TargetGroup>targetgroup/.+) *:loadbalancer/(?<LoadBalancer>.+)$
AWS/GlobalAccelerator | ga | globalaccelerator | accelerator/(?<Accelerator>[^/]+)$ accelerator/(?<Accelerator>[^/]+)/listener/(?<Listener>[^/]+)$ accelerator/(?<Accelerator>[^/]+)/listener/(?<Listener>[^/]+)/endpoint-group/(?<EndpointGroup>[^/]+)$
AWS/IoT | iot | iot:rule iot:provisioningtemplate | :rule/(?<RuleName>[^/]+) :provisioningtemplate/(?<TemplateName>[^/]+)
AWS/IPAM | ipam | ec2:ipam-pool | :ipam-pool/(?<IpamPoolId>[^/]+)$
AWS/Kafka | kafka | kafka:cluster | :cluster/(?<Cluster_Name>[^/]+)
AWS/KafkaConnect | kafkaconnect | kafka:cluster | :connector/(?<Connector_Name>[^/]+)
AWS/Kinesis | kinesis | kinesis:stream | *:stream/(?<StreamName>[^/]+)
AWS/KinesisAnalytics | kinesis-analytics | kinesisanalytics:application | :application/(?<Application>[^/]+)
AWS/KMS | kms | kms:key | *:key/(?<KeyId>[^/]+)
AWS/Lambda | lambda | lambda:function | *:function:(?<FunctionName>[^/]+)
AWS/Logs | logs | logs:log-group | *:log-group:(?<LogGroupName>.+)
AWS/MediaConnect | mediaconnect | mediaconnect:flow mediaconnect:source mediaconnect:output | ^(?<FlowARN>.*:flow:.*)$ ^(?<SourceARN>.*:source:.*)$ ^(?<OutputARN>.*:output:.*)$
AWS/MediaConvert | mediaconvert | mediaconvert | (?<Queue>.*:.*:mediaconvert:.*:queues/.*)$
AWS/MediaLive | medialive | medialive:channel | :channel:(?<ChannelId>.+)$
AWS/MediaPackage | mediapackage | mediapackage mediapackagev2 mediapackage-vod | :channels/(?<IngestEndpoint>.+)$ :packaging-configurations/(?<PackagingConfiguration>.+)$
AWS/MediaTailor | mediatailor | mediatailor:playbackConfiguration | playbackConfiguration/(?<ConfigurationName>[^/]+)
AWS/MemoryDB | memorydb | memorydb:cluster | *cluster/(?<ClusterName>[^/]+)
AWS/MWAA | mwaa
AWS/NATGateway | ngw | ec2:natgateway | *natgateway/(?<NatGatewayId>[^/]+)
AWS/Neptune | neptune | rds:db rds:cluster | *:cluster:(?<DBClusterIdentifier>[^/]+) *:db:(?<DBInstanceIdentifier>[^/]+)
AWS/Network Manager | networkmanager | networkmanager:core-network | :core-network/(?<CoreNetwork>[^/]+)$
AWS/NetworkELB | nlb | elasticloadbalancing:loadbalancer/net elasticloadbalancing:targetgroup | *:(?<TargetGroup>targetgroup/.+) *:loadbalancer/(?<LoadBalancer>.+)$
AWS/NetworkFirewall | nfw | network-firewall:firewall | firewall/(?<FirewallName>[^/]+)
AWS/PrivateLinkEndpoints | vpc-endpoint | ec2:vpc-endpoint | *:vpc-endpoint/(?<VPC_Endpoint_Id>.+)
AWS/PrivateLinkServices | vpc-endpoint-service | ec2:vpc-endpoint-service | *:vpc-endpoint-service/(?<Service_Id>.+)
AWS/Prometheus | amp
AWS/QLDB | qldb | qldb | :ledger/(?<LedgerName>[^/]+)
AWS/QuickSight | quicksight
AWS/RDS | rds | rds:db rds:cluster rds:db-proxy | *:cluster:(?<DBClusterIdentifier>[^/]+) *:db:(?<DBInstanceIdentifier>[^/]+) *:db-proxy:(?<ProxyIdentifier>[^/]+)
AWS/Redshift | redshift | redshift:cluster | *:cluster:(?<ClusterIdentifier>[^/]+)
AWS/Redshift-Serverless | redshift | redshift-serverless:workgroup redshift-serverless:namespace
AWS/Route53 | route53 | route53 | :healthcheck/(?<HealthCheckId>[^/]+)
AWS/Route53Resolver | route53-resolver | route53resolver | :resolver-endpoint/(?<EndpointId>[^/]+)
AWS/RUM | rum
AWS/S3 | s3 | s3 | *(?<BucketName>[^:]+)$
AWS/SageMaker | sagemaker | sagemaker:endpoint sagemaker:inference-component | :endpoint/(?<EndpointName>[^/]+)$ :inference-component/(?<InferenceComponentName>[^/]+)$
AWS/Sagemaker/ModelBuildingPipeline | sagemaker-model-building-pipeline | sagemaker:pipeline | :pipeline/(?<PipelineName>[^/]+)
AWS/Scheduler | scheduler
AWS/SecretsManager | secretsmanager
AWS/SES | ses
AWS/SNS | sns | sns | *(?<TopicName>[^:]+)$
AWS/SQS | sqs | sqs | *(?<QueueName>[^:]+)$
AWS/States | sfn | states | *(?<StateMachineArn>.*)
AWS/StorageGateway | storagegateway | storagegateway | :gateway/(?<GatewayId>[^:]+)$ :share/(?<ShareId>[^:]+)$ ^(?<GatewayId>[^:/]+)/(?<GatewayName>[^:]+)$
AWS/Timestream | timestream
AWS/Transfer | transfer
AWS/TransitGateway | tgw | ec2:transit-gateway | :transit-gateway/(?<TransitGateway>[^/]+) (?<TransitGateway>[^/]+)/(?<TransitGatewayAttachment>[^/]+)
AWS/TrustedAdvisor | trustedadvisor
AWS/Usage | usage
AWS/VpcLattice | vpc-lattice | vpc-lattice:service | :service/(?<Service>[^/]+)$
AWS/VPN | vpn | ec2:vpn-connection | *:vpn-connection/(?<VpnId>[^/]+)
AWS/WAFV2 | wafv2 | wafv2 | /webacl/(?<WebACL>[^/]+)
AWS/WorkSpaces | workspaces | workspaces:workspace workspaces:directory | :workspace/(?<WorkspaceId>[^/]+)$ :directory/(?<DirectoryId>[^/]+)$
ContainerInsights | containerinsights | eks:cluster | *:cluster/(?<ClusterName>[^/]+)$
CWAgent | cwagent
ECS/ContainerInsights | ecs-containerinsights | ecs:cluster ecs:service | *:cluster/(?<ClusterName>[^/]+)$ *:service/(?<ClusterName>[^/]+)/(?<ServiceName>[^/]+)$
Glue | glue | glue:job | *:job/(?<JobName>[^/]+)
`;

/** Namespaces whose resources an API of their own lists, or completes. */
const calls: Readonly<Record<string, ResourceCall>> = {
  'AWS/ApiGateway': 'api-gateway',
  'AWS/AutoScaling': 'auto-scaling',
  'AWS/DDoSProtection': 'shield',
  'AWS/DMS': 'dms',
  'AWS/EC2Spot': 'spot-fleets',
  'AWS/Prometheus': 'prometheus',
  'AWS/StorageGateway': 'storage-gateway',
  'AWS/TransitGateway': 'transit-gateways',
};

/** A namespace of discovery jobs. */
export type Namespace = {
  readonly name: string;
  /** Its name in older YACE files. */
  readonly alias: string;
  /** Unset: its metrics belong to no resource. */
  readonly association?: Association;
};

/** All namespaces, by name. */
export const namespaces: ReadonlyMap<string, Namespace> = new Map(
  table
    .trim()
    .split('\n')
    .map((line) => {
      const [name = '', alias = '', types = '', patterns = ''] = line.split(/ ?\| ?/);
      return [name, { name, alias, ...associationOf(name, words(types), words(patterns)) }];
    }),
);

/** The namespace of a `type`: itself, or the one that an older file's short name stands for. */
export function toNamespace(type: string): string {
  if (namespaces.has(type)) return type;
  return [...namespaces.values()].find(({ alias }) => alias === type)?.name ?? type;
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function associationOf(
  name: string,
  types: readonly string[],
  patterns: readonly string[],
): Pick<Namespace, 'association'> {
  const call = calls[name];
  if (types.length === 0 && call === undefined) return {};
  const service = types[0]?.split(':')[0] ?? '';
  const mappings = patterns.map((text) => {
    const pattern = text.replace(/^\*/, '');
    const names = [...pattern.matchAll(/\(\?<(\w+)>/g)].map(([, group = '']) => group);
    const dimensions = names.map((group) => group.replaceAll('_', ' '));
    const arn = text === pattern ? undefined : arnOf(service, pattern);
    return { pattern, dimensions, ...(arn !== undefined && { arn }) };
  });
  return { association: { types, mappings, ...(call !== undefined && { call }) } };
}

/** An ARN with the names of dimensions in braces, from a pattern that gives all of its last part. */
function arnOf(service: string, pattern: string): string {
  const whole = /^\(\?<(\w+)>\.[*+]\)$/.exec(pattern)?.[1];
  if (whole !== undefined) return `{${whole}}`;
  const last = pattern
    .replace(/^:/, '')
    .replace(/\$$/, '')
    // `(?<TargetGroup>targetgroup/.+)`: the group holds its own beginning.
    .replaceAll(/\(\?<(\w+)>[^)]*\)/g, (_, group: string) => `{${group.replaceAll('_', ' ')}}`);
  const place = service === 's3' ? '::' : '{region}:{account}:';
  return `arn:{partition}:${service}:${place}${last}`;
}
