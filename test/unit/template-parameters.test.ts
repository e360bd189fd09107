// The template under sets of parameters: what is switched off leaves nothing behind that refers to it, and what cannot
// work is refused before anything is created.
import { ofType, template } from '../support/template.ts';
import {
  accepts,
  dangling,
  holds,
  living,
  refusals,
  type Values,
} from '../support/template-parameters.ts';

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
    values: { PushgatewayUrl: 'http://p:9091', RemoteWriteUrl: 'http://p:9090/api/v1/write' },
  },
  {
    name: 'an existing Pushgateway and Prometheus in a VPC',
    values: {
      PushgatewayUrl: 'http://p:9091',
      RemoteWriteUrl: 'http://p:9090/api/v1/write',
      VpcId: 'vpc-0a1',
      FunctionSubnetIds: 'subnet-0b1',
    },
  },
  {
    name: 'an existing Prometheus',
    values: { RemoteWriteUrl: 'https://p/api/v1/write', RemoteWriteRegion: 'eu-west-1' },
  },
  {
    name: 'both existing, with a certificate that nothing uses',
    values: { ...certificate, PushgatewayUrl: 'http://p', RemoteWriteUrl: 'https://p/w' },
  },
  {
    name: 'an existing Pushgateway and Prometheus with passwords',
    values: {
      PushgatewayUrl: 'https://p',
      PushgatewaySecretArn: secret,
      RemoteWriteUrl: 'https://p/w',
      RemoteWriteSecretArn: secret,
    },
  },
  {
    name: 'functions alone',
    values: { EnablePrometheus: 'false', RemoteWriteUrl: 'https://p/api/v1/write' },
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
  { name: 'a cluster of your own', values: { ClusterName: 'mine' } },
  {
    name: 'long-term storage, shells and a key',
    values: { LongTermStorage: 'amp', EnableExec: 'true', KmsKeyArn: 'arn:aws:kms:x:1:key/y' },
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

it.each(sets.filter(({ values }) => values.PushgatewayUrl ?? values.RemoteWriteUrl))(
  'with $name there are only the functions',
  ({ values }) => {
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
  },
);

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
      values: { PushgatewayUrl: 'http://p:9091' },
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
      values: { EnablePrometheus: 'false' },
      message: 'must say where results go',
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
