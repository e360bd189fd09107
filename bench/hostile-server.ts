// A server that does its worst, the same for the same seed: broken heads, endless bodies, bombs, drips and silences. The seed
// is the path that is asked for, so that one server serves a whole run.
import { createServer, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';

/** Numbers from 0 to 1 in an order that the seed decides. */
function randomOf(seed: number): () => number {
  let value = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return () => {
    value = (value + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(value ^ (value >>> 15), value | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;
type Behaviour = (socket: Socket, random: Random) => void;

const pick = <T>(list: readonly T[], random: Random): T => {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
};

const lines = [
  ...[
    'HTTP/1.1 200 OK',
    'HTTP/1.1 200',
    'HTTP/1.0 200 OK',
    'HTTP/2.0 200 OK',
    'HTTP/1.1 999 X',
    'HTTP/1.1 99 X',
  ],
  ...[
    'HTTP/1.1 302 Found',
    'HTTP/1.1 100 Continue',
    'HTTP/1.1 101 Switching',
    'HTTP/1.1 204 No',
    'ICY 200 OK',
    '',
  ],
];
const headers = [
  ...[
    'Content-Length: 5',
    'Content-Length: -1',
    'Content-Length: 99999999999999999999',
    'Content-Length: 5, 6',
  ],
  ...[
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding: x',
    'Content-Encoding: br',
  ],
  ...[
    'Location: /',
    'Location: //',
    'Location: http://[',
    'Location: https://127.0.0.1:1/',
    `Location: /${'x'.repeat(9000)}`,
  ],
  ...[
    'Set-Cookie: =',
    'Set-Cookie: a=b; Path=%zz; Max-Age=9e99',
    `Set-Cookie: a=${'b'.repeat(5000)}`,
    ': empty',
  ],
  ...[
    'Last-Modified: never',
    'X-A: \x00',
    'X-B: \xff\xfe',
    ' folded',
    'no colon',
    'Upgrade: h2c',
    'Connection: upgrade',
  ],
  ...['Keep-Alive: timeout=-1', 'Trailer: X-T', `X-Long: ${'y'.repeat(30_000)}`],
];
const bodies = [
  '',
  'hello',
  '5\r\nhello\r\n0\r\n\r\n',
  'ffffffffffffffff\r\n',
  '-5\r\n',
  '5;ext=',
  '0\r\n',
  'a'.repeat(70_000),
];

const head = (random: Random) => {
  const count = Math.floor(random() * 5);
  const picked = Array.from({ length: count }, () => pick(headers, random));
  const end = pick(['\r\n', '\n', '\r\n', '\r'], random);
  return [pick(lines, random), ...picked, '', ''].join(end);
};

/** Writes as fast as it is read, until the connection is gone. */
const endless = (socket: Socket, block: Buffer | string) => {
  const write = () => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on('drain', write);
  write();
};

const zeros = Buffer.alloc(16 * 1024 * 1024);
const bombs = [gzipSync(zeros), brotliCompressSync(zeros), deflateRawSync(zeros)];
const ok = 'HTTP/1.1 200 OK\r\n';

const behaviours: readonly Behaviour[] = [
  (socket, random) => void socket.end(head(random) + pick(bodies, random), 'latin1'),
  (socket, random) => void socket.write(head(random) + pick(bodies, random), 'latin1'),
  (socket, random) => {
    const bytes = Buffer.from(ok + head(random) + pick(bodies, random), 'latin1');
    for (let n = 0; n < 5; n += 1)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    socket.end(bytes.subarray(0, Math.floor(random() * bytes.length)));
  },
  (socket) => endless(socket, 'x'.repeat(65_536)),
  (socket) => {
    socket.write(`${ok}\r\n`);
    endless(socket, Buffer.alloc(65_536, 'ab'));
  },
  (socket) => {
    socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n`);
    endless(socket, '1\r\na\r\n'.repeat(5000));
  },
  (socket) => {
    socket.write(`${ok}Transfer-Encoding: chunked\r\n\r\n0\r\n`);
    endless(socket, 'X-T: y\r\n'.repeat(5000));
  },
  (socket) => endless(socket, 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(2000)),
  (socket) => {
    socket.write(ok);
    endless(socket, 'X: y\r\n'.repeat(5000));
  },
  (socket, random) => {
    socket.write(`${ok}\r\n`);
    const bomb = pick(bombs, random);
    endless(socket, bomb);
  },
  (socket, random) =>
    void socket.end(Buffer.concat([Buffer.from(`${ok}\r\n`), pick(bombs, random)])),
  (socket) => void socket.resetAndDestroy(),
  (socket) =>
    void socket.write(`${ok}Content-Length: 9\r\n\r\nhel`, () => socket.resetAndDestroy()),
  () => undefined,
  (socket, random) =>
    void socket.end(Buffer.from(Array.from({ length: 2000 }, () => random() * 256))),
];

/** Behaviours that there are; a seed takes the one that remains of it. */
export const behaviourCount = behaviours.length;

/** A server on loopback; `/17` is answered by seed 17. */
export async function startHostileServer(): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', (chunk: Buffer) => {
      const seed = Number(/^\w+ \/(\d+)/.exec(chunk.toString('latin1'))?.[1] ?? 0);
      if (seed === 0 && chunk.toString('latin1').includes(' /healthy')) {
        socket.end(`${ok}Content-Length: 4\r\n\r\nfine`);
      } else behaviours[seed % behaviours.length]?.(socket, randomOf(seed));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, close };
}

/** Options of a module that meets the behaviour of a seed, with nothing spared. */
export function hostileOptions(seed: number): object {
  const random = randomOf(seed + 1_000_000);
  const compression = pick(['', '', 'gzip', 'br', 'deflate', 'identity'], random);
  return {
    ...(compression !== '' && { compression }),
    body_size_limit: pick(['1GB', '1KB', '1GB'], random),
    lenient_parsing: random() < 0.3,
    method: pick(['GET', 'HEAD', 'POST', 'OPTIONS'], random),
    body: pick(['', 'some'], random),
    ...(random() < 0.5 && {
      fail_if_body_matches_regexp: ['(a+)+$', 'a[ab]{200}c', '(?i)\\bERROR\\b'],
    }),
    ...(random() < 0.3 && { fail_if_header_not_matches: [{ header: 'X-A', regexp: '(x+x+)+y' }] }),
    ...(random() < 0.2 && { headers: { Connection: 'Upgrade', Upgrade: 'h2c' } }),
    follow_redirects: random() < 0.7,
  };
}
