// One request over HTTP/2 (RFC 9113) on a connection of its own, and its answer in the form of one of HTTP/1.1.
import type { IncomingMessage } from 'node:http';
import { type ClientHttp2Stream, constants } from 'node:http2';
import { Readable } from 'node:stream';
import { type ProbeEnvironment, raceDeadline, roundSeconds } from '@fargaze/core/internal';
import {
  type Connected,
  type ConnectionEnd,
  type Hop,
  type HopRequest,
  inUtf8,
} from './exchange/hop-types.ts';
import { brokenOff, isUnprocessed, type OneSession, openSession } from './exchange/session.ts';

/** Sends the request and waits for the head of the answer. */
export async function requestOverHttp2(
  ask: HopRequest,
  { end, facts, socket }: Connected & { readonly end: ConnectionEnd },
  env: ProbeEnvironment,
): Promise<Hop> {
  const begun = env.clock.monotonic();
  const one = openSession(socket, ask.url.origin, env.clock);
  one.session.on('error', (error) => end.note(one.explain(error)));
  try {
    const response = await raceDeadline(send(one, ask), env.deadline);
    const firstByte = env.clock.monotonic();
    env.trace(`HTTP/2 status ${response.statusCode}`);
    return {
      ok: true,
      facts,
      processing: roundSeconds(firstByte - begun),
      firstByte,
      response,
      explainEnd: (error) => end.explain('transfer', error),
      endedBy: end.fault,
      close: one.close,
    };
  } catch (error) {
    const fault = one.explain(error as Error);
    one.close();
    const processing = roundSeconds(env.clock.monotonic() - begun);
    const outcome = end.explain('processing', fault);
    return { ok: false, facts, processing, outcome, unprocessed: isUnprocessed(fault) };
  }
}

function send(one: OneSession, ask: HopRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(one.explain(error));
    one.session.once('error', fail);
    const stream = one.session.request(headersOf(ask), { endStream: ask.body === '' });
    stream.on('error', fail);
    stream.on('close', () => fail(brokenOff()));
    stream.on('response', (fields, _, raw?: readonly string[]) => {
      resolve(asMessage(stream, one, { fields, raw: raw ?? [] }));
    });
    if (ask.body !== '') stream.end(ask.body);
  });
}

/** Names in lower case; what says how long a connection lasts has no meaning here (RFC 9113, 8.2.2). */
function headersOf(ask: HopRequest): Record<string, string | string[]> {
  const dropped =
    /^(?:host|connection|keep-alive|proxy-connection|transfer-encoding|upgrade|content-length)$/i;
  const kept = Object.entries(ask.headers).filter(([name]) => !dropped.test(name));
  const headers: Record<string, string | string[]> = {
    ':method': ask.method,
    ':authority': ask.headers.Host ?? ask.url.host,
    ':scheme': ask.url.protocol.slice(0, -1),
    ':path': ask.url.pathname + ask.url.search,
    ...Object.fromEntries(kept.map(([name, value]) => [name.toLowerCase(), inUtf8(value)])),
    ...(ask.body !== '' && { 'content-length': String(Buffer.byteLength(ask.body)) }),
  };
  for (const { name, value } of ask.lines ?? []) {
    const before = headers[name.toLowerCase()] ?? [];
    headers[name.toLowerCase()] = [before, inUtf8(value)].flat();
  }
  return headers;
}

type Fields = Readonly<Record<string, string | string[] | number | undefined>>;

function asMessage(
  stream: ClientHttp2Stream,
  one: OneSession,
  { fields, raw }: { readonly fields: Fields; readonly raw: readonly string[] },
): IncomingMessage {
  const headers = Object.fromEntries(
    Object.entries(fields).filter(([name]) => !name.startsWith(':')),
  );
  const rawHeaders = raw.flatMap((name, index) => {
    const isHeader = index % 2 === 0 && !name.startsWith(':');
    return isHeader ? [name, raw[index + 1] ?? ''] : [];
  });
  const statusCode = Number(fields[':status']);
  const about = { statusMessage: '', httpVersion: '2.0', endsWithHead: one.frames.endsWithHead };
  const head = { statusCode, headers, rawHeaders, ...about };
  // Whoever reads it reports how it ended; without a listener that would be thrown.
  const body = Readable.from(readWhole(stream, one, Number(fields['content-length']))).on(
    'error',
    () => undefined,
  );
  return Object.assign(body, head) as unknown as IncomingMessage;
}

/** The body. Node ends a stream whose connection has gone, or that was reset without an error, as if it were complete. */
async function* readWhole(
  stream: ClientHttp2Stream,
  one: OneSession,
  length: number,
): AsyncGenerator<Buffer> {
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    throw explainBreak(error as Error, one, length);
  }
  if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || !one.frames.ended) {
    throw one.explain(brokenOff());
  }
}

/** Of a body that ends before its length Node says only that it breaks the rules. */
function explainBreak(error: Error, { explain, frames }: OneSession, length: number): Error {
  const isShort = frames.ended && frames.farewell === undefined && frames.dataLength < length;
  if (!isShort) return explain(error);
  const message = `the body ended after ${frames.dataLength} of ${length} bytes`;
  return Object.assign(new Error(message), { code: 'ERR_HTTP2_RULE' });
}
