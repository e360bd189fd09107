// Remote write's encoders, decoded again by others: protobufjs for the messages, snappyjs for the compression.

import protobuf from 'protobufjs';
import * as snappyjs from 'snappyjs';
import { signRequest } from '../../layers/core/src/http/sigv4.ts';
import { splitBySamples } from '../../layers/core/src/remote-write/client.ts';
import { encodeV1, encodeV2 } from '../../layers/core/src/remote-write/encode.ts';
import { compressSnappy } from '../../layers/core/src/remote-write/snappy.ts';
import type { Series } from '../../layers/core/src/sample.ts';
import { sample } from '../../layers/core/src/sample.ts';
import { seriesOfBatch } from '../../layers/core/src/series.ts';
import { fc } from '../support/property.ts';

const { root } = protobuf.parse(
  `
syntax = "proto3";
package prometheus;
message WriteRequest { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message MetricMetadata { int32 type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }
message Request { repeated string symbols = 4; repeated TimeSeriesV2 timeseries = 5; }
message TimeSeriesV2 { repeated uint32 labels_refs = 1; repeated Sample samples = 2; Metadata metadata = 5; }
message Metadata { int32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }
`,
  { keepCase: true },
);

type Decoded = {
  readonly timeseries: readonly {
    readonly labels?: readonly { name: string; value: string }[];
    readonly labels_refs?: readonly number[];
    readonly samples: readonly { value: number; timestamp: number }[];
    readonly metadata?: unknown;
  }[];
  readonly metadata?: readonly unknown[];
  readonly symbols?: readonly string[];
};

function decode(type: string, bytes: Uint8Array): Decoded {
  const message = root.lookupType(`prometheus.${type}`);
  return message.toObject(message.decode(bytes), {
    longs: Number,
    defaults: true,
    arrays: true,
  }) as Decoded;
}

const name = fc
  .stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,10}$/)
  .filter((text) => text !== '__name__' && !(text in {}));
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const point = fc.record({
  at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  value: fc.double({ noNaN: true }),
});
const metadata = fc.record({
  type: fc.constantFrom('gauge' as const, 'counter' as const),
  help: text,
  unit: fc.constantFrom('', 'seconds'),
});
const series: fc.Arbitrary<Series> = fc
  .record({
    metric: name,
    labels: fc.dictionary(name, text, { maxKeys: 5 }),
    points: fc.array(point, { maxLength: 4 }),
    metadata,
  })
  .map(({ metric, labels, points, metadata: about }) => ({
    labels: { ...labels, __name__: metric },
    points,
    metadata: about,
  }));

const expectedLabels = ({ labels }: Series) =>
  Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));

it('version 1 decodes to the same series, labels sorted and never empty', () => {
  fc.assert(
    fc.property(fc.array(series, { maxLength: 5 }), (all) => {
      const decoded = decode('WriteRequest', encodeV1(all));
      expect(
        decoded.timeseries.map(({ labels }) => labels?.map((label) => [label.name, label.value])),
      ).toEqual(all.map(expectedLabels));
      expect(
        decoded.timeseries.map(({ samples }) =>
          samples.map((one) => ({ at: one.timestamp, value: one.value })),
        ),
      ).toEqual(all.map(({ points }) => points));
      expect(decoded.metadata).toHaveLength(new Set(all.map(({ labels }) => labels.__name__)).size);
    }),
  );
});

it('version 2 decodes to the same series through its symbols, the first of which is empty', () => {
  fc.assert(
    fc.property(fc.array(series, { maxLength: 5 }), (all) => {
      const { symbols = [], timeseries } = decode('Request', encodeV2(all));
      expect(symbols[0]).toBe('');
      expect(new Set(symbols).size).toBe(symbols.length);
      const labels = timeseries.map(({ labels_refs: refs = [] }) =>
        refs.flatMap((ref, i) => (i % 2 === 0 ? [[symbols[ref], symbols[refs[i + 1] ?? 0]]] : [])),
      );
      expect(labels).toEqual(all.map(expectedLabels));
      expect(timeseries.map(({ samples }) => samples.length)).toEqual(
        all.map(({ points }) => points.length),
      );
      const help = timeseries.map(
        (one) => symbols[(one.metadata as { help_ref: number }).help_ref],
      );
      expect(help).toEqual(all.map((one) => one.metadata?.help));
    }),
  );
});

it('the stale marker has its very bits', () => {
  const bytes = encodeV1([{ labels: { __name__: 'm' }, points: [{ at: 1, value: 'stale' }] }]);
  expect(bytes.toString('hex')).toContain('020000000000f07f');
});

it.each([
  { at: -1, want: 'point at -1' },
  { at: 1.5, want: 'point at 1.5' },
])('a time of $at is refused', ({ at, want }) => {
  expect(() => encodeV1([{ labels: { __name__: 'm' }, points: [{ at, value: 1 }] }])).toThrow(want);
});

it('a series without a name is refused', () => {
  expect(() => encodeV1([{ labels: { job: 'j' }, points: [] }])).toThrow('has no __name__');
});

describe('snappy', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    // What repeats: the case that copies are for.
    fc
      .array(fc.constantFrom('abcd', 'a', '__name__', 'dimension_ClusterName', '\u0000\u0000'), {
        maxLength: 3000,
      })
      .map((parts) => new Uint8Array(Buffer.from(parts.join('')))),
  );

  it('is undone by another implementation', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const restored = snappyjs.uncompress(compressSnappy(Buffer.from(input)));
        expect(Buffer.from(restored).equals(Buffer.from(input))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('holds across blocks, and makes what repeats small', () => {
    const input = Buffer.from('aws_ecs_cpuutilization_average '.repeat(20_000));
    const output = compressSnappy(input);
    expect(Buffer.from(snappyjs.uncompress(output)).equals(input)).toBe(true);
    expect(output.length).toBeLessThan(input.length / 15);
  });
});

it('requests are split by samples; a series longer than that is cut', () => {
  const of = (count: number): Series => ({
    labels: { __name__: 'm' },
    points: Array.from({ length: count }, (_, at) => ({ at, value: 0 })),
  });
  const sizes = [...splitBySamples([of(3), of(4), of(25)], 10)].map((part) =>
    part.map(({ points }) => points.length),
  );
  expect(sizes).toEqual([[3, 4], [10], [10], [5]]);
});

it('a request has no more than 2,500 series', () => {
  const one: Series = { labels: { __name__: 'm' }, points: [{ at: 0, value: 0 }] };
  const parts = [...splitBySamples(Array<Series>(5001).fill(one), 10_000)];
  expect(parts.map(({ length }) => length)).toEqual([2500, 2500, 1]);
});

it('samples without times of their own become a series each, named by their metric', () => {
  const grouping = { job: 'j', instance: 'i' };
  const all = [
    ...seriesOfBatch({
      taken: 1000,
      groups: [
        {
          grouping,
          samples: [sample('probe_success', {}, 1), sample('ecs_up', { region: 'r' }, 0)],
        },
      ],
    }),
  ];
  expect(all.map(({ labels, points }) => ({ labels, points }))).toEqual([
    { labels: { __name__: 'probe_success', ...grouping }, points: [{ at: 1000, value: 1 }] },
    { labels: { __name__: 'ecs_up', ...grouping, region: 'r' }, points: [{ at: 1000, value: 0 }] },
  ]);
});

it('a batch becomes series with job, instance and its own time', () => {
  const [one] = seriesOfBatch({
    taken: 1000,
    groups: [
      {
        grouping: { job: 'j', instance: 'i' },
        samples: [{ ...sample('probe_success', {}, 1), at: 500 }, sample('probe_success', {}, 0)],
      },
    ],
  });
  expect(one?.labels).toEqual({ __name__: 'probe_success', job: 'j', instance: 'i' });
  expect(one?.points).toEqual([
    { at: 500, value: 1 },
    { at: 1000, value: 0 },
  ]);
});

it('series with times of their own follow the samples of a batch as they are', () => {
  const cpu: Series = {
    labels: { __name__: 'aws_ecs_cpuutilization_average', region: 'eu-west-1' },
    points: [{ at: 500, value: 41 }],
  };
  const group = {
    grouping: { job: 'j', instance: 'i' },
    samples: [sample('probe_success', {}, 1)],
  };
  const all = [...seriesOfBatch({ taken: 1000, groups: [group], series: [cpu] })];
  expect(all.map(({ labels }) => labels.__name__)).toEqual(['probe_success', cpu.labels.__name__]);
  expect(all[1]).toBe(cpu);
});

it('signs as the example of the AWS documentation does', () => {
  // docs.aws.amazon.com/IAM/latest/UserGuide: GET ListUsers, with its public example keys.
  const signed = signRequest(
    {
      method: 'GET',
      url: new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08'),
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: Buffer.alloc(0),
      region: 'us-east-1',
      service: 'iam',
      at: Date.UTC(2015, 7, 30, 12, 36, 0),
    },
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  );
  expect(signed['x-amz-date']).toBe('20150830T123600Z');
  expect(signed.authorization).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, ' +
      'SignedHeaders=content-type;host;x-amz-date, ' +
      'Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  );
});
