// What a hop asks for and what comes of it, whatever way and version of HTTP it takes.
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { DialFacts, Failure, Seconds } from '@fargaze/core/internal';

/** One line of headers that stands beside the others, also where the name is there already. */
export type HeaderLine = {
  readonly name: string;
  readonly value: string;
  /** Whether it must not leave the host that it was meant for. */
  readonly secret: boolean;
};

/** What a hop asks for. */
export type HopRequest = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `http_headers` of the module. */
  readonly lines?: readonly HeaderLine[];
  readonly body: string;
  /** Name for SNI and verification, where it is not the URL's host. */
  readonly serverName: string | undefined;
  /** Whether every hop so far may be sent what the module holds: its server name and client certificate go no further. */
  readonly firstHost: boolean;
};

/** A hop whose answer has begun. `close` must be called. */
export type Answered = {
  readonly ok: true;
  readonly facts: DialFacts;
  readonly processing: Seconds;
  /** Monotonic time of the first byte. */
  readonly firstByte: Seconds;
  readonly response: IncomingMessage;
  /** Why the connection ended, once it has. */
  readonly explainEnd: (error: unknown) => Failure;
  /** The error that the connection ended with, if there was one; where only the end ends a body, it broke off. */
  readonly endedBy: () => Error | undefined;
  close(): void;
};

/** A hop, or why there was no answer; then nothing is left open. */
export type Hop =
  | Answered
  | {
      readonly ok: false;
      readonly outcome: Failure;
      readonly facts: DialFacts;
      readonly processing?: Seconds;
      /** Whether the server said that it did nothing with the request. */
      readonly unprocessed?: boolean;
    };

/** A connection that a request can go over. */
export type Connected = {
  readonly socket: Socket;
  readonly facts: DialFacts;
  /** What the request line names, where a proxy must know the whole address. */
  readonly path?: string;
  /** What that proxy is sent besides; nobody else sees it. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** How a connection ended, and why. */
export type ConnectionEnd = {
  readonly explain: (phase: 'processing' | 'transfer', error: unknown) => Failure;
  readonly note: (error: Error) => void;
  readonly fault: () => Error | undefined;
};

/** Bytes of headers that an answer may have. */
export const maxHeaderSize = 64 * 1024;

/** A header value as UTF-8, which Node sends when each character stands for a byte. */
export function inUtf8(value: string): string {
  return Buffer.from(value, 'utf8').toString('latin1');
}
