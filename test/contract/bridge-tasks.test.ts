// Tasks are read where something changed: what a warm function shows is what a cold one would, through whatever happens to a
// cluster, with far fewer calls.
import { createEcsApi } from '../../functions/ecs-bridge/aws/ecs-api.ts';
import { clusterSamples } from '../../functions/ecs-bridge/ecs/ecs-samples.ts';
import { EcsMemory } from '../../functions/ecs-bridge/ecs/memory.ts';
import { readEcs } from '../../functions/ecs-bridge/ecs/read-ecs.ts';
import type { EcsReading } from '../../functions/ecs-bridge/ecs/reading.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import type { EcsConfig } from '../../layers/core/src/config/bridge.ts';
import type { Shard } from '../../layers/core/src/config/shard.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { readEnv } from '../../layers/core/src/env.ts';
import { addFleet } from '../../local/fake-aws/demo.ts';
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import { eachWithFakeAws } from '../support/bridging.ts';
import { withCalendar } from '../support/fake-clock.ts';
import { createRandom } from '../support/random.ts';

const config: EcsConfig = { clusters: ['*'], services: ['*'], tags: [], exportedTags: [] };

let fake: FakeAws;

eachWithFakeAws((started) => {
  fake = started;
});

/** A reading, with the calls that it took. */
async function read(
  memory?: EcsMemory,
  shard?: Shard,
): Promise<EcsReading & { readonly calls: Readonly<Record<string, number>> }> {
  const deadline = startDeadline(60, systemClock);
  const api = createEcsApi({ region: 'eu-west-1' }, deadline);
  const clock = withCalendar(() => fake.clock.now() * 1000);
  try {
    const options = { clock, shard, ...(memory !== undefined && { memory }) };
    const reading = await readEcs(api, config, options);
    return { ...reading, calls: Object.fromEntries(api.tally.requests) };
  } finally {
    api.close();
    deadline.close();
  }
}

function shown({ clusters }: EcsReading): string[] {
  const now = fake.clock.now() * 1000;
  return clusters
    .flatMap((reading) => clusterSamples(reading, { now, config }))
    .map(
      ({ labels, metric, value }) =>
        `${metric} ${JSON.stringify(Object.entries(labels).sort())} ${value}`,
    )
    .sort();
}

const services = 24;
const clusters = ['shop', 'other'];

type Happening = {
  readonly random: () => number;
  readonly minute: number;
  readonly within: readonly string[];
  /** How many kinds of things happen; the last is that a service is deleted. */
  readonly kinds: number;
};

/** One of the things that happen to a cluster. */
function happen({ kinds, minute, random, within }: Happening): void {
  const { model } = fake;
  const pick = (count: number) => Math.floor(random() * count);
  const cluster = within[pick(within.length)] ?? '';
  const service = `service-${String(1 + pick(services)).padStart(4, '0')}`;
  const named = { cluster, service };
  const doIt = [
    () => model.deploy({ ...named, image: `example/${minute}` }),
    () => model.deploy({ ...named, image: 'example/bad', outcome: 'fail', rollback: 'yes' }),
    () => model.scaleTo({ ...named, desired: pick(5) }),
    () => model.stopTask({ ...named, code: 'SpotInterruption', reason: 'Spot' }),
    () =>
      model.stopTask({
        ...named,
        exits: { [service]: { exitCode: 137, reason: 'OutOfMemoryError: x' } },
      }),
    () => model.stopTask({ ...named, replace: 'no' }),
    () =>
      model.runTask({
        cluster,
        family: 'cron',
        seconds: 20 + pick(200),
        exits: { cron: { exitCode: pick(3) } },
      }),
    () => model.runTask({ cluster, family: 'long' }),
    () =>
      model.addService({ cluster, name: service, desired: 1 + pick(3), createdAt: model.now() }),
    () => model.addService({ cluster, name: `new-${minute}`, createdAt: model.now() }),
    () => model.deleteService(named),
  ][pick(kinds)];
  try {
    doIt?.();
  } catch (error) {
    // Some things cannot happen to what is gone, or is there already.
    if (!(error instanceof RangeError)) throw error;
  }
}

/** FARGAZE_SEEDS=50 runs as many histories; the suite runs two. */
const seeds = [...Array.from({ length: Number(readEnv('FARGAZE_SEEDS') ?? 2) }).keys()];

it.each(seeds)(
  'through an hour by chance (%i) a warm function shows what a cold one does',
  async (seed) => {
    const random = createRandom(seed);
    for (const cluster of clusters) addFleet(fake.model, { cluster, services });
    fake.clock.advance(3600);
    const memory = new EcsMemory();
    for (let minute = 0; minute < 60; minute++) {
      // Some minutes are quiet.
      for (let left = Math.floor(random() * 3); left > 0; left--)
        happen({ random, minute, within: clusters, kinds: 11 });
      fake.clock.advance(60 + Math.floor(random() * 9));
      const warm = await read(memory);
      const cold = await read();
      expect(warm.faults).toEqual([]);
      const [has, wants] = [new Set(shown(warm)), new Set(shown(cold))];
      expect([...has].filter((one) => !wants.has(one))).toEqual([]);
      expect([...wants].filter((one) => !has.has(one))).toEqual([]);
    }
  },
  120_000,
);

it('three shards of a divided cluster show together what one cold function does', async () => {
  const random = createRandom(7);
  const fleet = [...clusters, 'large'];
  for (const cluster of clusters) addFleet(fake.model, { cluster, services });
  addFleet(fake.model, { cluster: 'large', services: 505, desired: 1 });
  fake.clock.advance(3600);
  const memories = [1, 2, 3].map((index) => ({ memory: new EcsMemory(), shard: { index, of: 3 } }));
  for (let minute = 0; minute < 8; minute++) {
    for (let left = 4; left > 0; left--) happen({ random, minute, within: fleet, kinds: 10 });
    fake.clock.advance(60 + Math.floor(random() * 9));
    const warm = await Promise.all(memories.map(({ memory, shard }) => read(memory, shard)));
    const cold = await read();
    const has = warm.flatMap(shown);
    expect(new Set(has).size).toBe(has.length);
    expect(has.sort()).toEqual(shown(cold));
  }
});

describe('of a fleet of 400 services with 800 tasks', () => {
  const fleet = 400;

  beforeEach(() => {
    addFleet(fake.model, { cluster: 'fleet', services: fleet });
    fake.clock.advance(3600);
  });

  const quiet = {
    ListClusters: 1,
    DescribeClusters: 1,
    DescribeServices: fleet / 10,
    ListTasks: 1,
  };

  it('a quiet minute takes the services and the list of stopped tasks', async () => {
    const memory = new EcsMemory();
    expect((await read(memory)).calls).toMatchObject({
      ListServices: 4,
      ListTasks: 9,
      DescribeTasks: 8,
    });
    fake.clock.advance(60);
    expect((await read(memory)).calls).toEqual(quiet);
  });

  it('a task that stops costs the list of its service, and two descriptions', async () => {
    const memory = new EcsMemory();
    await read(memory);
    fake.model.stopTask({ cluster: 'fleet', service: 'service-0007' });
    fake.clock.advance(60);
    const {
      calls,
      clusters: [cluster],
    } = await read(memory);
    expect(calls).toEqual({ ...quiet, ListTasks: 2, DescribeTasks: 2 });
    expect(cluster?.tasks).toHaveLength(2 * fleet);
    expect(cluster?.stoppedTasks).toHaveLength(1);
  });

  it('everything is described once in ten minutes, and then health shows that changed in silence', async () => {
    const memory = new EcsMemory();
    await read(memory);
    fake.model.setHealth({ cluster: 'fleet', service: 'service-0007', health: 'UNHEALTHY' });
    const runs: Awaited<ReturnType<typeof read>>[] = [];
    for (let minute = 0; minute < 10; minute++) {
      fake.clock.advance(60);
      runs.push(await read(memory));
    }
    const whole = runs.filter(({ calls }) => calls.DescribeTasks === 8);
    expect(whole).toHaveLength(1);
    const last = runs.at(-1)?.clusters[0]?.tasks ?? [];
    expect(last.filter(({ healthStatus }) => healthStatus === 'UNHEALTHY')).toHaveLength(2);
    // Until it is well again, or gone, it is described each time.
    fake.model.setHealth({ cluster: 'fleet', service: 'service-0007', health: 'HEALTHY' });
    const after = (await read(memory)).clusters[0]?.tasks ?? [];
    expect(after.filter(({ healthStatus }) => healthStatus === 'UNHEALTHY')).toEqual([]);
  });

  it('what a call could not describe is described next time, and only that', async () => {
    const memory = new EcsMemory();
    fake.faults.add({ api: 'DescribeTasks', kind: 'access-denied', times: 1 });
    const first = await read(memory);
    expect(first.faults).toHaveLength(1);
    expect(first.clusters[0]?.tasks).toBeUndefined();
    fake.clock.advance(60);
    const {
      calls,
      clusters: [cluster],
      faults,
    } = await read(memory);
    expect(faults).toEqual([]);
    expect(cluster?.tasks).toHaveLength(2 * fleet);
    expect(calls.DescribeTasks).toBe(1);
  });
});
