// One request over one connection of its own, and its answer, timed. Sends nothing before the connection is trusted.
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  classify,
  codeOf,
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
import {
  type Connected,
  type ConnectionEnd,
  type Hop,
  type HopRequest,
  inUtf8,
  maxHeaderSize,
} from './exchange/hop-types.ts';
import { pace } from './exchange/pace.ts';
import { isTlsRecord } from './exchange/tls-record.ts';

export type { Answered, Hop, HopRequest } from './exchange/hop-types.ts';

/** Dials, sends the request and waits for the head of the answer. */
export async function openHop(
  ask: HopRequest,
  options: HttpOptions,
  env: ProbeEnvironment,
): Promise<Hop> {
  const hop = await openOnce(ask, options, env);
  if (hop.ok || hop.unprocessed !== true) return hop;
  const { askAgain } = await import('./exchange/ask-again.ts');
  return askAgain(hop, () => openOnce(ask, options, env), env);
}

async function openOnce(
  ask: HopRequest,
  options: HttpOptions,
  env: ProbeEnvironment,
): Promise<Hop> {
  const { protocol } = ask.url;
  const dialed = await connect(ask, options, env);
  if (!dialed.ok) return dialed;
  const end = watchEnd(dialed.socket);
  const isHttp2 = (dialed.socket as { readonly alpnProtocol?: unknown }).alpnProtocol === 'h2';
  if (protocol === 'https:' && isHttp2) {
    const { requestOverHttp2 } = await import('./http2.ts');
    return requestOverHttp2(ask, { ...dialed, end }, env);
  }
  return requestHop(ask, { ...dialed, end, lenient: options.lenientParsing }, env);
}

/** Connects to the target of `ask`, through a proxy where the module says so. */
async function connect(ask: HopRequest, options: HttpOptions, env: ProbeEnvironment) {
  const { hostname, port, protocol } = ask.url;
  const secure = protocol === 'https:';
  const tls = secure && {
    tls: {
      options: ask.firstHost ? options.tls : withoutOwn(options.tls),
      serverName: ask.serverName ?? hostname,
      ...(options.http2 && { alpn: ['h2', 'http/1.1'] }),
    },
  };
  if (options.proxy !== undefined) {
    const { chooseProxy } = await import('./proxy/choose.ts');
    const proxy = chooseProxy(ask.url, options.proxy);
    if (proxy !== undefined) {
      const { dialThrough } = await import('./proxy/dial.ts');
      return dialThrough({ url: ask.url, proxy, options, ...tls }, env);
    }
  }
  return dial(
    {
      host: hostname,
      port: port === '' ? (secure ? 443 : 80) : Number(port),
      ip: options,
      allowBlocked: options.allowBlocked,
      ...tls,
    },
    env,
  );
}

function withoutOwn({ cert, key, serverName, ...others }: HttpOptions['tls']): HttpOptions['tls'] {
  return others;
}

type Way = Connected & {
  readonly end: ConnectionEnd;
  /** Whether to take answers that Node's parser refuses by default. */
  readonly lenient: boolean;
};

async function requestHop(
  ask: HopRequest,
  { end, facts, headers, lenient, path, socket }: Way,
  env: ProbeEnvironment,
): Promise<Hop> {
  const begun = env.clock.monotonic();
  let firstByte: Seconds | undefined;
  let beginning: Buffer | undefined;
  socket.prependOnceListener('data', (bytes: Buffer) => {
    firstByte = env.clock.monotonic();
    beginning = bytes;
  });
  const paced = pace(socket, () => env.clock.monotonic() * 1000);
  const close = () => {
    paced.destroy();
  };
  const explainEnd = (phase: 'processing' | 'transfer') => (error: unknown) =>
    end.explain(phase, error);
  try {
    const response = await raceDeadline(
      send(ask, {
        socket: paced,
        lenient,
        note: end.note,
        ...(path !== undefined && { path }),
        ...(headers !== undefined && { headers }),
      }),
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
    const fault = explainEnd('processing')(error);
    return { ok: false, facts, processing, outcome: withBeginning(fault, beginning, ask) };
  }
}

/** Whether an answer had begun tells a server that hangs or goes from one that breaks off. */
function withBeginning(fault: Failure, bytes: Buffer | undefined, { url }: HopRequest): Failure {
  if (bytes !== undefined && url.protocol === 'http:' && isTlsRecord(bytes)) {
    return failure('processing', 'tls_wanted', 'answered in TLS, want https://');
  }
  if (bytes !== undefined && fault.reason === 'protocol' && isSettings(bytes)) {
    const detail = 'answered in HTTP/2, which is spoken over TLS only; want https:// or HTTP/1.1';
    return failure('processing', 'protocol', detail);
  }
  if (fault.reason === 'size_limit') {
    const detail = `the head of the answer is longer than ${maxHeaderSize / 1024} KiB`;
    return failure('processing', 'size_limit', detail);
  }
  if (!/^(?:closed|reset|timeout)$/.test(fault.reason)) return fault;
  const came = bytes === undefined ? 'nothing' : 'a part';
  return { ...fault, detail: `${fault.detail}; ${came} of the head of the answer had come` };
}

/** Whether this is how a server of HTTP/2 begins: settings of the whole connection (RFC 9113, 3.4). */
function isSettings(bytes: Buffer): boolean {
  return bytes.length >= 9 && bytes[3] === 4 && bytes[4] === 0 && bytes.readUInt32BE(5) === 0;
}

type Sending = Pick<Connected, 'headers' | 'path'> & {
  readonly socket: Duplex;
  readonly lenient: boolean;
  readonly note: (error: Error) => void;
};

function send(ask: HopRequest, sending: Sending): Promise<IncomingMessage> {
  const { headers, lenient, note, path, socket } = sending;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      createConnection: () => socket,
      method: ask.method,
      path: path ?? ask.url.pathname + ask.url.search,
      setHost: false,
      headers: { ...framed(ask), ...headers },
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
function framed(ask: HopRequest): Record<string, string | string[]> {
  const ours = /^(?:connection|content-length|transfer-encoding)$/i;
  const kept = Object.entries(ask.headers).filter(([name]) => !ours.test(name));
  const headers: Record<string, string | string[]> = Object.fromEntries(
    kept.map(([name, value]) => [name, inUtf8(value)]),
  );
  for (const { name, value } of ask.lines ?? []) {
    const known = Object.keys(headers).find((one) => one.toLowerCase() === name.toLowerCase());
    headers[known ?? name] = [headers[known ?? name] ?? [], inUtf8(value)].flat();
  }
  return {
    ...headers,
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
function watchEnd(socket: Socket): ConnectionEnd {
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
    // What the server itself said of it goes before what became of the connection.
    const isSaid = /^ERR_HTTP2_/.test(codeOf(error) ?? '');
    const cause = fault !== undefined && !isSaid && classify(error) === 'reset' ? fault : error;
    const reason = classify(cause) === 'internal' ? classify(error) : classify(cause);
    if (reason === 'internal') throw error;
    // In TLS 1.3 a server may refuse a client only after the handshake.
    const at = reason.startsWith('tls_') ? 'tls' : phase;
    if (reason !== 'reset' || isSaid || !ended) return failure(at, reason, detailOf(cause));
    return failure(phase, 'closed', 'connection closed before the answer was complete');
  };
  return { explain, note, fault: () => fault };
}
