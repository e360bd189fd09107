// A forward proxy on loopback that lets in who knows the user and the password: plain requests and CONNECT, 407 to everybody else.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A running proxy. */
export type LoginProxy = {
  readonly port: number;
  /** What was asked for by whom was let in, such as `CONNECT 127.0.0.1:443`. */
  readonly passed: readonly string[];
  close(): Promise<void>;
};

/** Starts a proxy for `user:password`; whatever name is asked for, it forwards to `to`. */
export async function startLoginProxy(pair: string, to: number): Promise<LoginProxy> {
  const wanted = `Basic ${Buffer.from(pair).toString('base64')}`;
  const passed: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(({ headers, method, url }, response) => {
    const { 'proxy-authorization': login, ...others } = headers;
    if (login !== wanted) {
      response.writeHead(407, `who is ${login}`, { 'X-Sent': String(login) }).end(login);
      return;
    }
    passed.push(`${method} ${url}`);
    const { pathname } = new URL(String(url));
    request({ port: to, method, path: pathname, headers: others }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).end();
  });
  server.on('connect', ({ headers, url }, socket: Socket, head: Buffer) => {
    const login = headers['proxy-authorization'];
    if (login !== wanted) {
      socket.end(`HTTP/1.1 407 who is ${login}\r\n\r\n`);
      return;
    }
    passed.push(`CONNECT ${url}`);
    const onward = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    sockets.add(onward);
  });
  server.on('connection', (socket) => sockets.add(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    passed,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
