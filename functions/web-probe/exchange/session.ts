// A session of HTTP/2 for one request over a connection of its own. Node's HTTP/2 gives up a connection whose server breaks the
// rules, says so to the server, and often to nobody else: here that ends the session with an error, and every end has its words.
import { type ClientHttp2Session, connect } from 'node:http2';
import type { Socket } from 'node:net';
import { type Clock, codeOf } from '@fargaze/core/internal';
import { AnswerFrames, watchFarewell } from './frames.ts';
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

/** Begins a session with the server of `origin`. */
export function openSession(socket: Socket, origin: string, clock: Clock): OneSession {
  const frames = new AnswerFrames();
  // Not while it is writing.
  const giveUp = (error: Error) => queueMicrotask(() => session.destroy(error));
  const sent = watchFarewell(({ code, words }) => giveUp(brokenRule(quoted(code, words), frames)));
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
  });
  const close = () => {
    session.destroy();
    paced.destroy();
  };
  return { session, frames, explain: (error) => explainEnd(error, frames), close };
}

/** The connection ended, and the answer had not. */
export function brokenOff(): Error {
  return withCode('ECONNRESET', 'connection closed before the answer was complete');
}

/** Node names the code of an error that ended a stream, but not whose error it was. */
function explainEnd(error: Error, frames: AnswerFrames): Error {
  const code = codeOf(error) ?? '';
  if (code === 'ERR_HTTP2_ERROR') return brokenRule(error.message, frames);
  if (!/^(?:ERR_HTTP2_(?:STREAM|SESSION)_ERROR|ECONNRESET)$/.test(code)) return error;
  if (frames.farewell !== undefined) {
    const { farewell } = frames;
    const message = `the server broke off with ${quoted(farewell.code, farewell.words)}`;
    return Object.assign(
      withCode(code, message),
      farewell.of === 'stream' && { reset: farewell.code },
    );
  }
  const [, name] = /NGHTTP2_(\w+)$/.exec(error.message) ?? [];
  // A goodbye of courtesy that came before the request was seen.
  if (name === 'REFUSED_STREAM') return withCode(code, 'the server takes no more requests');
  return name === undefined ? error : brokenRule(name, frames);
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
