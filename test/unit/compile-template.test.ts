// What is put into the compiled template beside bundles, and what stops the packaging.
import { completeTemplate } from '../../infra/compile.ts';
import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';

const rules = { SeriesNeedRemoteWrite: { Assertions: [] }, OwnNetwork: { Assertions: [] } };
const reading = {
  bridge: {
    cloudwatch: {
      yace: {
        discovery: {
          jobs: [
            { type: 'AWS/ECS', metrics: [{ name: 'CPUUtilization', statistics: ['Average'] }] },
          ],
        },
      },
    },
  },
};

function complete(
  document: object,
  resources: Parameters<typeof completeTemplate>[0]['Resources'],
) {
  const source = { root: '.', config: compileConfig(document), environment: {} };
  const functionEnvironments = { Probe: { FARGAZE_SINK: 'return' } };
  return completeTemplate({ Resources: resources }, { ...source, functionEnvironments, rules });
}

const Probe = {
  Type: 'AWS::Lambda::Function',
  DependsOn: ['Role', 'Logs'],
  Properties: {
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Environment: { Variables: { FARGAZE_OWNER: 'x', FARGAZE_SINK: '' } },
  },
};

it('a Pushgateway alone is refused only where CloudWatch is read', () => {
  expect(complete(reading, { Probe })).toMatchObject({ Rules: rules });
  const { Rules } = complete({}, { Probe }) as unknown as { readonly Rules: object };
  expect(Object.keys(Rules)).toEqual(['OwnNetwork']);
});

it('a function has its variables in AWS above those of local runs', () => {
  expect(complete({}, { Probe }).Resources.Probe).toMatchObject({
    DependsOn: ['Logs'],
    Properties: { Environment: { Variables: { FARGAZE_OWNER: 'x', FARGAZE_SINK: 'return' } } },
  });
});

it('every schedule of a function and its permission have its condition', () => {
  const { Every, Lets, Other } = complete(
    {},
    {
      Probe: { ...Probe, Condition: 'InVpc' },
      Every: {
        Type: 'AWS::Events::Rule',
        Properties: { Targets: [{ Arn: { 'Fn::GetAtt': ['Probe', 'Arn'] } }] },
      },
      Lets: { Type: 'AWS::Lambda::Permission', Properties: { FunctionName: { Ref: 'Probe' } } },
      Other: { Type: 'AWS::Events::Rule', Properties: {} },
    },
  ).Resources;
  expect([Every?.Condition, Lets?.Condition, Other?.Condition]).toEqual([
    'InVpc',
    'InVpc',
    undefined,
  ]);
});

it.each([
  {
    name: 'variables of a function that is not there',
    resources: {},
    message: 'Probe: got nothing, want a Lambda function',
  },
  {
    name: 'an image that nobody knows',
    resources: { Probe, Task: { Type: 'T', Properties: { Image: 'fargaze-image:cobol' } } },
    message: 'got mark fargaze-image:cobol',
  },
  {
    name: 'a bundle that nobody knows',
    resources: { Probe, Task: { Type: 'T', Properties: { Value: 'fargaze-bundle:toString' } } },
    message: 'got mark fargaze-bundle:toString',
  },
])('$name is refused', ({ resources, message }) => {
  expect(() => complete({}, resources)).toThrow(message);
});
