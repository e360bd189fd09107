// Write requests of Prometheus remote write 1.0 and 2.0
// (prometheus.io/docs/specs/prw/remote_write_spec, …/remote_write_spec_2_0).

import type { Metadata, Point, Series } from '../sample.ts';
import { lengthDelimited, ProtobufWriter, varintSize } from './protobuf.ts';
import { canonicalLabels } from './series.ts';

/** Field 1 as a double and field 2 as a varint, the same in both versions. */
const sampleValueTag = 0x09;
const sampleTimeTag = 0x10;

/** MetricType of both versions: unspecified, counter, gauge. */
const metricTypes: Readonly<Record<Metadata['type'], number>> = {
  unknown: 0,
  counter: 1,
  gauge: 2,
};

/** A `prometheus.WriteRequest`: field 1 series, field 3 metadata, one per metric name. */
export function encodeV1(series: readonly Series[]): Buffer {
  const writer = new ProtobufWriter();
  const known = new Map<string, Buffer>();
  const label = (name: string, value: string) => {
    const key = `${name}\u0000${value}`;
    const found = known.get(key) ?? encodeLabel(name, value);
    known.set(key, found);
    return found;
  };
  for (const { labels, points } of series) {
    const parts = canonicalLabels(labels).map(([name, value]) => label(name, value));
    const size = parts.reduce((sum, part) => sum + part.length, 0) + pointsSize(points);
    writer.varint(lengthDelimited(1));
    writer.varint(size);
    for (const part of parts) writer.raw(part);
    writePoints(writer, points);
  }
  for (const [name, metadata] of metadataByName(series)) {
    writer.field(lengthDelimited(3), encodeMetadata(name, metadata));
  }
  return Buffer.from(writer.bytes());
}

function encodeLabel(name: string, value: string): Buffer {
  const inner = new ProtobufWriter();
  inner.field(lengthDelimited(1), Buffer.from(name, 'utf8'));
  inner.field(lengthDelimited(2), Buffer.from(value, 'utf8'));
  const outer = new ProtobufWriter();
  outer.field(lengthDelimited(1), inner.bytes());
  return Buffer.from(outer.bytes());
}

function encodeMetadata(name: string, { help, type, unit }: Metadata): Buffer {
  const writer = new ProtobufWriter();
  writer.varint(0x08);
  writer.varint(metricTypes[type]);
  writer.field(lengthDelimited(2), Buffer.from(name, 'utf8'));
  writer.field(lengthDelimited(4), Buffer.from(help, 'utf8'));
  writer.field(lengthDelimited(5), Buffer.from(unit, 'utf8'));
  return Buffer.from(writer.bytes());
}

function metadataByName(series: readonly Series[]): Map<string, Metadata> {
  const byName = new Map<string, Metadata>();
  for (const { labels, metadata } of series) {
    const name = labels.__name__ ?? '';
    if (metadata !== undefined && !byName.has(name)) byName.set(name, metadata);
  }
  return byName;
}

/** An `io.prometheus.write.v2.Request`: field 4 symbols, field 5 series that refer to them. */
export function encodeV2(series: readonly Series[]): Buffer {
  const symbols = new Map<string, number>([['', 0]]);
  const refer = (text: string) => {
    const found = symbols.get(text) ?? symbols.size;
    symbols.set(text, found);
    return found;
  };
  const body = new ProtobufWriter();
  const refs = new ProtobufWriter();
  for (const one of series) {
    const numbers = canonicalLabels(one.labels).flatMap(([name, value]) => [
      refer(name),
      refer(value),
    ]);
    const metadata = one.metadata === undefined ? undefined : encodeMetadataV2(one.metadata, refer);
    const packed = numbers.reduce((sum, number) => sum + varintSize(number), 0);
    const size =
      1 +
      varintSize(packed) +
      packed +
      pointsSize(one.points) +
      (metadata === undefined ? 0 : 1 + varintSize(metadata.length) + metadata.length);
    body.varint(lengthDelimited(5));
    body.varint(size);
    body.varint(lengthDelimited(1));
    body.varint(packed);
    for (const number of numbers) body.varint(number);
    writePoints(body, one.points);
    if (metadata !== undefined) body.field(lengthDelimited(5), metadata);
  }
  for (const text of symbols.keys()) refs.field(lengthDelimited(4), Buffer.from(text, 'utf8'));
  return Buffer.concat([refs.bytes(), body.bytes()]);
}

function encodeMetadataV2({ help, type, unit }: Metadata, refer: (text: string) => number): Buffer {
  const writer = new ProtobufWriter();
  for (const [tag, value] of [
    [0x08, metricTypes[type]],
    [0x18, refer(help)],
    [0x20, refer(unit)],
  ] as const) {
    writer.varint(tag);
    writer.varint(value);
  }
  return Buffer.from(writer.bytes());
}

/** Length of a point's content: tag, double, tag, time. */
function pointSize({ at }: Point): number {
  return 1 + 8 + 1 + varintSize(at);
}

function pointsSize(points: readonly Point[]): number {
  return points.reduce((sum, point) => sum + 2 + pointSize(point), 0);
}

function writePoints(writer: ProtobufWriter, points: readonly Point[]): void {
  for (const point of points) {
    if (!Number.isSafeInteger(point.at) || point.at < 0) {
      throw new RangeError(`point at ${point.at}, want whole milliseconds since 1970`);
    }
    writer.varint(lengthDelimited(2));
    writer.varint(pointSize(point));
    writer.varint(sampleValueTag);
    writer.double(point.value);
    writer.varint(sampleTimeTag);
    writer.varint(point.at);
  }
}
