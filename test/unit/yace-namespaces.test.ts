// The namespaces of discovery jobs: facts of YACE's own table, and the ARNs that dimensions give.

import { parseConfigText } from '../../build/config-file.ts';
import { Associator, builtArn } from '../../functions/ecs-bridge/cloudwatch/find/associate.ts';
import type { Association } from '../../layers/core/src/config/bridge.ts';
import { namespaces, toNamespace } from '../../layers/core/src/config/compile/yace-namespaces.ts';

const jobOf = (type: string) => `
bridge:
  cloudwatch:
    yace:
      discovery:
        jobs: [{ type: ${JSON.stringify(type)}, metrics: [{ name: M, statistics: [Sum] }] }]
`;

const refusal = (type: string): string => {
  try {
    parseConfigText(jobOf(type));
    return '';
  } catch (error) {
    return String(error);
  }
};

it('has every namespace of YACE 0.67.0, by name and short name', () => {
  expect(namespaces.size).toBe(109);
  for (const { alias, name } of namespaces.values()) {
    const shared = name === 'AWS/Redshift-Serverless';
    expect([alias, toNamespace(alias)]).toEqual([alias, shared ? 'AWS/Redshift' : name]);
    const { cloudwatch } = parseConfigText(jobOf(alias)).bridge;
    expect(cloudwatch?.jobs[0]).toMatchObject({ namespace: shared ? 'AWS/Redshift' : name });
    const [job] = parseConfigText(jobOf(name)).bridge.cloudwatch?.jobs ?? [];
    expect(job?.association).toEqual(namespaces.get(name)?.association);
  }
});

it('each pattern is a regular expression with a group for each dimension, each built ARN fits it', () => {
  const place = { region: 'eu-west-1', account: '111122223333' };
  const wrong = [...namespaces.values()].flatMap(({ association, name }) =>
    (association?.mappings ?? []).filter(({ arn, dimensions, pattern }) => {
      const groups = (new RegExp(`${pattern}|`).exec('')?.length ?? 0) - 1;
      if (arn === undefined || arn.startsWith('{')) return groups !== dimensions.length;
      const values = dimensions.map((dimension) => ({
        name: dimension,
        value: dimension === 'TargetGroup' ? 'targetgroup/a' : `a-${dimension}`,
      }));
      const built = builtArn(association as Association, values, place) ?? '';
      const found = new RegExp(pattern).exec(built)?.slice(1);
      return JSON.stringify(found) !== JSON.stringify(values.map(({ value }) => value)) && name;
    }),
  );
  expect(wrong).toEqual([]);
});

it.each([
  ['AWS/RDS', { DBInstanceIdentifier: 'shop' }, 'arn:aws:rds:eu-west-1:1:db:shop'],
  ['AWS/S3', { BucketName: 'pics', StorageType: 'x' }, 'arn:aws:s3:::pics'],
  ['AWS/SQS', { QueueName: 'orders' }, 'arn:aws:sqs:eu-west-1:1:orders'],
  ['AWS/EC2', { InstanceId: 'i-1' }, 'arn:aws:ec2:eu-west-1:1:instance/i-1'],
  ['AWS/EC2', { ImageId: 'ami-1' }, undefined],
  ['AWS/States', { StateMachineArn: 'arn:x' }, 'arn:x'],
  [
    'AWS/PrivateLinkEndpoints',
    { 'VPC Endpoint Id': 'vpce-1' },
    'arn:aws:ec2:eu-west-1:1:vpc-endpoint/vpce-1',
  ],
  [
    'AWS/NetworkELB',
    { LoadBalancer: 'net/a/1', TargetGroup: 'targetgroup/b/2' },
    'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/b/2',
  ],
  ['AWS/Kafka', { 'Cluster Name': 'events' }, undefined],
])('%s with %j is %s', (namespace, dimensions, arn) => {
  const association = namespaces.get(namespace)?.association as Association;
  const values = Object.entries(dimensions).map(([name, value]) => ({ name, value }));
  expect(builtArn(association, values, { region: 'eu-west-1', account: '1' })).toBe(arn);
});

describe('a tagged resource', () => {
  const found = (namespace: string, arns: readonly string[], dimensions: object) => {
    const association = namespaces.get(namespace)?.association as Association;
    const resources = arns.map((arn) => ({ arn, tags: new Map<string, string>() }));
    const values = Object.entries(dimensions).map(([name, value]) => ({ name, value }));
    const associator = new Associator(namespace, association, resources);
    return associator.find(values)?.arn ?? (associator.applies(values) ? 'left out' : 'global');
  };
  const broker = 'arn:aws:mq:eu-west-1:1:broker:shop:b-1';
  const endpoint = 'arn:aws:sagemaker:eu-west-1:1:inference-component/ranker';
  const accelerator = 'arn:aws:globalaccelerator::1:accelerator/a';
  const listener = `${accelerator}/listener/l`;

  it.each([
    ['AWS/AmazonMQ', [broker], { Broker: 'shop-1' }, broker],
    [
      'AWS/AmazonMQ',
      [broker.replace('shop', 'shop-2')],
      { Broker: 'shop-2' },
      broker.replace('shop', 'shop-2'),
    ],
    ['AWS/SageMaker', [endpoint], { InferenceComponentName: 'Ranker' }, endpoint],
    [
      'AWS/GlobalAccelerator',
      [accelerator, listener],
      { Accelerator: 'a', Listener: 'l' },
      listener,
    ],
    [
      'AWS/GlobalAccelerator',
      [accelerator, listener],
      { Accelerator: 'a', Listener: 'x' },
      accelerator,
    ],
    ['AWS/GlobalAccelerator', [accelerator], { Accelerator: 'b' }, 'left out'],
    ['AWS/GlobalAccelerator', [accelerator], { Region: 'eu' }, 'global'],
    ['AWS/GlobalAccelerator', [], { Accelerator: 'a' }, 'global'],
    [
      'AWS/Kafka',
      ['arn:aws:kafka:eu-west-1:1:cluster/events/7-1'],
      { 'Cluster Name': 'events', 'Broker ID': '1' },
      'arn:aws:kafka:eu-west-1:1:cluster/events/7-1',
    ],
  ])('of %s among %j by %j is %s', (namespace, arns, dimensions, arn) => {
    expect(found(namespace, arns, dimensions)).toBe(arn);
  });
});

it('"did you mean" names near words only', () => {
  expect(refusal('AWS/Lamdba')).toContain('did you mean "AWS/Lambda"?');
  expect(refusal('AWS/Dynamo')).toContain('did you mean "AWS/DynamoDB"?');
  expect(refusal('AWS/XYZ')).toContain('want a namespace of discovery jobs');
  expect(refusal('AWS/XYZ')).not.toContain('did you mean');
});
