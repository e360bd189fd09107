// Frames of HTTP/2 (RFC 9113, 4.1) as their bytes pass: what kind each is and how it ends a stream or a connection. What bodies
// and heads say is not looked at, and nothing is refused.
import { isTlsRecord } from './tls-record.ts';

const headLength = 9;
const types = { data: 0, headers: 1, reset: 3, goAway: 7, continuation: 9 } as const;
const endStream = 0x1;
const endHeaders = 0x4;

/** Bytes of a frame's contents that are kept: two numbers, and the words behind them unless they are long. */
const keptLength = 128;

/** One frame. */
type Frame = {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** The first bytes of the contents. */
  readonly contents: Buffer;
};

/** An end that one side announced. */
export type Farewell = {
  /** Whether only the answer ends by it. */
  readonly of: 'stream' | 'connection';
  /** Such as PROTOCOL_ERROR (RFC 9113, 7), or a number that has no name. */
  readonly code: string;
  /** What it said besides, if that was short; free text, often empty. */
  readonly words: string;
};

/** Hands on each frame once all of it has passed. */
class FrameReader {
  readonly #seen: (frame: Frame) => void;
  /** Bytes before the first frame. */
  #skip: number;
  #head: number[] = [];
  #contents: number[] = [];
  /** Bytes that are left of the frame's contents. */
  #left = 0;

  constructor(seen: (frame: Frame) => void, skip = 0) {
    this.#seen = seen;
    this.#skip = skip;
  }

  /** Takes the next bytes, until `enough` says so at the end of a frame. Returns how many it took. */
  take(bytes: Uint8Array, enough: () => boolean = () => false): number {
    let at = Math.min(this.#skip, bytes.length);
    this.#skip -= at;
    while (at < bytes.length && !enough()) {
      if (this.#head.length < headLength) {
        this.#head.push(bytes[at] ?? 0);
        at += 1;
        if (this.#head.length === headLength) this.#begin();
      } else {
        const part = bytes.subarray(at, at + this.#left);
        this.#left -= part.length;
        at += part.length;
        if (this.#keeps()) this.#contents.push(...part.subarray(0, this.#room()));
      }
      if (this.#head.length === headLength && this.#left === 0) this.#end();
    }
    return at;
  }

  #begin(): void {
    const [high = 0, middle = 0, low = 0] = this.#head;
    this.#left = (high << 16) | (middle << 8) | low;
  }

  #keeps(): boolean {
    return this.#head[3] === types.reset || this.#head[3] === types.goAway;
  }

  #room(): number {
    return keptLength - this.#contents.length;
  }

  #end(): void {
    const [, , , type = 0, flags = 0, ...id] = this.#head;
    const contents = Buffer.from(this.#contents);
    this.#head = [];
    this.#contents = [];
    // The first bit of the number is reserved.
    this.#seen({ type, flags, stream: Buffer.from(id).readUInt32BE() & 0x7fffffff, contents });
  }
}

/** What a server sends, where the first stream is all that was asked. */
export class AnswerFrames {
  #begin = '';
  #isLast = false;
  #ended = false;
  #hasData = false;
  #farewell: Farewell | undefined;
  readonly #reader = new FrameReader((frame) => this.#see(frame));

  /** Whether the last frame of the answer has come, whole. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether the answer has ended and has no body, not even an empty one. */
  get endsWithHead(): boolean {
    return this.#ended && !this.#hasData;
  }

  /** How the server broke off the answer, or the connection with an error. */
  get farewell(): Farewell | undefined {
    return this.#farewell;
  }

  /** Whether these are no frames at all, but an answer of HTTP/1. */
  get isHttp1(): boolean {
    return this.#begin === 'HTTP/';
  }

  /** Whether the server answers in TLS instead. */
  get isTls(): boolean {
    return isTlsRecord(Buffer.from(this.#begin, 'latin1'));
  }

  /** Takes the next bytes and returns those that belong to the answer: nothing behind its end changes it. */
  take(bytes: Buffer): Buffer {
    this.#begin += bytes.toString('latin1', 0, 'HTTP/'.length - this.#begin.length);
    return bytes.subarray(
      0,
      this.#reader.take(bytes, () => this.#ended),
    );
  }

  #see(frame: Frame): void {
    const { flags, stream, type } = frame;
    this.#farewell ??= farewellOf(frame);
    if (stream !== 1) return;
    if (type === types.data) this.#hasData = true;
    if (type === types.data || type === types.headers) this.#isLast ||= (flags & endStream) !== 0;
    const isWhole = type === types.data || (flags & endHeaders) !== 0;
    const isPart = type === types.data || type === types.headers || type === types.continuation;
    if (isPart && isWhole && this.#isLast) this.#ended = true;
  }
}

/** Reads what goes to the server, and reports the connection error by which Node's HTTP/2 gave it up. */
export function watchFarewell(report: (farewell: Farewell) => void): (bytes: Uint8Array) => void {
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
  const reader = new FrameReader((frame) => {
    const farewell = frame.type === types.goAway ? farewellOf(frame) : undefined;
    if (farewell !== undefined) report(farewell);
  }, preface.length);
  return (bytes) => reader.take(bytes);
}

/** The error that a frame announces: a reset of the stream, or a goodbye that is none of courtesy. */
function farewellOf({ contents, stream, type }: Frame): Farewell | undefined {
  const at = type === types.reset && stream === 1 ? 0 : type === types.goAway ? 4 : undefined;
  if (at === undefined || contents.length < at + 4) return undefined;
  const code = contents.readUInt32BE(at);
  if (type === types.goAway && code === 0) return undefined;
  // Cut, they could end within a secret, which would not be found then.
  const words = contents.length < keptLength ? contents.subarray(at + 4).toString('utf8') : '';
  return { of: at === 0 ? 'stream' : 'connection', code: nameOf(code), words };
}

function nameOf(code: number): string {
  return errorNames[code] ?? String(code);
}

// RFC 9113, 7: each by its number.
const errorNames = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];
