// One request over one connection of its own, and its answer, timed. Sends nothing before the connection is trusted.
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  classify,
  type DialFacts,
  dial,
  type Failure,
  failure,
  type HttpOptions,
  messageOf,
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
  return dialed.ok ? requestHop(ask, dialed, env) : dialed;
}

function withoutOwn({ cert, key, serverName, ...others }: HttpOptions['tls']): HttpOptions['tls'] {
  return others;
}

type Connected = { readonly socket: Socket; readonly facts: DialFacts };

async function requestHop(
  ask: HopRequest,
  { socket, facts }: Connected,
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
    const response = await raceDeadline(send(ask, paced, end.note), env.deadline);
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
      close,
    };
  } catch (error) {
    close();
    const processing = roundSeconds(env.clock.monotonic() - begun);
    return { ok: false, facts, processing, outcome: explainEnd('processing')(error) };
  }
}

function send(
  ask: HopRequest,
  socket: Duplex,
  note: (error: Error) => void,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      createConnection: () => socket,
      method: ask.method,
      path: ask.url.pathname + ask.url.search,
      setHost: false,
      headers: { ...ask.headers, Connection: 'close' },
      maxHeaderSize,
    });
    outgoing.once('response', (response) => {
      // Whoever reads an answer reports that it broke off; without a listener it would be thrown.
      response.on('error', () => undefined);
      resolve(response);
    });
    outgoing.on('error', (error) => {
      note(error);
      reject(error);
    });
    outgoing.on('upgrade', () => reject(protocolError('the server switched protocols unasked')));
    outgoing.end(ask.body === '' ? undefined : ask.body);
  });
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
    const reason = classify(error);
    if (reason === 'internal') throw error;
    if (reason !== 'reset') return failure(phase, reason, messageOf(error));
    if (fault !== undefined && classify(fault) !== 'internal') {
      return failure(phase, classify(fault), messageOf(fault));
    }
    const detail = 'connection closed before the answer was complete';
    return ended ? failure(phase, 'closed', detail) : failure(phase, 'reset', messageOf(error));
  };
  return { explain, note };
}
