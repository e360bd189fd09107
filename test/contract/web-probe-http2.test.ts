// Servers that speak HTTP/2 badly: each failure has its reason, nothing is thrown, and the deadline holds.

import { once } from 'node:events';
import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import { certificates } from '../support/peer/web-servers.ts';
import { httpModule, runProbe, verdict } from '../support/probing.ts';
import { startRawServer } from '../support/raw-server.ts';

const { ca, leaf } = certificates;
const moduleWith = (timeout = '20s') => httpModule({ tls_config: { ca: ca.cert } }, timeout);

/** A frame of HTTP/2 (RFC 9113, 4.1). */
function frame(type: number, flags: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  return Buffer.concat([head, payload]);
}

const settings = frame(4, 0, Buffer.alloc(0));
const goAway = frame(7, 0, Buffer.from([0, 0, 0, 0, 0, 0, 0, 2]));

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
