// An account that lets fewer calls through than a whole reading needs: every run reads what waits longest, keeps what it has got,
// and after a few runs everything is known. Until then what is not known is left out and counted.
import { createEcsApi } from '../../functions/ecs-bridge/aws/ecs-api.ts';
import { clusterSamples } from '../../functions/ecs-bridge/ecs/ecs-samples.ts';
import { EcsMemory } from '../../functions/ecs-bridge/ecs/memory.ts';
import { readEcs } from '../../functions/ecs-bridge/ecs/read-ecs.ts';
import type { EcsReading } from '../../functions/ecs-bridge/ecs/reading.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import type { EcsConfig } from '../../layers/core/src/config/bridge.ts';
import type { Shard } from '../../layers/core/src/config/shard.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { addFleet } from '../../local/fake-aws/demo.ts';
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import { eachWithFakeAws } from '../support/bridging.ts';
import { withCalendar } from '../support/fake-clock.ts';

const config: EcsConfig = { clusters: ['*'], services: ['*'], tags: [], exportedTags: [] };

let fake: FakeAws;

eachWithFakeAws((started) => {
  fake = started;
});

type Options = { readonly memory?: EcsMemory; readonly shard?: Shard; readonly calls?: number };

/** A reading that has time for so many calls. */
async function read({ calls = 1e6, memory, shard }: Options): Promise<EcsReading> {
  const whole = startDeadline(60, systemClock);
  const made = () => [...api.tally.requests.values()].reduce((sum, count) => sum + count, 0);
  const deadline = { ...whole, remaining: () => (made() < calls ? whole.remaining() : 0) };
  const api = createEcsApi({ region: 'eu-west-1' }, deadline);
  const clock = withCalendar(() => fake.clock.now() * 1000);
  try {
    return await readEcs(api, config, { clock, shard, ...(memory && { memory }) });
  } finally {
    api.close();
    whole.close();
  }
}

function shown({ clusters }: EcsReading): string[] {
  const now = fake.clock.now() * 1000;
  return clusters
    .flatMap((reading) => clusterSamples(reading, { now, config }))
    .map(({ labels, metric, value }) => `${metric} ${JSON.stringify(labels)} ${value}`)
    .sort();
}

const shards = [1, 2, 3].map((index) => ({ index, of: 3 }));

/** How many runs three cold shards take until they show what one reads alone. */
async function runsUntilWhole(calls: number): Promise<number> {
  const memories = shards.map((shard) => ({ shard, memory: new EcsMemory() }));
  for (let run = 1; run < 12; run++) {
    const readings = await Promise.all(memories.map((one) => read({ ...one, calls })));
    const has = readings.flatMap(shown);
    const wants = new Set(shown(await read({})));
    if (has.length === wants.size && has.every((one) => wants.has(one))) {
      expect(readings.map(({ unread }) => unread?.tasks)).toEqual([0, 0, 0]);
      return run;
    }
    const unread = readings.map((one) => (one.unread?.services ?? 0) + (one.unread?.tasks ?? 0));
    expect(Math.max(...unread)).toBeGreaterThan(0);
    fake.clock.advance(60);
  }
  return Number.POSITIVE_INFINITY;
}

// Each needs some 55: 2 for the cluster, 6 pages of services, 20 descriptions of its 200 or so, 13 pages and 12 descriptions of tasks.
it.each([
  { calls: 58, runs: 1 },
  { calls: 38, runs: 2 },
  { calls: 25, runs: 5 },
])('three cold shards of 600 services with $calls calls each take $runs runs', async (given) => {
  addFleet(fake.model, { cluster: 'large', services: 600 });
  fake.clock.advance(3600);
  expect(await runsUntilWhole(given.calls)).toBe(given.runs);
});

describe('a warm function that has no time left', () => {
  const own = new EcsMemory();
  const web = (reading: EcsReading) =>
    reading.clusters[0]?.services?.map(({ desiredCount }) => desiredCount);

  it('shows services as they were for five minutes, and then none', async () => {
    addFleet(fake.model, { cluster: 'small', services: 1 });
    fake.clock.advance(3600);
    expect(web(await read({ memory: own }))).toEqual([2]);
    fake.model.scaleTo({ cluster: 'small', service: 'service-0001', desired: 5 });
    const seen = [];
    for (let minute = 1; minute <= 6; minute++) {
      fake.clock.advance(60);
      // A list of clusters and their description.
      const reading = await read({ memory: own, calls: 2 });
      expect(reading.unread?.services).toBe(1);
      expect(reading.faults.join()).toContain('DescribeServices');
      seen.push(web(reading));
    }
    expect(seen).toEqual([[2], [2], [2], [2], [2], undefined]);
    fake.clock.advance(60);
    const whole = await read({ memory: own });
    expect([web(whole), whole.unread]).toEqual([[5], { services: 0, tasks: 0 }]);
  });
});

it('clusters that a run had no time for are the first of the next', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const cluster of names) addFleet(fake.model, { cluster, services: 1 });
  fake.clock.advance(3600);
  const memory = new EcsMemory();
  const seen = new Set<string>();
  for (let minute = 0; minute < 6; minute++) {
    // Two for the list, and three clusters with a list and a description each.
    const { clusters } = await read({ memory, calls: 8 });
    for (const { cluster, services } of clusters) {
      if (services !== undefined) seen.add(cluster.clusterName ?? '');
    }
    fake.clock.advance(60);
  }
  expect([...seen].sort()).toEqual(names);
});
