// One invocation of a probe function: what is delivered, answered, logged and thrown, whatever the probe does.
// One file: the cases share one way of calling a handler.

import { parseConfigText } from '../../build/config-file.ts';
import type { Clock } from '../../layers/core/src/clock.ts';
import type { HttpModule } from '../../layers/core/src/config/modules.ts';
import type { Target } from '../../layers/core/src/config/probes.ts';
import { ConfigError, DeliveryError } from '../../layers/core/src/errors.ts';
import type { LogLevel } from '../../layers/core/src/log.ts';
import { failure } from '../../layers/core/src/outcome.ts';
import { createProbeHandler } from '../../layers/core/src/probe/invocation.ts';
import type { Probe } from '../../layers/core/src/probe/probe.ts';
import { fromMessage } from '../../layers/core/src/queue/message.ts';
import { createReturnSink } from '../../layers/core/src/queue/return-sink.ts';
import { type Batch, sample } from '../../layers/core/src/sample.ts';
import type { Sink } from '../../layers/core/src/sink/sink.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const names = ['a', 'b', 'c'];
const config = parseConfigText(`
modules: { quick: { prober: http, timeout: 1s } }
probes:
${names.map((name) => `  - { name: ${name}, module: quick, target: 'http://${name}/' }`).join('\n')}
`);

function setUp(
  probe: Probe<Target<HttpModule>>,
  options: { refuse?: Error; remainingMs?: number } = {},
) {
  const batches: Batch[] = [];
  const lines: { level: LogLevel; message: string; [field: string]: unknown }[] = [];
  const sink: Sink = {
    name: 'memory',
    series: 'refused',
    write: async (batch) => {
      if (options.refuse !== undefined) throw options.refuse;
      batches.push(batch);
    },
  };
  const log = (level: LogLevel, message: string, fields = {}) =>
    void lines.push({ level, message, ...fields });
  const handler = createProbeHandler({
    name: 'web-probe',
    prober: 'http',
    config,
    probe,
    sink,
    log,
  });
  const context = {
    awsRequestId: 'r1',
    getRemainingTimeInMillis: () => options.remainingMs ?? 20_000,
  };
  return { batches, lines, invoke: (event: unknown = {}) => handler(event, context) };
}

const up: Probe<Target<HttpModule>> = async () => ({
  outcome: { ok: true },
  samples: [sample('probe_http_status_code', {}, 200)],
});

const value = (batch: Batch | undefined, instance: string, metric: string) =>
  batch?.groups
    .find(({ grouping }) => grouping.instance === instance)
    ?.samples.find((one) => one.metric === metric)?.value;

it('every target is one group with verdict, times and how it was made', async () => {
  const { batches, invoke } = setUp(up);
  const summary = await invoke();
  expect(summary).toEqual({
    targets: 3,
    ok: 3,
    failed: 0,
    skipped: [],
    delivered: 3,
    failures: [],
  });
  expect(batches).toHaveLength(1);
  const group = batches[0]?.groups[0];
  expect(group?.grouping).toEqual({ job: 'fargaze-web', instance: 'http://a/' });
  expect(group?.samples.map(({ metric }) => metric).sort()).toEqual([
    'fargaze_probe_cold_start',
    'fargaze_probe_distorted',
    'fargaze_probe_event_loop_delay_seconds',
    'fargaze_probe_info',
    'fargaze_probe_timestamp_seconds',
    'probe_duration_seconds',
    'probe_http_status_code',
    'probe_interval_seconds',
    'probe_success',
    'probe_timeout_seconds',
  ]);
  expect(value(batches[0], 'http://a/', 'probe_timeout_seconds')).toBe(1);
});

it('a target that is down is data: delivered and reported, not thrown', async () => {
  const { batches, lines, invoke } = setUp(async ({ name }) =>
    name === 'b'
      ? { outcome: failure('connect', 'refused', 'nobody there'), samples: [] }
      : { outcome: { ok: true }, samples: [] },
  );
  const summary = await invoke();
  expect(summary.failures).toEqual([
    { target: 'http://b/', phase: 'connect', reason: 'refused', detail: 'nobody there' },
  ]);
  expect(value(batches[0], 'http://b/', 'probe_success')).toBe(0);
  const info = batches[0]?.groups[1]?.samples.find(({ metric }) => metric === 'probe_failure_info');
  expect(info?.labels).toEqual({ phase: 'connect', reason: 'refused' });
  expect(lines.map(({ level, message }) => [level, message])).toEqual([
    ['warn', 'probe failed'],
    ['info', 'invocation'],
  ]);
  expect(lines[1]).toMatchObject({
    targets: 3,
    ok: 2,
    failed: 1,
    delivered: 3,
    sink: 'memory',
    request: 'r1',
    cold: true,
  });
});

it('a probe that fails itself says nothing about its target; the others are delivered, then it is thrown', async () => {
  const bug = new TypeError('a bug of our own');
  const { batches, invoke } = setUp(async (target, env) => {
    if (target.name === 'a') throw bug;
    return up(target, env);
  });
  await expect(invoke()).rejects.toBe(bug);
  expect(batches[0]?.groups.map(({ grouping }) => grouping.instance)).toEqual([
    'http://b/',
    'http://c/',
  ]);
});

it('several faults of our own are reported together', async () => {
  const refuse = new DeliveryError('no space', { retryable: true });
  const { lines, invoke } = setUp(
    async (target, env) => {
      if (target.name === 'a')
        throw new ConfigError('secret', [{ path: 'env:X', message: 'is unset' }]);
      return up(target, env);
    },
    { refuse },
  );
  await expect(invoke()).rejects.toThrow(/env:X: is unset\nno space/);
  expect(lines.at(-1)).toMatchObject({ message: 'invocation', delivered: 0 });
});

it('a failed delivery is thrown after it was logged', async () => {
  const refuse = new DeliveryError('refused', { retryable: true });
  const { lines, invoke } = setUp(up, { refuse });
  await expect(invoke()).rejects.toBe(refuse);
  expect(lines.at(-1)).toMatchObject({ ok: 3, delivered: 0 });
});

it('a bad event probes and pushes nothing', async () => {
  let probed = 0;
  const { batches, invoke } = setUp(async (target, env) => {
    probed += 1;
    return up(target, env);
  });
  await expect(invoke({ probes: ['zz'], foo: 1 })).rejects.toThrow(ConfigError);
  expect([probed, batches.length]).toEqual([0, 0]);
});

it('only the first invocation is cold', async () => {
  const { batches, invoke } = setUp(up);
  await invoke();
  await invoke();
  const cold = batches.map((batch) => value(batch, 'http://a/', 'fargaze_probe_cold_start'));
  expect(cold).toEqual([1, 0]);
});

it('a target for which too little time is left is unknown, not down, and comes first the next time', async () => {
  const many = parseConfigText(`
modules: { m: { prober: http, timeout: 3s } }
probes:
${Array.from({ length: 300 }, (_, i) => `  - { name: p${i}, module: m, target: 'http://p${i}/' }`).join('\n')}
`);
  const batches: Batch[] = [];
  const clock = createFakeClock();
  let begun: string[] = [];
  const handler = createProbeHandler({
    name: 'web-probe',
    prober: 'http',
    config: many,
    sink: { name: 'memory', series: 'refused', write: async (batch) => void batches.push(batch) },
    log: () => undefined,
    clock,
    // Every target is silent until the probe's deadline.
    probe: async ({ name }, { deadline }) => {
      begun.push(name);
      await clock.sleep(deadline.remaining());
      return { outcome: failure('processing', 'timeout', 'silent'), samples: [] };
    },
  });
  const invoke = (seconds: number) => {
    const end = clock.monotonic() + seconds;
    begun = [];
    const remaining = () => Math.max(0, end - clock.monotonic()) * 1000;
    return handler({}, { getRemainingTimeInMillis: remaining });
  };
  const first = await invoke(4.5);
  // 4.5 s less the reserve of 0.9 s: as many as may be open fit, the rest would have got less than three seconds.
  expect(first.failed).toBeGreaterThan(0);
  expect(first.skipped.length).toBeGreaterThanOrEqual(50);
  expect(first.failed + first.skipped.length).toBe(300);
  expect(batches[0]?.groups).toHaveLength(first.failed);
  expect(value(batches[0], first.failures[0]?.target ?? '', 'probe_timeout_seconds')).toBe(3);
  await invoke(2);
  // However many the machine's speed lets begin, they are those that were skipped.
  const next = begun.slice(0, first.skipped.length);
  expect(next.length).toBeGreaterThan(0);
  expect(next.filter((name) => !first.skipped.includes(name))).toEqual([]);
});

it('explain shows every series and the log', async () => {
  const { invoke } = setUp(async (_, env) => {
    env.trace('looked around');
    return { outcome: { ok: true }, samples: [] };
  });
  const summary = await invoke({ probes: ['a'], explain: true });
  expect(summary.results?.[0]).toMatchObject({ target: 'http://a/', probe: 'a', ok: true });
  expect(summary.results?.[0]?.samples.probe_success).toBe(1);
  expect(summary.results?.[0]?.log[0]).toMatch(/^\+\d+\.\dms looked around$/);
});

it('ad-hoc results are answered and not delivered', async () => {
  const { batches, invoke } = setUp(up);
  expect(await invoke({ targets: ['http://x/'] })).toMatchObject({
    targets: 1,
    ok: 1,
    delivered: 0,
  });
  expect(batches).toHaveLength(0);
});

it('durations come from the stopwatch and not from the calendar', async () => {
  let monotonic = 100;
  const clock: Clock = {
    now: () => 1_700_000_000_000,
    monotonic: () => (monotonic += 0.25),
    sleep: async () => {},
  };
  const batches: Batch[] = [];
  const handler = createProbeHandler({
    name: 'web-probe',
    prober: 'http',
    config,
    clock,
    probe: up,
    sink: { name: 'memory', series: 'refused', write: async (batch) => void batches.push(batch) },
    log: () => undefined,
  });
  await handler({ probes: ['a'] }, { getRemainingTimeInMillis: () => 20_000 });
  expect(value(batches[0], 'http://a/', 'fargaze_probe_timestamp_seconds')).toBe(1_700_000_000);
  expect((value(batches[0], 'http://a/', 'probe_duration_seconds') ?? 0) % 0.25).toBe(0);
});

describe('with an answer that the platform carries', () => {
  const handlerOf = (probe: Probe<Target<HttpModule>>, log: (...all: unknown[]) => void) =>
    createProbeHandler({
      name: 'web-probe',
      prober: 'http',
      config,
      clock: createFakeClock(),
      probe,
      sink: createReturnSink(),
      log,
    });
  const context = { getRemainingTimeInMillis: () => 20_000 };

  it('the answer holds the batch', async () => {
    const answer = await handlerOf(up, () => undefined)({}, context);
    expect(answer).toMatchObject({ targets: 3, delivered: 3 });
    const batch = fromMessage(JSON.parse(JSON.stringify(answer.message)));
    expect(batch.groups.map(({ grouping }) => grouping.instance)).toEqual([
      'http://a/',
      'http://b/',
      'http://c/',
    ]);
    expect(value(batch, 'http://b/', 'probe_http_status_code')).toBe(200);
  });

  it('a probe that fails itself is logged and costs the others nothing', async () => {
    const lines: unknown[][] = [];
    const probe: Probe<Target<HttpModule>> = async (target, env) => {
      if (target.name === 'a') throw new TypeError('a bug of our own');
      return up(target, env);
    };
    const answer = await handlerOf(probe, (...line) => void lines.push(line))({}, context);
    expect(fromMessage(answer.message).groups).toHaveLength(2);
    expect(lines).toContainEqual([
      'error',
      'probe broken',
      { probe: 'a', detail: 'a bug of our own' },
    ]);
  });

  it('where nothing is left to carry, what failed is thrown', async () => {
    const bug = new TypeError('a bug of our own');
    const broken = handlerOf(
      async () => {
        throw bug;
      },
      () => undefined,
    );
    await expect(broken({ probes: ['a'] }, context)).rejects.toBe(bug);
  });

  it('results that no destination takes are an error that says how many bytes there may be', async () => {
    const random = () => Array.from({ length: 400 }, () => String(Math.random())).join('');
    const long: Probe<Target<HttpModule>> = async () => ({
      outcome: { ok: true },
      samples: Array.from({ length: 60 }, () =>
        sample('probe_tls_cipher_info', { cipher: random() }, 1),
      ),
    });
    await expect(handlerOf(long, () => undefined)({}, context)).rejects.toThrow(
      /^return: \d+ bytes of results, want at most 258048: probe fewer targets/,
    );
    // Few results with long names, which pack well: the event alone is what is too long.
    const host = `${'a'.repeat(60)}.`.repeat(8);
    const event = { targets: Array.from({ length: 600 }, (_, i) => `http://${host}x${i}/`) };
    const many = handlerOf(up, () => undefined);
    await expect(many({ ...event, module: 'quick', schedule: '1m' }, context)).rejects.toThrow(
      /^return: \d+ bytes of answer and event/,
    );
  });

  it('without results there is none', async () => {
    const answer = await handlerOf(up, () => undefined)({ targets: ['http://x/'] }, context);
    expect(answer).toEqual({
      targets: 1,
      ok: 1,
      failed: 0,
      skipped: [],
      delivered: 0,
      failures: [],
    });
  });
});
