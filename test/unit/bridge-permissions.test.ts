// What ecs-bridge may do follows what the configuration asks for.

import { parseConfigText } from '../../build/config-file.ts';
import { bridgeStatements, grant } from '../../infra/bridge-permissions.ts';

const statementsFor = (text: string) => bridgeStatements(parseConfigText(text).bridge);

const actionsFor = (text: string) =>
  Object.fromEntries(statementsFor(text).map(({ Action, Sid }) => [Sid, Action]));

const withJobs = (yace: string) => `bridge: { cloudwatch: { yace: ${yace} } }`;
const metrics = 'metrics: [{ name: M, statistics: [Sum] }]';
const ecs = `{ type: AWS/ECS, ${metrics} }`;
const minutely = ecs.replace('type', 'period: 60, type');
const discovery = (...jobs: readonly string[]) => `{ discovery: { jobs: [${jobs.join(', ')}] } }`;
const role = 'arn:aws:iam::111122223333:role/reader';

describe('the permissions', () => {
  it('without CloudWatch are only those of the ECS API', () => {
    expect(actionsFor('bridge: {}')).toEqual({
      ListClusters: ['ecs:ListClusters'],
      ReadClusters: ['ecs:DescribeClusters', 'ecs:ListContainerInstances'],
      ReadServicesAndTasks: [
        'ecs:ListServices',
        'ecs:DescribeServices',
        'ecs:ListTasks',
        'ecs:DescribeTasks',
        'ecs:DescribeContainerInstances',
      ],
      ReadDeployments: ['ecs:DescribeServiceDeployments'],
    });
  });

  it('end at the clusters that are named', () => {
    const arn = 'arn:aws:ecs:us-east-1:111122223333:cluster/x';
    const statements = statementsFor(`bridge: { ecs: { clusters: [prod, "${arn}"] } }`);
    const clusters = [
      { 'Fn::Sub': 'arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:cluster/prod' },
      arn,
    ];
    expect(statements).toEqual([
      expect.objectContaining({ Sid: 'ReadClusters', Resource: clusters }),
      expect.objectContaining({ Condition: { ArnLike: { 'ecs:cluster': clusters } } }),
      expect.objectContaining({
        Sid: 'ReadDeployments',
        Resource: [
          {
            'Fn::Sub':
              'arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:service-deployment/prod/*',
          },
          'arn:aws:ecs:us-east-1:111122223333:service-deployment/x/*',
        ],
      }),
    ]);
  });

  it('reach the revisions only of services of those clusters', () => {
    const arn = 'arn:aws:ecs:us-east-1:111122223333:cluster/x';
    const text = withJobs(discovery(minutely)).replace(
      '{ cloud',
      `{ ecs: { clusters: [p*, "${arn}"] }, cloud`,
    );
    const revisions = statementsFor(text).find(({ Sid }) => Sid === 'ReadRevisions');
    expect(revisions?.Resource).toEqual([
      {
        'Fn::Sub':
          'arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:service-revision/p*/*',
      },
      'arn:aws:ecs:us-east-1:111122223333:service-revision/x/*',
    ]);
  });

  it.each([
    {
      name: 'ECS needs lists but no tags, and what services publish every 20 seconds',
      yace: discovery(minutely),
      more: ['ReadRevisions', 'ReadMetrics', 'ListMetrics'],
    },
    {
      name: 'Container Insights need no revisions',
      yace: discovery(minutely.replace('AWS/ECS', 'ECS/ContainerInsights')),
      more: ['ReadMetrics', 'ListMetrics'],
    },
    {
      name: 'ECS every five minutes needs none either',
      yace: discovery(ecs),
      more: ['ReadMetrics', 'ListMetrics'],
    },
    {
      name: 'ECS by task needs tags too',
      yace: discovery(ecs.replace('type', 'dimensionNameRequirements: [TaskId], type')),
      more: ['ReadMetrics', 'ListMetrics', 'ReadTags'],
    },
    {
      name: 'a load balancer needs lists and tags',
      yace: discovery(`{ type: AWS/ApplicationELB, ${metrics} }`),
      more: ['ReadMetrics', 'ListMetrics', 'ReadTags'],
    },
    {
      name: 'gateways need the lists of their own APIs',
      yace: discovery(
        `{ type: AWS/ApiGateway, ${metrics} }`,
        `{ type: AWS/AutoScaling, ${metrics} }`,
      ),
      more: ['ReadMetrics', 'ListMetrics', 'ReadTags', 'ListApis', 'ListResources'],
    },
    {
      name: 'a namespace whose metrics belong to no resource needs no tags',
      yace: discovery(`{ type: AWS/Billing, ${metrics} }`),
      more: ['ReadMetrics', 'ListMetrics'],
    },
    {
      name: 'a custom namespace needs lists',
      yace: `{ customNamespace: [{ name: n, namespace: N, ${metrics} }] }`,
      more: ['ReadMetrics', 'ListMetrics'],
    },
    {
      name: 'a static job needs neither',
      yace: `{ static: [{ name: n, namespace: N, ${metrics} }] }`,
      more: ['ReadMetrics'],
    },
    {
      name: 'what roles read, the function need not',
      yace: discovery(`{ type: AWS/Lambda, roles: [{ roleArn: "${role}" }], ${metrics} }`),
      more: ['AssumeRoles'],
    },
  ])('for CloudWatch: $name', ({ more, yace }) => {
    const own = ['ListClusters', 'ReadClusters', 'ReadServicesAndTasks', 'ReadDeployments'];
    expect(Object.keys(actionsFor(withJobs(yace)))).toEqual([...own, ...more]);
  });

  it('leave out a role that is no ARN, which would spoil the policy', () => {
    const job = `{ type: AWS/Lambda, roles: [{ roleArn: something }], ${metrics} }`;
    expect(Object.keys(actionsFor(withJobs(discovery(job))))).not.toContain('AssumeRoles');
  });

  it('are for the lists of APIs, not for what an API does', () => {
    const statements = statementsFor(withJobs(discovery(`{ type: AWS/ApiGateway, ${metrics} }`)));
    const lists = statements.find(({ Sid }) => Sid === 'ListApis');
    expect(lists?.Action).toEqual(['apigateway:GET']);
    expect(JSON.stringify(lists?.Resource)).toContain('::/restapis"');
  });

  it('name the roles that may be assumed, once', () => {
    const job = `{ type: AWS/Lambda, roles: [{ roleArn: "${role}" }, {}], ${metrics} }`;
    const statements = statementsFor(withJobs(discovery(job, job)));
    expect(statements.find(({ Sid }) => Sid === 'AssumeRoles')?.Resource).toEqual([role]);
  });

  it('reach the other regions whose services are read', () => {
    const job = ecs.replace('type', 'regions: [eu-west-1], type');
    const statements = statementsFor(withJobs(discovery(job)));
    expect(JSON.stringify(statements)).toContain(':ecs:eu-west-1:${AWS::AccountId}:cluster/*');
  });
});

describe('the policy', () => {
  const statements = statementsFor('bridge: {}');
  const template = {
    Resources: {
      Bridge: {
        Type: 'AWS::Lambda::Function',
        Properties: { Role: { 'Fn::GetAtt': ['Own', 'Arn'] } },
      },
      Own: { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyName: 'run' }] } },
      Other: { Type: 'AWS::IAM::Role', Properties: {} },
    },
  };

  it("joins those of the function's role and no other", () => {
    const { Other, Own } = grant(template, {
      functionId: 'Bridge',
      name: 'bridge',
      statements,
    }).Resources;
    expect(Own).toMatchObject({
      Properties: {
        Policies: [{ PolicyName: 'run' }, { PolicyDocument: { Statement: statements } }],
      },
    });
    expect(Other).toEqual(template.Resources.Other);
  });

  it('needs a role', () => {
    expect(() => grant(template, { functionId: 'Nobody', name: 'bridge', statements })).toThrow(
      'Nobody: got no role',
    );
  });
});
