// Servers that speak HTTP/2 badly: each failure has its reason, nothing is thrown, and the deadline holds.

import { once } from 'node:events';
import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { certificates } from '../support/peer/web-servers.ts';
import { compileModule, detail, httpModule, runProbe, verdict } from '../support/probing.ts';
import { startRawServer } from '../support/raw-server.ts';

const { ca, leaf } = certificates;
const moduleWith = (timeout = '20s') => httpModule({ tls_config: { ca: ca.cert } }, timeout);

/** A frame of HTTP/2 (RFC 9113, 4.1). */
function frame(type: number, flags: number, payload: Buffer, stream = 0): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
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
  { name: 'silence', serve: () => undefined, want: 'processing/timeout', timeout: '2s' },
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
    timeout: '2s',
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

const grpcModule = compileModule({
  prober: 'grpc',
  timeout: '20s',
  grpc: { tls: true, tls_config: { ca: ca.cert } },
}) as WebModule;

/** What http and gRPC find where a server answers with these frames, and keeps the connection. */
async function bothFind(...frames: readonly Buffer[]) {
  const server = await startRawServer(staysWith(...frames), { ...leaf, ALPNProtocols: ['h2'] });
  const http = await runProbe(probeWeb, moduleWith(), `https://127.0.0.1:${server.port}/`);
  const grpc = await runProbe(probeByModule, grpcModule, `127.0.0.1:${server.port}`);
  await server.close();
  return { http, grpc };
}

const status200 = field(':status', '200');
const headWith = (...fields: readonly Buffer[]) => frame(1, 5, Buffer.concat(fields), 1);
const numbers = (...bytes: readonly number[]) => Buffer.from(bytes);
/** Nine bytes that announce more contents than a frame may have. */
const tooLong = numbers(0, 0x4e, 0x20, 0, 0, 0, 0, 0, 1);

// The time of these modules is longer than that of a test: an answer that is waited for fails.
it.each([
  { name: 'a head that no table knows', frames: [frame(1, 5, numbers(0xff, 0xff, 0x7f), 1)] },
  { name: 'a text that is no Huffman code', frames: [frame(1, 5, numbers(0, 0x81, 0xff), 1)] },
  { name: 'a table larger than agreed', frames: [headWith(numbers(0x3f, 0xff, 0xff, 7))] },
  { name: 'a frame larger than agreed', frames: [tooLong, Buffer.alloc(20_000)] },
  { name: 'settings of 7 bytes', frames: [frame(4, 0, Buffer.alloc(7))] },
  { name: 'settings of a stream', frames: [frame(4, 0, Buffer.alloc(0), 1)] },
  { name: 'a confirmation with contents', frames: [frame(4, 1, Buffer.alloc(6))] },
  { name: 'a ping of 7 bytes', frames: [frame(6, 0, Buffer.alloc(7))] },
  { name: 'a goodbye of 4 bytes', frames: [frame(7, 0, Buffer.alloc(4))] },
  { name: 'a window of 3 bytes', frames: [frame(8, 0, Buffer.alloc(3))] },
  { name: 'a window beyond all bounds', frames: [frame(8, 0, numbers(0x7f, 255, 255, 255))] },
  { name: 'a reset of 3 bytes', frames: [frame(3, 0, Buffer.alloc(3), 1)] },
  { name: 'a stream behind itself', frames: [frame(2, 0, numbers(0, 0, 0, 1, 1), 1)] },
  { name: 'a body of no stream', frames: [frame(0, 0, Buffer.alloc(5))] },
  { name: 'a body of a stream that nobody opened', frames: [frame(0, 0, Buffer.alloc(5), 7)] },
  { name: 'a body before its head', frames: [body] },
  { name: 'a body within a head', frames: [frame(1, 0, status200, 1), body] },
  { name: 'a continuation of nothing', frames: [frame(9, 4, status200, 1)] },
  { name: 'more filling than contents', frames: [frame(1, 13, numbers(200, 1, 2), 1)] },
  { name: 'a head without a status', frames: [headWith(field('a', 'b'))] },
  { name: 'two statuses', frames: [headWith(status200, status200)] },
  { name: 'a status that is no number', frames: [headWith(field(':status', 'abc'))] },
  { name: 'a name in capitals', frames: [headWith(status200, field('A', 'b'))] },
  { name: 'an answer of HTTP/1', frames: [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')] },
])('$name breaks the rules, which is known at once', async ({ frames }) => {
  const { grpc, http } = await bothFind(...frames);
  expect([verdict(http), verdict(grpc)]).toEqual(['processing/protocol', 'check/protocol']);
  expect(detail(http)).toMatch(/^the answer breaks the rules of HTTP\/2: /);
  expect(detail(grpc)).toBe(detail(http));
  expect(grpc.samples.probe_grpc_status_code).toBe(14);
});

it.each([
  { name: 'settings of 7 bytes', frame: frame(4, 0, Buffer.alloc(7)) },
  { name: 'a head of no stream', frame: frame(1, 4, status200) },
  { name: 'a body of a stream that nobody opened', frame: frame(0, 0, Buffer.alloc(3), 7) },
  { name: 'a goodbye with an error', frame: frame(7, 0, numbers(0, 0, 0, 1, 0, 0, 0, 2)) },
])('a whole answer, then $name is ok', async ({ frame: last }) => {
  const { http } = await bothFind(head, body, last);
  expect([verdict(http), http.samples.probe_http_uncompressed_body_length]).toEqual(['ok', 5]);
});

it('an answer is whole at the end of its last head, also where that is in two frames', async () => {
  const [first, rest] = [frame(1, endStream, status200, 1), frame(9, 4, field('a', 'b'), 1)];
  const { http } = await bothFind(first, rest, frame(4, 0, Buffer.alloc(7)));
  expect(verdict(http)).toBe('ok');
});

it('an answer whose last frame is cut is not whole', async () => {
  const server = await startRawServer(endsWith(head, body.subarray(0, 11)), {
    ...leaf,
    ALPNProtocols: ['h2'],
  });
  const probed = await runProbe(probeWeb, moduleWith(), `https://127.0.0.1:${server.port}/`);
  await server.close();
  expect(verdict(probed)).toBe('transfer/closed');
});

it.each([
  {
    name: 'a goodbye with words',
    last: frame(7, 0, Buffer.concat([numbers(0, 0, 0, 0, 0, 0, 0, 11), Buffer.from('calm\n')])),
    says: 'the server broke off with ENHANCE_YOUR_CALM "calm\\n"',
  },
  {
    name: 'a goodbye with more words than are read',
    last: frame(7, 0, Buffer.concat([numbers(0, 0, 0, 0, 0, 0, 0, 11), Buffer.alloc(200, 'x')])),
    says: 'the server broke off with ENHANCE_YOUR_CALM',
  },
  {
    name: 'a goodbye without an error',
    last: frame(7, 0, Buffer.alloc(8)),
    says: 'the server takes no more requests (asked 3 times)',
  },
  {
    name: 'a code without a name',
    last: frame(3, 0, numbers(0, 0, 0, 99), 1),
    says: 'the server broke off with 99',
  },
])('$name is a reset by the server', async ({ last, says }) => {
  const { grpc, http } = await bothFind(last);
  expect([verdict(http), verdict(grpc)]).toEqual(['processing/reset', 'check/reset']);
  expect([detail(http), detail(grpc)]).toEqual([says, says]);
});

it('gRPC: a server of HTTP/1 is named as such', async () => {
  const server = await startRawServer((socket) => {
    socket.once('data', () => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  });
  const module = compileModule({ prober: 'grpc', timeout: '20s' }) as WebModule;
  const probed = await runProbe(probeByModule, module, `127.0.0.1:${server.port}`);
  await server.close();
  expect([verdict(probed), detail(probed)]).toEqual([
    'check/protocol',
    'the server answers in HTTP/1, want HTTP/2',
  ]);
});

it('gRPC: an answer that breaks off is none', async () => {
  const server = await startRawServer(endsWith(head, half), { ...leaf, ALPNProtocols: ['h2'] });
  const probed = await runProbe(probeByModule, grpcModule, `127.0.0.1:${server.port}`);
  await server.close();
  expect([verdict(probed), probed.samples.probe_grpc_status_code]).toEqual(['check/reset', 14]);
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
  const probed = await runProbe(probeByModule, grpcModule, `127.0.0.1:${server.port}`);
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
    want: 'transfer/protocol',
  },
  {
    name: 'an answer that stops',
    handle: (stream) => {
      stream.respond({ ':status': 200 });
      stream.write('a');
    },
    want: 'transfer/timeout',
    timeout: '2s',
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
