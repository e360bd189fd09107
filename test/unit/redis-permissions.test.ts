// By IAM a probe connects as one user to one cache: that is what its role allows.

import { parseConfigText, readConfigFile } from '../../build/config-file.ts';
import { redisStatements } from '../../infra/redis-permissions.ts';

const probing = (iam: string) =>
  redisStatements(
    parseConfigText(`
modules:
  cache: { prober: redis, redis: { username: u, iam: ${iam} } }
  unused: { prober: redis, redis: { username: v, iam: { service: elasticache, name: other } } }
probes: [{ name: cache, module: cache, target: 'rediss://r:6379' }]
`),
  ).map(({ Action, Resource }) => [
    Action,
    (Resource as readonly { readonly 'Fn::Sub': string }[]).map((one) => one['Fn::Sub']),
  ]);

const prefix = (service: string, region = '${AWS::Region}') =>
  `arn:\${AWS::Partition}:${service}:${region}:\${AWS::AccountId}:`;

it.each([
  {
    iam: '{ service: elasticache, name: shop }',
    action: 'elasticache:Connect',
    arns: ['replicationgroup:shop', 'user:u'].map((one) => prefix('elasticache') + one),
  },
  {
    iam: '{ service: elasticache, name: shop, serverless: true, region: eu-west-1 }',
    action: 'elasticache:Connect',
    arns: ['serverlesscache:shop', 'user:u'].map((one) => prefix('elasticache', 'eu-west-1') + one),
  },
  {
    iam: '{ service: memorydb, name: shop }',
    action: 'memorydb:Connect',
    arns: ['cluster/shop', 'user/u'].map((one) => prefix('memorydb') + one),
  },
])('$iam allows $action on $arns', ({ action, arns, iam }) => {
  expect(probing(iam)).toEqual([[[action], arns]]);
});

it('where no module signs, nothing is allowed', () => {
  expect(redisStatements(readConfigFile('fargaze.yml'))).toEqual([]);
});
