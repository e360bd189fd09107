// A socket whose bytes are handed on in small portions, one portion of the whole process in each turn of the event loop. Parsing
// an answer that comes in single bytes takes microseconds for each: read as it comes, eight such answers would hold up every
// deadline for seconds.
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { nextTurn } from '@fargaze/core/internal';

/** Bytes of a portion: few at first, more while they are parsed quickly. */
const portion = { first: 8 * 1024, least: 1024, most: 64 * 1024 } as const;

/** Bytes that wait to be handed on; a socket that is not read does not report a reset as such. */
const mostHeld = 128 * 1024;

/** Milliseconds that parsing a portion may take before the next is smaller, and below which it is larger. */
const wanted = { most: 8, least: 1 } as const;

/** Who looks at the bytes that pass. */
export type Passing = {
  /** Returns what is sent now; what it keeps back it adds to what it returns later. */
  readonly sent: (bytes: Buffer) => Buffer;
  /** Returns what is handed on of the next bytes. Those behind are offered again in a later turn, and dropped where it is none. */
  readonly received: (bytes: Buffer) => Buffer;
};

/** The same connection, paced. What ended it is reported after all that arrived before. */
export function pace(socket: Socket, milliseconds: () => number, passing?: Passing): Duplex {
  return new PacedSocket(socket, milliseconds, passing);
}

class PacedSocket extends Duplex {
  readonly #socket: Socket;
  readonly #milliseconds: () => number;
  readonly #passing: Passing | undefined;
  readonly #arrived: Buffer[] = [];
  #portion: number = portion.first;
  #held = 0;
  #wanted = false;
  #pumping = false;
  #end: (() => void) | undefined;

  constructor(socket: Socket, milliseconds: () => number, passing?: Passing) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#passing = passing;
    this.#milliseconds = milliseconds;
    socket.on('data', (bytes: Buffer) => {
      this.#arrived.push(bytes);
      this.#held += bytes.length;
      if (this.#held > mostHeld) socket.pause();
      void this.#pump();
    });
    socket.on('end', () => this.#endWith(() => void this.push(null)));
    socket.on('error', (error) => this.#endWith(() => void this.destroy(error)));
    socket.on('close', () => this.#endWith(() => void this.destroy()));
  }

  override _read(): void {
    this.#wanted = true;
    void this.#pump();
  }

  /** A far side that has answered and gone takes nothing any more: what it said counts all the same. */
  override _write(bytes: Buffer, encoding: BufferEncoding, done: () => void) {
    const next = this.#passing?.sent(bytes) ?? bytes;
    if (next.length > 0 && this.#socket.writable) this.#socket.write(next, encoding, () => done());
    else done();
  }

  override _final(done: () => void): void {
    // The far side may have ended first, and the socket with it.
    if (this.#socket.writableEnded || this.#socket.destroyed) done();
    else this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#arrived.length = 0;
    this.#socket.destroy();
    done(error);
  }

  #endWith(end: () => void): void {
    this.#end ??= end;
    void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#wanted && this.#arrived.length > 0 && !this.destroyed) {
      await nextTurn();
      this.#handOn();
      // Node drops what is not read yet of an answer whose connection ends.
      if (this.#arrived.length === 0 && this.#end !== undefined) await nextTurn();
    }
    this.#pumping = false;
    if (this.destroyed || this.#arrived.length > 0) return;
    this.#end?.();
  }

  /** Hands on one portion, and learns from how long that took how large the next may be. */
  #handOn(): void {
    const [bytes] = this.#arrived;
    if (bytes === undefined) return;
    const next = bytes.subarray(0, this.#portion);
    const begun = this.#milliseconds();
    const part = this.#passing?.received(next) ?? next;
    this.#drop(part.length === 0 ? next.length : part.length);
    if (part.length === 0) return;
    this.#wanted = false;
    if (this.push(part)) this.#wanted = true;
    const took = this.#milliseconds() - begun;
    if (took > wanted.most) this.#portion = Math.max(portion.least, this.#portion >> 1);
    else if (took < wanted.least) this.#portion = Math.min(portion.most, this.#portion * 2);
  }

  /** The first bytes have been dealt with. */
  #drop(count: number): void {
    const [bytes] = this.#arrived;
    if (count === bytes?.length) this.#arrived.shift();
    else if (bytes !== undefined) this.#arrived[0] = bytes.subarray(count);
    this.#held -= count;
    if (this.#held <= mostHeld) this.#socket.resume();
  }
}
