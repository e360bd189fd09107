// Messages of the delivery queue: every batch comes back as it was, and nothing hostile gets further than an error.
import { gzipSync } from 'node:zlib';
import {
  fromMessage,
  MessageError,
  maxBatchBytes,
  maxMessageBytes,
  type QueueMessage,
  toMessage,
  toMessages,
} from '../../layers/core/src/queue/message.ts';
import { type Batch, type Group, type Series, sample } from '../../layers/core/src/sample.ts';
import { fc } from '../support/property.ts';

const double = fc.double({ noNaN: false, noDefaultInfinity: false });
const name = fc
  .stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/)
  .filter((text) => text !== '__proto__');
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const time = fc.integer({ min: 0, max: 4e12 });

const group = fc.record({
  grouping: fc.record({ job: text.filter((job) => job !== ''), instance: text }),
  samples: fc.array(
    fc.oneof(
      fc
        .tuple(text, double)
        .map(([cipher, value]) => sample('probe_tls_cipher_info', { cipher }, value)),
      double.map((value) => sample('probe_success', {}, value)),
      fc.tuple(time, double).map(([at, value]) => ({ ...sample('probe_success', {}, value), at })),
    ),
    { maxLength: 5 },
  ),
});

const series = fc.record(
  {
    labels: fc
      .dictionary(name, text, { maxKeys: 4, noNullPrototype: true })
      .map((labels) => ({ ...labels, __name__: 'aws_x' })),
    points: fc.array(
      fc.record({ at: time, value: fc.oneof(double, fc.constant('stale' as const)) }),
      { maxLength: 6 },
    ),
    metadata: fc.record({
      type: fc.constantFrom('gauge' as const, 'counter' as const, 'unknown' as const),
      help: text,
      unit: text,
    }),
  },
  { requiredKeys: ['labels', 'points'], noNullPrototype: true },
);

const batches: fc.Arbitrary<Batch> = fc.record(
  {
    taken: time,
    groups: fc.array(group, { maxLength: 6 }),
    series: fc.array(series, { maxLength: 6 }),
  },
  { requiredKeys: ['taken', 'groups'], noNullPrototype: true },
);

const pack = (content: string | Uint8Array): QueueMessage => ({
  fargaze: 1,
  taken: 0,
  encoding: 'gzip',
  batch: gzipSync(content).toString('base64'),
});

it('a message gives back the batch that it was made of', () => {
  void fc.assert(
    fc.property(batches, (batch) => {
      const message = JSON.parse(JSON.stringify(toMessage(batch)));
      expect(message.taken).toBe(batch.taken);
      expect(fromMessage(message)).toEqual(batch);
    }),
  );
});

it('numbers that JSON does not know come back as they were', () => {
  const values = [-0, 0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const samples = values.map((value) => sample('probe_success', {}, value));
  const batch = { taken: 1, groups: [{ grouping: { job: 'j', instance: 'i' }, samples }] };
  const back = fromMessage(JSON.parse(JSON.stringify(toMessage(batch))));
  expect(back.groups[0]?.samples.map(({ value }) => value)).toEqual(values);
});

it('of many faults the first five are named', () => {
  const reading = () => fromMessage(pack(`{"taken":1,"groups":[${Array(20).fill('{}')}]}`));
  expect(reading).toThrow(/^batch: 5 problems/);
});

it('of many unknown metrics the first is named', () => {
  const samples = ['m0', 'm1'].map((metric) => ({ metric, labels: {}, value: 1 }));
  const groups = [{ grouping: { job: 'j', instance: 'i' }, samples }];
  const reading = () => fromMessage(pack(JSON.stringify({ taken: 1, groups })));
  expect(reading).toThrow(/^m0: is not in the catalogue/);
});

it('a batch that is cut keeps every group whole and every point in its order', () => {
  void fc.assert(
    fc.property(batches, fc.integer({ min: 700, max: 3000 }), (batch, most) => {
      const { messages, tooLong } = toMessages(batch, most);
      expect(tooLong).toEqual([]);
      expect(Math.max(...messages.map((one) => Buffer.byteLength(one)))).toBeLessThanOrEqual(most);
      const parts = messages.map((one) => fromMessage(JSON.parse(one)));
      expect(parts.every(({ taken }) => taken === batch.taken)).toBe(true);
      expect(parts.flatMap(({ groups }) => groups)).toEqual(batch.groups);
      const points = (all: readonly Series[] = []) =>
        all.flatMap(({ labels, points }) => points.map((point) => ({ labels, point })));
      expect(parts.flatMap((part) => points(part.series))).toEqual(points(batch.series));
    }),
  );
});

it('a batch of many megabytes becomes messages that the queue takes', () => {
  const long: Series[] = Array.from({ length: 500 }, (_, i) => ({
    labels: { __name__: 'aws_ecs_cpuutilization_average', dimension_ServiceName: `service-${i}` },
    points: Array.from({ length: 180 }, (_, at) => ({ at: at * 60_000, value: Math.random() })),
  }));
  const { messages } = toMessages({ taken: 1, groups: [], series: long });
  expect(Math.max(...messages.map((one) => one.length))).toBeLessThanOrEqual(maxMessageBytes);
  const back = messages.flatMap((one) => fromMessage(JSON.parse(one)).series ?? []);
  expect(back.reduce((sum, { points }) => sum + points.length, 0)).toBe(90_000);
});

it('a group that no message can hold is named, and costs the others nothing', () => {
  const random = Array.from({ length: 2000 }, () => String(Math.random())).join('');
  const groups: Group[] = ['small', 'huge'].map((instance) => ({
    grouping: { job: 'j', instance },
    samples: [sample('probe_tls_cipher_info', { cipher: instance === 'huge' ? random : '' }, 1)],
  }));
  const { messages, tooLong } = toMessages({ taken: 1, groups }, 2000);
  expect(tooLong).toEqual(['the group j huge']);
  expect(messages.map((one) => fromMessage(JSON.parse(one)).groups)).toEqual([groups.slice(0, 1)]);
});

const empty = '{"taken":1,"groups":[]}';

it.each<{ name: string; message: unknown; want: string | RegExp; retryable?: boolean }>([
  { name: 'nothing', message: undefined, want: 'fargaze: got nothing, want a version' },
  { name: 'no object', message: 'text', want: 'want a version' },
  {
    name: 'no version',
    message: { ...pack(empty), fargaze: '1' },
    want: 'got "1", want a version',
  },
  {
    name: 'a version of the future',
    message: { fargaze: 2 },
    want: 'fargaze: got version 2, want 1',
    retryable: true,
  },
  {
    name: 'another encoding',
    message: { ...pack(empty), encoding: 'br' },
    want: 'got "br", want "gzip"',
  },
  { name: 'no batch', message: { ...pack(empty), batch: 7 }, want: 'batch: got 7, want text' },
  { name: 'no gzip', message: { ...pack(empty), batch: 'aGVsbG8=' }, want: /want gzip in base64/ },
  {
    name: 'gzip that breaks off',
    message: { ...pack(empty), batch: pack(empty).batch.slice(0, 24) },
    want: /want gzip/,
  },
  {
    name: 'a bomb',
    message: pack(Buffer.alloc(maxBatchBytes + 1, 32)),
    want: new RegExp(`at most ${maxBatchBytes} bytes`),
  },
  { name: 'no JSON', message: pack('{"taken":'), want: /JSON/ },
  { name: 'arrays nested without end', message: pack('['.repeat(500_000)), want: /JSON/ },
  { name: 'another document', message: pack('[]'), want: 'got [], want a mapping' },
  { name: 'no key', message: pack('{}'), want: /taken: missing[\s\S]*groups: missing/ },
  {
    name: 'a list in the place of labels, and a label that every mapping inherits',
    message: pack(
      '{"taken":1,"groups":[{"grouping":{"job":"j","instance":"i"},"samples":[{"metric":"probe_success","labels":[],"value":1},{"metric":"probe_success","labels":{"__proto__":"x"},"value":1}]}]}',
    ),
    want: /samples\[0\]\.labels: got \[\], want a mapping[\s\S]*samples\[1\]\.labels\.__proto__: /,
  },
  {
    name: 'a point as a pair',
    message: pack(
      '{"taken":1,"groups":[],"series":[{"labels":{"__name__":"a"},"points":[[1,2]]}]}',
    ),
    want: 'series[0].points[0]: got [1,2], want a mapping',
  },
  {
    name: 'a time that no date has',
    message: pack('{"taken":1e300,"groups":[]}'),
    want: 'taken: got 1e+300, want milliseconds since 1970',
  },
  {
    name: 'an unknown key',
    message: pack('{"taken":1,"groups":[],"more":1}'),
    want: /more: unknown key/,
  },
  { name: 'a time that is none', message: pack('{"taken":-1,"groups":[]}'), want: /taken: got -1/ },
  {
    name: 'a group without a job',
    message: pack('{"taken":1,"groups":[{"grouping":{"job":"","instance":"i"},"samples":[]}]}'),
    want: /groups\[0\]\.grouping\.job: got "", want text/,
  },
  {
    name: 'a value that is text',
    message: pack(
      '{"taken":1,"groups":[{"grouping":{"job":"j","instance":"i"},"samples":[{"metric":"probe_success","labels":{},"value":"1"}]}]}',
    ),
    want: /groups\[0\]\.samples\[0\]\.value: got "1"/,
  },
  {
    name: 'a series without a name',
    message: pack('{"taken":1,"groups":[],"series":[{"labels":{"a":"b"},"points":[]}]}'),
    want: /series\[0\]\.labels: want a __name__/,
  },
  {
    name: 'a series with an empty name',
    message: pack('{"taken":1,"groups":[],"series":[{"labels":{"__name__":""},"points":[]}]}'),
    want: /series\[0\]\.labels: .*want a __name__/,
  },
  {
    name: 'a metric that is not known here',
    message: pack(
      '{"taken":1,"groups":[{"grouping":{"job":"j","instance":"i"},"samples":[{"metric":"constructor","labels":{},"value":1}]}]}',
    ),
    want: 'constructor: is not in the catalogue',
    retryable: true,
  },
  {
    name: 'a label that is not known here',
    message: pack(
      '{"taken":1,"groups":[{"grouping":{"job":"j","instance":"i"},"samples":[{"metric":"probe_success","labels":{"x":""},"value":1}]}]}',
    ),
    want: 'probe_success: has no label x',
    retryable: true,
  },
])('$name is refused', ({ message, retryable = false, want }) => {
  let error: unknown;
  try {
    fromMessage(message);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(MessageError);
  expect(error).toMatchObject({ retryable });
  expect(() => fromMessage(message)).toThrow(want);
  expect(String(error).length).toBeLessThan(1500);
});

it('whatever a message holds, reading it gives a batch or a MessageError', () => {
  void fc.assert(
    fc.property(fc.json(), (json) => {
      try {
        fromMessage(pack(json));
      } catch (error) {
        expect(error).toBeInstanceOf(MessageError);
      }
    }),
  );
});
