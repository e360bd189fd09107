// Three ways to make the body of a remote-write 1.0 request, and one for 2.0: ours, and the two protobuf libraries of
// the field as their manuals use them, with the one snappy compressor in JavaScript.
import {
  create,
  createFileRegistry,
  type DescMessage,
  fromJson,
  toBinary,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import protobufjs from 'protobufjs';
import { compress } from 'snappyjs';
import { encodeV1, encodeV2 } from '../layers/core/src/remote-write/encode.ts';
import { compressSnappy } from '../layers/core/src/remote-write/snappy.ts';
import type { Metadata, Series } from '../layers/core/src/sample.ts';
import { canonicalLabels } from '../layers/core/src/series.ts';

/** Message and compressed body. */
export type Encoded = { readonly message: Uint8Array; readonly body: Uint8Array };

/** An encoder of one request. */
export type Encoder = (series: readonly Series[]) => Encoded;

/** The messages of remote write 1.0, as field number, type and name. */
const messages = {
  WriteRequest: [
    [1, 'repeated TimeSeries', 'timeseries'],
    [3, 'repeated MetricMetadata', 'metadata'],
  ],
  TimeSeries: [
    [1, 'repeated Label', 'labels'],
    [2, 'repeated Sample', 'samples'],
  ],
  Label: [
    [1, 'string', 'name'],
    [2, 'string', 'value'],
  ],
  Sample: [
    [1, 'double', 'value'],
    [2, 'int64', 'timestamp'],
  ],
  MetricMetadata: [
    [1, 'int32', 'type'],
    [2, 'string', 'familyName'],
    [4, 'string', 'help'],
    [5, 'string', 'unit'],
  ],
} as const;

const types = { unknown: 0, counter: 1, gauge: 2 } as const;

function metadataOf(series: readonly Series[]): Map<string, Metadata> {
  const found = new Map<string, Metadata>();
  for (const { labels, metadata } of series) {
    const name = labels.__name__ ?? '';
    if (metadata !== undefined && !found.has(name)) found.set(name, metadata);
  }
  return found;
}

/** The plain object that both libraries take; only their 64-bit integers differ. */
function toMessage<T>(series: readonly Series[], int64: (value: number) => T) {
  return {
    timeseries: series.map(({ labels, points }) => ({
      labels: canonicalLabels(labels).map(([name, value]) => ({ name, value })),
      samples: points.map(({ at, value }) => ({
        value: value === 'stale' ? Number.NaN : value,
        timestamp: int64(at),
      })),
    })),
    metadata: [...metadataOf(series)].map(([familyName, { help, type, unit }]) => ({
      familyName,
      help,
      unit,
      type: types[type],
    })),
  };
}

function makeProtobufjs(): Encoder {
  const fields = (name: keyof typeof messages) =>
    messages[name].map(([number, type, field]) => `${type} ${field} = ${number};`).join(' ');
  const names = Object.keys(messages) as (keyof typeof messages)[];
  const source = names.map((name) => `message ${name} { ${fields(name)} }`).join('\n');
  const { root } = protobufjs.parse(`syntax = "proto3";\n${source}`, { keepCase: true });
  const type = root.lookupType('WriteRequest');
  return (series) => {
    const message = type.encode(toMessage(series, (value) => value)).finish();
    return { message, body: compress(message) };
  };
}

function makeBufbuild(): Encoder {
  const scalar = {
    string: 'TYPE_STRING',
    double: 'TYPE_DOUBLE',
    int64: 'TYPE_INT64',
    int32: 'TYPE_INT32',
  };
  const field = ([number, type, name]: readonly [number, string, string]) => {
    const [, repeated, of = ''] = /^(repeated )?(\w+)$/.exec(type) ?? [];
    const known = scalar[of as keyof typeof scalar];
    return {
      name,
      number,
      label: repeated === undefined ? 'LABEL_OPTIONAL' : 'LABEL_REPEATED',
      ...(known === undefined ? { type: 'TYPE_MESSAGE', typeName: `.${of}` } : { type: known }),
    };
  };
  const messageType = Object.entries(messages).map(([name, fields]) => ({
    name,
    field: fields.map(field),
  }));
  const file = { name: 'remote.proto', syntax: 'proto3', messageType };
  const registry = createFileRegistry(fromJson(FileDescriptorSetSchema, { file: [file] }));
  const schema = registry.getMessage('WriteRequest') as DescMessage;
  return (series) => {
    const message = toBinary(schema, create(schema, toMessage(series, BigInt) as never));
    return { message, body: compress(message) };
  };
}

function own(encode: (series: readonly Series[]) => Buffer): () => Encoder {
  return () => (series) => {
    const message = encode(series);
    return { message, body: compressSnappy(message) };
  };
}

/** Makers of encoders: what a library prepares once belongs to the first pass. */
export const encoders: Readonly<Record<string, () => Encoder>> = {
  'fargaze, 1.0': own(encodeV1),
  'fargaze, 2.0': own(encodeV2),
  'protobufjs + snappyjs, 1.0': makeProtobufjs,
  '@bufbuild/protobuf + snappyjs, 1.0': makeBufbuild,
};
