// Targets for benches, as a process of its own: pages that come after known delays, and some that never come.
// Arguments: files of a certificate and its key, and the milliseconds of a slow handshake. Prints its ports as JSON.
// `/40/30` answers after 40 ms and sends the rest 30 ms later; `/hang` is silent. `/took` answers with what it really took of late:
// by this process' own clock, for each path.
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

/** What an answer took by the clock of the target, in milliseconds. */
export type Took = { readonly tls: number; readonly processing: number; readonly transfer: number };

const took = new Map<string, Took[]>();

/** When the connection from a port was made, of those that then wait for TLS. */
const accepted = new Map<number, number>();

const body = 'x'.repeat(1000);
const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;

function serve(socket: Socket): void {
  const opened = performance.now();
  const port = socket.remotePort ?? 0;
  const tls = opened - (accepted.get(port) ?? opened);
  accepted.delete(port);
  socket.on('error', () => undefined);
  socket.once('data', (chunk: Buffer) => {
    const asked = performance.now();
    const [, path = ''] = chunk.toString('latin1').split(' ');
    if (path.startsWith('/hang')) return;
    if (path === '/took') {
      const text = JSON.stringify(Object.fromEntries(took));
      took.clear();
      socket.end(
        `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
      );
      return;
    }
    const [, before, between] = path.split('/').map(Number);
    after(before ?? 0, () => {
      if (!between) {
        socket.end(head + body);
        return;
      }
      const answered = performance.now();
      socket.write(head + body.slice(0, 500));
      after(between, () => {
        const transfer = performance.now() - answered;
        took.set(path, [
          ...(took.get(path) ?? []),
          { tls, processing: answered - asked, transfer },
        ]);
        socket.end(body.slice(500));
      });
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
    accepted.set(socket.remotePort ?? 0, performance.now());
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
