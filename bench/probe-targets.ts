// Targets for benches, as a process of its own: pages that come after known delays, and some that never come.
// Arguments: files of a certificate and its key, and the milliseconds of a slow handshake. Prints its ports as JSON.
// `/40/30` answers after 40 ms and sends the rest 30 ms later; `/hang` is silent.
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { writeLine } from '../layers/core/src/log.ts';

/** Where the targets listen. */
export type TargetPorts = {
  readonly http: number;
  readonly https: number;
  /** Answers the handshake late. */
  readonly slowHttps: number;
};

const body = 'x'.repeat(1000);
const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;

function serve(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.once('data', (chunk: Buffer) => {
    const [, path = ''] = chunk.toString('latin1').split(' ');
    if (path.startsWith('/hang')) return;
    const [, before, between] = path.split('/').map(Number);
    after(before ?? 0, () => {
      if (!between) {
        socket.end(head + body);
        return;
      }
      socket.write(head + body.slice(0, 500));
      after(between, () => socket.end(body.slice(500)));
    });
  });
}

function after(milliseconds: number, work: () => void): void {
  if (milliseconds > 0) setTimeout(work, milliseconds);
  else work();
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4096, resolve));
  return (server.address() as AddressInfo).port;
}

async function main(): Promise<void> {
  const [certFile = '', keyFile = '', slowTlsMs = '0'] = process.argv.slice(2);
  const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
  const secure = createTlsServer(tls, serve).on('tlsClientError', () => undefined);
  const slow = createServer((socket) => {
    socket.on('error', () => undefined);
    after(Number(slowTlsMs), () => secure.emit('connection', socket));
  });
  const ports: TargetPorts = {
    http: await listen(createServer(serve)),
    https: await listen(secure),
    slowHttps: await listen(slow),
  };
  writeLine(JSON.stringify(ports));
}

void main();
