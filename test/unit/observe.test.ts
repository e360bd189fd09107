// One probe as it is observed: when it is skipped, what time it gets, what it leaves behind.
import type { HttpModule } from '../../layers/core/src/config/modules.ts';
import type { Deadline } from '../../layers/core/src/deadline.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { observeProbe } from '../../layers/core/src/probe/observe.ts';
import { parseConfigText } from '../../scripts/config-file.ts';

const { modules } = parseConfigText('modules: { m: { prober: http, timeout: 10s } }');
const slow = modules.m as HttpModule;
const target = { name: 'a', address: 'http://a/', instance: 'http://a/', module: slow };

/** Observes a probe that is up, with `left` of `available` seconds to go. */
async function observe(left: number, available = 60) {
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
  const observation = await observeProbe(
    { target, job: 'j', interval: 60, deliver: true },
    {
      probe: async (_, env) => {
        monotonic += 1.5;
        env.trace('done');
        return { outcome: { ok: true }, samples: [] };
      },
      ...{ function: 'f', vantage: 'v', clock, cold: false, available, deadline },
    },
  );
  real.close();
  return { observation, slices, closed };
}

it.each([
  { left: 10, ran: true },
  { left: 9.95, ran: true },
  { left: 9.85, ran: false },
  { left: 5.1, ran: false },
  { left: 0, ran: false },
])('a probe with a timeout of 10 s runs with $left s left: $ran', async ({ left, ran }) => {
  const { closed, observation, slices } = await observe(left);
  expect(observation.outcome !== undefined).toBe(ran);
  expect(observation.group !== undefined).toBe(ran);
  expect(slices).toEqual(ran ? [10] : []);
  expect(closed).toHaveLength(slices.length);
});

it('an invocation that is shorter than the timeout gives the whole of itself', async () => {
  const { observation, slices } = await observe(4, 4);
  expect(slices).toEqual([4]);
  expect(observation.samples).toContainEqual({
    metric: 'probe_timeout_seconds',
    labels: {},
    value: 4,
  });
});

it('the line of a trace says when it was written; the reading has its time of beginning', async () => {
  const { observation } = await observe(10);
  expect(observation).toMatchObject({ seconds: 1.5, trace: ['+1500.0ms done'] });
  const taken = { metric: 'fargaze_probe_timestamp_seconds', labels: {}, value: 1000 };
  expect(observation.samples).toContainEqual(taken);
});
