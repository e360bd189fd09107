// deliver from end to end: what probes answer and what the bridge sends, through a queue, to a real Pushgateway and a
// real Prometheus; and what becomes of messages that cannot be delivered.
// One file: the cases share the programs that it starts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfigText } from '../../build/config-file.ts';
import { type Deliver, runDeliver } from '../../functions/deliver/deliver.ts';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { createProbeHandler } from '../../layers/core/src/probe/invocation.ts';
import { findSeries } from '../../layers/core/src/pushgateway/stored.ts';
import { toMessage } from '../../layers/core/src/queue/message.ts';
import { createReturnSink } from '../../layers/core/src/queue/return-sink.ts';
import { createQueueSink } from '../../layers/core/src/queue/sink.ts';
import { type Batch, type Group, sample } from '../../layers/core/src/sample.ts';
import {
  type PrometheusServer,
  type Server,
  startPrometheus,
  startPushgateway,
} from '../../local/programs/servers.ts';
import { answersClashes } from '../support/clashing-push.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { startMoto } from '../support/moto.ts';
import { answerWith, httpAnswer, startRawServer } from '../support/raw-server.ts';
import { createDeadLetterQueue, createQueue, receiveAll } from '../support/sqs.ts';

let pushgateway: Server;
beforeEach(async () => {
  pushgateway = await startPushgateway();
});
afterEach(() => pushgateway.stop());

const minute = 60_000;
const now = Math.floor(Date.now() / minute) * minute;
const context = { awsRequestId: 'r1', getRemainingTimeInMillis: () => 30_000 };

const eventOf = (bodies: readonly unknown[], sent?: number) => ({
  Records: bodies.map((body, index) => ({
    ...(sent !== undefined && { attributes: { SentTimestamp: String(sent) } }),
    messageId: `m${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    eventSource: 'aws:sqs',
  })),
});

/** What Lambda sends to a destination. */
const destinationRecord = (responsePayload: unknown) => ({
  version: '1.0',
  timestamp: new Date(now).toISOString(),
  requestContext: {
    requestId: 'r',
    functionArn: 'arn:…:web-probe',
    condition: 'Success',
    approximateInvokeCount: 1,
  },
  requestPayload: { schedule: '1m', probes: ['*'] },
  responseContext: { statusCode: 200, executedVersion: '$LATEST' },
  responsePayload,
});

const probeGroup = (instance: string, taken: number, value = 1): Group => ({
  grouping: { job: 'j', instance },
  samples: [
    sample('probe_success', {}, value),
    sample('fargaze_probe_timestamp_seconds', {}, taken / 1000),
  ],
});

const probed = (instance: string, taken: number, value = 1) =>
  toMessage({ taken, groups: [probeGroup(instance, taken, value)] });

async function deliver(
  bodies: readonly unknown[],
  options: Partial<Deliver> & { remainingMs?: number; sent?: number } = {},
) {
  const { remainingMs = 30_000, sent, ...rest } = options;
  const lines: { level: string; message: string; [field: string]: unknown }[] = [];
  const answer = await runDeliver(
    {
      receivers: { pushgateway: { url: pushgateway.url } },
      owner: 'test',
      settling: { window: 1, margin: 0.2 },
      // What is waited for between two readings costs no real time.
      clock: createFakeClock(Date.now()),
      log: (level, message, fields) => void lines.push({ level, message, ...fields }),
      ...rest,
    },
    eventOf(bodies, sent),
    { ...context, getRemainingTimeInMillis: () => remainingMs },
  );
  const failed = answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { failed, lines, summary: lines.at(-1) };
}

async function held(metric: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${pushgateway.url}/metrics`)).text();
  const series = findSeries(text, new Set([metric]));
  return Object.fromEntries(
    series.map(({ labels, value }) => [Object.values(labels).join(' '), value]),
  );
}

it('what a probe answers reaches the Pushgateway by the record that a destination is sent', async () => {
  const web = await startRawServer(answerWith(httpAnswer('200 OK', [], 'hi')));
  const target = `http://127.0.0.1:${web.port}/`;
  const probe = createProbeHandler({
    name: 'web-probe',
    prober: 'http',
    config: parseConfigText(`probes: [{ name: w, module: http_2xx, target: '${target}' }]`),
    probe: probeWeb,
    sink: createReturnSink(),
    log: () => undefined,
  });
  const answer = await probe({ schedule: '1m', probes: ['*'] }, context);
  await web.close();
  const { failed, summary } = await deliver([destinationRecord(answer)]);
  expect(failed).toEqual([]);
  expect(await held('probe_http_status_code')).toEqual({ [`${target} fargaze-web`]: 200 });
  expect(await held('fargaze_group_timestamp_seconds')).toMatchObject({
    [`${target} fargaze-web test`]: expect.any(Number),
  });
  expect(summary).toMatchObject({
    message: 'invocation',
    messages: { delivered: 1, retried: 0 },
    groups: { pushed: 1 },
    DeliverHeartbeat: 1,
    _aws: {
      CloudWatchMetrics: [
        {
          Namespace: 'Fargaze',
          Dimensions: [[]],
          Metrics: [{ Name: 'DeliverHeartbeat', Unit: 'Count' }],
        },
      ],
    },
  });
  expect(await held('fargaze_deliver_messages')).toMatchObject({
    'deliver fargaze-deliver delivered': 1,
  });
  const [age] = Object.values(await held('fargaze_deliver_queue_age_seconds'));
  expect(age).toBeGreaterThanOrEqual(0);
  expect(Object.values(await held('fargaze_deliver_timestamp_seconds'))).toHaveLength(1);
});

it('of several results of one target only the newest is pushed, and none over a newer one', async () => {
  const first = await deliver([
    probed('a', now - minute, 2),
    probed('a', now, 3),
    probed('a', now - 2 * minute, 1),
    probed('b', now, 9),
  ]);
  expect([first.failed, await held('probe_success')]).toEqual([[], { 'a j': 3, 'b j': 9 }]);
  expect(first.summary).toMatchObject({
    messages: { delivered: 2, superseded: 2 },
    groups: { pushed: 2 },
  });
  const late = await deliver([probed('a', now - minute, 2)]);
  expect([late.failed, await held('probe_success')]).toEqual([[], { 'a j': 3, 'b j': 9 }]);
  expect(late.summary).toMatchObject({
    messages: { superseded: 1, delivered: 0 },
    groups: { superseded: 1 },
  });
  // Nothing was accepted, so nothing beats.
  expect(late.summary).not.toHaveProperty('DeliverHeartbeat');
});

it('a group without a time of its own is ordered by its batch', async () => {
  const batch = (taken: number, value: number) =>
    toMessage({
      taken,
      groups: [
        { grouping: { job: 'j', instance: 'x' }, samples: [sample('probe_success', {}, value)] },
      ],
    });
  await deliver([batch(now - minute, 4)]);
  await deliver([batch(now, 5)]);
  await deliver([batch(now - minute, 4)]);
  expect(await held('probe_success')).toEqual({ 'x j': 5 });
});

it('whatever an instance is called, the Pushgateway is known to hold it', async () => {
  // Half a character, which JSON can hold and no URL, is stored as U+FFFD.
  const names = [
    'half \ud800',
    '',
    '.',
    'a/b',
    '%zz',
    ' x ',
    '\0',
    'a\r\nb',
    '"\\n"',
    'e\u0301',
    '\u2028',
  ];
  const { failed, summary } = await deliver(names.map((name) => probed(name, now)));
  expect(failed).toEqual([]);
  expect(summary).toMatchObject({ messages: { delivered: names.length }, repaired: 0 });
  expect(Object.keys(await held('probe_success'))).toContain('half \ufffd j');
});

it('what cannot be read stays in the queue until it is a dead letter, reported once; it costs the others nothing', async () => {
  const reported = new Set<string>();
  const messages = [
    'no json',
    { fargaze: 1, taken: 0, encoding: 'gzip', batch: 'AAAA' },
    { fargaze: 2 },
    destinationRecord({ targets: 0, delivered: 0 }),
    destinationRecord({ errorType: 'Error', errorMessage: 'boom' }),
    probed('a', now),
  ];
  const { failed, lines, summary } = await deliver(messages, { reported });
  expect(failed).toEqual(['m0', 'm1', 'm2']);
  expect(summary).toMatchObject({
    messages: { malformed: 2, retried: 1, empty: 2, delivered: 1 },
    MessagesUndeliverable: 2,
    DeliverHeartbeat: 1,
  });
  expect(lines.filter(({ level }) => level === 'error').map(({ id }) => id)).toEqual(['m0', 'm1']);
  expect(await held('probe_success')).toEqual({ 'a j': 1 });
  const again = await deliver(messages, { reported });
  expect(again.failed).toEqual(failed);
  expect(again.summary).toMatchObject({ messages: { malformed: 0, kept: 2, retried: 1 } });
  expect(again.summary).not.toHaveProperty('MessagesUndeliverable');
  expect(again.lines.filter(({ level }) => level === 'error')).toEqual([]);
});

describe.each([
  { name: 'checks what it takes', args: [] },
  { name: 'does not check', args: ['--push.disable-consistency-check'] },
])(
  'a Pushgateway that $name, with a metric of ours that somebody else pushed as a counter',
  ({ args }) => {
    let other: Server;
    beforeAll(async () => {
      other = await startPushgateway({ args });
    });
    afterAll(() => other.stop());
    const counter = (metric: string) =>
      fetch(`${other.url}/metrics/job/${metric}`, {
        method: 'PUT',
        body: `# TYPE ${metric} counter\n${metric} 1\n`,
      });
    const receivers = () => ({ pushgateway: { url: other.url } });
    const status = async () => (await fetch(`${other.url}/metrics`)).status;

    it('takes everything but that metric, and goes on showing it', async () => {
      await counter('probe_success');
      const { failed, lines, summary } = await deliver([probed('a', now)], {
        receivers: receivers(),
      });
      expect(failed).toEqual([]);
      expect(summary).toMatchObject({ messages: { delivered: 1 }, groups: { pushed: 1 } });
      expect(lines[0]).toMatchObject({
        level: 'error',
        message: 'metric left out',
        metric: 'probe_success',
        groups: 1,
        detail: 'somebody else pushed it as counter, ours is a gauge',
      });
      const text = await (await fetch(`${other.url}/metrics`)).text();
      const shown = findSeries(text, new Set(['probe_success', 'fargaze_deliver_left_out_groups']));
      expect(shown).toEqual([
        expect.objectContaining({ metric: 'fargaze_deliver_left_out_groups', value: 1 }),
        expect.objectContaining({ labels: { instance: '', job: 'probe_success' }, value: 1 }),
      ]);
    });

    it('is delivered to although it cannot show what it holds, and can again once the results are renewed', async () => {
      await deliver([probed('b', now)], { receivers: receivers() });
      await counter('fargaze_probe_timestamp_seconds');
      const checks = args.length === 0;
      expect(await status()).toBe(checks ? 200 : 500);
      const groups = ['a', 'b'].map((instance) => probed(instance, now + minute));
      const { failed, summary } = await deliver(groups, { receivers: receivers() });
      expect([failed, summary]).toMatchObject([[], { groups: { pushed: 2 } }]);
      expect(await status()).toBe(200);
      const late = await deliver([probed('a', now)], { receivers: receivers() });
      expect(late.summary).toMatchObject({ groups: { superseded: 1 } });
    });
  },
);

it('a group that the Pushgateway refuses for its content stays in the queue and is named', async () => {
  for (const metric of ['fargaze_probe_timestamp_seconds', 'fargaze_group_timestamp_seconds']) {
    const body = `# TYPE ${metric} counter\n${metric} 1\n`;
    await fetch(`${pushgateway.url}/metrics/job/${metric}`, { method: 'PUT', body });
  }
  const { failed, lines, summary } = await deliver([probed('a', now)]);
  if (!(await answersClashes())) {
    // Nothing says that it is for good: the message stays in the queue.
    expect([failed, summary]).toMatchObject([['m0'], { messages: { retried: 1, refused: 0 } }]);
    return;
  }
  expect(failed).toEqual(['m0']);
  expect(summary).toMatchObject({ messages: { refused: 1 }, MessagesUndeliverable: 1 });
  const refused = lines.find(({ message }) => message === 'message refused');
  expect(refused).toMatchObject({ id: 'm0', detail: expect.stringMatching(/^j a: status 400/) });
});

it('a result of a clock that is ahead is ordered by when the queue took it', async () => {
  const sentAt = (sent: number) => ({ sent });
  const day = 25 * 60 * minute;
  await deliver([probed('a', now + day, 1)], sentAt(now));
  await deliver([probed('a', now + minute, 2)], sentAt(now + minute));
  await deliver([probed('a', now + day, 1)], sentAt(now));
  expect(await held('probe_success')).toEqual({ 'a j': 2 });
});

it('while the Pushgateway is away every message is kept, and delivered once it is back', async () => {
  const away = await startPushgateway();
  const { port } = away;
  await away.stop();
  const receivers = { pushgateway: { url: `http://127.0.0.1:${port}` } };
  const { failed, summary } = await deliver([probed('a', now), probed('b', now)], {
    receivers,
    remainingMs: 6_000,
  });
  expect(failed).toEqual(['m0', 'm1']);
  expect(summary).toMatchObject({ messages: { retried: 2 }, groups: { failed: 2 } });
  expect(summary).not.toHaveProperty('DeliverHeartbeat');
  expect((await deliver([probed('a', now), probed('b', now)])).failed).toEqual([]);
});

it('series without a receiver for them are kept until there is one; the groups beside them are pushed', async () => {
  const series = [{ labels: { __name__: 'aws_x' }, points: [{ at: now, value: 1 }] }];
  const message = toMessage({ taken: now, groups: [probeGroup('a', now)], series });
  const { failed, lines } = await deliver([message]);
  expect(failed).toEqual(['m0']);
  expect(lines[0]?.detail).toBe('series, but FARGAZE_REMOTE_WRITE_URL is unset');
  expect(await held('probe_success')).toEqual({ 'a j': 1 });
});

it.each([{ Records: [{ body: 'x' }] }, {}, undefined, { Records: 'x' }])(
  'an event that is none of SQS (%j) is an error',
  async (event) => {
    const run = runDeliver({ receivers: {}, log: () => undefined }, event, context);
    await expect(run).rejects.toThrow(/^event: \d problems?\n.*(?:Records|SQS queue)/);
  },
);

describe('with a real Prometheus', () => {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-deliver-'));
  let prometheus: PrometheusServer;
  let moto: Server;
  beforeAll(async () => {
    const configFile = join(directory, 'prometheus.yml');
    writeFileSync(configFile, 'global: {}\nstorage: { tsdb: { out_of_order_time_window: 30m } }\n');
    prometheus = await startPrometheus({
      configFile,
      args: ['--web.enable-remote-write-receiver'],
    });
    moto = await startMoto();
  }, 300_000);
  afterAll(async () => {
    await Promise.all([prometheus.stop(), moto.stop()]);
    rmSync(directory, { recursive: true });
  });

  const remoteWrite = () => ({
    url: new URL(`${prometheus.url}/api/v1/write`),
    version: 2 as const,
  });
  const ask = async (expression: string) =>
    (await prometheus.query(expression)).map(({ value }) => value);

  it('a batch that the bridge sends to the queue arrives whole: groups at the Pushgateway, points here', async () => {
    const points = Array.from({ length: 3 }, (_, i) => ({
      at: now - (3 - i) * minute,
      value: 10 * (i + 1),
    }));
    const batch: Batch = {
      taken: now,
      groups: [
        {
          grouping: { job: 'fargaze-ecs', instance: 'cluster' },
          samples: [sample('fargaze_bridge_timestamp_seconds', {}, now / 1000)],
        },
      ],
      series: [
        {
          labels: { __name__: 'aws_ecs_cpuutilization_average', dimension_ServiceName: 'web' },
          points,
        },
      ],
    };
    const url = await createQueue(moto.url, 'deliveries');
    const deadline = startDeadline(60, systemClock);
    await createQueueSink({
      url: new URL(url),
      endpoint: new URL('/', moto.url),
      region: 'us-east-1',
      credentials: () => ({ accessKeyId: 'AKIAFAKE', secretAccessKey: 'fake' }),
      clock: systemClock,
    }).write(batch, deadline);
    deadline.close();
    const bodies = await receiveAll(moto.url, url, 1);
    const receivers = { pushgateway: { url: pushgateway.url }, remoteWrite: remoteWrite() };
    const { failed, summary } = await deliver(bodies, { receivers });
    expect(failed).toEqual([]);
    expect(summary).toMatchObject({ messages: { delivered: 1 }, samples: 3, rejected: {} });
    const sum = 'sum_over_time(aws_ecs_cpuutilization_average{dimension_ServiceName="web"}[20m])';
    expect(await ask(sum)).toEqual([60]);
    expect(await held('fargaze_bridge_timestamp_seconds')).toEqual({
      'cluster fargaze-ecs': now / 1000,
    });
    // The same message again, as SQS may send it: nothing changes and nothing fails.
    const again = await deliver(bodies, { receivers });
    expect([again.failed, await ask(sum)]).toEqual([[], [60]]);
  });

  it('results that go by remote write leave the Pushgateway, in one step and without a series in both', async () => {
    const receivers = { pushgateway: { url: pushgateway.url }, remoteWrite: remoteWrite() };
    const every = (interval: number, instance: string, taken: number) => {
      const { grouping, samples } = probeGroup(instance, taken);
      return { grouping, samples: [...samples, sample('probe_interval_seconds', {}, interval)] };
    };
    const groups = (taken: number) => [
      ...[every(60, 'often', taken), every(120, 'every two minutes', taken)],
      every(300, 'rarely', taken),
    ];
    const message = (taken: number) => toMessage({ taken, groups: groups(taken) });
    await deliver([message(now - minute)], { receivers });
    expect(Object.keys(await held('probe_success'))).toHaveLength(3);
    const moved = new Set<string>();
    const route = { receivers, by: 'remote-write', moved } as const;
    // The older one is late, and is stored with its own time.
    for (const taken of [now, now - 2 * minute]) {
      const { failed, summary } = await deliver([message(taken)], route);
      expect([failed, summary]).toMatchObject([[], { messages: { delivered: 1 }, samples: 6 }]);
    }
    expect(await held('probe_success')).toEqual({ 'rarely j': 1 });
    const stored = await prometheus.query('count_over_time(probe_success{job="j"}[20m])');
    expect(
      Object.fromEntries(stored.map(({ labels, value }) => [labels.instance, value])),
    ).toMatchObject({
      often: 2,
      'every two minutes': 2,
    });
    expect(stored.map(({ labels }) => Object.keys(labels).sort())).toContainEqual([
      'instance',
      'job',
    ]);
    expect(stored.some(({ labels }) => labels.instance === 'rarely')).toBe(false);
    expect(moved.size).toBe(2);
  });

  it('without a Pushgateway every result goes here with its time, late ones too, and so does the run itself', async () => {
    const receivers = { remoteWrite: remoteWrite() };
    const { failed } = await deliver(
      [probed('r', now, 3), probed('r', now - 2 * minute, 1), probed('r', now - minute, 2)],
      { receivers },
    );
    expect(failed).toEqual([]);
    expect(await ask('sum_over_time(probe_success{instance="r"}[20m])')).toEqual([6]);
    expect(await ask('fargaze_deliver_messages{outcome="delivered"}')).toEqual([3]);
    expect(await held('probe_success')).toEqual({});
  });

  it('a result from the future is stored with the time when the queue took it', async () => {
    const receivers = { remoteWrite: remoteWrite() };
    // A clock of a producer that is a day ahead: no receiver would take that, and the result is of now.
    const { failed, summary } = await deliver([probed('ahead', now + 24 * 60 * minute, 7)], {
      receivers,
      sent: now,
    });
    expect(failed).toEqual([]);
    expect(summary).toMatchObject({ messages: { delivered: 1 }, rejected: {} });
    expect(await ask('probe_success{instance="ahead"}')).toEqual([7]);
  });

  it('samples that come too late are lost and counted as such', async () => {
    const late = [
      { labels: { __name__: 'late' }, points: [{ at: now - 3 * 24 * 60 * minute, value: 1 }] },
    ];
    await deliver(
      [
        toMessage({
          taken: now,
          groups: [],
          series: [{ labels: { __name__: 'late' }, points: [{ at: now, value: 1 }] }],
        }),
      ],
      {
        receivers: { remoteWrite: remoteWrite() },
      },
    );
    const { summary } = await deliver(
      [toMessage({ taken: now, groups: [probeGroup('beside', now)], series: late })],
      { receivers: { pushgateway: { url: pushgateway.url }, remoteWrite: remoteWrite() } },
    );
    expect(summary).toMatchObject({ SamplesRejected: 1, rejected: { too_old: 1 } });
  });

  it('dead letters that are redriven are delivered late: samples with their times, results where none is newer', async () => {
    const queues = await createDeadLetterQueue(moto.url, 'redriven', { maxReceives: 2 });
    const receivers = { pushgateway: { url: pushgateway.url }, remoteWrite: remoteWrite() };
    const series = [
      { labels: { __name__: 'redriven' }, points: [{ at: now - 2 * minute, value: 5 }] },
    ];
    const taken = now - 2 * minute;
    const messages = [
      JSON.stringify(toMessage({ taken, groups: [probeGroup('renewed', taken, 1)], series })),
      JSON.stringify(toMessage({ taken, groups: [probeGroup('only', taken, 2)] })),
      'poison',
    ];
    for (const body of messages) await queues.send(body);
    // The receivers are away until nothing is tried any more.
    for (let tries = 0; tries < 3; tries += 1) await queues.receive();
    expect(await queues.receive()).toEqual([]);
    await deliver([probed('renewed', now, 3)], { receivers });
    await queues.redrive();
    const received = await queues.receive();
    expect(received.map(({ body }) => body).sort()).toEqual([...messages].sort());
    const records = received.map(({ body, id, receives }) => ({
      messageId: id,
      body,
      attributes: { ApproximateReceiveCount: receives, SentTimestamp: String(Date.now()) },
    }));
    const lines: Record<string, unknown>[] = [];
    const answer = await runDeliver(
      {
        receivers,
        owner: 'test',
        settling: { window: 1, margin: 0.2 },
        clock: createFakeClock(Date.now()),
        log: (level, message, fields) => void lines.push({ level, message, ...fields }),
      },
      { Records: records },
      context,
    );
    const poison = received.find(({ body }) => body === 'poison')?.id;
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: poison }] });
    expect(await held('probe_success')).toEqual({ 'renewed j': 3, 'only j': 2 });
    expect(await ask('redriven offset 1m')).toEqual([5]);
    expect(lines[0]).toMatchObject({
      message: 'message malformed',
      receives: 1,
      detail: expect.stringContaining('poison'),
    });
    expect(lines.at(-1)).toMatchObject({
      groups: { pushed: 1, superseded: 1 },
      MessagesUndeliverable: 1,
    });
    // It is not lost: what was delivered is deleted, and this one lies among the dead letters again.
    for (const { receipt } of received.filter(({ id }) => id !== poison))
      await queues.remove(receipt);
    for (let tries = 0; tries < 3; tries += 1) await queues.receive();
    expect(await queues.dead()).toEqual(['poison']);
  });

  it('samples that came too late for the receiver are counted by reason, named and let go', async () => {
    const series = (value: number) => [
      { labels: { __name__: 'twice' }, points: [{ at: now, value }] },
    ];
    const receivers = { pushgateway: { url: pushgateway.url }, remoteWrite: remoteWrite() };
    await deliver([toMessage({ taken: now, groups: [], series: series(1) })], { receivers });
    const { failed, lines, summary } = await deliver(
      [toMessage({ taken: now, groups: [probeGroup('c', now)], series: series(2) })],
      { receivers },
    );
    expect(failed).toEqual([]);
    expect(summary).toMatchObject({ messages: { rejected: 1 }, rejected: { duplicate: 1 } });
    expect(summary).not.toHaveProperty('MessagesUndeliverable');
    expect(lines.find(({ message }) => message === 'message rejected')).toMatchObject({
      detail: 'remote write: samples that the receiver refuses: duplicate 1',
    });
    expect(await held('probe_success')).toEqual({ 'c j': 1 });
  });
});
