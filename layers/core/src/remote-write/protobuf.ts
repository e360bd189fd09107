// The few protobuf wire types that remote write needs (protobuf.dev/programming-guides/encoding).
// Written for speed: one growing buffer, a DataView for numbers, no allocation for a field.
import type { PointValue } from '../sample.ts';

/** Bits of the NaN that means "stale" (prometheus/prometheus, model/value). */
const staleBits = 0x7ff0000000000002n;

/** Below this a loop copies faster than a call. */
const shortCopy = 48;

/** A growing buffer that is written from front to back. */
export class ProtobufWriter {
  #buffer: Buffer;
  #view: DataView;
  #size = 0;

  /** @param capacity bytes that are expected; it grows beyond them. */
  constructor(capacity = 64 * 1024) {
    this.#buffer = Buffer.allocUnsafe(capacity);
    this.#view = viewOf(this.#buffer);
  }

  /** What has been written; valid until the next write. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#size);
  }

  /** A whole number from 0 to 2^53 - 1, base 128. */
  varint(value: number): void {
    this.#reserve(10);
    const buffer = this.#buffer;
    let size = this.#size;
    let rest = value;
    if (rest > 0x7fffffff) {
      // Bitwise operators know 32 bits: four groups of seven from the low part, the others as they come.
      let low = rest % 0x10000000;
      rest = (rest - low) / 0x10000000;
      for (let group = 0; group < 4; group++) {
        buffer[size++] = (low & 127) | 128;
        low >>>= 7;
      }
    }
    while (rest > 127) {
      buffer[size++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    buffer[size++] = rest;
    this.#size = size;
  }

  /** A field of text: tag, length, UTF-8. */
  text(tag: number, content: string): void {
    const length = Buffer.byteLength(content, 'utf8');
    this.varint(tag);
    this.varint(length);
    this.#reserve(length);
    this.#size += this.#buffer.write(content, this.#size, 'utf8');
  }

  /** Bytes as they are. */
  raw(content: Uint8Array): void {
    const { length } = content;
    this.#reserve(length);
    if (length < shortCopy) {
      const buffer = this.#buffer;
      let size = this.#size;
      for (let i = 0; i < length; i++) buffer[size++] = content[i] as number;
    } else {
      this.#buffer.set(content, this.#size);
    }
    this.#size += length;
  }

  /** A double, or the stale marker. */
  double(value: PointValue): void {
    this.#reserve(8);
    if (value === 'stale') this.#view.setBigUint64(this.#size, staleBits, true);
    else this.#view.setFloat64(this.#size, value, true);
    this.#size += 8;
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#size + more));
    grown.set(this.bytes());
    this.#buffer = grown;
    this.#view = viewOf(grown);
  }
}

function viewOf({ buffer, byteLength, byteOffset }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Bytes that a varint of `value` takes. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  let size = 3;
  for (let limit = 0x200000; value >= limit; limit *= 128) size += 1;
  return size;
}

/** Bytes that a field of `length` bytes takes with a tag of one byte. */
export function fieldSize(length: number): number {
  return 1 + varintSize(length) + length;
}

/** Tag of field `number` with length-delimited content. */
export function lengthDelimited(number: number): number {
  return number * 8 + 2;
}
