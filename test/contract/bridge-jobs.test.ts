// Kinds of jobs: load balancers by tag, functions, static and custom metrics, expressions, zeros, roles and linked accounts.

import type { CloudWatchConfig } from '../../layers/core/src/config/bridge.ts';
import { compilePattern } from '../../layers/core/src/config/compile/pattern/program.ts';
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import {
  account,
  cloudWatch,
  createBridge,
  eachWithFakeAws,
  job,
  metric,
  region,
} from '../support/bridging.ts';

let fake: FakeAws;

eachWithFakeAws((started) => {
  fake = started;
});

/** One run; series by name with labels, without the series about the run, and the number of their points. */
async function read(config: CloudWatchConfig) {
  const bridge = createBridge(fake, config);
  const { summary } = await bridge.run();
  const series = new Map(
    [...bridge.receiver.series].flatMap(([key, points]) =>
      key.startsWith('fargaze_') ? [] : [[key, points] as const],
    ),
  );
  return { bridge, summary, series, keys: [...series.keys()].sort() };
}

const place = `account_id="${account}"`;

it('load balancers and target groups by tag: ARNs as names, exported tags as labels, others left out', async () => {
  fake.model.addResource({ kind: 'load-balancer', name: 'shop', tags: { team: 'shop' } });
  fake.model.addResource({ kind: 'load-balancer', name: 'else', tags: { team: 'else' } });
  fake.model.addResource({ kind: 'load-balancer', name: 'bare' });
  const { keys, summary } = await read(
    cloudWatch([
      job('AWS/ApplicationELB', {
        searchTags: [{ key: 'team', value: compilePattern('^shop$') }],
        exportedTags: ['team'],
        metrics: [
          metric('RequestCount', { statistics: ['Sum'] }),
          metric('HealthyHostCount', { statistics: ['Minimum', 'p99'] }),
        ],
      }),
    ]),
  );
  expect(summary.faults).toEqual([]);
  const names = keys.map((key) =>
    /^(\w+)\{.*name="arn:[^"]*:(loadbalancer|targetgroup)\/.*tag_team="shop"/
      .exec(key)
      ?.slice(1)
      .join(' '),
  );
  expect(names).toEqual([
    'aws_applicationelb_healthy_host_count_minimum targetgroup',
    'aws_applicationelb_healthy_host_count_p99 targetgroup',
    'aws_applicationelb_info loadbalancer',
    'aws_applicationelb_info targetgroup',
    'aws_applicationelb_request_count_sum loadbalancer',
  ]);
});

it('functions and caches without tags, by what CloudWatch lists; the list is kept', async () => {
  fake.model.addResource({ kind: 'function', name: 'resize' });
  fake.model.addResource({ kind: 'cache', name: 'sessions' });
  const config = cloudWatch([
    job('AWS/Lambda', { metrics: [metric('Invocations', { statistics: ['Sum'] })] }),
    job('AWS/ElastiCache', { metrics: [metric('CurrConnections')] }),
  ]);
  const { bridge, keys, series } = await read(config);
  const lambda = `aws_lambda_invocations_sum{${place},dimension_FunctionName="resize",name="arn:aws:lambda:${region}:${account}:function:resize",region="${region}"}`;
  expect(keys).toContain(lambda);
  expect(series.get(lambda)?.size).toBe(178);
  expect(
    keys.some((key) => key.includes(`:elasticache:${region}:${account}:cluster:sessions"`)),
  ).toBe(true);
  fake.reset();
  fake.clock.advance(300);
  await bridge.run();
  expect(fake.totals().ListMetrics).toBeUndefined();
  fake.clock.advance(3600);
  await bridge.run();
  // Two of all metrics, and two of those with recent points: nothing else shows that the resources still exist.
  expect(fake.totals().ListMetrics?.calls).toBe(4);
  // New since the last list: nothing of its beginning is missing.
  const born = fake.clock.now();
  fake.model.addMetric({
    namespace: 'AWS/Lambda',
    name: 'Invocations',
    dimensions: { FunctionName: 'new' },
    from: born,
  });
  for (let turn = 0; turn < 13; turn++) {
    fake.clock.advance(300);
    await bridge.run();
  }
  const found = [...bridge.receiver.series].find(([key]) => key.includes('FunctionName="new"'));
  expect(found?.[1].size).toBe((fake.clock.now() - 120 - born) / 60);
});

it('static and custom jobs: the job is the name, dimensions are labels, a query for each metric', async () => {
  const dimensions = { Queue: 'orders', Stage: 'live' };
  fake.model.addMetric({ namespace: 'Shop', name: 'Depth', dimensions, kind: 'count' });
  fake.model.addMetric({ namespace: 'Shop', name: 'Depth', dimensions: { Queue: 'other' } });
  const metrics = [metric('Depth', { statistics: ['Maximum'] })];
  const named = Object.entries(dimensions).map(([name, value]) => ({ name, value }));
  const { keys } = await read(
    cloudWatch([
      job('Shop', { kind: 'static', name: 'orders', dimensions: named, metrics }),
      job('Shop', {
        kind: 'customNamespace',
        name: 'shop',
        metrics,
        customTags: [{ name: 'by', value: 'us' }],
        dimensionNameRequirements: ['Queue'],
      }),
    ]),
  );
  expect(keys).toEqual([
    `aws_shop_depth_maximum{${place},custom_tag_by="us",dimension_Queue="other",name="shop",region="${region}"}`,
    `aws_shop_depth_maximum{${place},dimension_Queue="orders",dimension_Stage="live",name="orders",region="${region}"}`,
  ]);
  expect(fake.totals().GetMetricData).toMatchObject({ calls: 1, queries: 2, billed: 2 });
});

it('zeros for what is proven to exist, at CloudWatch’s times, and none for what is not', async () => {
  const errors = {
    namespace: 'AWS/Lambda',
    name: 'Errors',
    everySeconds: 600,
    low: 3,
    high: 3,
  } as const;
  fake.model.addResource({
    kind: 'other',
    service: 'lambda',
    name: 'function:tagged',
    tags: { a: 'b' },
  });
  fake.model.addMetric({ ...errors, dimensions: { FunctionName: 'tagged' } });
  fake.model.addMetric({ ...errors, dimensions: { FunctionName: 'bare' } });
  const metrics = [metric('Errors', { statistics: ['Sum'], nilToZero: true })];
  const { series } = await read(cloudWatch([job('AWS/Lambda', { metrics })]));
  const of = (name: string) =>
    [...series].find(([key]) => key.includes(`FunctionName="${name}"`))?.[1];
  const tagged = [...(of('tagged') ?? [])].sort(([a], [b]) => a - b);
  expect(tagged.length).toBeGreaterThan(170);
  expect(tagged.every(([at, value]) => value === (at % 600_000 === 0 ? 3 : 0))).toBe(true);
  expect([...(of('bare')?.values() ?? [])].every((value) => value === 3)).toBe(true);
});

it('metric math is passed through, its inputs are not delivered', async () => {
  for (const [name, value] of [
    ['Good', 30],
    ['All', 60],
  ] as const) {
    fake.model.addMetric({ namespace: 'Shop', name, low: value, high: value });
  }
  const input = (id: string, name: string) => ({
    ...{ id, namespace: 'Shop', metric: name, statistic: 'Sum', dimensions: [] },
  });
  const { bridge, keys, series } = await read(
    cloudWatch([], {
      expressions: [
        {
          name: 'shop_success_percent',
          help: 'Orders that went well',
          expression: '100 * good / all',
          period: 60,
          inputs: [input('good', 'Good'), input('all', 'All')],
          labels: [{ name: 'shop', value: 'main' }],
          regions: [],
          roles: [undefined],
        },
      ],
    }),
  );
  expect(keys).toEqual([`shop_success_percent{${place},region="${region}",shop="main"}`]);
  const values = [...(series.values().next().value?.values() ?? [])];
  expect([values.length, new Set(values)]).toEqual([178, new Set([50])]);
  fake.clock.advance(300);
  await bridge.run();
  expect(bridge.receiver.repeated()).toBe(0);
});

it('a role of another account, with its external id; a role that may not be assumed costs its own jobs', async () => {
  const other = '222233334444';
  fake.model.addAccount({ id: other, roles: { reader: 'secret-handshake' } });
  for (const own of [undefined, other]) {
    const at = own === undefined ? {} : { account: own };
    fake.model.addCluster({ name: 'prod', ...at });
    fake.model.addService({ cluster: 'prod', name: 'web', desired: 1, ...at });
  }
  fake.clock.advance(1200);
  const role = { roleArn: `arn:aws:iam::${other}:role/reader`, externalId: 'secret-handshake' };
  const denied = { roleArn: `arn:aws:iam::${other}:role/owner` };
  const metrics = [metric('CPUUtilization')];
  const config = cloudWatch([job('AWS/ECS', { roles: [undefined, role, denied], metrics })]);
  const { bridge, keys, summary } = await read(config);
  const accounts = keys
    .filter((key) => key.startsWith('aws_ecs_cpu'))
    .map((key) => /account_id="(\d+)"/.exec(key)?.[1]);
  expect(accounts).toEqual([account, account, other, other]);
  expect(summary.faults).toHaveLength(1);
  expect(summary.faults[0]).toContain('AssumeRole: permission sts:AssumeRole is missing');
  expect(JSON.stringify(summary)).not.toContain('secret-handshake');
  fake.reset();
  fake.clock.advance(300);
  await bridge.run();
  // The session is kept; the one that was refused is asked for again.
  expect(fake.totals().AssumeRole?.calls).toBe(1);
});

it('a monitoring account reads its linked accounts without their credentials', async () => {
  const other = '222233334444';
  fake.model.addAccount({ id: other });
  fake.model.addAccount({ id: account, linkedAccounts: [other] });
  for (const own of [account, other]) {
    fake.model.addMetric({
      namespace: 'Shop',
      name: 'Depth',
      dimensions: { Q: own },
      account: own,
    });
  }
  const shop = job('Shop', {
    kind: 'customNamespace',
    name: 'shop',
    linkedAccounts: ['*'],
    metrics: [metric('Depth')],
  });
  const { keys, series } = await read(cloudWatch([shop]));
  expect(keys.map((key) => /account_id="(\d+)",dimension_Q="(\d+)"/.exec(key)?.slice(1))).toEqual([
    [account, account],
    [other, other],
  ]);
  expect([...series.values()].map(({ size }) => size)).toEqual([178, 178]);
});

it('services of linked accounts, whose ECS API is out of reach, are listed', async () => {
  const other = '222233334444';
  fake.model.addAccount({ id: other });
  fake.model.addAccount({ id: account, linkedAccounts: [other] });
  for (const own of [account, other]) {
    fake.model.addCluster({ name: 'prod', account: own });
    fake.model.addService({ cluster: 'prod', name: 'linked', desired: 1, account: own });
  }
  fake.clock.advance(3600);
  const ecs = job('AWS/ECS', {
    dimensionNameRequirements: ['ClusterName', 'ServiceName'],
    linkedAccounts: ['*'],
    metrics: [metric('CPUUtilization')],
  });
  const { keys } = await read(cloudWatch([ecs]));
  const linked = keys.filter((key) => key.includes('ServiceName="linked"'));
  expect(linked.map((key) => /account_id="(\d+)"/.exec(key)?.[1])).toEqual([account, other]);
});

it('a plan over its budget is slowed or not carried out, and says so', async () => {
  fake.model.addMetric({ namespace: 'Shop', name: 'Depth' });
  const shop = job('Shop', { kind: 'static', name: 'shop', metrics: [metric('Depth')] });
  const bridge = createBridge(
    fake,
    cloudWatch([shop], { budget: { monthlyUsd: 0.001, onExceed: 'refuse' } }),
  );
  const { lines, summary } = await bridge.run();
  expect(summary.cloudwatch).toMatchObject({
    ran: 'refused',
    sent: 0,
    notes: [expect.stringContaining('over budget')],
  });
  expect(lines.join()).toContain('over budget');
  expect(fake.totals().GetMetricData).toBeUndefined();
  const slowed = createBridge(
    fake,
    cloudWatch([shop], { budget: { monthlyUsd: 0.05, onExceed: 'slow' } }),
  );
  const ran: unknown[] = [];
  for (let turn = 0; turn < 12; turn++) {
    ran.push((await slowed.run({ schedule: '1m' })).summary.cloudwatch?.ran);
    fake.clock.advance(300);
  }
  expect(ran.filter((each) => each === 'read').length).toBeLessThan(12);
  expect(ran).toContain('waited');
  // Once it is known, only the slower interval decides when CloudWatch is due.
  expect(new Set(ran)).toEqual(new Set(['read', 'waited', undefined]));
});

it('jobs of one kind of resource read its tags once, also where GetResources is throttled', async () => {
  fake.model.addResource({ kind: 'function', name: 'resize', tags: { team: 'shop' } });
  const lambda = (name: string) => job('AWS/Lambda', { name, metrics: [metric(name)] });
  const jobs = ['Invocations', 'Errors', 'Duration'].map(lambda);
  fake.faults.add({ api: 'GetResources', kind: 'throttle', times: 2 });
  const { keys, summary } = await read(cloudWatch(jobs));
  expect(summary.faults).toEqual([]);
  expect(keys.filter((key) => key.includes(':function:resize"'))).toHaveLength(4);
  expect(fake.totals().GetResources?.calls).toBe(3);
});
