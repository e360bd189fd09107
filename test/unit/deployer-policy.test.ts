// The policy of whoever deploys: enough for every type of the template, and nothing that gives the account away.

import { callsOfParameters, keyCalls } from '../../infra/deployer/parameters.ts';
import { deployable, deployerPolicies } from '../../infra/deployer/policy.ts';
import { items, resources, strings, template } from '../support/template.ts';

const documents = Object.entries(deployerPolicies) as [string, { readonly Statement: unknown }][];
const statements = documents.flatMap(([, { Statement }]) => items(Statement));

it('every type of the template can be deployed, and no type is allowed that it does not have', () => {
  const types = new Set(resources.map(({ type }) => type));
  // What stands outside the template.
  const beside = ['AWS::CloudFormation::Template', 'AWS::CloudFormation::Stack', 'AWS::S3::Object'];
  const wanted = [...types, ...beside, 'AWS::SecretsManager::Password'];
  expect([...deployable].sort()).toEqual(wanted.sort());
});

it.each(documents)('%s is small enough for a managed policy', (_name, policy) => {
  expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6144);
});

it('calls are named one by one', () => {
  const calls = statements.flatMap(({ Action }) => strings(Action));
  expect(calls.length).toBeGreaterThan(150);
  expect(calls.filter((call) => !/^[a-z0-9]+:[A-Z]\w+$/.test(call))).toEqual([]);
});

it('roles, policies, functions, buckets and logs are those of the stack, and roles go to its services only', () => {
  const open = statements.filter(({ Resource }) => strings(Resource).includes('*'));
  const services = new Set(
    open.flatMap(({ Action }) => strings(Action).map((call) => call.split(':')[0])),
  );
  expect([...services].sort()).toEqual([
    ...['aps', 'cloudformation', 'ec2', 'ecs', 'elasticloadbalancing', 'lambda', 'logs'],
    ...['route53', 'secretsmanager', 'servicediscovery', 'sns'],
  ]);
  const openCalls = open.flatMap(({ Action }) => strings(Action));
  const careful = openCalls.filter((call) => /^(?:lambda|logs|secretsmanager|sns):/.test(call));
  expect(careful.sort()).toEqual([
    ...['lambda:CreateEventSourceMapping', 'lambda:DeleteEventSourceMapping'],
    ...['lambda:GetEventSourceMapping', 'lambda:ListLayerVersions'],
    ...['lambda:UpdateEventSourceMapping', 'logs:DescribeIndexPolicies', 'logs:DescribeLogGroups'],
    ...['logs:DescribeResourcePolicies', 'secretsmanager:GetRandomPassword'],
    ...['sns:GetSubscriptionAttributes', 'sns:SetSubscriptionAttributes', 'sns:Unsubscribe'],
  ]);
  const handing = statements.find(({ Action }) => strings(Action).includes('iam:PassRole'));
  expect(strings(handing?.Condition)).toEqual(['ecs-tasks.amazonaws.com', 'lambda.amazonaws.com']);
});

const granted = new Set(statements.flatMap(({ Action }) => strings(Action)));

it('a stack that hangs can be rolled back, and kept from removal', () => {
  const calls = ['CancelUpdateStack', 'ContinueUpdateRollback', 'RollbackStack'];
  for (const call of [...calls, 'UpdateTerminationProtection']) {
    expect(granted).toContain(`cloudformation:${call}`);
  }
});

it('every partition of AWS is meant', () => {
  const places = statements.flatMap(({ Resource }) => strings(Resource));
  expect(places.filter((place) => place !== '*' && !place.startsWith('arn:*:'))).toEqual([]);
});

describe('a parameter', () => {
  const names = Object.keys(template.Parameters);

  it('that names something of your own has the calls on it', () => {
    const naming = names.filter((name) => /(?:Arn|Ids?|Email|Clusters?|ClusterName)$/.test(name));
    expect(naming.length).toBeGreaterThan(15);
    expect(naming.filter((name) => !(name in callsOfParameters))).toEqual([]);
    expect(Object.keys(callsOfParameters).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(Object.entries(callsOfParameters))('%s asks for no call that is missing', (_, calls) => {
    expect(calls.filter((call) => !granted.has(call))).toEqual([]);
  });

  it('that names a secret is read by the deployer where the template resolves it', () => {
    const resolved = [
      ...JSON.stringify(template).matchAll(/\{\{resolve:secretsmanager:\$\{(\w+)\}/g),
    ].map(([, name = '']) => name);
    const own = [...new Set(resolved)].filter((name) => names.includes(name));
    expect(own.sort()).toEqual(['PushgatewaySecretArn', 'RedisSecretArn', 'RemoteWriteSecretArn']);
    for (const name of own)
      expect(callsOfParameters[name]).toContain('secretsmanager:GetSecretValue');
    const reading = statements.filter(({ Action }) =>
      strings(Action).includes('secretsmanager:GetSecretValue'),
    );
    expect(reading.flatMap(({ Resource }) => strings(Resource))).toEqual(
      expect.arrayContaining(['arn:*:secretsmanager:*:*:secret:fargaze*']),
    );
  });

  it('that names a key gives no use of it but by services that encrypt for the stack', () => {
    const using = statements.filter(({ Action }) =>
      strings(Action).some((call) => keyCalls.includes(call)),
    );
    expect(using).toHaveLength(1);
    expect(using[0]?.Condition).toEqual({
      StringLike: { 'kms:ViaService': ['lambda.*', 'logs.*', 'secretsmanager.*', 'sns.*'] },
    });
  });
});
