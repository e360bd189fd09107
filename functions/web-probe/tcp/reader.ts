// Reads lines and bytes off a socket within a deadline. Bounded: a line longer than 64 KiB is refused, as bufio.Scanner does.
import type { Socket } from 'node:net';
import { codeOf, type Deadline, nextTurn, raceDeadline } from '@fargaze/core/internal';

/** The longest line that is read (Go's bufio.MaxScanTokenSize). */
const maxLineBytes = 64 * 1024;

/** Lines that are read in one turn of the event loop: a flood of short ones must not hold up the deadlines of others. */
const linesInTurn = 64;

/** A line was longer than {@link maxLineBytes}. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

/** What arrives on a socket, kept until it is asked for. */
export class Reader {
  readonly #socket: Socket;
  readonly #take = (chunk: Buffer) => {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    // Nobody needs more than a line; the rest may wait with the sender.
    if (this.#held.length > maxLineBytes) this.#socket.pause();
    this.#wake();
  };
  readonly #finish = () => {
    this.#ended = true;
    this.#wake();
  };
  readonly #fail = (error: Error) => {
    this.#fault ??= error;
    this.#wake();
  };
  #held: Buffer = Buffer.alloc(0);
  #lines = 0;
  #ended = false;
  #fault: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', this.#take).on('end', this.#finish).on('close', this.#finish);
    socket.on('error', this.#fail);
  }

  /** Leaves the socket to somebody else; what was held is dropped. The listener for errors stays. */
  detach(): void {
    const socket = this.#socket;
    socket.off('data', this.#take).off('end', this.#finish).off('close', this.#finish);
    socket.pause();
  }

  /**
   * The next line without its end, or what came after the last line's end when the connection ended; undefined at the end.
   * @throws LineTooLong, the connection's error or the deadline's reason.
   */
  async readLine(deadline: Deadline): Promise<string | undefined> {
    this.#lines += 1;
    if (this.#lines % linesInTurn === 0) await raceDeadline(nextTurn(), deadline);
    for (;;) {
      const at = this.#held.indexOf(10);
      if (at >= 0) return this.#cut(at, 1).replace(/\r$/, '');
      if (this.#held.length > maxLineBytes)
        throw new LineTooLong(`line longer than ${maxLineBytes} bytes`);
      if (this.#isOver()) {
        return this.#held.length === 0
          ? undefined
          : this.#cut(this.#held.length, 0).replace(/\r$/, '');
      }
      await this.#more(deadline);
    }
  }

  /**
   * The next `length` bytes, or fewer where the connection ended.
   * @throws the connection's error or the deadline's reason.
   */
  async readBytes(length: number, deadline: Deadline): Promise<Buffer> {
    while (this.#held.length < length && !this.#isOver()) await this.#more(deadline);
    const bytes = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return bytes;
  }

  /** @throws the connection's error once everything that came before it has been read. */
  #isOver(): boolean {
    if (this.#fault !== undefined && codeOf(this.#fault) !== undefined) throw this.#fault;
    return this.#ended;
  }

  #cut(at: number, end: number): string {
    const line = this.#held.subarray(0, at).toString('utf8');
    this.#held = this.#held.subarray(at + end);
    return line;
  }

  async #more(deadline: Deadline): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#socket.resume();
    await raceDeadline(woken, deadline);
  }
}
