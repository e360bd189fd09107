// Resources that an API of their own lists or names: every page, with their filters, in the regions that have them; a call
// that is denied names its permission. What YACE makes of the same is in yace-peer.test.ts.
import { compilePattern } from '../../layers/core/src/config/compile/pattern/program.ts';
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import {
  account,
  cloudWatch,
  createBridge,
  eachWithFakeAws,
  job,
  metric,
} from '../support/bridging.ts';

let fake: FakeAws;

eachWithFakeAws((started) => {
  fake = started;
});

const groupArn = (name: string) =>
  `arn:aws:autoscaling:eu-west-1:${account}:autoScalingGroup:0f:autoScalingGroupName/${name}`;

function addGroup(name: string, team?: string): void {
  const Tags = team === undefined ? [] : [{ Key: 'team', Value: team }];
  const item = { AutoScalingGroupARN: groupArn(name), Instances: [{ Tags: 'x' }], Tags };
  fake.model.addListed({ api: 'DescribeAutoScalingGroups', item });
  fake.model.addMetric({
    namespace: 'AWS/AutoScaling',
    name: 'GroupTotalInstances',
    dimensions: { AutoScalingGroupName: name },
  });
}

const groups = (more = {}) =>
  cloudWatch([job('AWS/AutoScaling', { metrics: [metric('GroupTotalInstances')], ...more })]);

/** The label `name` of the data series. */
function names(keys: Iterable<string>): string[] {
  const own = [...keys].filter((key) => /^aws_\w+_average/.test(key));
  return own.map((key) => /[{,]name="([^"]*)"/.exec(key)?.[1] ?? '').sort();
}

it('groups without tags are found, of every page; one that the list lacks has gone', async () => {
  addGroup('a');
  addGroup('b & "c"', 'shop');
  addGroup('d');
  fake.model.addMetric({
    namespace: 'AWS/AutoScaling',
    name: 'GroupTotalInstances',
    dimensions: { AutoScalingGroupName: 'deleted' },
  });
  fake.faults.add({ api: 'DescribeAutoScalingGroups', kind: 'page-size', size: 1 });
  const { receiver, run } = createBridge(fake, groups());
  expect((await run()).summary.faults).toEqual([]);
  const seen = names(receiver.series.keys()).map((name) => name.replaceAll('\\', ''));
  expect(seen.map((name) => name.split('/')[1])).toEqual(['a', 'b & ', 'd']);
  expect(fake.totals().DescribeAutoScalingGroups?.calls).toBe(3);
  expect(fake.totals().GetMetricData).toMatchObject({ billed: 3 });
});

it('tags of groups filter', async () => {
  addGroup('a', 'shop');
  addGroup('b', 'ops');
  const searchTags = [{ key: 'team', value: compilePattern('^shop$') }];
  const { receiver, run } = createBridge(fake, groups({ searchTags }));
  await run();
  expect(names(receiver.series.keys())).toEqual([groupArn('a')]);
});

it('what Shield protects, in the region of what is protected', async () => {
  const balancer = `arn:aws:elasticloadbalancing:eu-west-1:${account}:loadbalancer/app/a/1`;
  const zone = 'arn:aws:route53:::hostedzone/Z1';
  for (const ResourceArn of [balancer, zone]) {
    const item = { ResourceArn, ProtectionArn: `arn:aws:shield::${account}:protection/1` };
    fake.model.addListed({ api: 'ListProtections', item, region: 'us-east-1' });
  }
  for (const [region, ResourceArn] of [
    ['eu-west-1', balancer],
    ['us-east-1', zone],
  ] as const) {
    const space = { namespace: 'AWS/DDoSProtection', name: 'DDoSDetected', region };
    fake.model.addMetric({ ...space, dimensions: { ResourceArn } });
  }
  const protection = job('AWS/DDoSProtection', {
    regions: ['eu-west-1', 'us-east-1'],
    metrics: [metric('DDoSDetected')],
  });
  const { receiver, run } = createBridge(fake, cloudWatch([protection]));
  expect((await run()).summary.faults).toEqual([]);
  expect(names(receiver.series.keys())).toEqual([balancer, zone]);
  const info = [...receiver.series.keys()].filter((key) =>
    key.startsWith('aws_ddosprotection_info'),
  );
  expect(info).toHaveLength(2);
  expect(info.join()).toContain('tag_ProtectionArn="arn:aws:shield');
});

it('a call that is denied names its permission, and the job waits', async () => {
  fake.model.addResource({
    kind: 'other',
    service: 'apigateway',
    name: '/restapis/r1',
    tags: { a: 'b' },
  });
  fake.model.addListed({ api: 'GetRestApis', item: { id: 'r1', name: 'shop' } });
  fake.model.addMetric({
    namespace: 'AWS/ApiGateway',
    name: 'Latency',
    dimensions: { ApiName: 'shop' },
  });
  fake.faults.add({ api: 'GetRestApis', kind: 'access-denied' });
  const config = cloudWatch([job('AWS/ApiGateway', { metrics: [metric('Latency')] })]);
  const { receiver, run } = createBridge(fake, config);
  const { summary } = await run();
  expect(summary.faults.join()).toContain('permission apigateway:GET is missing');
  expect(names(receiver.series.keys())).toEqual([]);
  fake.faults.clear();
  await run();
  expect(names(receiver.series.keys())).toEqual([
    `arn:aws:apigateway:eu-west-1:${account}:/restapis/shop`,
  ]);
});
