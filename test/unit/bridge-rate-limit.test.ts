// How fast an API is called: below its rates in every second, slower once it throttles, and never beyond the deadline.
import { createCallTally } from '../../functions/ecs-bridge/aws/call-tally.ts';
import { RateLimiter } from '../../functions/ecs-bridge/aws/rate-limit.ts';
import { toSourceError } from '../../functions/ecs-bridge/aws/source-error.ts';
import { type Deadline, startDeadline } from '../../layers/core/src/deadline.ts';
import { SourceError } from '../../layers/core/src/errors.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const deadlines: Deadline[] = [];
afterEach(() => {
  for (const deadline of deadlines.splice(0)) deadline.close();
});

const rates = { calls: 50, points: 1000 };

function refusal(name: string, status: number): SourceError {
  const cause = Object.assign(new Error('refused'), {
    name,
    $metadata: { httpStatusCode: status },
  });
  return new SourceError('refused', { operation: 'Get', retryable: status !== 403, cause });
}

function startLimiter() {
  const clock = createFakeClock();
  const tally = createCallTally();
  const limiter = new RateLimiter(rates, { clock, tally });
  const deadline = startDeadline(3600, clock);
  deadlines.push(deadline);
  const times: number[] = [];
  const call = (options: { readonly points?: number; readonly fail?: SourceError[] } = {}) => {
    const { fail = [], points = 0 } = options;
    const make = async () => {
      times.push(clock.monotonic());
      const error = fail.shift();
      if (error !== undefined) throw error;
    };
    return limiter.run({ api: 'Get', points, make }, deadline);
  };
  return { clock, tally, times, call, limiter };
}

/** Most of `times` in any second. */
function peak(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1).length));
}

describe('a rate of 50 calls a second', () => {
  it('is nearly used and never exceeded, the burst at the beginning included', async () => {
    const { call, times } = startLimiter();
    for (let made = 0; made < 300; made++) await call();
    expect(peak(times)).toBeLessThanOrEqual(50);
    expect(peak(times)).toBeGreaterThan(40);
  });

  it('holds after a pause too', async () => {
    const { call, clock, times } = startLimiter();
    for (let made = 0; made < 100; made++) await call();
    await clock.sleep(60);
    for (let made = 0; made < 100; made++) await call();
    expect(peak(times)).toBeLessThanOrEqual(50);
  });

  it('is halved by a throttled call and grows back', async () => {
    const { call, tally, times } = startLimiter();
    for (let made = 0; made < 100; made++) await call();
    await call({ fail: [refusal('ThrottlingException', 400)] });
    const from = times.length;
    for (let made = 0; made < 60; made++) await call();
    const gaps = times.slice(from).map((at, index) => at - (times[from + index - 1] ?? 0));
    expect(gaps[0]).toBeGreaterThan((1 / 25) * 1.5);
    expect(gaps.at(-1)).toBeCloseTo(1 / 25, 6);
    expect([tally.requests.get('Get'), tally.throttles.get('Get')]).toEqual([162, 1]);
  });
});

it('three functions that share an account of 20 calls a second find its rate: few calls are throttled, and none is lost', async () => {
  const clock = createFakeClock();
  const deadline = startDeadline(3600, clock);
  deadlines.push(deadline);
  const taken: number[] = [];
  const make = async () => {
    const now = clock.monotonic();
    if (taken.filter((at) => at > now - 1).length >= 20) {
      throw refusal('ThrottlingException', 400);
    }
    taken.push(now);
  };
  const tally = createCallTally();
  const all = [1, 2, 3].flatMap(() => {
    const rates = { calls: 500, points: Number.POSITIVE_INFINITY };
    const limiter = new RateLimiter(rates, { clock, tally });
    const work = async () => {
      for (let made = 0; made < 50; made++) await limiter.run({ api: 'Get', make }, deadline);
    };
    return Array.from({ length: 8 }, work);
  });
  await Promise.all(all);
  expect(taken).toHaveLength(1200);
  expect(tally.throttles.get('Get')).toBeLessThan(1200 / 3);
  // 60 seconds would be the least; what chance adds to the waits makes it 98 to 125.
  expect(clock.monotonic()).toBeLessThan(150);
});

it('points are spread as calls are: half of the rate each second', async () => {
  const { call, times } = startLimiter();
  for (let made = 0; made < 5; made++) await call({ points: 500 });
  expect(times.map((at) => at - (times[0] ?? 0))).toEqual([0, 1, 2, 3, 4]);
});

it('a call that is denied is not made again', async () => {
  const { call, times } = startLimiter();
  await expect(call({ fail: [refusal('AccessDeniedException', 403)] })).rejects.toThrow('refused');
  expect(times).toHaveLength(1);
});

it('a call that would have to wait beyond the deadline is not made', async () => {
  const { clock, limiter } = startLimiter();
  const deadline = startDeadline(0.5, clock);
  deadlines.push(deadline);
  let made = 0;
  const make = async () => {
    made += 1;
  };
  const calls = Array.from({ length: 100 }, () => limiter.run({ api: 'Get', make }, deadline));
  const results = await Promise.allSettled(calls);
  const failed = results.filter(({ status }) => status === 'rejected');
  expect(made + failed.length).toBe(100);
  expect(failed.length).toBeGreaterThan(40);
  expect(failed[0]).toMatchObject({ reason: { message: expect.stringContaining('no time left') } });
});

it.each([
  { name: 'CredentialsProviderError', retryable: false },
  { name: 'TokenProviderError', retryable: false },
  { name: 'AccessDeniedException', retryable: false },
  { name: 'ECONNRESET', retryable: true },
])('an error $name without a status is asked again: $retryable', ({ name, retryable }) => {
  const cause = Object.assign(new Error('x'), { name });
  expect(toSourceError('ecs', 'ListClusters', cause).retryable).toBe(retryable);
});
