// One request over one connection of its own, and its answer, timed. Sends nothing before the connection is trusted.
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  classify,
  type DialFacts,
  detailOf,
  dial,
  type Failure,
  failure,
  type HttpOptions,
  type ProbeEnvironment,
  raceDeadline,
  roundSeconds,
  type Seconds,
} from '@fargaze/core/internal';
import { pace } from './pace.ts';

/** What a hop asks for. */
export type HopRequest = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
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
    };

/** Bytes of headers that an answer may have. */
const maxHeaderSize = 64 * 1024;

/** Dials, sends the request and waits for the head of the answer. */
export async function openHop(
  ask: HopRequest,
  options: HttpOptions,
  env: ProbeEnvironment,
): Promise<Hop> {
  const { hostname, port, protocol } = ask.url;
  const secure = protocol === 'https:';
  const dialed = await dial(
    {
      host: hostname,
      port: port === '' ? (secure ? 443 : 80) : Number(port),
      ip: options,
      allowBlocked: options.allowBlocked,
      ...(secure && {
        tls: {
          options: ask.firstHost ? options.tls : withoutOwn(options.tls),
          serverName: ask.serverName ?? hostname,
          alpn: ['http/1.1'],
        },
      }),
    },
    env,
  );
  const { lenientParsing: lenient } = options;
  return dialed.ok ? requestHop(ask, { ...dialed, lenient }, env) : dialed;
}

function withoutOwn({ cert, key, serverName, ...others }: HttpOptions['tls']): HttpOptions['tls'] {
  return others;
}

type Connected = {
  readonly socket: Socket;
  readonly facts: DialFacts;
  /** Whether to take answers that Node's parser refuses by default. */
  readonly lenient: boolean;
};

async function requestHop(
  ask: HopRequest,
  { facts, lenient, socket }: Connected,
  env: ProbeEnvironment,
): Promise<Hop> {
  const begun = env.clock.monotonic();
  const end = watchEnd(socket);
  let firstByte: Seconds | undefined;
  socket.prependOnceListener('data', () => {
    firstByte = env.clock.monotonic();
  });
  const paced = pace(socket, () => env.clock.monotonic() * 1000);
  const close = () => {
    paced.destroy();
  };
  const explainEnd = (phase: 'processing' | 'transfer') => (error: unknown) =>
    end.explain(phase, error);
  try {
    const response = await raceDeadline(
      send(ask, { socket: paced, lenient, note: end.note }),
      env.deadline,
    );
    const first = firstByte ?? env.clock.monotonic();
    env.trace(`status ${response.statusCode} ${response.statusMessage}`);
    const processing = roundSeconds(first - begun);
    return {
      ok: true,
      facts,
      processing,
      firstByte: first,
      response,
      explainEnd: explainEnd('transfer'),
      endedBy: end.fault,
      close,
    };
  } catch (error) {
    close();
    const processing = roundSeconds(env.clock.monotonic() - begun);
    return { ok: false, facts, processing, outcome: explainEnd('processing')(error) };
  }
}

type Sending = {
  readonly socket: Duplex;
  readonly lenient: boolean;
  readonly note: (error: Error) => void;
};

function send(ask: HopRequest, { lenient, note, socket }: Sending): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      createConnection: () => socket,
      method: ask.method,
      path: ask.url.pathname + ask.url.search,
      setHost: false,
      headers: framed(ask),
      maxHeaderSize,
      insecureHTTPParser: lenient,
    });
    // Node would leave out what is beyond 2,000; their bytes are bounded.
    outgoing.maxHeadersCount = 0;
    outgoing.once('response', (response) => {
      // Whoever reads an answer reports that it broke off; without a listener it would be thrown.
      response.on('error', () => undefined);
      resolve(response);
    });
    outgoing.on('error', (error) => {
      note(error);
      reject(error);
    });
    outgoing.on('upgrade', (response) => {
      if (asksToSwitch(ask)) resolve(response);
      else reject(protocolError('the server switched protocols unasked'));
    });
    outgoing.end(ask.body === '' ? undefined : ask.body);
  });
}

/** The headers, and how long the body is: Node says it for some methods only. What the module says of that is left out. */
function framed(ask: HopRequest): Record<string, string> {
  const ours = /^(?:connection|content-length|transfer-encoding)$/i;
  const kept = Object.entries(ask.headers).filter(([name]) => !ours.test(name));
  return {
    ...Object.fromEntries(kept),
    ...(ask.body !== '' && { 'Content-Length': String(Buffer.byteLength(ask.body)) }),
    Connection: asksToSwitch(ask) ? 'Upgrade' : 'close',
  };
}

function asksToSwitch({ headers }: HopRequest): boolean {
  const value = (wanted: string) =>
    Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
  return value('upgrade') !== undefined && /\bupgrade\b/i.test(value('connection') ?? '');
}

function protocolError(message: string): Error {
  return Object.assign(new Error(message), { code: 'HPE_UPGRADE' });
}

/** Node reports a reset and an early end alike; the socket knows which it was. */
function watchEnd(socket: Socket) {
  let fault: Error | undefined;
  let ended = false;
  /** The first error that names its cause; what follows are echoes of it. */
  const note = (error: Error) => {
    if (!/^(?:aborted|socket hang up)$/.test(error.message)) fault ??= error;
  };
  socket.on('error', note);
  socket.once('end', () => {
    ended = true;
  });
  const explain = (phase: 'processing' | 'transfer', error: unknown): Failure => {
    const cause = fault !== undefined && classify(error) === 'reset' ? fault : error;
    const reason = classify(cause) === 'internal' ? classify(error) : classify(cause);
    if (reason === 'internal') throw error;
    // In TLS 1.3 a server may refuse a client only after the handshake.
    const at = reason.startsWith('tls_') ? 'tls' : phase;
    if (reason !== 'reset' || !ended) return failure(at, reason, detailOf(cause));
    return failure(phase, 'closed', 'connection closed before the answer was complete');
  };
  return { explain, note, fault: () => fault };
}
