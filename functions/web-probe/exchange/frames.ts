// Frames of HTTP/2 (RFC 9113, 4.1) as their bytes pass: what kind each is and how it ends a stream or a connection. What bodies
// and heads say is not looked at, and nothing is refused.
import { isTlsRecord } from './tls-record.ts';

const headLength = 9;
const types = { data: 0, headers: 1, reset: 3, settings: 4, goAway: 7, continuation: 9 } as const;
const endStream = 0x1;
const endHeaders = 0x4;

/** Bytes of a frame's contents that are kept: two numbers, and the words behind them unless they are long. */
const keptLength = 128;

/** One frame. */
type Frame = {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** Bytes of the contents. */
  readonly length: number;
  /** The first bytes of them. */
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

/** Who hears of frames. */
type Listener = {
  /** All of it has passed. */
  readonly seen: (frame: Frame) => void;
  /** All of its head has passed but the last byte. */
  readonly begun?: (frame: Pick<Frame, 'type' | 'flags' | 'length'>) => void;
};

/** Reads frames as they pass. */
class FrameReader {
  readonly #listener: Listener;
  /** Bytes before the first frame. */
  #skip: number;
  #head: number[] = [];
  #contents: number[] = [];
  /** Bytes that are left of the frame's contents. */
  #left = 0;

  constructor(listener: Listener, skip = 0) {
    this.#listener = listener;
    this.#skip = skip;
  }

  /** Takes the next bytes, until `enough` says so, at the earliest when it reports something. Returns how many it took. */
  take(bytes: Uint8Array, enough: () => boolean = () => false): number {
    let at = Math.min(this.#skip, bytes.length);
    this.#skip -= at;
    while (at < bytes.length && !enough()) {
      if (this.#head.length < headLength) {
        this.#head.push(bytes[at] ?? 0);
        at += 1;
        if (this.#head.length === headLength - 1) this.#announce();
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

  #announce(): void {
    const [, , , type = 0, flags = 0] = this.#head;
    this.#listener.begun?.({ type, flags, length: this.#length() });
  }

  #begin(): void {
    this.#left = this.#length();
  }

  #length(): number {
    const [high = 0, middle = 0, low = 0] = this.#head;
    return (high << 16) | (middle << 8) | low;
  }

  #keeps(): boolean {
    const [, , , type] = this.#head;
    return type === types.reset || type === types.goAway || type === types.settings;
  }

  #room(): number {
    return keptLength - this.#contents.length;
  }

  #end(): void {
    const [, , , type = 0, flags = 0, ...id] = this.#head;
    const contents = Buffer.from(this.#contents);
    const length = this.#length();
    this.#head = [];
    this.#contents = [];
    // The first bit of the number is reserved.
    const stream = Buffer.from(id).readUInt32BE() & 0x7fffffff;
    this.#listener.seen({ type, flags, stream, length, contents });
  }
}

/** How often an answer may be held for a turn of the event loop. */
const mostHolds = 4;

/** What a server sends, where the first stream is all that was asked. */
export class AnswerFrames {
  #begin = '';
  #isLast = false;
  #ended = false;
  #hasHead = false;
  #dataLength = 0;
  #hasData = false;
  #farewell: Farewell | undefined;
  #leaves = false;
  #allowsNone = false;
  #holds = 0;
  #held = false;
  readonly #reader = new FrameReader({
    seen: (frame) => this.#see(frame),
    begun: (frame) => this.#foresee(frame),
  });

  /** Whether anything has come. */
  get begun(): boolean {
    return this.#begin !== '';
  }

  /** Whether the last frame of the answer has come, whole. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether the answer has ended and has no body, not even an empty one. */
  get endsWithHead(): boolean {
    return this.#ended && !this.#hasData;
  }

  /** Bytes of the body that have come, with what fills frames up. */
  get dataLength(): number {
    return this.#dataLength;
  }

  /** How the server broke off the answer, or the connection with an error. */
  get farewell(): Farewell | undefined {
    return this.#farewell;
  }

  /** Whether the server said that it did nothing with the request, which may be sent again (RFC 9113, 8.7). */
  get isUnprocessed(): boolean {
    if (this.#hasHead) return false;
    const { code, of } = this.#farewell ?? {};
    return (of === 'stream' && code === 'REFUSED_STREAM') || (of === undefined && this.#leaves);
  }

  /** What has come while the answer was waited for, in words; undefined once it has begun. */
  get silence(): string | undefined {
    if (this.#hasHead) return undefined;
    if (this.#allowsNone) {
      return 'the server allows no request (its SETTINGS_MAX_CONCURRENT_STREAMS is 0)';
    }
    const came = this.begun ? 'frames that are no answer' : 'nothing';
    return `${came} had come`;
  }

  /** Whether these are no frames at all, but an answer of HTTP/1. */
  get isHttp1(): boolean {
    return this.#begin === 'HTTP/';
  }

  /** Whether the server answers in TLS instead. */
  get isTls(): boolean {
    return isTlsRecord(Buffer.from(this.#begin, 'latin1'));
  }

  /**
   * Takes the next bytes and returns those that are to be read now: nothing behind the end of the answer changes it, and what
   * breaks it off comes a turn after what it has to say, of which Node reports nothing else.
   */
  take(bytes: Buffer): Buffer {
    this.#begin += bytes.toString('latin1', 0, 'HTTP/'.length - this.#begin.length);
    this.#held = false;
    return bytes.subarray(
      0,
      this.#reader.take(bytes, () => this.#ended || this.#held),
    );
  }

  #hold(): void {
    this.#held = this.#holds < mostHolds;
    this.#holds += 1;
  }

  #foresee({ flags, length, type }: Pick<Frame, 'type' | 'flags' | 'length'>): void {
    const isEmptyEnd = type === types.data && length === 0 && (flags & endStream) !== 0;
    if (isEmptyEnd || type === types.reset || type === types.goAway) this.#hold();
  }

  #see(frame: Frame): void {
    const { contents, flags, length, stream, type } = frame;
    this.#farewell ??= farewellOf(frame);
    if (type === types.settings) this.#allowsNone = allowsNone(contents) ?? this.#allowsNone;
    if (type === types.goAway && contents.length >= 4) {
      this.#leaves ||= contents.readUInt32BE(0) === 0;
    }
    if (stream !== 1) return;
    if (type === types.data) this.#hasData = true;
    if (type === types.data) this.#dataLength += length;
    if (type === types.data || type === types.headers) this.#isLast ||= (flags & endStream) !== 0;
    const isWhole = type === types.data || (flags & endHeaders) !== 0;
    const isPart = type === types.data || type === types.headers || type === types.continuation;
    if (isPart && isWhole && this.#isLast) this.#ended = true;
    if (isPart && isWhole && type !== types.data) {
      this.#hasHead = true;
      this.#hold();
    }
  }
}

const maxConcurrentStreams = 3;

/** Whether these settings allow not even one stream; undefined where they say nothing of that. */
function allowsNone(settings: Buffer): boolean | undefined {
  let found: boolean | undefined;
  for (let at = 0; at + 6 <= settings.length; at += 6) {
    if (settings.readUInt16BE(at) === maxConcurrentStreams) {
      found = settings.readUInt32BE(at + 2) === 0;
    }
  }
  return found;
}

/** Who hears of what goes to the server. */
export type SentListener = {
  /** Node's HTTP/2 gave the connection up by this error. */
  readonly farewell: (farewell: Farewell) => void;
  /** The head of a request has begun to go. */
  readonly asked: () => void;
};

/** Reads what goes to the server. */
export function watchSent({ asked, farewell }: SentListener): (bytes: Uint8Array) => void {
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
  const seen = (frame: Frame) => {
    if (frame.type === types.headers) asked();
    const error = frame.type === types.goAway ? farewellOf(frame) : undefined;
    if (error !== undefined) farewell(error);
  };
  const reader = new FrameReader({ seen }, preface.length);
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
