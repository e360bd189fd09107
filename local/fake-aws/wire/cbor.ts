// CBOR as smithy rpc-v2-cbor uses it: numbers with fractions as float64, instants under tag 1, members that are undefined
// left out. Input that is not exactly one value is refused.
import { decode, encode, Token, Type } from 'cborg';
import { serializationError } from './errors.ts';
import { Timestamp } from './timestamp.ts';

const instantTag = 1;

/** Encodes an answer. @throws Error for functions and symbols. */
export function encodeCbor(value: unknown): Buffer {
  const bytes = encode(value, {
    float64: true,
    ignoreUndefinedProperties: true,
    typeEncoders: { Object: encodeTimestamp, number: encodeNegativeZero },
  });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Null leaves any other object to the library. */
function encodeTimestamp(value: unknown): Token[] | null {
  if (!(value instanceof Timestamp)) return null;
  return [new Token(Type.tag, instantTag), new Token(Type.float, value.seconds)];
}

/** An integer of CBOR has no negative zero, a float has one. Null leaves any other number to the library. */
function encodeNegativeZero(value: unknown): Token[] | null {
  return Object.is(value, -0) ? [new Token(Type.float, value)] : null;
}

/** Decodes a request. @throws AwsError SerializationException when the bytes are not exactly one value. */
export function decodeCbor(bytes: Uint8Array): unknown {
  try {
    return decode(bytes, { tags: { [instantTag]: (content) => toTimestamp(content()) } });
  } catch (error) {
    throw serializationError(error instanceof Error ? error.message : String(error));
  }
}

function toTimestamp(seconds: unknown): Timestamp {
  if (typeof seconds === 'number') return new Timestamp(seconds);
  throw new TypeError('CBOR: an instant that is not a number');
}
