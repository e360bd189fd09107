// What a server says over one connection: each reply goes to the question that waits for it. Never writes, never times.
import type { Socket } from 'node:net';
import { mapLimits, type Reply, RespParser } from './resp.ts';
import { ClosedError } from './verdict.ts';

/** The replies of a server, taken one by one. */
export class Inbox {
  readonly #parser = new RespParser();
  #waiting: { resolve(reply: Reply): void; reject(error: unknown): void } | undefined;
  #ended: unknown;
  #bytes = 0;

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new ClosedError()));
    socket.on('end', () => this.#end(new ClosedError()));
  }

  /** Bytes that have arrived. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a reply has arrived that nobody has taken. */
  get holds(): boolean {
    return this.#parser.ready;
  }

  /** The next reply, also one that arrived before it was asked for. @throws whatever ended the connection. */
  next(): Promise<Reply> {
    return new Promise<Reply>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      // A full server refuses and closes before it is asked anything.
      this.#deliver();
      if (this.#ended !== undefined) reject(this.#ended);
    });
  }

  /** Waits no more: what arrives now is for the next question. */
  forget(): void {
    this.#waiting = undefined;
  }

  /** Takes replies as large as the map of a cluster from here on. */
  allowMaps(): void {
    this.#parser.allow(mapLimits);
  }

  #take(chunk: Buffer): void {
    this.#bytes += chunk.length;
    try {
      this.#parser.push(chunk);
    } catch (error) {
      // What was whole before it answers first.
      this.#deliver();
      this.#end(error);
    }
    this.#deliver();
  }

  #deliver(): void {
    const reply = this.#waiting === undefined ? undefined : this.#parser.next();
    if (reply !== undefined) this.#waiting?.resolve(reply);
  }

  #end(error: unknown): void {
    this.#ended ??= error;
    this.#waiting?.reject(this.#ended);
  }
}
