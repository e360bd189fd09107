// Servers that speak HTTP/2 badly: each failure has its reason, nothing is thrown, and the deadline holds.

import { once } from 'node:events';
import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { certificates } from '../support/peer/web-servers.ts';
import { compileModule, httpModule, runProbe, verdict } from '../support/probing.ts';
import { startRawServer } from '../support/raw-server.ts';

const { ca, leaf } = certificates;
const moduleWith = (timeout = '20s') => httpModule({ tls_config: { ca: ca.cert } }, timeout);

/** A frame of HTTP/2 (RFC 9113, 4.1). */
function frame(type: number, flags: number, payload: Buffer, stream = 0): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head[8] = stream;
  return Buffer.concat([head, payload]);
}

const settings = frame(4, 0, Buffer.alloc(0));
const goAway = frame(7, 0, Buffer.from([0, 0, 0, 0, 0, 0, 0, 2]));

/** A field of a head as a literal (RFC 7541, 6.2.2). */
function field(name: string, value: string): Buffer {
  const texts = [name, value].flatMap((text) => [Buffer.from([text.length]), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([0]), ...texts]);
}

const endStream = 1;
const endHeaders = 4;
const head = frame(1, endHeaders, field(':status', '200'), 1);
const body = frame(0, endStream, Buffer.from('hello'), 1);
const half = frame(0, 0, Buffer.from('hel'), 1);
const noMore = frame(7, 0, Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]));
const resetWithoutError = frame(3, 0, Buffer.alloc(4), 1);
const flood = (one: Buffer) => Buffer.concat(Array<Buffer>(2_000).fill(one));

/** Answers the request with these frames, then says no more at all. */
const endsWith =
  (...frames: readonly Buffer[]) =>
  (socket: Socket) =>
    void socket.once('data', () => void socket.end(Buffer.concat([settings, ...frames])));
/** The same, and the connection stays. */
const staysWith =
  (...frames: readonly Buffer[]) =>
  (socket: Socket) =>
    void socket.once('data', () => void socket.write(Buffer.concat([settings, ...frames])));

const raw: readonly {
  readonly name: string;
  readonly serve: (socket: Socket) => void;
  readonly want: string;
  readonly timeout?: string;
}[] = [
  {
    name: 'garbage',
    serve: (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\n'),
    want: 'processing/protocol',
  },
  { name: 'an end', serve: (socket) => void socket.end(), want: 'processing/closed' },
  {
    name: 'an end after settings',
    serve: (socket) => void socket.end(settings),
    want: 'processing/closed',
  },
  {
    name: 'a goodbye',
    serve: (socket) => void socket.write(Buffer.concat([settings, goAway])),
    want: 'processing/reset',
  },
  { name: 'silence', serve: () => undefined, want: 'processing/timeout', timeout: '400ms' },
  { name: 'a whole answer, then the end', serve: endsWith(head, body), want: 'ok' },
  {
    name: 'a whole answer, then a goodbye and the end',
    serve: endsWith(head, noMore, body),
    want: 'ok',
  },
  {
    name: 'a whole answer, then a reset without an error',
    serve: staysWith(head, body, resetWithoutError),
    want: 'ok',
  },
  { name: 'half an answer, then the end', serve: endsWith(head, half), want: 'transfer/closed' },
  {
    name: 'half an answer, then a goodbye and the end',
    serve: endsWith(head, half, noMore),
    want: 'transfer/closed',
  },
  {
    name: 'half an answer, then a reset without an error',
    serve: staysWith(head, half, resetWithoutError),
    want: 'transfer/reset',
  },
  {
    name: 'trailers',
    serve: staysWith(head, half, frame(1, endHeaders | endStream, field('x-sum', '1'), 1)),
    want: 'ok',
  },
  {
    name: 'a flood of pings before the answer',
    serve: staysWith(flood(frame(6, 0, Buffer.alloc(8))), head, body),
    want: 'ok',
  },
  {
    name: 'settings, then silence',
    serve: (socket) => void socket.write(settings),
    want: 'processing/timeout',
    timeout: '400ms',
  },
];

it.each(raw)('$name is $want', async ({ serve, timeout, want }) => {
  const server = await startRawServer(serve, { ...leaf, ALPNProtocols: ['h2'] });
  const probed = await runProbe(probeWeb, moduleWith(timeout), `https://127.0.0.1:${server.port}/`);
  await server.close();
  expect(verdict(probed)).toBe(want);
  expect(probed.samples.probe_ssl_verified).toBe(1);
});

it.each([
  {
    name: 'a head that is all',
    length: 0,
    answer: frame(1, endHeaders | endStream, field(':status', '200'), 1),
  },
  { name: 'a body without a length', length: -1, answer: Buffer.concat([head, body]) },
])('the length of $name is $length', async ({ answer, length }) => {
  const server = await startRawServer(staysWith(answer), { ...leaf, ALPNProtocols: ['h2'] });
  const probed = await runProbe(probeWeb, moduleWith(), `https://127.0.0.1:${server.port}/`);
  await server.close();
  expect([verdict(probed), probed.samples.probe_http_content_length]).toEqual(['ok', length]);
});

it('gRPC: an answer and the end of the connection at once is an answer', async () => {
  const answer = [
    frame(
      1,
      endHeaders,
      Buffer.concat([field(':status', '200'), field('content-type', 'application/grpc')]),
      1,
    ),
    frame(0, 0, Buffer.from([0, 0, 0, 0, 2, 0x08, 0x01]), 1),
    frame(1, endHeaders | endStream, field('grpc-status', '0'), 1),
  ];
  const server = await startRawServer(endsWith(...answer), { ...leaf, ALPNProtocols: ['h2'] });
  const module = compileModule({
    prober: 'grpc',
    timeout: '20s',
    grpc: { tls: true, tls_config: { ca: ca.cert } },
  }) as WebModule;
  const probed = await runProbe(probeByModule, module, `127.0.0.1:${server.port}`);
  await server.close();
  expect(verdict(probed)).toBe('ok');
});

const streams: readonly {
  readonly name: string;
  readonly handle: (stream: ServerHttp2Stream) => void;
  readonly want: string;
  readonly timeout?: string;
}[] = [
  {
    name: 'a connection that ends in the body',
    handle: (stream) => {
      const { session } = stream;
      stream.respond({ ':status': 200 });
      stream.write('a', () => setTimeout(() => session?.destroy(), 50));
    },
    want: 'transfer/closed',
  },
  {
    name: 'a body shorter than its length',
    handle: (stream) => {
      stream.respond({ ':status': 200, 'content-length': 10 });
      stream.end('a');
    },
    want: 'transfer/reset',
  },
  {
    name: 'an answer that stops',
    handle: (stream) => {
      stream.respond({ ':status': 200 });
      stream.write('a');
    },
    want: 'transfer/timeout',
    timeout: '600ms',
  },
  { name: 'a refusal', handle: (stream) => stream.close(7), want: 'processing/reset' },
  {
    name: 'a megabyte, then a goodbye',
    handle: (stream) => {
      stream.respond({ ':status': 200 });
      stream.end('x'.repeat(1_000_000));
      stream.session?.close();
    },
    want: 'ok',
  },
  {
    name: 'an informational answer first',
    handle: (stream) => {
      stream.additionalHeaders({ ':status': 103 });
      stream.respond({ ':status': 200 });
      stream.end('ok');
    },
    want: 'ok',
  },
];

it.each(streams)('$name is $want', async ({ handle, timeout, want }) => {
  const server = createSecureServer(leaf).on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => undefined);
    handle(stream);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const probed = await runProbe(probeWeb, moduleWith(timeout), `https://127.0.0.1:${port}/`);
  for (const socket of sockets) socket.destroy();
  server.close();
  expect(verdict(probed)).toBe(want);
});
