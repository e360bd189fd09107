// A session of HTTP/2 for one request over a connection of its own. Node's HTTP/2 gives up a connection whose server breaks the
// rules, says so to the server, and often to nobody else: here that ends the session with an error, and every end has its words.
import { type ClientHttp2Session, connect } from 'node:http2';
import type { Socket } from 'node:net';
import { type Clock, classify, codeOf } from '@fargaze/core/internal';
import { AnswerFrames, type Farewell, watchSent } from './frames.ts';
import { maxHeaderSize } from './hop-types.ts';
import { pace } from './pace.ts';

/** A session; `close` must be called. */
export type OneSession = {
  readonly session: ClientHttp2Session;
  /** What came of the answer. */
  readonly frames: AnswerFrames;
  /**
   * The error of a stream or session in words: who ended it, and why. Others as they are. `reset` of an error is the code by
   * which the server reset the stream.
   */
  readonly explain: (error: Error) => Error;
  close(): void;
};

/** Bytes of a request's head, compressed. Node's own limit is below what some addresses and cookies have. */
const maxRequestHead = 4 * 1024 * 1024;

/** Begins a session with the server of `origin`. */
export function openSession(socket: Socket, origin: string, clock: Clock): OneSession {
  const frames = new AnswerFrames();
  // Not while it is writing.
  const giveUp = (error: Error) => queueMicrotask(() => session.destroy(error));
  const sent = sendTogether(frames, ({ code, words }) =>
    giveUp(brokenRule(quoted(code, words), frames)),
  );
  const received = (bytes: Buffer) => {
    const part = frames.take(bytes);
    // An alert is shorter than the head of a frame, which would be waited for.
    if (frames.isTls) giveUp(withCode('ERR_HTTP2_TLS_WANTED', 'answered in TLS, want tls: true'));
    return part;
  };
  const passing = { sent, received };
  const paced = pace(socket, () => clock.monotonic() * 1000, passing);
  const session = connect(origin, {
    createConnection: () => paced,
    settings: { enablePush: false, maxHeaderListSize: maxHeaderSize },
    maxSendHeaderBlockLength: maxRequestHead,
  });
  const close = () => {
    session.destroy();
    paced.destroy();
  };
  return { session, frames, explain: (error) => explainEnd(error, frames), close };
}

/**
 * The first bytes go in one write, with the request, unless the server has said something before. One that refuses the client
 * says so in an alert and leaves: by a second write to it the system would forget the alert.
 */
function sendTogether(
  frames: AnswerFrames,
  farewell: (farewell: Farewell) => void,
): (bytes: Buffer) => Buffer {
  let held: Buffer[] = [];
  let asked = false;
  const watch = watchSent({
    farewell,
    asked: () => {
      asked = true;
    },
  });
  return (bytes) => {
    watch(bytes);
    held.push(bytes);
    if (!asked && !frames.begun) return Buffer.alloc(0);
    const all = Buffer.concat(held);
    held = [];
    return all;
  };
}

/** The connection ended, and the answer had not. */
export function brokenOff(): Error {
  return withCode('ECONNRESET', 'connection closed before the answer was complete');
}

/** Whether the server said that it did nothing with the request. */
export function isUnprocessed(error: unknown): boolean {
  return (error as { readonly unprocessed?: boolean } | undefined)?.unprocessed === true;
}

/** Node names the code of an error that ended a stream, but not whose error it was. */
function explainEnd(error: Error, frames: AnswerFrames): Error {
  const code = codeOf(error) ?? '';
  if (classify(error) === 'timeout') return withSilence(error, frames);
  if (code === 'ERR_HTTP2_ERROR') return brokenRule(error.message, frames);
  if (!/^(?:ERR_HTTP2_(?:STREAM|SESSION)_ERROR|ECONNRESET)$/.test(code)) return error;
  const { farewell, isUnprocessed: unprocessed } = frames;
  if (farewell !== undefined) {
    const message = `the server broke off with ${quoted(farewell.code, farewell.words)}`;
    const reset = farewell.of === 'stream' && { reset: farewell.code };
    return Object.assign(withCode('ERR_HTTP2_STREAM_ERROR', message), reset, { unprocessed });
  }
  const [, name] = /NGHTTP2_(\w+)$/.exec(error.message) ?? [];
  // A goodbye of courtesy that came before the request was seen.
  if (name === 'REFUSED_STREAM' && unprocessed) {
    return Object.assign(withCode(code, 'the server takes no more requests'), { unprocessed });
  }
  return name === undefined ? error : brokenRule(name, frames);
}

/** A deadline that passed, and what came before. */
function withSilence(error: Error, { silence }: AnswerFrames): Error {
  if (silence === undefined) return error;
  return new Error(`${error.message}; ${silence}`, { cause: error });
}

function brokenRule(rule: string, { isHttp1 }: AnswerFrames): Error {
  const message = isHttp1
    ? 'the server answers in HTTP/1, want HTTP/2'
    : `the answer breaks the rules of HTTP/2: ${rule}`;
  return withCode('ERR_HTTP2_RULE', message);
}

function withCode(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function quoted(code: string, words: string): string {
  return words === '' ? code : `${code} ${JSON.stringify(words)}`;
}
