// The policy of whoever deploys: enough for every type of the template, and nothing that gives the account away.
import { deployable, deployerPolicies } from '../../infra/deployer-policy.ts';
import { items, resources, strings } from '../support/template.ts';

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
    ...['aps', 'cloudformation', 'ec2', 'ecs', 'elasticloadbalancing', 'lambda', 'route53'],
    ...['secretsmanager', 'servicediscovery'],
  ]);
  const openCalls = open.flatMap(({ Action }) => strings(Action));
  expect(openCalls.filter((call) => /^lambda:(?!.*EventSourceMapping)/.test(call))).toEqual([]);
  expect(openCalls.filter((call) => /^secretsmanager:(?!GetRandomPassword)/.test(call))).toEqual(
    [],
  );
  const handing = statements.find(({ Action }) => strings(Action).includes('iam:PassRole'));
  expect(strings(handing?.Condition)).toEqual(['ecs-tasks.amazonaws.com', 'lambda.amazonaws.com']);
});
