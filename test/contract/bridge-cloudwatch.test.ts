// CloudWatch to a receiver by the real SDK against the fake: series, times, calls, and that nothing is missing or twice.

import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import {
  account,
  cloudWatch,
  cpuOfServices,
  createBridge,
  environment,
  region,
  sampleValue,
} from '../support/bridging.ts';

const start = 1_800_000_000;
let fake: FakeAws;

beforeEach(async () => {
  fake = await startFakeAws();
  fake.clock.set(start);
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: fake.url });
});

afterEach(async () => {
  for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL']) delete process.env[name];
  await fake.close();
});

const cpu = (service: string) =>
  `aws_ecs_cpuutilization_average{account_id="${account}",dimension_ClusterName="prod",dimension_ServiceName="${service}",name="arn:aws:ecs:${region}:${account}:service/prod/${service}",region="${region}"}`;

/** Whole minutes in [from, until), in milliseconds. */
const minutes = (from: number, until: number) =>
  Array.from({ length: (until - from) / 60 }, (_, index) => (from + index * 60) * 1000);

describe('a service', () => {
  beforeEach(() => {
    fake.model.addCluster({ name: 'prod' });
    fake.model.addService({ cluster: 'prod', name: 'web', desired: 2 });
    fake.clock.advance(1200);
  });

  it('has one point for each minute, at the time that CloudWatch gives it, and only final points', async () => {
    const { receiver, run } = createBridge(fake, cloudWatch([cpuOfServices]));
    const { samples, summary } = await run();
    expect(summary.faults).toEqual([]);
    const stored = receiver.series.get(cpu('web'));
    const times = [...(stored?.keys() ?? [])];
    const now = fake.clock.now();
    // The task ran from its first minute on; the last minute is held back with the time to settle.
    expect(times).toEqual(minutes((times[0] ?? 0) / 1000, Math.floor((now - 120) / 60) * 60));
    expect(times.length).toBeGreaterThan(14);
    expect(sampleValue(samples, 'fargaze_bridge_samples_sent')).toBe(summary.cloudwatch?.sent);
  });

  it('is read on, without a gap and without sending anything twice', async () => {
    const { receiver, run } = createBridge(fake, cloudWatch([cpuOfServices]));
    await run();
    for (let turn = 0; turn < 4; turn++) {
      fake.clock.advance(300);
      await run();
    }
    const times = [...(receiver.series.get(cpu('web'))?.keys() ?? [])];
    expect(times).toEqual(minutes((times[0] ?? 0) / 1000, fake.clock.now() - 120));
    expect(receiver.repeated()).toBe(0);
  });
});
