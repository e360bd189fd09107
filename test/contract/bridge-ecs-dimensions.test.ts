// Jobs about ECS ask for the metrics that exist: by task, family and Service Connect too, counts of what does not run, and
// nothing else. A service that no list shows yet is read from its first point.
import { compilePattern } from '../../layers/core/src/config/compile/pattern/program.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { cloudWatch, createBridge, environment, job, metric } from '../support/bridging.ts';

let fake: FakeAws;

beforeEach(async () => {
  fake = await startFakeAws();
  fake.clock.set(1_800_000_000);
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: fake.url });
  fake.model.addCluster({ name: 'prod', containerInsights: 'enabled', tags: { team: 'shop' } });
  fake.model.addService({ cluster: 'prod', name: 'web', desired: 2, tags: { team: 'shop' } });
  fake.model.addService({ cluster: 'prod', name: 'idle', desired: 0 });
  fake.clock.advance(3600);
});

afterEach(async () => {
  for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL']) delete process.env[name];
  await fake.close();
});

const insights = (...names: readonly string[]) =>
  job('ECS/ContainerInsights', { metrics: names.map((name) => metric(name)) });

/** Dimensions of the series, by the last part of the ARN that is their name. */
function shown(keys: Iterable<string>): string[] {
  return [...keys]
    .filter((key) => /^aws_\w+_average/.test(key))
    .map((key) => {
      const dimensions = [...key.matchAll(/dimension_(\w+)="([^"]*)"/g)];
      const pairs = dimensions.map(([, name, value]) => `${name}=${value}`);
      return `${pairs.join(' ')} of ${/name="(?:arn:.*?:)?([^":]*)"/.exec(key)?.[1]}`;
    })
    .sort();
}

/** Publishes a metric with dimensions that the fake has no model for. */
function publish(namespace: string, name: string, dimensions: Record<string, string>, to?: number) {
  fake.model.addMetric({ namespace, name, dimensions, ...(to !== undefined && { to }) });
}

it('Container Insights by family, task and container; none of what has gone', async () => {
  const [space, name] = ['ECS/ContainerInsights', 'CpuUtilized'];
  const ClusterName = 'prod';
  publish(space, name, { ClusterName, TaskDefinitionFamily: 'web' });
  publish(space, name, { ClusterName, ServiceName: 'web', TaskId: '0a1b' });
  publish(space, name, { ClusterName, ServiceName: 'web', TaskId: '0a1b', ContainerName: 'app' });
  const yesterday = fake.clock.now() - 86_400;
  publish(space, name, { ClusterName, ServiceName: 'web', TaskId: 'gone' }, yesterday);
  publish(space, name, { ClusterName, ServiceName: 'deleted', TaskId: '2c3d' });
  publish(space, name, { ClusterName: 'elsewhere', TaskDefinitionFamily: 'web' });
  const { receiver, run } = createBridge(fake, cloudWatch([insights(name)]));
  expect((await run()).summary.faults).toEqual([]);
  expect(shown(receiver.series.keys())).toEqual(
    [
      'ClusterName=prod ServiceName=web TaskId=0a1b of service/prod/web',
      'ClusterName=prod ServiceName=web of service/prod/web',
      'ClusterName=prod TaskDefinitionFamily=web of cluster/prod',
      'ClusterName=prod of cluster/prod',
      'ContainerName=app ClusterName=prod ServiceName=web TaskId=0a1b of service/prod/web',
    ]
      .map((line) => line.replace(/^(ContainerName=app) (ClusterName=prod)/, '$2 $1'))
      .sort(),
  );
  expect(fake.totals().GetMetricData).toMatchObject({ billed: 5 });
});

it('Service Connect by discovery name; one that names no cluster only where all are watched', async () => {
  const ClusterName = 'prod';
  publish('AWS/ECS', 'RequestCount', { ClusterName, ServiceName: 'web', DiscoveryName: 'web' });
  publish('AWS/ECS', 'RequestCount', { DiscoveryName: 'web' });
  const connect = job('AWS/ECS', { metrics: [metric('RequestCount')] });
  const { receiver, run } = createBridge(fake, cloudWatch([connect]));
  await run();
  expect(shown(receiver.series.keys())).toEqual([
    'ClusterName=prod DiscoveryName=web ServiceName=web of service/prod/web',
    'DiscoveryName=web of global',
  ]);
  expect(fake.totals().GetMetricData).toMatchObject({ billed: 2 });
});

it('the count of running tasks of a service that has none is 0', async () => {
  const counts = insights('RunningTaskCount', 'CpuUtilized');
  const { receiver, run } = createBridge(fake, cloudWatch([counts]));
  await run();
  const idle = [...receiver.series].filter(([key]) => key.includes('ServiceName="idle"'));
  expect(idle.map(([key]) => key.split('{')[0])).toEqual([
    'aws_ecs_containerinsights_running_task_count_average',
  ]);
  expect(new Set(idle[0]?.[1].values())).toEqual(new Set([0]));
});

it('a combination that no list shows is not asked for', async () => {
  const names = ['CPUUtilization', 'CPUReservation', 'EBSFilesystemUtilization'];
  const { run } = createBridge(
    fake,
    cloudWatch([job('AWS/ECS', { metrics: names.map((name) => metric(name)) })]),
  );
  await run();
  // The cluster's and the service's CPUUtilization.
  expect(fake.totals().GetMetricData).toMatchObject({ queries: 2, billed: 2 });
});

it('a service that began after the last list is read at once, by the metrics that its like have', async () => {
  const both = job('AWS/ECS', {
    metrics: [metric('CPUUtilization'), metric('EBSFilesystemUtilization')],
  });
  const { receiver, run } = createBridge(fake, cloudWatch([both]));
  await run();
  fake.model.addService({ cluster: 'prod', name: 'new', desired: 1 });
  fake.clock.advance(600);
  fake.reset();
  await run();
  expect(fake.totals().ListMetrics).toBeUndefined();
  const points = [...receiver.series].find(([key]) => key.includes('ServiceName="new"'))?.[1];
  expect(points?.size).toBeGreaterThan(3);
  expect(fake.totals().GetMetricData).toMatchObject({ queries: 3 });
});

it('without lists the metrics of clusters and services are read all the same', async () => {
  fake.faults.add({ api: 'ListMetrics', kind: 'access-denied' });
  const { receiver, run } = createBridge(fake, cloudWatch([insights('CpuUtilized')]));
  const { summary } = await run();
  expect(summary.faults.join()).toContain('permission cloudwatch:ListMetrics is missing');
  expect(shown(receiver.series.keys())).toEqual([
    'ClusterName=prod ServiceName=web of service/prod/web',
    'ClusterName=prod of cluster/prod',
  ]);
});

it('tags of the owner filter and label the further dimensions too', async () => {
  const ClusterName = 'prod';
  publish('AWS/ECS', 'RequestCount', { ClusterName, ServiceName: 'web', DiscoveryName: 'web' });
  publish('AWS/ECS', 'RequestCount', { ClusterName, ServiceName: 'idle', DiscoveryName: 'idle' });
  const connect = job('AWS/ECS', {
    searchTags: [{ key: 'team', value: compilePattern('^shop$') }],
    exportedTags: ['team'],
    metrics: [metric('RequestCount')],
  });
  const { receiver, run } = createBridge(fake, cloudWatch([connect]));
  await run();
  const keys = [...receiver.series.keys()].filter((key) => key.startsWith('aws_ecs_request'));
  expect(keys.map((key) => /DiscoveryName="(\w+)".*tag_team="(\w+)"/.exec(key)?.slice(1))).toEqual([
    ['web', 'shop'],
  ]);
});

it('a service that has not run for two weeks is read from its first point again', async () => {
  const both = insights('RunningTaskCount', 'CpuUtilized');
  const { receiver, run } = createBridge(fake, cloudWatch([both]));
  await run();
  fake.model.scaleTo({ cluster: 'prod', service: 'idle', desired: 1 });
  fake.clock.advance(600);
  await run();
  const series = [...receiver.series].find(([key]) => /cpu_utilized.*ServiceName="idle"/.test(key));
  expect(series?.[1].size).toBeGreaterThan(3);
});

it('a metric that a resource gets later is read from its first point', async () => {
  const both = job('AWS/ECS', {
    metrics: [metric('CPUUtilization'), metric('EBSFilesystemUtilization')],
  });
  const { receiver, run } = createBridge(fake, cloudWatch([both]));
  await run();
  const from = fake.clock.now();
  fake.model.addMetric({
    namespace: 'AWS/ECS',
    name: 'EBSFilesystemUtilization',
    dimensions: { ClusterName: 'prod', ServiceName: 'web' },
    from,
  });
  for (let turn = 0; turn < 13; turn++) {
    fake.clock.advance(300);
    await run();
  }
  const series = [...receiver.series].find(([key]) => key.includes('ebsfilesystem'));
  expect(series?.[1].size).toBe((fake.clock.now() - 120 - from) / 60);
});
