// Messages of DNS (RFC 1035, 4): a query as bytes, an answer as its sections. Refuses what is cut off, points forward or in a
// circle.
import { randomInt } from 'node:crypto';

/** A question. */
export type DnsQuestion = {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly recursionDesired: boolean;
};

/**
 * A resource record; `ttl` in seconds. The bytes from `at` to before `end` of the message are its data, because names in it
 * may point elsewhere.
 */
export type DnsRecord = {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  readonly at: number;
  readonly end: number;
};

/** An answer. */
export type DnsAnswer = {
  readonly id: number;
  readonly isResponse: boolean;
  readonly rcode: number;
  readonly answer: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
  readonly bytes: Buffer;
};

/** The bytes are no message. */
export class DnsFormatError extends Error {
  override readonly name = 'DnsFormatError';
}

/** A query, and its number. */
export function encodeQuery(question: DnsQuestion): {
  readonly id: number;
  readonly bytes: Buffer;
} {
  const id = randomInt(65_536);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(question.recursionDesired ? 0x0100 : 0, 2);
  head.writeUInt16BE(1, 4);
  const labels = question.name
    .split('.')
    .filter((label) => label !== '')
    .flatMap((label) => {
      const bytes = Buffer.from(label, 'utf8');
      return [Buffer.from([bytes.length]), bytes];
    });
  const tail = Buffer.alloc(5);
  tail.writeUInt16BE(question.type, 1);
  tail.writeUInt16BE(question.class, 3);
  return { id, bytes: Buffer.concat([head, ...labels, tail]) };
}

/**
 * An answer's sections.
 * @throws DnsFormatError when the bytes are no message.
 */
export function decodeAnswer(bytes: Buffer): DnsAnswer {
  if (bytes.length < 12) throw new DnsFormatError(`${bytes.length} bytes, want a message`);
  const flags = bytes.readUInt16BE(2);
  let at = 12;
  for (let left = bytes.readUInt16BE(4); left > 0; left -= 1) at = readName(bytes, at).end + 4;
  const section = (count: number): DnsRecord[] => {
    const records: DnsRecord[] = [];
    for (let left = count; left > 0; left -= 1) {
      const record = readRecord(bytes, at);
      records.push(record);
      at = record.end;
    }
    return records;
  };
  const answer = section(bytes.readUInt16BE(6));
  const authority = section(bytes.readUInt16BE(8));
  const additional = section(bytes.readUInt16BE(10));
  // The upper bits of the code are in the pseudo-record OPT (RFC 6891, 6.1.3).
  const opt = additional.find(({ type }) => type === 41);
  const rcode = (flags & 15) | (((opt?.ttl ?? 0) >>> 24) << 4);
  const id = bytes.readUInt16BE(0);
  return { id, isResponse: (flags & 0x8000) !== 0, rcode, answer, authority, additional, bytes };
}

function readRecord(bytes: Buffer, start: number): DnsRecord {
  const { end, name } = readName(bytes, start);
  if (end + 10 > bytes.length) throw new DnsFormatError('a record is cut off');
  const at = end + 10;
  const after = at + bytes.readUInt16BE(end + 8);
  if (after > bytes.length) throw new DnsFormatError('a record is cut off');
  return {
    name,
    type: bytes.readUInt16BE(end),
    class: bytes.readUInt16BE(end + 2),
    ttl: bytes.readUInt32BE(end + 4),
    at,
    end: after,
  };
}

/** Bytes of a label as text: what zone files escape is escaped. */
function labelText(label: Buffer): string {
  return [...label]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      if (byte < 0x20 || byte > 0x7e) return `\\${String(byte).padStart(3, '0')}`;
      return /[. '@;()"\\]/.test(char) ? `\\${char}` : char;
    })
    .join('');
}

/**
 * A name, with a point at its end, and where the message goes on.
 * @throws DnsFormatError when it is cut off or points to itself.
 */
export function readName(
  bytes: Buffer,
  start: number,
): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  let end: number | undefined;
  for (let steps = 0; steps < 128; steps += 1) {
    const length = bytes[at];
    if (length === undefined) break;
    if (length === 0) return { name: `${labels.join('.')}.`, end: end ?? at + 1 };
    if (length >= 0xc0) {
      if (at + 2 > bytes.length) break;
      end ??= at + 2;
      at = bytes.readUInt16BE(at) & 0x3fff;
    } else {
      if (length > 63 || at + 1 + length > bytes.length) break;
      labels.push(labelText(bytes.subarray(at + 1, at + 1 + length)));
      at += 1 + length;
    }
  }
  throw new DnsFormatError('a name is cut off or points to itself');
}
