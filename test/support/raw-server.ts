// A TCP or TLS server on loopback that does exactly what a test says with each connection, and keeps count.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A running server. */
export type RawServer = {
  readonly port: number;
  /** Connections that were accepted (for TLS: that shook hands). */
  connections(): number;
  /** Connections that the far side has not ended. */
  open(): number;
  /** Everything that was received, all connections together. */
  received(): string;
  close(): Promise<void>;
};

/** Starts a server; `tls` makes it a TLS server. */
export async function startRawServer(
  serve: (socket: Socket) => void,
  tls?: TlsOptions,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let received = '';
  const accept = (socket: Socket) => {
    connections += 1;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
    });
    serve(socket);
  };
  const server: Server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    open: () => sockets.size,
    received: () => received,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers a request, once its head has arrived, with `bytes`; then does `after` (default: ends). */
export function answerWith(
  bytes: string | Buffer,
  after: (socket: Socket) => void = (socket) => void socket.end(),
): (socket: Socket) => void {
  return (socket) => {
    let head = '';
    socket.on('data', (chunk: Buffer) => {
      const complete = head.includes('\r\n\r\n');
      head += chunk.toString('latin1');
      if (!complete && head.includes('\r\n\r\n')) socket.write(bytes, () => after(socket));
    });
  };
}

/** A plain answer of HTTP/1.1. */
export function httpAnswer(status: string, headers: readonly string[] = [], body = ''): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return [`HTTP/1.1 ${status}`, length, ...headers, '', body].join('\r\n');
}
