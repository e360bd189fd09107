// Resource records as text, as patterns of modules expect them: in the form of zone files (RFC 1035, 5; RFC 3597 for types that
// have no form here), with tabs between name, TTL, class and type, as the library of blackbox_exporter writes them.
import { recordClasses, recordTypes } from '@fargaze/core/internal';
import { DnsFormatError, type DnsRecord, readName } from './message.ts';

const typeNames = new Map(Object.entries(recordTypes).map(([name, number]) => [number, name]));
const classNames = new Map(Object.entries(recordClasses).map(([name, number]) => [number, name]));

/** Data of a record: the whole message, and where the data begins and ends. */
type Data = { readonly bytes: Buffer; readonly at: number; readonly end: number };

/** One record of the message `bytes`, in one line. @throws DnsFormatError when its data is not of its type. */
export function recordText(record: DnsRecord, bytes: Buffer): string {
  const type = typeNames.get(record.type) ?? `TYPE${record.type}`;
  const named = classNames.get(record.class) ?? `CLASS${record.class}`;
  const head = `${record.name}\t${record.ttl}\t${named}\t${type}\t`;
  const data: Data = { bytes, at: record.at, end: record.end };
  return head + (formats[record.type]?.(data) ?? unknownText(data));
}

type Format = (data: Data) => string;

/** Fields one after the other: u8, u16 and u32 numbers, n names, the rest as hex (h, H), base64 (b) or texts (t). */
function fields(pattern: string): Format {
  return ({ at: start, bytes, end }) => {
    let at = start;
    const number = (size: 1 | 2 | 4) => {
      at += size;
      if (at > end) throw new DnsFormatError('the data of a record is cut off');
      return String(bytes.readUIntBE(at - size, size));
    };
    const rest = () => bytes.subarray(at, end);
    const read: Readonly<Record<string, () => string>> = {
      1: () => number(1),
      2: () => number(2),
      4: () => number(4),
      n: () => {
        const found = readName(bytes, at);
        at = found.end;
        return found.name;
      },
      h: () => rest().toString('hex'),
      H: () => rest().toString('hex').toUpperCase(),
      b: () => rest().toString('base64'),
      t: () => texts(rest()),
    };
    return [...pattern].map((kind) => read[kind]?.() ?? '').join(' ');
  };
}

const name = fields('n');

const formats: Readonly<Record<number, Format>> = {
  1: (data) => [...exactly(4, data)].join('.'),
  2: name,
  5: name,
  6: fields('nn44444'),
  12: name,
  13: fields('t'),
  15: fields('2n'),
  16: fields('t'),
  17: fields('nn'),
  18: fields('2n'),
  28: (data) => ipv6Text(exactly(16, data)),
  33: fields('222n'),
  36: fields('2n'),
  39: name,
  43: fields('211H'),
  44: fields('11H'),
  48: fields('211b'),
  52: fields('111h'),
  53: fields('111h'),
  61: fields('b'),
  99: fields('t'),
  257: ({ at, bytes, end }) => {
    const length = bytes[at + 1] ?? 0;
    const tag = bytes.subarray(at + 2, at + 2 + length).toString('latin1');
    return `${bytes[at] ?? 0} ${tag} ${quoted(bytes.subarray(at + 2 + length, end))}`;
  },
};

/** The data, of as many bytes as its type has. */
function exactly(length: number, { at, bytes, end }: Data): Buffer {
  if (end - at !== length) {
    throw new DnsFormatError(`an address of ${end - at} bytes, want ${length}`);
  }
  return bytes.subarray(at, end);
}

/** RFC 3597, section 5. */
function unknownText({ at, bytes, end }: Data): string {
  return `\\# ${end - at} ${bytes.subarray(at, end).toString('hex')}`;
}

function texts(data: Buffer): string {
  const all: string[] = [];
  for (let at = 0; at < data.length; at += 1 + (data[at] ?? 0)) {
    all.push(quoted(data.subarray(at + 1, at + 1 + (data[at] ?? 0))));
  }
  return all.join(' ');
}

function quoted(data: Buffer): string {
  const escaped = [...data].map((byte) => {
    const char = String.fromCharCode(byte);
    if (byte < 0x20 || byte > 0x7e) return `\\${String(byte).padStart(3, '0')}`;
    return char === '"' || char === '\\' ? `\\${char}` : char;
  });
  return `"${escaped.join('')}"`;
}

function ipv6Text(data: Buffer): string {
  const mapped = data.subarray(0, 12).equals(Buffer.from('00000000000000000000ffff', 'hex'));
  if (mapped) return `::ffff:${[...data.subarray(12)].join('.')}`;
  const groups = (data.toString('hex').match(/.{4}/g) ?? []).join(':');
  return new URL(`http://[${groups}]/`).hostname.slice(1, -1);
}
