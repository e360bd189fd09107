// A fleet that several functions share: what they read together is what one reads alone, each series once, and none ends what
// another has.

import { compilePattern } from '../../layers/core/src/config/compile/pattern/program.ts';
import type { Group } from '../../layers/core/src/sample.ts';
import { addFleet } from '../../local/fake-aws/demo.ts';
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import type { BridgeRun } from '../support/bridging.ts';
import {
  cloudWatch,
  createBridge,
  eachWithFakeAws,
  job,
  metric,
  sampleValue,
} from '../support/bridging.ts';
import type { Receiver } from '../support/receiver.ts';

let fake: FakeAws;

eachWithFakeAws((started) => {
  fake = started;
});

/** More services than one function reads whole, five small clusters, and what belongs to no service. */
function addAccount(): void {
  addFleet(fake.model, { cluster: 'large', services: 520, desired: 1 });
  for (const cluster of ['a', 'b', 'c', 'd', 'e']) addFleet(fake.model, { cluster, services: 4 });
  for (const cluster of ['large', 'c']) {
    fake.model.runTask({ cluster, family: 'night', seconds: 60 });
    fake.model.runTask({ cluster, family: 'worker' });
    fake.model.addInstance({ cluster, ec2InstanceId: `i-${cluster}` });
  }
  const ClusterName = 'large';
  const [space, name] = ['ECS/ContainerInsights', 'CpuUtilized'];
  const more = [
    { ClusterName, TaskDefinitionFamily: 'night' },
    { ClusterName, ServiceName: 'service-0007', TaskId: '0a1b' },
    { DiscoveryName: 'web' },
  ];
  for (const dimensions of more) fake.model.addMetric({ namespace: space, name, dimensions });
  for (let index = 0; index < 9; index++) {
    fake.model.addResource({ kind: 'load-balancer', name: `lb-${index}`, tags: { team: 'shop' } });
    fake.model.addMetric({ namespace: 'Shop', name: 'Orders', dimensions: { Shop: `s${index}` } });
  }
  fake.clock.advance(1200);
}

const config = cloudWatch(
  [
    job('AWS/ECS', { metrics: [metric('CPUUtilization')] }),
    job('ECS/ContainerInsights', { metrics: [metric('CpuUtilized'), metric('TaskCount')] }),
    job('AWS/ApplicationELB', { metrics: [metric('RequestCount')] }),
    job('Shop', { kind: 'customNamespace', name: 'shop', metrics: [metric('Orders')] }),
    ...['s1', 's2', 's3'].map((value) =>
      job('Shop', {
        kind: 'static',
        name: `static-${value}`,
        dimensions: [{ name: 'Shop', value }],
        metrics: [metric('Orders')],
      }),
    ),
  ],
  {
    backfill: 600,
    expressions: ['one', 'two', 'three'].map((name) => ({
      ...{ name, help: '', expression: 'a + 1', period: 60, labels: [], regions: [] },
      roles: [undefined],
      inputs: [
        {
          id: 'a',
          namespace: 'Shop',
          metric: 'Orders',
          statistic: 'Sum',
          dimensions: [{ name: 'Shop', value: 's1' }],
        },
      ],
    })),
  },
);

const own = /^fargaze_/;

/** The samples of ECS, by series, with those of the bridge itself left out. */
function ecsSeries({ samples }: Pick<BridgeRun, 'samples'>): string[] {
  return samples
    .filter(({ metric: name }) => !own.test(name))
    .map(
      ({ labels, metric: name, value }) =>
        `${name} ${JSON.stringify(Object.entries(labels).sort())} ${value}`,
    );
}

function stored({ series }: Receiver): string[] {
  return [...series].flatMap(([key, points]) =>
    own.test(key) || points.size === 0 ? [] : [`${key} ${JSON.stringify([...points])}`],
  );
}

const keysOf = (groups: readonly Group[]) =>
  groups.map(({ grouping }) => Object.values(grouping).join(' '));

it('three shards read what one function reads, every series once, in groups of their own', async () => {
  addAccount();
  const alone = createBridge(fake, config);
  const whole = await alone.run({}, 120);
  expect(whole.summary).toMatchObject({ clusters: 6, services: 540, faults: [] });

  const shared = createBridge(fake, config);
  const runs: BridgeRun[] = [];
  for (const shard of ['1/3', '2/3', '3/3']) runs.push(await shared.run({ shard }, 120));
  expect(runs.flatMap(({ summary }) => summary.faults)).toEqual([]);
  expect(runs.flatMap(ecsSeries).sort()).toEqual(ecsSeries(whole).sort());
  expect(shared.receiver.repeated()).toBe(0);
  expect(stored(shared.receiver).sort()).toEqual(stored(alone.receiver).sort());

  const groups = runs.flatMap((run) => keysOf(run.groups));
  expect(new Set(groups).size).toBe(groups.length);
  for (const { summary } of runs) {
    // Each has a part of the large cluster, and of CloudWatch.
    expect(summary.services).toBeGreaterThan(120);
    expect(summary.cloudwatch?.billedMetrics).toBeGreaterThan(200);
  }
  const billed = (run: BridgeRun) => run.summary.cloudwatch?.billedMetrics ?? 0;
  expect(runs.reduce((sum, run) => sum + billed(run), 0)).toBe(billed(whole));
});

it('a shard ends what has gone from its own part, and nothing of the others', async () => {
  addAccount();
  const jobs = [job('AWS/ECS', { metrics: [metric('CPUUtilization')] })];
  const { receiver, run } = createBridge(fake, cloudWatch(jobs, { backfill: 600 }));
  const shards = ['1/2', '2/2'];
  for (const shard of shards) await run({ shard }, 120);
  fake.model.deleteService({ cluster: 'large', service: 'service-0001' });
  fake.model.deleteService({ cluster: 'a', service: 'service-0002' });
  fake.clock.advance(3600);
  for (const shard of shards) await run({ shard }, 120);
  const ended = [...receiver.series].filter(([, points]) => [...points.values()].includes('stale'));
  const arns = ended.map(([key]) => /service\/[^"]*/.exec(key)?.[0]).sort();
  expect(arns).toEqual(['service/a/service-0002', 'service/large/service-0001']);
  expect(receiver.repeated()).toBe(0);
});

it('a cluster that grows beyond one function is handed over without an end of its series', async () => {
  addFleet(fake.model, { cluster: 'grows', services: 500, desired: 1 });
  fake.clock.advance(1200);
  const jobs = [job('AWS/ECS', { metrics: [metric('CPUUtilization')] })];
  const { receiver, run } = createBridge(fake, cloudWatch(jobs, { backfill: 600 }));
  const both = async () => [await run({ shard: '1/2' }, 120), await run({ shard: '2/2' }, 120)];
  expect((await both()).map(({ summary }) => summary.services).sort()).toEqual([0, 500]);
  fake.model.addService({ cluster: 'grows', name: 'one-more', desired: 1 });
  fake.clock.advance(300);
  const counts = (await both()).map(({ summary }) => summary.services);
  expect(counts.reduce((a, b) => a + b)).toBe(501);
  expect(Math.min(...counts)).toBeGreaterThan(200);
  const all = () => [...receiver.series].filter(([key]) => key.includes('dimension_ServiceName'));
  const ended = () => all().filter(([, points]) => [...points.values()].includes('stale'));
  expect(all()).toHaveLength(501);
  expect(ended()).toEqual([]);
  fake.model.deleteService({ cluster: 'grows', service: 'one-more' });
  fake.clock.advance(300);
  expect((await both()).map(({ summary }) => summary.services).sort()).toEqual([0, 500]);
  expect(ended().filter(([key]) => !key.includes('one-more'))).toEqual([]);
});

it('where tags select services, a large cluster stays with one shard, whose count is right', async () => {
  addFleet(fake.model, { cluster: 'large', services: 505, desired: 1 });
  fake.model.tagService({ cluster: 'large', service: 'service-0003', tags: { team: 'shop' } });
  fake.clock.advance(1200);
  const filters = { tags: [{ key: 'team', value: compilePattern('^shop$') }] };
  const { run } = createBridge(fake, cloudWatch([]), undefined, filters);
  const runs = [await run({ shard: '1/2' }), await run({ shard: '2/2' })];
  const counts = runs.map(({ samples }) => sampleValue(samples, 'ecs_services'));
  expect(counts.filter((count) => count !== undefined)).toEqual([1]);
});

it('the budget is shared too', async () => {
  addFleet(fake.model, { cluster: 'a', services: 2 });
  fake.clock.advance(1200);
  const jobs = [job('AWS/ECS', { metrics: [metric('CPUUtilization')] })];
  const budget = { monthlyUsd: 30, onExceed: 'slow' } as const;
  const { run } = createBridge(fake, cloudWatch(jobs, { budget }));
  const { samples } = await run({ shard: '2/3' });
  expect(sampleValue(samples, 'fargaze_bridge_budget_usd_per_month')).toBe(10);
});

it('a watermark is of one shard among so many', async () => {
  addFleet(fake.model, { cluster: 'a', services: 2 });
  fake.clock.advance(1200);
  const jobs = [job('AWS/ECS', { metrics: [metric('CPUUtilization')] })];
  const { receiver, run } = createBridge(fake, cloudWatch(jobs));
  for (const shard of ['1/2', '2/2']) await run({ shard });
  const marks = [...receiver.series.keys()].filter((key) => key.includes('_watermark_'));
  const labels = marks.map((key) => [
    /shard="(\d)"/.exec(key)?.[1],
    /shards="(\d)"/.exec(key)?.[1],
  ]);
  expect(labels).toEqual([
    [undefined, '2'],
    ['2', '2'],
  ]);
});
