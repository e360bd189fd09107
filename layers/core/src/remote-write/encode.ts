// Write requests of Prometheus remote write 1.0 and 2.0
// (prometheus.io/docs/specs/prw/remote_write_spec, …/remote_write_spec_2_0).

import type { Metadata, Point, Series } from '../sample.ts';
import { canonicalLabels, canonicalNames } from '../series.ts';
import { fieldSize, lengthDelimited, ProtobufWriter, varintSize } from './protobuf.ts';

/** Field 1 as a double and field 2 as a varint, the same in both versions. */
const sampleValueTag = 0x09;
const sampleTimeTag = 0x10;

/** Most bytes that a writer wants to have before it writes a number. */
const varintRoom = 10;

/** MetricType of both versions: unspecified, counter, gauge. */
const metricTypes: Readonly<Record<Metadata['type'], number>> = {
  unknown: 0,
  counter: 1,
  gauge: 2,
};

/** A `prometheus.WriteRequest`: field 1 series, field 3 metadata, one per metric name. */
export function encodeV1(series: readonly Series[]): Buffer {
  const writer = new ProtobufWriter();
  const known = new Map<string, Map<string, Buffer>>();
  for (const { labels, points } of series) {
    let size = pointsSize(points);
    const parts = canonicalLabels(labels).map(([name, value]) => {
      const part = labelBytes(known, name, value);
      size += part.length;
      return part;
    });
    writer.varint(lengthDelimited(1));
    writer.varint(size);
    for (const part of parts) writer.raw(part);
    writePoints(writer, points);
  }
  for (const [name, metadata] of metadataByName(series)) {
    const encoded = encodeMetadata(name, metadata);
    writer.varint(lengthDelimited(3));
    writer.varint(encoded.length);
    writer.raw(encoded);
  }
  return Buffer.from(writer.bytes());
}

/** A label as it stands in a series, encoded once: names and values repeat. */
function labelBytes(known: Map<string, Map<string, Buffer>>, name: string, value: string): Buffer {
  let values = known.get(name);
  if (values === undefined) {
    values = new Map();
    known.set(name, values);
  }
  let bytes = values.get(value);
  if (bytes === undefined) {
    bytes = encodeLabel(name, value);
    values.set(value, bytes);
  }
  return bytes;
}

function encodeLabel(name: string, value: string): Buffer {
  const size = fieldSize(Buffer.byteLength(name)) + fieldSize(Buffer.byteLength(value));
  const writer = new ProtobufWriter(fieldSize(size) + varintRoom);
  writer.varint(lengthDelimited(1));
  writer.varint(size);
  writer.text(lengthDelimited(1), name);
  writer.text(lengthDelimited(2), value);
  return writer.bytes();
}

function encodeMetadata(name: string, { help, type, unit }: Metadata): Buffer {
  const writer = new ProtobufWriter(name.length + help.length + unit.length + 4 * varintRoom);
  writer.varint(0x08);
  writer.varint(metricTypes[type]);
  writer.text(lengthDelimited(2), name);
  writer.text(lengthDelimited(4), help);
  writer.text(lengthDelimited(5), unit);
  return writer.bytes();
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
    const known = symbols.get(text);
    if (known !== undefined) return known;
    symbols.set(text, symbols.size);
    return symbols.size - 1;
  };
  const body = new ProtobufWriter();
  for (const one of series) writeSeriesV2(body, one, refer);
  const table = new ProtobufWriter();
  for (const text of symbols.keys()) table.text(lengthDelimited(4), text);
  return Buffer.concat([table.bytes(), body.bytes()]);
}

/** One `TimeSeries` of 2.0: field 1 references, field 2 samples, field 5 metadata. */
function writeSeriesV2(
  writer: ProtobufWriter,
  { labels, metadata, points }: Series,
  refer: (text: string) => number,
): void {
  const references: number[] = [];
  let packed = 0;
  for (const label of canonicalNames(labels)) {
    const name = refer(label);
    const value = refer(labels[label] ?? '');
    references.push(name, value);
    packed += varintSize(name) + varintSize(value);
  }
  const help = refer(metadata?.help ?? '');
  const unit = refer(metadata?.unit ?? '');
  // Tags and values: type, help, unit.
  const about = 3 + 1 + varintSize(help) + varintSize(unit);
  const size = fieldSize(packed) + pointsSize(points);
  writer.varint(lengthDelimited(5));
  writer.varint(size + (metadata === undefined ? 0 : fieldSize(about)));
  writer.varint(lengthDelimited(1));
  writer.varint(packed);
  for (const reference of references) writer.varint(reference);
  writePoints(writer, points);
  if (metadata === undefined) return;
  writer.varint(lengthDelimited(5));
  writer.varint(about);
  writer.varint(0x08);
  writer.varint(metricTypes[metadata.type]);
  writer.varint(0x18);
  writer.varint(help);
  writer.varint(0x20);
  writer.varint(unit);
}

/** Length of a point's content: tag, double, tag, time. */
function pointSize({ at }: Point): number {
  return 1 + 8 + 1 + varintSize(at);
}

function pointsSize(points: readonly Point[]): number {
  let size = 0;
  for (const point of points) size += 2 + pointSize(point);
  return size;
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
