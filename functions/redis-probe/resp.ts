// RESP2 and RESP3, one reply at a time (redis.io/docs/latest/develop/reference/protocol-spec). Everything is
// bounded: size, depth, number of elements. What breaks a bound or the grammar is refused, never waited for.
import { hideSecrets } from '@fargaze/core/internal';

/** An error reply: an answer, not an exception. */
export class RespError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
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
    return new RespSyntaxError(this.message, hideSecrets(this.seen, secrets));
  }
}

/** Bounds on one reply. */
export const limits = { bytes: 64 * 1024, depth: 8, elements: 4096, line: 1024 } as const;

/** A command as an array of bulk strings. */
export function encodeCommand(parts: readonly string[]): Buffer {
  const encoded = parts.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return Buffer.from(`*${parts.length}\r\n${encoded.join('')}`, 'utf8');
}

/** Thrown inside the parser when the rest of a reply has not arrived. */
const incomplete = Symbol('incomplete');

/** Collects bytes and hands out whole replies; push frames and attributes are dropped. */
export class RespParser {
  #buffer: Buffer = Buffer.alloc(0);
  #offset = 0;
  #elements = 0;

  /** Adds received bytes. @throws RespSyntaxError when a reply grows beyond its bounds. */
  push(chunk: Uint8Array): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    if (this.#buffer.length > limits.bytes) {
      throw new RespSyntaxError(`reply of more than ${limits.bytes} bytes`);
    }
  }

  /** The next reply; undefined when it is not complete. @throws RespSyntaxError */
  next(): Reply | undefined {
    while (this.#buffer.length > 0) {
      this.#offset = 0;
      this.#elements = 0;
      const push = this.#buffer[0] === 0x3e; // ">"
      try {
        const reply = this.#value(0);
        this.#buffer = this.#buffer.subarray(this.#offset);
        if (!push) return reply;
      } catch (error) {
        if (error === incomplete) return undefined;
        throw error;
      }
    }
    return undefined;
  }

  #value(depth: number): Reply {
    if (depth > limits.depth) throw new RespSyntaxError(`nested deeper than ${limits.depth}`);
    if (++this.#elements > limits.elements) {
      throw new RespSyntaxError(`more than ${limits.elements} elements`);
    }
    const line = this.#line();
    const body = line.slice(1);
    switch (line[0]) {
      case '+':
        return body;
      case '-':
        return new RespError(body);
      case ':':
        return toInteger(body);
      case '$':
        return this.#bulk(body);
      case '=':
        return (this.#bulk(body) ?? '').slice(4);
      case '!':
        return new RespError(this.#bulk(body) ?? '');
      case '*':
      case '~':
      case '>':
        return this.#list(body, { depth, each: 1 });
      case '%':
        return this.#list(body, { depth, each: 2 });
      case '|':
        this.#list(body, { depth, each: 2 });
        return this.#value(depth);
      default:
        return toScalar(line);
    }
  }

  #line(): string {
    const end = this.#buffer.indexOf('\r\n', this.#offset);
    if (end < 0) {
      const pending = this.#buffer.length - this.#offset;
      if (pending > limits.line)
        throw new RespSyntaxError(`line of more than ${limits.line} bytes`);
      this.#refuseForeign();
      throw incomplete;
    }
    const line = this.#buffer.toString('utf8', this.#offset, end);
    if (line.length > limits.line)
      throw new RespSyntaxError(`line of more than ${limits.line} bytes`);
    this.#offset = end + 2;
    return line;
  }

  /** What does not even begin like a reply is refused before its line is complete. */
  #refuseForeign(): void {
    const first = this.#buffer[this.#offset];
    if (first === undefined || '+-:$=!*~>%|_#,('.includes(String.fromCharCode(first))) return;
    throw new RespSyntaxError(`reply begins with byte 0x${first.toString(16).padStart(2, '0')}`);
  }

  #bulk(size: string): string | null {
    if (size === '-1') return null;
    const length = toLength(size, limits.bytes);
    const end = this.#offset + length;
    if (this.#buffer.length < end + 2) throw incomplete;
    if (this.#buffer.toString('latin1', end, end + 2) !== '\r\n') {
      throw new RespSyntaxError(`bulk of ${length} bytes does not end where it says`);
    }
    const text = this.#buffer.toString('utf8', this.#offset, end);
    this.#offset = end + 2;
    return text;
  }

  #list(size: string, { depth, each }: { readonly depth: number; readonly each: 1 | 2 }) {
    if (size === '-1') return null;
    const length = toLength(size, limits.elements) * each;
    const items: Reply[] = [];
    for (let index = 0; index < length; index++) items.push(this.#value(depth + 1));
    return items;
  }
}

function toLength(text: string, most: number): number {
  if (!/^\d{1,10}$/.test(text)) throw new RespSyntaxError('length', text);
  const length = Number(text);
  if (length > most) throw new RespSyntaxError(`length ${length}, want at most ${most}`);
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
