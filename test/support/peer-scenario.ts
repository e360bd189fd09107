// A cloud with something of every kind that YACE and the bridge both read; test/fixtures/yace/peer.yml reads it.
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import type { Model } from '../../local/fake-aws/model/model.ts';

/** When the scenario's services were made: long before any reading. */
const createdAt = 1_790_000_000;

/** Every resource has tags, since YACE sees no other; some keys are such as no label can hold. */
const tags = {
  Team: 'shop',
  'cost:centre': '7',
  'aws:cloudformation:stack-name': 'blue',
  'p%': '9',
};

/** Adds the scenario to an empty cloud. What it shows at an instant depends only on that instant. */
export function addPeerScenario({ model }: FakeAws): void {
  model.addCluster({ name: 'prod', tags, containerInsights: 'enabled' });
  model.addService({ createdAt, cluster: 'prod', name: 'web', desired: 2, tags });
  model.addService({ createdAt, cluster: 'prod', name: 'worker', tags: { Team: 'ops' } });
  model.addResource({ kind: 'load-balancer', name: 'shop', tags });
  model.addResource({ kind: 'cache', name: 'sessions', tags });
  model.addResource({ kind: 'function', name: 'checkout', tags });
  const wave = { resolution: 60, low: 1, high: 9 };
  model.addMetric({
    ...wave,
    namespace: 'AWS/SQS',
    name: 'ApproximateAgeOfOldestMessage',
    dimensions: { QueueName: 'orders' },
  });
  model.addMetric({
    ...wave,
    namespace: 'Shop/Orders',
    name: 'Orders Paid %',
    dimensions: { 'Payment-Kind': 'card', Region2: 'eu' },
  });
  model.addMetric({ ...wave, namespace: 'Shop/Orders', name: 'shop.Refunds', dimensions: {} });
  const ClusterName = 'prod';
  const connect = { ClusterName, ServiceName: 'web', DiscoveryName: 'web' };
  for (const [namespace, name, dimensions] of [
    ['AWS/ECS', 'RequestCount', connect],
    ['AWS/ECS', 'RequestCount', { DiscoveryName: 'web' }],
    ['ECS/ContainerInsights', 'CpuUtilized', { ClusterName, TaskDefinitionFamily: 'web' }],
    ['ECS/ContainerInsights', 'CpuUtilized', { ClusterName, ServiceName: 'web', TaskId: '0a' }],
  ] as const) {
    model.addMetric({ ...wave, namespace, name, dimensions });
  }
  addNamespaces(model);
}

type Kind = {
  readonly namespace: string;
  readonly metric: string;
  /** Service and last part of the ARN of each tagged resource. */
  readonly resources: readonly (readonly [service: string, rest: string])[];
  readonly dimensions: readonly Readonly<Record<string, string>>[];
};

/** What tags connect: for each namespace its resources, and metrics of them, of others of the kind, and of none. */
const kinds: readonly Kind[] = [
  {
    namespace: 'AWS/EC2',
    metric: 'CPUUtilization',
    resources: [['ec2', 'instance/i-1']],
    dimensions: [{ InstanceId: 'i-1' }, { ImageId: 'ami-1' }, {}],
  },
  {
    namespace: 'AWS/EBS',
    metric: 'BurstBalance',
    resources: [['ec2', 'volume/vol-1']],
    dimensions: [{ VolumeId: 'vol-1' }],
  },
  {
    namespace: 'AWS/RDS',
    metric: 'CPUUtilization',
    resources: [
      ['rds', 'db:shop'],
      ['rds', 'cluster:shop'],
    ],
    dimensions: [
      { DBInstanceIdentifier: 'shop' },
      { DBClusterIdentifier: 'shop', Role: 'WRITER' },
      { EngineName: 'postgres' },
    ],
  },
  {
    namespace: 'AWS/SQS',
    metric: 'NumberOfMessagesSent',
    resources: [['sqs', 'orders']],
    dimensions: [{ QueueName: 'orders' }],
  },
  {
    namespace: 'AWS/SNS',
    metric: 'PublishSize',
    resources: [['sns', 'news']],
    dimensions: [{ TopicName: 'news' }],
  },
  {
    namespace: 'AWS/NetworkELB',
    metric: 'HealthyHostCount',
    resources: [
      ['elasticloadbalancing', 'loadbalancer/net/front/1a'],
      ['elasticloadbalancing', 'targetgroup/front/2b'],
    ],
    dimensions: [
      { LoadBalancer: 'net/front/1a', TargetGroup: 'targetgroup/front/2b' },
      { LoadBalancer: 'net/front/1a' },
    ],
  },
  {
    namespace: 'AWS/DynamoDB',
    metric: 'SuccessfulRequestLatency',
    resources: [['dynamodb', 'table/carts']],
    dimensions: [{ TableName: 'carts', Operation: 'GetItem' }, { Operation: 'GetItem' }],
  },
  {
    namespace: 'AWS/Kinesis',
    metric: 'GetRecords.IteratorAgeMilliseconds',
    resources: [['kinesis', 'stream/clicks']],
    dimensions: [{ StreamName: 'clicks' }],
  },
  {
    namespace: 'AWS/Kafka',
    metric: 'BytesInPerSec',
    resources: [['kafka', 'cluster/events/0f-1']],
    dimensions: [{ 'Cluster Name': 'events', 'Broker ID': '1' }],
  },
  {
    namespace: 'AWS/AmazonMQ',
    metric: 'QueueSize',
    resources: [['mq', 'broker:mail:b-1']],
    dimensions: [{ Broker: 'mail-2', Queue: 'out' }],
  },
  {
    namespace: 'AWS/ApiGateway',
    metric: 'Latency',
    resources: [
      ['apigateway', '/restapis/r1'],
      ['apigateway', '/restapis/r1/stages/live'],
      ['apigateway', '/apis/h1'],
    ],
    dimensions: [{ ApiName: 'shop' }, { ApiName: 'shop', Stage: 'live' }, { ApiId: 'h1' }],
  },
  {
    namespace: 'AWS/AutoScaling',
    metric: 'GroupInServiceInstances',
    resources: [],
    dimensions: [{ AutoScalingGroupName: 'web' }, { AutoScalingGroupName: 'deleted' }],
  },
  {
    namespace: 'AWS/TransitGateway',
    metric: 'BytesIn',
    resources: [['ec2', 'transit-gateway/tgw-1']],
    dimensions: [
      { TransitGateway: 'tgw-1' },
      { TransitGateway: 'tgw-1', TransitGatewayAttachment: 'tgw-attach-1' },
    ],
  },
  {
    namespace: 'AWS/DMS',
    metric: 'CPUUtilization',
    resources: [
      ['dms', 'rep:R1'],
      ['dms', 'task:T1'],
    ],
    dimensions: [
      { ReplicationInstanceIdentifier: 'move' },
      { ReplicationInstanceIdentifier: 'move', ReplicationTaskIdentifier: 'T1' },
    ],
  },
  {
    namespace: 'AWS/EC2Spot',
    metric: 'FulfilledCapacity',
    resources: [],
    dimensions: [{ FleetRequestId: 'sfr-1' }],
  },
  {
    namespace: 'AWS/StorageGateway',
    metric: 'CloudBytesUploaded',
    resources: [],
    dimensions: [{ GatewayId: 'sgw-1', GatewayName: 'office' }],
  },
  {
    namespace: 'AWS/Prometheus',
    metric: 'IngestionRate',
    resources: [],
    dimensions: [{ Workspace: 'ws-1' }],
  },
  {
    namespace: 'AWS/Redshift-Serverless',
    metric: 'QueriesRunning',
    resources: [['redshift-serverless', 'workgroup/1']],
    dimensions: [{ Workgroup: 'main' }],
  },
  {
    namespace: 'AWS/Billing',
    metric: 'EstimatedCharges',
    resources: [],
    dimensions: [{ Currency: 'USD' }],
  },
];

function addNamespaces(model: Model): void {
  for (const { dimensions: sets, metric: name, namespace, resources } of kinds) {
    for (const [service, rest] of resources) {
      model.addResource({ kind: 'other', service, name: rest, tags });
    }
    for (const dimensions of sets) {
      model.addMetric({ namespace, name, dimensions, resolution: 60, low: 1, high: 9 });
    }
  }
  model.addResource({ kind: 'other', arn: 'arn:aws:s3:::pictures', name: 'pictures', tags });
  const pictures = { BucketName: 'pictures', StorageType: 'AllStorageTypes' };
  model.addMetric({ namespace: 'AWS/S3', name: 'NumberOfObjects', dimensions: pictures });
  for (const [api, item] of Object.entries(listed)) model.addListed({ api, item });
}

const arn = (service: string, rest: string) => `arn:aws:${service}:eu-west-1:111122223333:${rest}`;
const upper = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const lower = Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Answers of APIs that list resources themselves. */
const listed: Readonly<Record<string, object>> = {
  GetRestApis: { id: 'r1', name: 'shop' },
  GetApis: { apiId: 'h1', name: 'front', protocolType: 'HTTP' },
  DescribeAutoScalingGroups: {
    AutoScalingGroupName: 'web',
    AutoScalingGroupARN: arn('autoscaling', 'autoScalingGroup:0f:autoScalingGroupName/web'),
    Instances: [{ InstanceId: 'i-1' }],
    Tags: upper,
  },
  DescribeTransitGatewayAttachments: {
    transitGatewayId: 'tgw-1',
    transitGatewayAttachmentId: 'tgw-attach-1',
    tagSet: lower,
  },
  DescribeSpotFleetRequests: { spotFleetRequestId: 'sfr-1', tagSet: lower },
  DescribeReplicationInstances: {
    ReplicationInstanceArn: arn('dms', 'rep:R1'),
    ReplicationInstanceIdentifier: 'move',
  },
  DescribeReplicationTasks: {
    ReplicationTaskArn: arn('dms', 'task:T1'),
    ReplicationInstanceArn: arn('dms', 'rep:R1'),
  },
  ListGateways: {
    GatewayARN: arn('storagegateway', 'gateway/sgw-1'),
    GatewayId: 'sgw-1',
    GatewayName: 'office',
  },
  ListTagsForResource: { Key: 'Team', Value: 'shop' },
  ListWorkspaces: { arn: arn('aps', 'workspace/ws-1'), workspaceId: 'ws-1', tags },
};
