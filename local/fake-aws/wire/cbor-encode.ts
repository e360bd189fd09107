// Writes CBOR (RFC 8949) for smithy rpc-v2-cbor: definite lengths, float64, epoch timestamps under tag 1.
// Members that are undefined are left out; types that an answer never holds are refused.
import { Timestamp } from './timestamp.ts';

const major = { unsigned: 0, negative: 1, text: 3, list: 4, map: 5, tag: 6 } as const;

type Sink = { bytes: Buffer; length: number };

/** Encodes a value. @throws TypeError for anything but null, booleans, numbers, text, lists, maps and timestamps. */
export function encodeCbor(value: unknown): Buffer {
  const sink: Sink = { bytes: Buffer.allocUnsafe(4096), length: 0 };
  write(sink, value);
  return sink.bytes.subarray(0, sink.length);
}

function write(sink: Sink, value: unknown): void {
  if (typeof value === 'string') writeText(sink, value);
  else if (typeof value === 'number') writeNumber(sink, value);
  else if (typeof value === 'boolean') writeByte(sink, value ? 0xf5 : 0xf4);
  else if (value === null) writeByte(sink, 0xf6);
  else if (value instanceof Timestamp) writeTimestamp(sink, value);
  else if (Array.isArray(value)) writeList(sink, value);
  else if (typeof value === 'object') writeMap(sink, value ?? {});
  else throw new TypeError(`CBOR cannot hold a ${typeof value}`);
}

function writeList(sink: Sink, items: readonly unknown[]): void {
  writeHead(sink, major.list, items.length);
  for (const item of items) write(sink, item);
}

function writeMap(sink: Sink, map: object): void {
  const entries = Object.entries(map).filter(([, member]) => member !== undefined);
  writeHead(sink, major.map, entries.length);
  for (const [key, member] of entries) {
    writeText(sink, key);
    write(sink, member);
  }
}

function writeTimestamp(sink: Sink, { seconds }: Timestamp): void {
  writeHead(sink, major.tag, 1);
  writeDouble(sink, seconds);
}

function writeNumber(sink: Sink, value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) writeDouble(sink, value);
  else if (value >= 0) writeHead(sink, major.unsigned, value);
  else writeHead(sink, major.negative, -1 - value);
}

function writeDouble(sink: Sink, value: number): void {
  const at = reserve(sink, 9);
  sink.bytes[at] = 0xfb;
  sink.bytes.writeDoubleBE(value, at + 1);
}

function writeText(sink: Sink, value: string): void {
  const size = Buffer.byteLength(value);
  writeHead(sink, major.text, size);
  const at = reserve(sink, size);
  sink.bytes.write(value, at, 'utf8');
}

function writeHead(sink: Sink, type: number, argument: number): void {
  const lead = type << 5;
  if (argument < 24) writeByte(sink, lead | argument);
  else if (argument < 0x100) {
    const at = reserve(sink, 2);
    sink.bytes[at] = lead | 24;
    sink.bytes[at + 1] = argument;
  } else if (argument < 0x1_0000) {
    const at = reserve(sink, 3);
    sink.bytes[at] = lead | 25;
    sink.bytes.writeUInt16BE(argument, at + 1);
  } else if (argument < 0x1_0000_0000) {
    const at = reserve(sink, 5);
    sink.bytes[at] = lead | 26;
    sink.bytes.writeUInt32BE(argument, at + 1);
  } else {
    const at = reserve(sink, 9);
    sink.bytes[at] = lead | 27;
    sink.bytes.writeBigUInt64BE(BigInt(argument), at + 1);
  }
}

function writeByte(sink: Sink, byte: number): void {
  const at = reserve(sink, 1);
  sink.bytes[at] = byte;
}

/** Makes room for `count` bytes and returns where they start; `sink.bytes` may be another buffer afterwards. */
function reserve(sink: Sink, count: number): number {
  const start = sink.length;
  sink.length += count;
  if (sink.length > sink.bytes.length) {
    const grown = Buffer.allocUnsafe(Math.max(sink.length, sink.bytes.length * 2));
    sink.bytes.copy(grown, 0, 0, start);
    sink.bytes = grown;
  }
  return start;
}
