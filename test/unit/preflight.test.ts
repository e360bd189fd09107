// What is said before a deployment, from the template and nothing else.
import { exceeded, stageFault } from '../../infra/template/quotas.ts';
import type { Item, Template, Values } from '../../infra/template/template.ts';
import { reportPreflight } from '../../scripts/preflight.ts';
import { template } from '../support/combinations.ts';

/** The golden template packaged with other defaults. */
function packagedWith(values: Values): Template {
  const Parameters = Object.fromEntries(
    Object.entries(template.Parameters ?? {}).map(([name, parameter]) => [
      name,
      { ...parameter, Default: values[name] ?? parameter.Default },
    ]),
  );
  return { ...template, Parameters };
}

/** The golden template with other properties of one resource. */
function withProperties(id: string, properties: Item): Template {
  const resource = template.Resources[id];
  if (resource === undefined) throw new RangeError(`got ${id}, want a resource`);
  const changed = { ...resource, Properties: { ...resource.Properties, ...properties } };
  return { ...template, Resources: { ...template.Resources, [id]: changed } };
}

it('says what would be created, what it costs, and that nothing stands against it', () => {
  const { sound, text } = reportPreflight(template);
  expect(sound).toBe(true);
  expect(text).toContain('   4  AWS::ECS::Service');
  expect(text).toMatch(/ 62\.\d\d {2}all/);
  expect(text).toContain('Stands against it:\n  nothing');
  expect(text).not.toContain('Would remove or replace');
});

it('names a combination that is refused', () => {
  const { sound, text } = reportPreflight(packagedWith({ PrometheusCpu: '1024' }));
  expect(sound).toBe(false);
  expect(text).toContain('PrometheusMemory must be 2048 to 8192');
});

it('compares with a stack that is given', () => {
  const deployed = { template, values: {} };
  expect(reportPreflight(template, deployed)).toMatchObject({
    sound: true,
    text: expect.stringContaining('Would remove or replace:\n  nothing'),
  });
  const { sound, text } = reportPreflight(packagedWith({ VpcCidr: '10.43.0.0/16' }), deployed);
  expect(sound).toBe(false);
  expect(text).toContain('AWS::EC2::VPC Vpc is replaced: CidrBlock changes');
  expect(text).toMatch(
    /Stands against it:\n {2}what it would remove or replace, without --allow-replacement$/,
  );
});

it('what exceeds a limit, or refers to what is not there, stands against it', () => {
  const long = withProperties('DeliverLambdaFunction', { FunctionName: 'a'.repeat(65) });
  expect(reportPreflight(long)).toMatchObject({
    sound: false,
    text: expect.stringContaining(
      'characters of the name of DeliverLambdaFunction: 65, at most 64',
    ),
  });
  const loose = withProperties('DeliverLambdaFunction', { Role: { Ref: 'Nothing' } });
  expect(reportPreflight(loose)).toMatchObject({
    sound: false,
    text: expect.stringContaining('refers to what is not there: DeliverLambdaFunction → Nothing'),
  });
});

it('the template keeps every limit', () => {
  expect(exceeded({ template, values: {} })).toEqual([]);
});

const text = 'x'.repeat(70_000);
const policies = [{ PolicyDocument: { Statement: [{ Resource: text }] } }];

it.each([
  {
    id: 'WebTaskDefinition',
    properties: { ContainerDefinitions: [{ Name: text }] },
    told: 'bytes of WebTaskDefinition: 7',
  },
  {
    id: 'WebTaskDefinition',
    properties: { ContainerDefinitions: Array.from({ length: 11 }, () => ({})) },
    told: 'containers of WebTaskDefinition: 11, at most 10',
  },
  {
    id: 'DeliverLambdaFunction',
    properties: { Environment: { Variables: { A: text } } },
    told: 'bytes of the environment of DeliverLambdaFunction: 7',
  },
  {
    id: 'DeliverRole',
    properties: { Policies: policies },
    told: 'bytes of the policies of DeliverRole',
  },
  {
    id: 'DeliverRole',
    properties: { ManagedPolicyArns: Array.from({ length: 11 }, () => 'a') },
    told: 'managed policies of DeliverRole: 11, at most 10',
  },
])('$told is over the limit', ({ id, properties, told }) => {
  const changed = withProperties(id, properties);
  expect(exceeded({ template: changed, values: {} })).toEqual([expect.stringContaining(told)]);
});

it('a stage that makes the name of a function too long is refused, and one less is not', () => {
  const named = (name: string) => withProperties('DeliverLambdaFunction', { FunctionName: name });
  const stage = 'a'.repeat(49);
  expect(stageFault(named(`fargaze-${stage}-deliver`), stage)).toBe(
    `stage: got ${stage} of 49 characters, want at most 48: a function's name has 64`,
  );
  expect(exceeded({ template: named(`fargaze-${stage}-deliver`), values: {} })).toEqual([
    expect.stringContaining('characters of the name of DeliverLambdaFunction: 65, at most 64'),
  ]);
  expect(stageFault(named(`fargaze-${stage.slice(1)}-deliver`), stage.slice(1))).toBeUndefined();
});

it('no partition of AWS is written into the template', () => {
  expect(JSON.stringify(template).match(/arn:aws[\w-]*:/g) ?? []).toEqual([]);
});

it('names shards for which too few executions are reserved', () => {
  const rules = Object.entries(template.Resources).filter(
    ([, { Properties, Type }]) =>
      Type === 'AWS::Events::Rule' &&
      JSON.stringify(Properties?.Targets).includes('["WebDashprobeLambdaFunction","Arn"]'),
  );
  expect(rules).toHaveLength(1);
  const [[id = '', rule] = []] = rules;
  const shared = { ...template.Resources, ...(rule && { [`${id}2`]: rule, [`${id}3`]: rule }) };
  const told = (ReservedConcurrency: string) =>
    exceeded({ template: { ...template, Resources: shared }, values: { ReservedConcurrency } });
  expect([told('0'), told('3')]).toEqual([[], []]);
  expect(told('2')).toEqual([
    expect.stringMatching(/^invocations of WebDashprobeLambdaFunction .*: 3, at most 2 /),
  ]);
});
