// The template under sets of parameters: what is switched off leaves nothing behind that refers to it, and what cannot
// work is refused before anything is created.
import type { Values } from '../../infra/template/template.ts';
import { ofType, template } from '../support/template.ts';
import { accepts, dangling, holds, living, refusals } from '../support/template-parameters.ts';

const vpc = {
  VpcId: 'vpc-0a1',
  TaskSubnetIds: 'subnet-0a1,subnet-0a2',
  FunctionSubnetIds: 'subnet-0b1,subnet-0b2',
};
const certificate = {
  CertificateArn: 'arn:aws:acm:x:1:certificate/y',
  GrafanaCidr: '10.0.0.0/8',
  GrafanaDomain: 'grafana.example.com',
};
const secret = 'arn:aws:secretsmanager:x:1:secret:y';
/** Nothing but functions; the receiver's address takes the place of Prometheus. */
const none = { EnableGrafana: 'false', EnableRedis: 'false', EnableWeb: 'false' };
const listener = {
  ...vpc,
  ListenerArn: 'arn:aws:elasticloadbalancing:x:1:listener/app/a/b/c',
  LoadBalancerSecurityGroupId: 'sg-0a1',
  GrafanaDomain: 'grafana.example.com',
};

const sets: readonly { readonly name: string; readonly values: Values }[] = [
  { name: 'defaults', values: {} },
  { name: 'a VPC of your own', values: vpc },
  {
    name: 'a VPC of your own and a certificate',
    values: { ...vpc, ...certificate, PublicSubnetIds: 'subnet-0c1,subnet-0c2' },
  },
  { name: 'a certificate', values: certificate },
  {
    name: 'a domain and a certificate',
    values: { ...certificate, GrafanaDomain: 'g.example.com' },
  },
  {
    name: 'an existing Pushgateway and Prometheus',
    values: {
      ...none,
      PushgatewayUrl: 'http://p:9091',
      RemoteWriteUrl: 'http://p:9090/api/v1/write',
    },
  },
  {
    name: 'an existing Pushgateway and Prometheus, which Grafana reads, beside web and redis',
    values: {
      PushgatewayUrl: 'http://p:9091',
      RemoteWriteUrl: 'http://p:9090/api/v1/write',
      PrometheusUrl: 'http://p:9090',
    },
  },
  {
    name: 'a workspace of Amazon Managed Prometheus for writing and for Grafana',
    values: {
      RemoteWriteUrl: 'https://aps.example/workspaces/ws-1/api/v1/remote_write',
      RemoteWriteRegion: 'eu-west-1',
      PrometheusUrl: 'https://aps.example/workspaces/ws-1',
      PrometheusRegion: 'eu-west-1',
    },
  },
  {
    name: 'an existing Pushgateway and Prometheus in a VPC',
    values: {
      ...none,
      PushgatewayUrl: 'http://p:9091',
      RemoteWriteUrl: 'http://p:9090/api/v1/write',
      VpcId: 'vpc-0a1',
      FunctionSubnetIds: 'subnet-0b1',
    },
  },
  {
    name: 'an existing Prometheus',
    values: { ...none, RemoteWriteUrl: 'https://p/api/v1/write', RemoteWriteRegion: 'eu-west-1' },
  },
  {
    name: 'both existing, with a certificate that nothing uses',
    values: { ...certificate, ...none, PushgatewayUrl: 'http://p', RemoteWriteUrl: 'https://p/w' },
  },
  {
    name: 'an existing Pushgateway and Prometheus with passwords',
    values: {
      ...none,
      PushgatewayUrl: 'https://p',
      PushgatewaySecretArn: secret,
      RemoteWriteUrl: 'https://p/w',
      RemoteWriteSecretArn: secret,
    },
  },
  {
    name: 'functions alone',
    values: { ...none, EnablePrometheus: 'false', RemoteWriteUrl: 'https://p/api/v1/write' },
  },
  { name: 'no web service', values: { EnableWeb: 'false' } },
  { name: 'no redis service', values: { EnableRedis: 'false' } },
  { name: 'no Grafana', values: { EnableGrafana: 'false' } },
  { name: 'no Grafana, with a certificate', values: { ...certificate, EnableGrafana: 'false' } },
  {
    name: 'Prometheus alone',
    values: { EnableGrafana: 'false', EnableRedis: 'false', EnableWeb: 'false' },
  },
  { name: 'a Redis of your own', values: { RedisEndpoint: 'r:6379' } },
  {
    name: 'a Redis of your own with TLS and a password',
    values: { RedisEndpoint: 'r:6379', RedisSecretArn: secret, RedisTls: 'true' },
  },
  {
    name: 'a cluster of your own, without its events',
    values: { ClusterName: 'mine', EnableEcsEvents: 'false' },
  },
  {
    name: 'long-term storage, shells and a key',
    values: { LongTermStorage: 'amp', EnableExec: 'true', KmsKeyArn: 'arn:aws:kms:x:1:key/y' },
  },
  {
    name: 'long-term storage, read by a Grafana whose image has the plugin',
    values: { LongTermStorage: 'amp', GrafanaImage: 'own/grafana:1', GrafanaPlugin: 'image' },
  },
  {
    name: 'Spot, and an image and address of your own',
    values: { WebCapacity: 'FARGATE_SPOT', WebImage: 'a/b:1', WebUrl: 'http://w' },
  },
  {
    name: 'alerts to everybody',
    values: {
      AlertSlackSecretArn: secret,
      AlertWebhookSecretArn: secret,
      AlarmEmail: 'a@b.example',
    },
  },
  {
    name: 'alerts to everybody, without Grafana',
    values: {
      EnableGrafana: 'false',
      AlertOpsgenieSecretArn: secret,
      AlertPagerDutySecretArn: secret,
      AlertSlackSecretArn: secret,
      AlertTeamsSecretArn: secret,
      AlertWebhookSecretArn: secret,
    },
  },
  {
    name: 'an Alertmanager of your own',
    values: { EnableGrafana: 'false', AlertmanagerUrl: 'https://alerts.example.org' },
  },
  { name: 'a load balancer of your own', values: listener },
  {
    name: 'a record in a zone, for an internal load balancer in two zones',
    values: {
      ...certificate,
      HostedZoneId: 'Z1',
      LoadBalancerScheme: 'internal',
      Zones: 'eu-west-1a,eu-west-1c',
    },
  },
  {
    name: 'more clusters, and addresses of tasks',
    values: { ScrapedClusters: 'arn:aws:ecs:x:1:cluster/a', ScrapedCidr: '10.0.0.0/8' },
  },
  ...[
    'us-gov-west-1a,us-gov-west-1b',
    'eusc-de-east-1a,eusc-de-east-1b',
    'us-west-2-lax-1a,us-west-2a',
  ].map((Zones) => ({ name: `the zones ${Zones}`, values: { Zones } })),
  { name: 'reserved concurrency', values: { ReservedConcurrency: '1' } },
];

describe.each(sets)('with $name', ({ values }) => {
  it('nothing refers to what is not there', () => {
    expect(dangling(values)).toEqual([]);
  });

  it('the values are accepted', () => {
    const refused = Object.entries(values).filter(
      ([name, value]) => template.Parameters[name]?.Type === 'String' && !accepts(name, value),
    );
    expect([refused, refusals(values)]).toEqual([[], []]);
  });
});

it('sets of parameters reach both sides of every condition', () => {
  const { Conditions } = template as unknown as { readonly Conditions: object };
  const lopsided = Object.keys(Conditions).filter(
    (name) => new Set(sets.map(({ values }) => holds(name, values))).size < 2,
  );
  expect(lopsided).toEqual([]);
});

it.each(
  sets.filter(({ values }) => values.EnableWeb && (values.PushgatewayUrl ?? values.RemoteWriteUrl)),
)('with $name there are only the functions', ({ values }) => {
  const alive = living(values);
  const servers = [
    'AWS::EC2::VPC',
    'AWS::ECS::Cluster',
    'AWS::ECS::Service',
    'AWS::ElasticLoadBalancingV2::LoadBalancer',
    'AWS::SecretsManager::Secret',
    'AWS::ServiceDiscovery::PrivateDnsNamespace',
  ].flatMap(ofType);
  expect(servers.filter(({ id }) => alive.has(id))).toEqual([]);
  expect(alive).toContain('DeliverLambdaFunction');
});

it('an existing receiver takes the place of Prometheus, and of nothing else', () => {
  const alive = living({
    RemoteWriteUrl: 'https://p/api/v1/write',
    PushgatewayUrl: 'https://p',
    PrometheusUrl: 'https://p',
  });
  const services = ofType('AWS::ECS::Service').filter(({ id }) => alive.has(id));
  expect(services.map(({ id }) => id)).toEqual(['WebService', 'RedisService', 'GrafanaService']);
});

describe('is refused:', () => {
  it.each<{ name: string; values: Values; message: string }>([
    {
      name: 'a network of ours whose tasks could not fetch their images',
      values: { AssignPublicIp: 'DISABLED' },
      message: 'AssignPublicIp must be ENABLED',
    },
    {
      name: 'subnets without their VPC',
      values: { TaskSubnetIds: 'subnet-0a1' },
      message: 'VpcId must name their VPC',
    },
    {
      name: 'a VPC without subnets for functions',
      values: { VpcId: 'vpc-1', TaskSubnetIds: 'subnet-1' },
      message: 'FunctionSubnetIds must name',
    },
    {
      name: 'a VPC without subnets for tasks',
      values: { VpcId: 'vpc-1', FunctionSubnetIds: 'subnet-1' },
      message: 'TaskSubnetIds must name',
    },
    {
      name: 'a certificate in a VPC without public subnets',
      values: { ...vpc, ...certificate },
      message: 'PublicSubnetIds must name',
    },
    {
      name: 'a certificate without readers',
      values: { ...certificate, GrafanaCidr: '127.0.0.1/32' },
      message: 'GrafanaCidr must say',
    },
    {
      name: 'a certificate without a name of its own',
      values: { ...certificate, GrafanaDomain: '' },
      message: 'GrafanaDomain must be a name of the certificate',
    },
    {
      name: 'a size of Prometheus that Fargate does not know',
      values: { PrometheusCpu: '1024', PrometheusMemory: '1024' },
      message: 'PrometheusMemory must be 2048 to 8192 in steps of 1024',
    },
    {
      name: 'a size of Grafana that Fargate does not know',
      values: { GrafanaCpu: '256', GrafanaMemory: '4096' },
      message: 'GrafanaMemory must be 512, 1024 or 2048',
    },
    {
      name: 'a Pushgateway alone for points of CloudWatch',
      values: { ...none, PushgatewayUrl: 'http://p:9091' },
      message: 'RemoteWriteUrl must say',
    },
    {
      name: 'a password for the own Pushgateway',
      values: { PushgatewaySecretArn: secret },
      message: 'PushgatewayUrl must say',
    },
    {
      name: 'a password for a Prometheus of ours',
      values: { RemoteWriteSecretArn: secret },
      message: 'RemoteWriteUrl must say',
    },
    {
      name: 'a password and a signature',
      values: {
        ...none,
        RemoteWriteUrl: 'https://p/w',
        RemoteWriteSecretArn: secret,
        RemoteWriteRegion: 'eu-west-1',
      },
      message: 'one of them must be empty',
    },
    {
      name: 'a password for a Redis of ours',
      values: { RedisSecretArn: secret },
      message: 'RedisEndpoint must name',
    },
    {
      name: 'TLS for a Redis of ours',
      values: { RedisTls: 'true' },
      message: 'RedisEndpoint must name',
    },
    {
      name: 'results that go nowhere',
      values: { ...none, EnablePrometheus: 'false' },
      message: 'must say where results go',
    },
    {
      name: 'a Grafana that has nothing to read',
      values: { RemoteWriteUrl: 'https://p/w' },
      message: 'PrometheusUrl must say what Grafana reads',
    },
    {
      name: 'a Prometheus to read beside that of the stack',
      values: { PrometheusUrl: 'https://p' },
      message: 'PushgatewayUrl or RemoteWriteUrl must say where results go',
    },
    {
      name: 'a signature for nothing',
      values: { PrometheusRegion: 'eu-west-1' },
      message: 'PrometheusUrl must name the workspace',
    },
    {
      name: 'long-term storage without a Prometheus of the stack',
      values: { ...none, LongTermStorage: 'amp', RemoteWriteUrl: 'https://p/w' },
      message: 'LongTermStorage is for the stack',
    },
    {
      name: 'a listener without a VPC',
      values: { ...listener, VpcId: '', TaskSubnetIds: '', FunctionSubnetIds: '' },
      message: 'VpcId must name the VPC of its load balancer',
    },
    {
      name: 'a listener without its security group',
      values: { ...listener, LoadBalancerSecurityGroupId: '' },
      message: 'LoadBalancerSecurityGroupId must say',
    },
    {
      name: 'a listener without a name',
      values: { ...listener, GrafanaDomain: '' },
      message: 'GrafanaDomain must say for which name',
    },
    {
      name: 'a listener and a certificate',
      values: { ...listener, ...certificate, PublicSubnetIds: 'subnet-0c1,subnet-0c2' },
      message: 'one of them must be empty',
    },
    {
      name: 'a record without a load balancer',
      values: { HostedZoneId: 'Z1' },
      message: 'CertificateArn, which must be set',
    },
    {
      name: 'a plugin of the image in an image without it',
      values: { LongTermStorage: 'amp', GrafanaPlugin: 'image' },
      message: 'GrafanaImage must name one that holds the plugin',
    },
    {
      name: 'zones of a VPC of your own',
      values: { ...vpc, Zones: 'eu-west-1a,eu-west-1b' },
      message: 'with VpcId they must be empty',
    },
  ])('$name', ({ message, values }) => {
    expect(refusals(values)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['AlarmEmail', 'nobody'],
    ['FunctionSubnetIds', 'subnet-1, subnet-2'],
    ['GrafanaDomain', 'https://g.example.com'],
    ['PublicSubnetIds', 'subnet-1'],
    ['RemoteWriteRegion', 'Frankfurt'],
    ['TaskSubnetIds', 'vpc-1'],
    ['VpcCidr', '10.0.0.0/23'],
    ['WebUrl', 'http://user:secret@web/'],
  ])('%s %s', (name, value) => {
    expect(accepts(name, value)).toBe(false);
  });
});

it('the age of results is reported while SQS still shows it', () => {
  const [queue] = ofType('AWS::SQS::Queue').filter(({ id }) => id === 'ResultQueue');
  const [alarm] = ofType('AWS::CloudWatch::Alarm').filter(({ id }) => id === 'QueueAge');
  // A message that was received three times no longer counts
  // (docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html).
  const lastTold = 2 * Number(queue?.properties.VisibilityTimeout);
  expect(Number(alarm?.properties.Threshold)).toBeLessThan(lastTold);
  expect(alarm?.properties.TreatMissingData).toBe('notBreaching');
});
