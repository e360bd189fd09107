// RESP2 and RESP3, one reply at a time (redis.io/docs/latest/develop/reference/protocol-spec). Everything is
// bounded: size, depth, number of elements. What breaks a bound or the grammar is refused, never waited for.
import { hideSecrets } from '@fargaze/core/internal';

/** An error reply: an answer, not an exception. */
export class RespError {
  /** May be shown. */
  readonly message: string;
  /** As the server sent it, to judge by and never to be shown. */
  readonly #sent: string;

  constructor(message: string, sent = message) {
    this.message = message;
    this.#sent = sent;
  }

  /** The same error, to be shown without secrets: what it stands for does not change with a password that is a word of it. */
  without(secrets: readonly string[]): RespError {
    return new RespError(hideSecrets(this.message, secrets), this.#sent);
  }

  /** Whether what the server sent is like `words`. */
  says(words: RegExp): boolean {
    return words.test(this.#sent);
  }

  /** What `judge` makes of what the server sent. A text of the server in it may hold a secret: hide it where it is shown. */
  judgedBy<T>(judge: (sent: string) => T): T {
    return judge(this.#sent);
  }
}

/** A reply. Maps and attributes-bearing values come as arrays of alternating keys and values; sets as arrays. */
export type Reply = string | number | bigint | boolean | null | RespError | readonly Reply[];

/** The bytes are not RESP, or more than is allowed. */
export class RespSyntaxError extends Error {
  override readonly name = 'RespSyntaxError';
  /** What the server sent, where that helps; uncut, so that secrets can be found in it. */
  readonly seen: string;

  constructor(message: string, seen = '') {
    super(message);
    this.seen = seen;
  }

  /** The same without what must not be repeated. */
  without(secrets: readonly string[]): RespSyntaxError {
    if (this.seen === '') return this;
    return new RespSyntaxError(this.message, hideSecrets(this.seen, secrets));
  }
}

/** The bytes are a TLS record: the port is spoken to in plain text and wants TLS. It quotes nothing. */
export class TlsAnswerError extends RespSyntaxError {
  constructor() {
    super('a TLS record');
  }
}

/** The reply is larger than is read. It quotes nothing. */
export class ReplyTooLargeError extends RespSyntaxError {}

/** Bounds on one reply. */
export type Bounds = {
  readonly bytes: number;
  readonly depth: number;
  readonly elements: number;
  readonly line: number;
};

/** Bounds on a reply to what a probe asks for. */
export const limits: Bounds = { bytes: 64 * 1024, depth: 8, elements: 4096, line: 16 * 1024 };

/** Bounds on the map of a cluster, which grows with nodes and with gaps between their slots. */
export const mapLimits: Bounds = { ...limits, bytes: 2 * 1024 * 1024, elements: 200_000 };

/** A command as an array of bulk strings. */
export function encodeCommand(parts: readonly string[]): Buffer {
  const encoded = parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return Buffer.from(`*${parts.length}\r\n${encoded.join('')}`, 'utf8');
}

/** An aggregate whose elements are still arriving. */
type Frame = {
  readonly kind: 'list' | 'dropped';
  readonly items: Reply[];
  left: number;
};

/**
 * Collects bytes and hands out whole replies; push frames and attributes are dropped, but for floods of them. What has been read is not read
 * again, so that a reply in many small pieces costs no more than one in a single piece.
 */
export class RespParser {
  #bounds: Bounds = limits;
  readonly #stack: Frame[] = [];
  readonly #ready: Reply[] = [];
  #buffer: Buffer = Buffer.alloc(0);
  #offset = 0;
  /** Bytes and elements of the reply that is arriving. */
  #bytes = 0;
  #elements = 0;
  /** Bytes of replies that nobody has taken. */
  #unread = 0;

  /** Other bounds from here on. */
  allow(bounds: Bounds): void {
    this.#bounds = bounds;
  }

  /** Adds received bytes. @throws RespSyntaxError when they are not RESP or break a bound. */
  push(chunk: Uint8Array): void {
    this.#buffer = Buffer.concat([this.#buffer.subarray(this.#offset), chunk]);
    this.#offset = 0;
    while (this.#offset < this.#buffer.length && this.#step());
    const { bytes } = this.#bounds;
    const pending = this.#buffer.length - this.#offset;
    if (this.#bytes + pending > bytes)
      throw new ReplyTooLargeError(`reply of more than ${bytes} bytes`);
    if (this.#unread > bytes) throw new RespSyntaxError('replies that were not asked for');
  }

  /** Whether a whole reply waits to be taken. */
  get ready(): boolean {
    return this.#ready.length > 0;
  }

  /** The next reply; undefined when it is not complete. */
  next(): Reply | undefined {
    const reply = this.#ready.shift();
    if (this.#ready.length === 0) this.#unread = 0;
    return reply;
  }

  /** Reads one value, or the head of an aggregate; false when more bytes are needed. */
  #step(): boolean {
    const start = this.#offset;
    const line = this.#line();
    if (line === undefined) return false;
    const body = line.slice(1);
    const text = '$=!'.includes(line[0] ?? '') ? this.#bulk(body) : '';
    if (text === undefined) {
      this.#offset = start;
      return false;
    }
    this.#bytes += this.#offset - start;
    if (this.#bytes > this.#bounds.bytes) {
      throw new ReplyTooLargeError(`reply of more than ${this.#bounds.bytes} bytes`);
    }
    if (++this.#elements > this.#bounds.elements) {
      throw new ReplyTooLargeError(`more than ${this.#bounds.elements} elements`);
    }
    this.#take(line, text);
    return true;
  }

  #take(line: string, text: string | null): void {
    const size = line.slice(1);
    const kind = line[0] ?? '';
    const whole = this.#stack.length === 0;
    if (kind === '*' || kind === '~') this.#open(size, { kind: 'list', each: 1 });
    else if (kind === '%') this.#open(size, { kind: 'list', each: 2 });
    else if (kind === '>') this.#open(size, { kind: whole ? 'dropped' : 'list', each: 1 });
    else if (kind === '|') this.#open(size, { kind: 'dropped', each: 2 });
    else this.#emit(toReply(line, text));
  }

  #open(size: string, { kind, each }: { readonly kind: Frame['kind']; readonly each: 1 | 2 }) {
    if (size === '-1') {
      this.#emit(null);
      return;
    }
    const left = toLength(size, this.#bounds.elements) * each;
    if (this.#stack.length >= this.#bounds.depth + 1) {
      throw new RespSyntaxError(`nested deeper than ${this.#bounds.depth}`);
    }
    this.#stack.push({ kind, items: [], left });
    if (left === 0) this.#close();
  }

  /** Hands a value to the aggregate that waits for it, or out. */
  #emit(value: Reply): void {
    const frame = this.#stack.at(-1);
    if (frame === undefined) {
      this.#ready.push(value);
      this.#unread += this.#bytes;
      this.#begin();
      return;
    }
    frame.items.push(value);
    frame.left -= 1;
    if (frame.left === 0) this.#close();
  }

  #close(): void {
    const frame = this.#stack.pop();
    if (frame?.kind === 'list') this.#emit(frame.items);
    // Its elements count on: a flood of what is dropped must not take the time of other probes.
    else if (this.#stack.length === 0) this.#bytes = 0;
  }

  #begin(): void {
    this.#bytes = 0;
    this.#elements = 0;
  }

  #line(): string | undefined {
    this.#refuseForeign();
    const end = this.#buffer.indexOf(0x0a, this.#offset);
    const length = (end < 0 ? this.#buffer.length : end) - this.#offset;
    if (length > this.#bounds.line + 1) {
      throw new RespSyntaxError(`line of more than ${this.#bounds.line} bytes`);
    }
    if (end < 0) return undefined;
    if (length === 0 || this.#buffer[end - 1] !== 0x0d) {
      throw new RespSyntaxError('line ends in a line feed without a carriage return');
    }
    const line = this.#buffer.toString('utf8', this.#offset, end - 1);
    this.#offset = end + 1;
    return line;
  }

  /** What does not even begin like a reply is refused before its line is complete; a line that is, is quoted. */
  #refuseForeign(): void {
    const first = this.#buffer[this.#offset] ?? 0;
    if ('+-:$=!*~>%|_#,('.includes(String.fromCharCode(first))) return;
    if (first === 0x15 || first === 0x16) throw new TlsAnswerError();
    const end = this.#buffer.indexOf(0x0a, this.#offset);
    const seen = end < 0 ? '' : this.#buffer.toString('utf8', this.#offset, end).trimEnd();
    if (first > 0x20 && seen !== '') throw new RespSyntaxError('reply', seen);
    throw new RespSyntaxError(`reply begins with byte 0x${first.toString(16).padStart(2, '0')}`);
  }

  #bulk(size: string): string | null | undefined {
    if (size === '-1') return null;
    const length = toLength(size, this.#bounds.bytes);
    const end = this.#offset + length;
    if (this.#buffer.length < end + 2) return undefined;
    if (this.#buffer.toString('latin1', end, end + 2) !== '\r\n') {
      throw new RespSyntaxError(`bulk of ${length} bytes does not end where it says`);
    }
    const text = this.#buffer.toString('utf8', this.#offset, end);
    this.#offset = end + 2;
    return text;
  }
}

/** The value of a line that opens no aggregate; `text` is what follows the line, where something does. */
function toReply(line: string, text: string | null): Reply {
  const body = line.slice(1);
  if (line[0] === '+') return body;
  if (line[0] === '-') return new RespError(body);
  if (line[0] === ':') return toInteger(body);
  if (line[0] === '$') return text;
  if (line[0] === '=') return (text ?? '').slice(4);
  if (line[0] === '!') return new RespError(text ?? '');
  return toScalar(line);
}

function toLength(text: string, most: number): number {
  if (!/^\d{1,10}$/.test(text)) throw new RespSyntaxError('length', text);
  const length = Number(text);
  if (length > most) throw new ReplyTooLargeError(`length ${length}, want at most ${most}`);
  return length;
}

function toInteger(text: string): number | bigint {
  if (!/^[+-]?\d{1,20}$/.test(text)) throw new RespSyntaxError('integer', text);
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

function toScalar(line: string): Reply {
  if (line === '_') return null;
  if (line === '#t') return true;
  if (line === '#f') return false;
  if (/^,[+-]?inf$/.test(line)) return line.includes('-') ? -Infinity : Infinity;
  if (line === ',nan') return Number.NaN;
  if (/^,[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/.test(line)) return Number(line.slice(1));
  if (/^\([+-]?\d{1,200}$/.test(line)) return BigInt(line.slice(1).replace(/^\+/, ''));
  throw new RespSyntaxError('reply', line);
}
