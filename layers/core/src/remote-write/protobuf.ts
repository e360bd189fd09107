// The few protobuf wire types that remote write needs (protobuf.dev/programming-guides/encoding).
// Text is encoded once and kept: label names and values repeat in every series.
import type { PointValue } from '../sample.ts';

/** Bits of the NaN that means "stale" (prometheus/prometheus, model/value). */
const staleBits = 0x7ff0000000000002n;

/** A growing buffer that is written from front to back. */
export class ProtobufWriter {
  #buffer = Buffer.allocUnsafe(64 * 1024);
  #size = 0;

  /** What has been written; valid until the next write. */
  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#size);
  }

  /** A whole number from 0 to 2^53 - 1, base 128. */
  varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest > 0x7fffffff) {
      this.#buffer[this.#size++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.#buffer[this.#size++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#buffer[this.#size++] = rest;
  }

  /** A field of bytes: tag, length, content. */
  field(tag: number, content: Uint8Array): void {
    this.varint(tag);
    this.varint(content.length);
    this.raw(content);
  }

  /** Bytes as they are. */
  raw(content: Uint8Array): void {
    this.#reserve(content.length);
    this.#buffer.set(content, this.#size);
    this.#size += content.length;
  }

  /** A double, or the stale marker. */
  double(value: PointValue): void {
    this.#reserve(8);
    if (value === 'stale') this.#buffer.writeBigUInt64LE(staleBits, this.#size);
    else this.#buffer.writeDoubleLE(value, this.#size);
    this.#size += 8;
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#size + more));
    grown.set(this.bytes());
    this.#buffer = grown;
  }
}

/** Bytes that a varint of `value` takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

/** Tag of field `number` with length-delimited content. */
export function lengthDelimited(number: number): number {
  return number * 8 + 2;
}
