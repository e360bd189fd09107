// What has gone: a deleted cluster is read and delivered no more, its series end, and a warm function forgets it, as it forgets
// the metrics of tasks and the revisions of services that were replaced.
import { runBridge } from '../../functions/ecs-bridge/bridge.ts';
import { Memory } from '../../functions/ecs-bridge/cloudwatch/memory.ts';
import type { EcsConfig } from '../../layers/core/src/config/bridge.ts';
import type { Batch } from '../../layers/core/src/sample.ts';
import type { Sink } from '../../layers/core/src/sink/sink.ts';
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import { cloudWatch, eachWithFakeAws, job, metric } from '../support/bridging.ts';
import { withCalendar } from '../support/fake-clock.ts';
import { createReceiver } from '../support/receiver.ts';

let fake: FakeAws;
let memory: Memory;

eachWithFakeAws((started) => {
  fake = started;
  memory = new Memory();
  for (const cluster of ['prod', 'gone']) {
    fake.model.addCluster({ name: cluster, containerInsights: 'enabled' });
    fake.model.addService({ cluster, name: 'web', desired: 1 });
  }
  fake.clock.advance(3600);
});

const jobs = [
  job('AWS/ECS', { metrics: [metric('CPUUtilization')] }),
  job('ECS/ContainerInsights', { metrics: [metric('TaskCpuUtilization')] }),
];

/** A run that delivers series one by one. */
async function run(clusters: readonly string[] = ['*']) {
  const batches: Batch[] = [];
  const write = async (batch: Batch) => void batches.push(batch);
  const sink: Sink = { name: 'memory', series: 'stored', write };
  const receiver = createReceiver();
  const ecs: EcsConfig = { clusters, services: ['*'], tags: [], exportedTags: [] };
  const summary = await runBridge(
    {
      config: { ecs, cloudwatch: cloudWatch(jobs, { backfill: 600 }) },
      ...{ memory, sink, writer: receiver, log: () => undefined },
      clock: withCalendar(() => fake.clock.now() * 1000),
    },
    {},
    { getRemainingTimeInMillis: () => 30_000 },
  );
  const of = (cluster: string | undefined) => cluster === 'gone';
  const ecsGroups = batches.flatMap(({ groups }) => groups);
  return {
    summary,
    samples: ecsGroups
      .flatMap(({ samples }) => samples)
      .filter(({ labels }) => of((labels as { readonly cluster?: string }).cluster)),
    ends: batches.flatMap(({ series = [] }) => series).filter(({ labels }) => of(labels.cluster)),
    written: [...receiver.series.keys()].filter((key) => key.includes('"gone"')),
  };
}

it.each([
  { named: 'by a pattern', clusters: ['*'] },
  { named: 'by name', clusters: ['prod', 'gone'] },
])(
  'a deleted cluster that is selected $named is ended at once, and then delivered no more',
  async (given) => {
    const first = await run(given.clusters);
    expect(first.summary.clusters).toBe(2);
    expect(first.samples.length).toBeGreaterThan(10);
    fake.model.deleteCluster({ cluster: 'gone' });
    fake.clock.advance(60);
    const second = await run(given.clusters);
    expect(second.summary.clusters).toBe(1);
    expect(second.samples).toEqual([]);
    expect(second.ends).toHaveLength(first.samples.length);
    fake.clock.advance(1200);
    const third = await run(given.clusters);
    expect([third.samples, third.ends]).toEqual([[], []]);
    fake.clock.advance(1200);
    expect((await run(given.clusters)).written).toEqual([]);
  },
);

it('a service in the place of another is there at the next run, and the other one is forgotten', async () => {
  const services = ({ samples }: Awaited<ReturnType<typeof run>>) => [
    ...new Set(samples.flatMap(({ labels }) => (labels as Service).service ?? [])),
  ];
  expect(services(await run())).toEqual(['web']);
  fake.model.deleteService({ cluster: 'gone', service: 'web' });
  fake.model.addService({ cluster: 'gone', name: 'api', desired: 1 });
  fake.clock.advance(60);
  // The cluster counts as many services as before.
  expect(services(await run())).toEqual(['api']);
});

type Service = { readonly service?: string };

it('a deleted cluster is forgotten within the hour, and with it what grows with every deployment', async () => {
  await run();
  expect(memory.ecs.size).toBe(2);
  fake.model.deleteCluster({ cluster: 'gone' });
  for (let deployment = 0; deployment < 4; deployment++) {
    fake.model.deploy({ cluster: 'prod', service: 'web', image: `example/${deployment}` });
    fake.clock.advance(3 * 3600);
    await run();
  }
  expect(memory.ecs.size).toBe(1);
  expect(memory.find.resolutions.size).toBeLessThanOrEqual(1);
  // CPUUtilization of a cluster and a service, and the metric by task of the deployments of the last hours.
  const read = memory.find.size;
  for (let deployment = 4; deployment < 7; deployment++) {
    fake.model.deploy({ cluster: 'prod', service: 'web', image: `example/${deployment}` });
    fake.clock.advance(3 * 3600);
    await run();
  }
  expect(memory.find.size).toBeLessThanOrEqual(read);
});
