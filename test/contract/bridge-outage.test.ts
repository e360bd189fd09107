// Time and again: outages, cold starts, late and revised points, services that go. Afterwards every point is there, once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { freePort } from '../../local/programs/ports.ts';
import { startPrometheus } from '../../local/programs/servers.ts';
import {
  cloudWatch,
  cpuOfServices,
  createBridge,
  environment,
  type TestBridge,
} from '../support/bridging.ts';
import { createReceiver, type Stored } from '../support/receiver.ts';

const start = 1_800_000_000;
let fake: FakeAws;

beforeEach(async () => {
  fake = await startFakeAws();
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: fake.url });
});

afterEach(async () => {
  const own = ['AWS_ENDPOINT_URL', 'FARGAZE_REMOTE_WRITE_URL'];
  for (const name of [...Object.keys(environment), ...own]) delete process.env[name];
  await fake.close();
});

function addServices(now: number): void {
  fake.clock.set(now - 600);
  fake.model.addCluster({ name: 'prod' });
  fake.model.addService({ cluster: 'prod', name: 'web', desired: 2 });
  fake.model.addService({ cluster: 'prod', name: 'fine', desired: 1, resolution: 20 });
  fake.clock.set(now);
}

const tick = { schedule: '1m' };

/** A tick each minute for `minutes`; a run that fails is one that could not deliver. */
async function pass(bridge: TestBridge, minutes: number): Promise<number> {
  let failed = 0;
  for (let minute = 0; minute < minutes; minute++) {
    fake.clock.advance(60);
    await bridge.run(tick).catch((error: unknown) => {
      if (!/receiver is down/.test(String(error))) throw error;
      failed += 1;
    });
  }
  return failed;
}

function cpu({ receiver }: TestBridge, service: string): Stored {
  const found = [...receiver.series].filter(
    ([key]) => key.startsWith('aws_ecs_cpu') && key.includes(`ServiceName="${service}"`),
  );
  expect(found).toHaveLength(1);
  return found[0]?.[1] ?? new Map();
}

/** Final values of the points of a service in [from, until), as a bridge that starts now reads them. */
async function truth(service: string, from: number, until: number): Promise<[number, unknown][]> {
  const bridge = createBridge(fake, cloudWatch([cpuOfServices]));
  await bridge.run();
  return pointsIn(cpu(bridge, service), from, until);
}

function pointsIn(stored: Stored, from: number, until: number): [number, unknown][] {
  return [...stored]
    .filter(([at]) => at >= from * 1000 && at < until * 1000)
    .sort(([a], [b]) => a - b);
}

it.each([
  { name: 'a function that stays warm', cold: 'never' },
  { name: 'a function that starts cold in the middle of it', cold: 'during' },
] as const)(
  'a receiver that is down for 20 minutes, $name: every point is there',
  async ({ cold }) => {
    addServices(start);
    const bridge = createBridge(fake, cloudWatch([cpuOfServices]));
    await pass(bridge, 15);
    bridge.receiver.setState('down');
    const failed = await pass(bridge, 20);
    expect(failed).toBe(4);
    if (cold === 'during') bridge.forget();
    bridge.receiver.setState('up');
    await pass(bridge, 15);
    const until = fake.clock.now() - 180;
    for (const service of ['web', 'fine']) {
      const points = pointsIn(cpu(bridge, service), start, until);
      expect(points).toEqual(await truth(service, start, until));
      expect(points).toHaveLength(((until - start) / 60) * (service === 'fine' ? 3 : 1));
    }
    if (cold === 'never') expect(bridge.receiver.repeated()).toBe(0);
  },
  120_000,
);

it('a function that always starts cold reads on from where the receiver says, not all of backfill', async () => {
  addServices(start);
  const bridge = createBridge(fake, cloudWatch([cpuOfServices]));
  await pass(bridge, 10);
  bridge.forget();
  fake.reset();
  await pass(bridge, 5);
  // Two services, one in threes: 45 minutes of overlap and five minutes that are new, not three hours.
  expect(fake.totals().GetMetricData?.points).toBeLessThanOrEqual(4 * 50);
  expect(fake.totals().GetMetricData?.calls).toBe(1);
});

it('points that come late, or are revised after they were first shown, end up as they are', async () => {
  addServices(start);
  fake.setVisibility({
    lagSeconds: 60,
    revisions: 'on',
    stragglers: { oneIn: 5, seconds: 240 },
  });
  const bridge = createBridge(fake, cloudWatch([cpuOfServices]));
  await pass(bridge, 55);
  // A changed value is sent when it is final.
  const until = fake.clock.now() - 1500;
  const points = pointsIn(cpu(bridge, 'web'), start, until);
  expect(points).toEqual(await truth('web', start, until));
  expect(points).toHaveLength((until - start) / 60);
});

it('a service that is deleted: its series end at the next reading, its last points come, others go on', async () => {
  addServices(start);
  const bridge = createBridge(fake, cloudWatch([cpuOfServices]));
  await pass(bridge, 13);
  const deletedAt = fake.clock.now();
  fake.model.deleteService({ cluster: 'prod', service: 'web' });
  await pass(bridge, 2);
  const ended = cpu(bridge, 'web');
  expect([...ended.values()].filter((value) => value === 'stale')).toHaveLength(1);
  const [last] = [...ended].sort(([a], [b]) => b - a);
  expect(last).toEqual([fake.clock.now() * 1000, 'stale']);
  await pass(bridge, 15);
  const points = pointsIn(cpu(bridge, 'web'), start, deletedAt);
  expect(points).toHaveLength(Math.floor((deletedAt - start) / 60));
  expect([...cpu(bridge, 'fine').values()]).not.toContain('stale');
  // Nothing is asked of what has gone.
  fake.reset();
  await pass(bridge, 5);
  expect(fake.totals().GetMetricData?.queries).toBe(1);
});

it('a service without tasks is asked for until its last points are in, and then costs nothing', async () => {
  addServices(start);
  const bridge = createBridge(fake, cloudWatch([cpuOfServices]));
  await pass(bridge, 10);
  fake.model.scaleTo({ cluster: 'prod', service: 'web', desired: 0 });
  const stopped = fake.clock.now();
  await pass(bridge, 10);
  expect(pointsIn(cpu(bridge, 'web'), start, stopped)).toHaveLength((stopped - start) / 60);
  await pass(bridge, 15);
  fake.reset();
  await pass(bridge, 5);
  expect(fake.totals().GetMetricData?.queries).toBe(1);
  fake.model.scaleTo({ cluster: 'prod', service: 'web', desired: 1 });
  await pass(bridge, 10);
  expect(pointsIn(cpu(bridge, 'web'), stopped + 1800, fake.clock.now()).length).toBeGreaterThan(2);
  expect([...cpu(bridge, 'web').values()]).not.toContain('stale');
});

it('a receiver that takes nothing out of order has every point once it is final', async () => {
  addServices(start);
  const bridge = createBridge(
    fake,
    cloudWatch([cpuOfServices]),
    createReceiver({ outOfOrder: 'refused' }),
  );
  await pass(bridge, 30);
  const until = fake.clock.now() - 21 * 60;
  const points = pointsIn(cpu(bridge, 'web'), start, until);
  expect(points).toEqual(await truth('web', start, until));
  expect(points.length).toBeGreaterThan(5);
});

it('a cold start at such a receiver loses nothing, and says so', async () => {
  addServices(start);
  const bridge = createBridge(
    fake,
    cloudWatch([cpuOfServices]),
    createReceiver({ outOfOrder: 'refused' }),
  );
  await pass(bridge, 40);
  bridge.forget();
  fake.clock.advance(60);
  const { samples } = await bridge.run();
  const lost = samples.filter(({ metric }) => metric === 'fargaze_bridge_samples_rejected');
  expect(lost).toEqual([]);
});

it('a real Prometheus behind a network that is down for 20 minutes: every point is there', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-outage-'));
  const configFile = join(directory, 'prometheus.yml');
  writeFileSync(configFile, 'storage: { tsdb: { out_of_order_time_window: 4h } }\n');
  const args = ['--web.enable-remote-write-receiver'];
  const prometheus = await startPrometheus({ configFile, args });
  try {
    // Prometheus takes nothing from the future: simulated time ends where the machine's is.
    const begin = Math.floor(Date.now() / 300_000) * 300 - 3600;
    addServices(begin);
    const { run } = createBridge(fake, cloudWatch([cpuOfServices]), 'environment');
    const dead = `http://127.0.0.1:${await freePort()}/api/v1/write`;
    for (let minute = 5; minute <= 55; minute += 5) {
      fake.clock.set(begin + minute * 60);
      const network = minute > 15 && minute <= 35 ? 'down' : 'up';
      process.env.FARGAZE_REMOTE_WRITE_URL =
        network === 'down' ? dead : `${prometheus.url}/api/v1/write`;
      const done = run(tick, network === 'down' ? 3 : 30);
      await (network === 'down' ? expect(done).rejects.toThrow('remote write: refused') : done);
    }
    const until = begin + 52 * 60;
    const series = 'aws_ecs_cpuutilization_average{dimension_ServiceName="web"}';
    const url = `${prometheus.url}/api/v1/query?time=${until - 1}&query=${encodeURIComponent(`${series}[52m]`)}`;
    const { data } = (await (await fetch(url)).json()) as {
      readonly data: { readonly result: readonly { readonly values: [number, string][] }[] };
    };
    const stored = data.result[0]?.values.map(([at, value]) => [at * 1000, Number(value)]);
    expect(stored).toEqual(await truth('web', begin, until));
    expect(stored).toHaveLength(52);
  } finally {
    await prometheus.stop();
    rmSync(directory, { recursive: true });
  }
}, 180_000);
