// What a health answer says: the status of the call and the serving status. Read as grpc-go reads it; an answer that is none of
// gRPC has the status that grpc-go gives it.

/** The serving states of the protocol, by their numbers. */
export const servingStates = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

/** What the call showed. */
export type HealthAnswer = {
  /** gRPC's status of the call; 0 is OK. */
  readonly status: number;
  /** What the server said about it; free text. */
  readonly message: string;
  /** One of {@link servingStates}, or the number of one that they do not have. */
  readonly serving?: string;
};

/** Head and trailers of an answer. */
export type Fields = Readonly<Record<string, string | string[] | number | undefined>>;

const unknown = 2;
const internal = 13;

// github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md
const byHttpStatus: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

/** Reads an answer that is whole. */
export function readAnswer(fields: Fields, body: Buffer): HealthAnswer {
  const http = Number(fields[':status']);
  const type = String(fields['content-type'] ?? '');
  const given = fields['grpc-status'];
  if (!/^application\/grpc(?:[+;]|$)/i.test(type) || (http !== 200 && given === undefined)) {
    const seen = type === '' ? 'no content type' : `content type ${type.slice(0, 80)}`;
    const message = `HTTP status ${http}, ${seen}, want application/grpc`;
    return { status: byHttpStatus[http] ?? unknown, message };
  }
  if (given === undefined) return { status: internal, message: 'no grpc-status at its end' };
  if (!/^[+-]?\d{1,10}$/.test(String(given))) {
    return { status: internal, message: `grpc-status ${given}, want a number` };
  }
  const message = decodePercent(String(fields['grpc-message'] ?? ''));
  // A negative one counts on from the other end.
  const status = Number(given) >>> 0;
  return status === 0 ? { message, ...readServing(body) } : { status, message };
}

function decodePercent(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** One message, which is not compressed: nobody asked for that. */
function readServing(body: Buffer): Omit<HealthAnswer, 'message'> & { readonly message?: string } {
  if (body.length === 0) return { status: unknown, message: 'no health answer' };
  const end = body.length < 5 ? undefined : 5 + body.readUInt32BE(1);
  if (end === undefined || end > body.length || body[0] !== 0) {
    return { status: internal, message: 'no health answer' };
  }
  if (end < body.length) return { status: unknown, message: 'more than one health answer' };
  const number = readStatusField(body.subarray(5, end));
  if (number === undefined) return { status: internal, message: 'no health answer' };
  return { status: 0, serving: servingStates[number] ?? String(number) };
}

/** Field 1, an enum; left out it is 0, and the last counts. Undefined where the bytes are no message (protobuf.dev, Encoding). */
function readStatusField(message: Buffer): number | undefined {
  let status = 0;
  for (let at = 0; at < message.length; ) {
    const key = readVarint(message, at);
    if (key === undefined || key.value >>> 3 === 0) return undefined;
    at = key.next;
    const kind = key.value & 7;
    const number = kind === 0 || kind === 2 ? readVarint(message, at) : undefined;
    const next = kind === 1 ? at + 8 : kind === 5 ? at + 4 : number?.next;
    if (next === undefined) return undefined;
    if (key.value === 0x08 && number !== undefined) status = number.value;
    at = next + (kind === 2 ? (number?.value ?? 0) >>> 0 : 0);
    if (at > message.length) return undefined;
  }
  return status;
}

/** The low 32 bits of a number of at most ten bytes, and where the next thing begins. */
function readVarint(bytes: Buffer, from: number): { value: number; next: number } | undefined {
  let value = 0;
  for (let count = 0; count < 10; count += 1) {
    const byte = bytes[from + count];
    if (byte === undefined) return undefined;
    if (count < 5) value |= (byte & 0x7f) << (7 * count);
    if (byte < 0x80) return { value, next: from + count + 1 };
  }
  return undefined;
}
