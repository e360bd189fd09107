// What a deployment would take away is said before it does, on the template that is deployed.
import { describeLosses } from '../../infra/template/guard.ts';
import { lossesOf } from '../../infra/template/losses.ts';
import { parameterFaults, regionFaults } from '../../infra/template/parameters.ts';
import type { Item, Template, Values } from '../../infra/template/template.ts';
import { template } from '../support/combinations.ts';

const own = {
  VpcId: 'vpc-0a1',
  TaskSubnetIds: 'subnet-0a1,subnet-0a2',
  FunctionSubnetIds: 'subnet-0b1',
};
const losses = (now: Values, then: Values, changed: Template = template) =>
  lossesOf({ template, values: now }, { template: changed, values: then }).map(
    ({ how, id }) => `${id} ${how}`,
  );

/** The golden template with other properties of one resource. */
function withProperties(id: string, properties: Item): Template {
  const { Resources } = template;
  const resource = Resources[id];
  if (resource === undefined) throw new RangeError(`got ${id}, want a resource`);
  const changed = { ...resource, Properties: { ...resource.Properties, ...properties } };
  return { ...template, Resources: { ...Resources, [id]: changed } };
}

it('the same parameters take nothing away, nor do a new image, size or configuration', () => {
  expect(losses(own, own)).toEqual([]);
  expect(losses({}, { GrafanaCpu: '1024', GrafanaMemory: '2048', WebImage: 'a/b:1' })).toEqual([]);
  expect(losses({ EnableWeb: 'false' }, {})).toEqual([]);
});

it('a forgotten VpcId moves all that stands in it', () => {
  const lost = losses(own, {});
  expect(lost).toContain('WebSecurityGroup is replaced: VpcId changes');
  expect(lost).toContain('Namespace is replaced: Vpc changes');
  expect(lost).toContain('WebDiscovery is replaced: NamespaceId is Namespace');
  expect(describeLosses({ template, values: own }, { template, values: {} })).toContain(
    'Parameters that differ from the deployed stack:\n  FunctionSubnetIds: "subnet-0b1", then ""',
  );
});

it('a forgotten switch removes what it had kept away or lets go what it had brought', () => {
  const amp = losses({ LongTermStorage: 'amp' }, {});
  // The workspace stays: it holds data.
  expect(amp).toEqual([]);
  expect(losses({}, { EnableWeb: 'false' }).sort()).toEqual([
    'WebDiscovery is removed',
    'WebLogGroup is removed',
    'WebSecurityGroup is removed',
    'WebService is removed',
  ]);
});

it('another range of addresses replaces the network, and whatever cannot leave it', () => {
  const lost = losses({}, { VpcCidr: '10.43.0.0/16' });
  expect(lost).toContain('Vpc is replaced: CidrBlock changes');
  expect(lost).toContain('PublicSubnetA is replaced: VpcId is Vpc');
  expect(lost).toContain('DeliverSecurityGroup is replaced: VpcId is Vpc');
  expect(lost.some((text) => text.startsWith('ResultQueue'))).toBe(false);
});

it('a cluster of another name moves every service', () => {
  expect(losses({ ClusterName: 'a' }, { ClusterName: 'b' })).toEqual(
    expect.arrayContaining(['WebService is replaced: Cluster changes']),
  );
});

it('Spot, which CloudFormation may or may not change in place, is said', () => {
  expect(losses({}, { WebCapacity: 'FARGATE_SPOT' })).toEqual([
    'WebService may be replaced: LaunchType changes',
  ]);
});

it('a name or a type that changes in the template counts like one that a parameter changes', () => {
  const named = withProperties('ResultQueue', { QueueName: 'results' });
  expect(losses({}, {}, named)).toEqual(['ResultQueue is replaced: QueueName changes']);
  const numbers = withProperties('TargetGroup', { Port: '3000' });
  expect(losses({ CertificateArn: 'arn:x' }, { CertificateArn: 'arn:x' }, numbers)).toEqual([]);
});

describe('of a small template', () => {
  const stack = (Resources: Template['Resources'], Parameters: Template['Parameters'] = {}) => ({
    template: { Parameters, Resources },
    values: {},
  });
  const queue = (QueueName: unknown) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName } });

  it('what is named by something replaced is replaced too, however far, whatever stands first', () => {
    const made = (name: string) =>
      stack({ A: queue({ Ref: 'B' }), B: queue({ Ref: 'C' }), C: queue(name) });
    expect(lossesOf(made('old'), made('new')).map(({ how, id }) => `${id} ${how}`)).toEqual([
      'A is replaced: QueueName is B',
      'B is replaced: QueueName is C',
      'C is replaced: QueueName changes',
    ]);
  });

  it('another type under the same name is another resource', () => {
    const topic = { Type: 'AWS::SNS::Topic' };
    expect(lossesOf(stack({ A: queue('a') }), stack({ A: topic }))).toEqual([
      { id: 'A', type: 'AWS::SQS::Queue', how: 'is replaced: its type becomes AWS::SNS::Topic' },
    ]);
  });

  it('the order of keys is no change, at any depth; the order of a list is', () => {
    const now = stack({ A: queue([{ a: 1, b: 2 }, 'x']) });
    expect(lossesOf(now, stack({ A: queue([{ b: '2', a: '1' }, 'x']) }))).toEqual([]);
    expect(lossesOf(now, stack({ A: queue(['x', { a: 1, b: 2 }]) }))).toHaveLength(1);
  });

  it('a parameter that the deployed template did not have is none that differs', () => {
    const now = stack({ A: queue('a') });
    const then = stack({ A: queue('b') }, { New: { Default: 'x' } });
    expect(describeLosses(now, then)).toBe('  AWS::SQS::Queue A is replaced: QueueName changes');
  });
});

it.each([
  { name: 'a name', given: ['EnableWebb'], values: {}, told: 'did you mean "EnableWeb"?' },
  { name: 'a value', given: [], values: { EnableWeb: 'no' }, told: 'got no, want true or false' },
  {
    name: 'a number',
    given: [],
    values: { ListenerPriority: '0' },
    told: 'want a number from 1 to',
  },
  { name: 'a pattern', given: [], values: { VpcId: 'mine' }, told: 'VpcId: got mine, want' },
  { name: 'a combination', given: [], values: { VpcId: 'vpc-1' }, told: 'must name subnets' },
])(
  '$name that cannot be meant is refused before anything is uploaded',
  ({ given, told, values }) => {
    expect(parameterFaults(template, values, given).join('\n')).toContain(told);
  },
);

it.each([
  { CertificateArn: 'arn:aws:acm:us-east-1:1:certificate/a' },
  { KmsKeyArn: 'arn:aws-cn:kms:us-east-1:1:key/a' },
  { ScrapedClusters: 'arn:aws:ecs:eu-west-1:1:cluster/a,arn:aws:ecs:us-east-1:1:cluster/b' },
])('%j is refused in another region, and taken in its own', (values: Values) => {
  const [name] = Object.keys(values);
  expect(regionFaults(template, values, 'eu-west-1')).toEqual([
    `${name}: got one of us-east-1, want one of eu-west-1, where the stack is`,
  ]);
  const { ScrapedClusters: _, ...own } = values;
  expect(regionFaults(template, own, 'us-east-1')).toEqual([]);
});
