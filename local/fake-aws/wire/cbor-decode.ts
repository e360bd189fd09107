// Reads CBOR (RFC 8949) as AWS SDKs write it: definite and indefinite lengths, all float widths, tag 1 as instant.
// Truncated input, trailing bytes and types that no request holds are refused.
import { serializationError } from './errors.ts';
import { Timestamp } from './timestamp.ts';

type Source = { readonly bytes: Buffer; at: number };
type Head = { readonly type: number; readonly info: number };

const stop = Symbol('break');
const indefinite = 31;

/** Decodes one value. @throws AwsError SerializationException when the bytes are not one whole CBOR value. */
export function decodeCbor(bytes: Buffer): unknown {
  const source: Source = { bytes, at: 0 };
  const value = read(source);
  if (source.at !== bytes.length || value === stop) {
    throw serializationError(`CBOR: ${bytes.length - source.at} bytes after the value, want 0`);
  }
  return value;
}

function read(source: Source): unknown {
  const lead = take(source, 1).readUInt8();
  const head: Head = { type: lead >> 5, info: lead & 31 };
  switch (head.type) {
    case 0:
      return readArgument(source, head);
    case 1:
      return -1 - readArgument(source, head);
    case 2:
      return readBytes(source, head);
    case 3:
      return readBytes(source, head).toString('utf8');
    case 4:
      return readList(source, head);
    case 5:
      return readMap(source, head);
    case 6:
      return readTag(source, head);
    default:
      return readSimple(source, head);
  }
}

function readArgument(source: Source, { info }: Head): number {
  if (info < 24) return info;
  if (info === 24) return take(source, 1).readUInt8();
  if (info === 25) return take(source, 2).readUInt16BE();
  if (info === 26) return take(source, 4).readUInt32BE();
  if (info === 27) return Number(take(source, 8).readBigUInt64BE());
  throw serializationError(`CBOR: length code ${info}, want 0-27`);
}

function readBytes(source: Source, head: Head): Buffer {
  if (head.info !== indefinite) return take(source, readArgument(source, head));
  const chunks: Buffer[] = [];
  for (let lead = take(source, 1).readUInt8(); lead !== 0xff; lead = take(source, 1).readUInt8()) {
    if (lead >> 5 !== head.type) throw serializationError('CBOR: a chunk of another type');
    chunks.push(take(source, readArgument(source, { type: head.type, info: lead & 31 })));
  }
  return Buffer.concat(chunks);
}

function readList(source: Source, head: Head): unknown[] {
  const items: unknown[] = [];
  if (head.info === indefinite) {
    for (let item = read(source); item !== stop; item = read(source)) items.push(item);
    return items;
  }
  const count = readArgument(source, head);
  for (let index = 0; index < count; index++) items.push(readMember(source));
  return items;
}

function readMap(source: Source, head: Head): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  const open = head.info === indefinite;
  const count = open ? Number.POSITIVE_INFINITY : readArgument(source, head);
  while (entries.length < count) {
    const key = read(source);
    if (open && key === stop) break;
    if (typeof key !== 'string') throw serializationError('CBOR: a map key that is not text');
    entries.push([key, readMember(source)]);
  }
  return Object.fromEntries(entries);
}

function readMember(source: Source): unknown {
  const value = read(source);
  if (value === stop) throw serializationError('CBOR: a break inside a definite length');
  return value;
}

function readTag(source: Source, head: Head): unknown {
  const tag = readArgument(source, head);
  const value = readMember(source);
  if (tag !== 1) return value;
  if (typeof value !== 'number') throw serializationError('CBOR: an instant that is not a number');
  return new Timestamp(value);
}

function readSimple(source: Source, { info }: Head): unknown {
  switch (info) {
    case 20:
      return false;
    case 21:
      return true;
    case 22:
      return null;
    case 23:
      return undefined;
    case 25:
      return halfFloat(take(source, 2).readUInt16BE());
    case 26:
      return take(source, 4).readFloatBE();
    case 27:
      return take(source, 8).readDoubleBE();
    case indefinite:
      return stop;
    default:
      throw serializationError(`CBOR: simple value ${info}`);
  }
}

/** RFC 8949 appendix D. */
function halfFloat(bits: number): number {
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (mantissa + 1024) * 2 ** (exponent - 25);
}

function take(source: Source, count: number): Buffer {
  const end = source.at + count;
  if (end > source.bytes.length) {
    throw serializationError(`CBOR: ends at byte ${source.bytes.length}, want ${end}`);
  }
  const part = source.bytes.subarray(source.at, end);
  source.at = end;
  return part;
}
