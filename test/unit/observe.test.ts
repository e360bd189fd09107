// One probe as it is observed: when nothing is known of its target, what time it gets, what it leaves behind.

import { parseConfigText } from '../../build/config-file.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import type { HttpModule } from '../../layers/core/src/config/modules.ts';
import type { Deadline } from '../../layers/core/src/deadline.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { failure, type Outcome } from '../../layers/core/src/outcome.ts';
import { watchLoop } from '../../layers/core/src/probe/loop-delay.ts';
import { type Observation, observeProbe } from '../../layers/core/src/probe/observe.ts';
import { version } from '../../layers/core/src/version.ts';

const { modules } = parseConfigText('modules: { m: { prober: http, timeout: 10s } }');
const slow = modules.m as HttpModule;
const target = { name: 'a', address: 'http://a/', instance: 'http://a/', module: slow };

const up: Outcome = { ok: true };
const silent = failure('connect', 'timeout', 'deadline exceeded');
const refused = failure('connect', 'refused', 'nobody there');

type Situation = {
  /** Seconds to go, and seconds that there were at the start. */
  readonly left: number;
  readonly available?: number;
  readonly outcome?: Outcome;
  /** Seconds for which the event loop stood still. */
  readonly delay?: number;
  /** What the probe throws. */
  readonly fault?: Error;
};

/** Observes a probe that takes 1.5 s. */
async function observe({ available = 60, delay = 0, fault, left, outcome = up }: Situation) {
  let monotonic = 0;
  const clock = { now: () => 1_000_000, monotonic: () => monotonic, sleep: async () => {} };
  const real = startDeadline(left, clock);
  const slices: number[] = [];
  const closed: boolean[] = [];
  const deadline: Deadline = {
    ...real,
    slice: (seconds) => {
      slices.push(seconds);
      const part = real.slice(seconds);
      return { ...part, close: () => [part.close(), closed.push(true)] };
    },
  };
  const loop = { begin: () => () => delay, close: () => undefined };
  const observation = await observeProbe(
    { target, job: 'j', interval: 60, deliver: true },
    {
      probe: async (_, env) => {
        monotonic += 1.5;
        if (fault !== undefined) throw fault;
        env.trace('done');
        return { outcome, samples: [] };
      },
      ...{ function: 'f', vantage: 'v', clock, cold: false, available, deadline, loop },
    },
  );
  real.close();
  return { observation, slices, closed };
}

const sampleOf = ({ samples }: Observation, name: string) =>
  samples.find(({ metric }) => metric === name)?.value;

describe('a probe with a timeout of 10 s', () => {
  it.each([
    { left: 60, outcome: silent, known: true },
    { left: 9.95, outcome: silent, known: true },
    { left: 9.85, outcome: silent, known: false },
    { left: 9.85, outcome: refused, known: true },
    { left: 0.6, outcome: up, known: true },
    { left: 0.6, outcome: silent, known: false },
    { left: 4, available: 4, outcome: silent, known: true },
    { left: 3.9, available: 4, outcome: silent, known: false },
    { left: 0.6, available: 0.6, outcome: silent, known: false },
    { left: 60, delay: 0.5, outcome: silent, known: true },
    { left: 60, delay: 1.1, outcome: silent, known: false },
    { left: 60, delay: 1.1, outcome: refused, known: true },
  ])('is judged: $known, with $left s left of $available, $outcome, $delay s lost', async (one) => {
    const { closed, observation, slices } = await observe(one);
    expect(observation.outcome).toEqual(one.known ? one.outcome : undefined);
    expect(observation.group !== undefined).toBe(one.known);
    expect(slices).toEqual([Math.min(10, one.left)]);
    expect(closed).toHaveLength(1);
  });

  it.each([0.4, 0, -1])('is not begun with %p s left', async (left) => {
    const { observation, slices } = await observe({ left });
    expect([observation.outcome, observation.group, slices]).toEqual([undefined, undefined, []]);
  });

  it('says which time it had', async () => {
    const { observation } = await observe({ left: 4, available: 4 });
    expect(sampleOf(observation, 'probe_timeout_seconds')).toBe(4);
  });
});

it.each([
  { delay: 0.009, distorted: 0 },
  { delay: 0.149, distorted: 0 },
  { delay: 0.151, distorted: 1 },
])('a delay of $delay s in 1.5 s distorts: $distorted', async ({ delay, distorted }) => {
  const { observation } = await observe({ left: 60, delay });
  expect(sampleOf(observation, 'fargaze_probe_event_loop_delay_seconds')).toBe(delay);
  expect(sampleOf(observation, 'fargaze_probe_distorted')).toBe(distorted);
});

describe('the watch over the event loop', () => {
  /** Works without a pause. */
  const block = (ms: number) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  };

  it('sees a delay that lasts until the very end, and whom it does not concern', async () => {
    const loop = watchLoop();
    await systemClock.sleep(0.02);
    const during = loop.begin();
    block(150);
    const after = loop.begin();
    const [long, short] = [during(), after()];
    loop.close();
    expect(long).toBeGreaterThan(0.1);
    expect(short).toBeLessThan(long / 2);
  });

  it('keeps a delay that is over', async () => {
    const loop = watchLoop();
    const during = loop.begin();
    block(150);
    await systemClock.sleep(0.03);
    expect(during()).toBeGreaterThan(0.1);
    loop.close();
  });
});

it('the line of a trace says when it was written; the reading has its time of beginning', async () => {
  const { observation } = await observe({ left: 10 });
  expect(observation).toMatchObject({ seconds: 1.5, trace: ['+1500.0ms done'] });
  const taken = { metric: 'fargaze_probe_timestamp_seconds', labels: {}, value: 1000 };
  expect(observation.samples).toContainEqual(taken);
});

describe('what every reading says', () => {
  const region = process.env.AWS_REGION;
  afterEach(() => {
    if (region === undefined) delete process.env.AWS_REGION;
    else process.env.AWS_REGION = region;
  });

  const about = (where: string) => [
    { metric: 'probe_interval_seconds', labels: {}, value: 60 },
    { metric: 'fargaze_probe_timestamp_seconds', labels: {}, value: 1000 },
    {
      metric: 'fargaze_probe_info',
      labels: { probe: 'a', module: 'm', function: 'f', vantage: 'v', region: where, version },
      value: 1,
    },
    { metric: 'fargaze_probe_event_loop_delay_seconds', labels: {}, value: 0 },
    { metric: 'fargaze_probe_distorted', labels: {}, value: 0 },
    { metric: 'fargaze_probe_cold_start', labels: {}, value: 0 },
  ];
  const times = [
    { metric: 'probe_duration_seconds', labels: {}, value: 1.5 },
    { metric: 'probe_timeout_seconds', labels: {}, value: 10 },
  ];

  it('of a target that is up', async () => {
    process.env.AWS_REGION = 'eu-west-1';
    const { observation } = await observe({ left: 60 });
    const success = { metric: 'probe_success', labels: {}, value: 1 };
    const samples = [success, ...times, ...about('eu-west-1')];
    expect(observation.samples).toEqual(samples);
    expect(observation.group).toEqual({ grouping: { job: 'j', instance: 'http://a/' }, samples });
  });

  it('of a target that is down, and why', async () => {
    delete process.env.AWS_REGION;
    const { observation } = await observe({ left: 60, outcome: refused });
    expect(observation.samples).toEqual([
      { metric: 'probe_success', labels: {}, value: 0 },
      ...times,
      { metric: 'probe_failure_info', labels: { phase: 'connect', reason: 'refused' }, value: 1 },
      ...about(''),
    ]);
  });

  it('of a target of which nothing is known: nothing, and the trace says why', async () => {
    const { observation } = await observe({ left: 60, delay: 1.1, outcome: silent });
    expect(observation).toEqual({
      instance: 'http://a/',
      name: 'a',
      unknown: 'event_loop',
      seconds: 1.5,
      samples: [],
      trace: [
        '+1500.0ms done',
        '+1500.0ms no answer, but it had 10s and the event loop stood still for 1.1s: unknown',
      ],
    });
    const late = await observe({ left: 0.4 });
    expect(late.observation).toEqual({
      instance: 'http://a/',
      name: 'a',
      unknown: 'no_time',
      seconds: 0,
      samples: [],
      trace: [],
    });
  });

  it('is nothing where the probe itself is at fault', async () => {
    const fault = new Error('a bug');
    const { observation } = await observe({ left: 60, fault });
    expect(observation).toMatchObject({ fault, seconds: 1.5, samples: [] });
    expect(observation.group).toBeUndefined();
  });
});
