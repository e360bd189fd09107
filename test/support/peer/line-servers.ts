// Servers of lines, of DNS and of gRPC that web-probe and blackbox_exporter are compared on, all on loopback.
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  createServer as createHttp2,
  createSecureServer,
  type Http2Server,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket } from 'node:tls';
import { type RawServer, startRawServer } from '../raw-server.ts';
import { certificates } from './web-servers.ts';

const { leaf } = certificates;

/** Calls `take` with each line. */
function onLines(socket: Socket, take: (line: string) => void): void {
  let held = '';
  socket.on('data', (chunk: Buffer) => {
    held += chunk.toString('latin1');
    for (let at = held.indexOf('\n'); at >= 0; at = held.indexOf('\n')) {
      take(held.slice(0, at).replace(/\r$/, ''));
      held = held.slice(at + 1);
    }
  });
}

const lineServers: Readonly<Record<string, (socket: Socket) => void>> = {
  banner: (socket) => void socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'),
  farewell: (socket) => void socket.end('one\ntwo\nthree'),
  bytes: (socket) => void socket.write('S'),
  wrongBytes: (socket) => void socket.write('N'),
  quiet: () => undefined,
  endless: (socket) => void socket.write('x'.repeat(70_000)),
  irc: (socket) => {
    socket.write(':server NOTICE * :wait\nPING :4711\n');
    onLines(socket, (line) => {
      if (line === 'PONG 4711') socket.write(':server 001 prober :Welcome\n');
    });
  },
  smtp: (socket) => {
    socket.write('220 mail.example.test ESMTP Postfix\r\n');
    onLines(socket, (line) => {
      if (line.startsWith('EHLO'))
        socket.write('250-mail.example.test\r\n250-STARTTLS\r\n250 OK\r\n');
      if (line !== 'STARTTLS') return;
      socket.removeAllListeners('data');
      socket.write('220 go on\r\n');
      const secure = new TLSSocket(socket, {
        isServer: true,
        secureContext: createSecureContext(leaf),
      });
      secure.on('error', () => undefined);
      onLines(secure, (inner) => {
        if (inner.startsWith('EHLO'))
          secure.write('250-mail.example.test\r\n250-AUTH PLAIN\r\n250 OK\r\n');
      });
    });
  },
};

const name = (text: string) =>
  Buffer.concat([
    ...text
      .split('.')
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

function record(type: number, data: Buffer, ttl = 300): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt32BE(ttl, 4);
  head.writeUInt16BE(data.length, 8);
  // The name of the question.
  return Buffer.concat([Buffer.from([0xc0, 12]), head, data]);
}

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const u32 = (...values: number[]) =>
  Buffer.concat(values.map((value) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)])));
const a = (text: string) => record(1, Buffer.from(text.split('.').map(Number)));
const texts = (...all: string[]) =>
  Buffer.concat(
    all.map((one) => Buffer.concat([Buffer.from([one.length]), Buffer.from(one, 'latin1')])),
  );
const soa = record(
  6,
  Buffer.concat([
    name('ns.example.test'),
    name('admin.example.test'),
    u32(2026112801, 7200, 3600, 1209600, 300),
  ]),
);
const everything = [
  a('192.0.2.7'),
  record(28, Buffer.from('20010db8000000000000000000000001', 'hex')),
  record(28, Buffer.from('00000000000000000000ffffc0000201', 'hex')),
  record(5, name('alias.example.test')),
  record(15, Buffer.concat([u16(10), name('mail.example.test')])),
  record(16, texts('v=spf1 -all', 'a "quoted" \\ text', '\x01\xff')),
  record(33, Buffer.concat([u16(1), u16(2), u16(443), name('srv.example.test')])),
  record(257, Buffer.concat([Buffer.from([0, 5]), Buffer.from('issueca.example.test')])),
  record(2, name('ns.example.test')),
  record(12, name('ptr.example.test')),
  record(43, Buffer.concat([u16(4711), Buffer.from([8, 2]), Buffer.from('abcdef', 'hex')])),
  record(52, Buffer.concat([Buffer.from([3, 1, 1]), Buffer.from('abcdef', 'hex')])),
  record(65_280, Buffer.from('0102', 'hex')),
  soa,
];

type Zone = {
  readonly code?: number;
  readonly answer?: Buffer[];
  readonly authority?: Buffer[];
  readonly additional?: Buffer[];
  readonly cut?: boolean;
};

const zones: Readonly<Record<string, Zone>> = {
  'one.example.test': { answer: [a('127.0.0.1')] },
  'two.example.test': { answer: [a('127.0.0.1'), a('127.0.0.2')] },
  'all.example.test': { answer: everything },
  'soa.example.test': { answer: [soa] },
  'none.example.test': { authority: [soa] },
  'more.example.test': {
    answer: [a('127.0.0.1')],
    authority: [record(2, name('ns.example.test'))],
    additional: [a('192.0.2.53')],
  },
  'gone.example.test': { code: 3, authority: [soa] },
  'broken.example.test': { code: 2 },
  'refused.example.test': { code: 5 },
  'cut.example.test': { answer: [a('127.0.0.1')], cut: true },
};

/** The answer to a query; undefined where there is none. */
function answerQuery(query: Buffer): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + size));
    at += 1 + size;
  }
  const zone = zones[labels.join('.')];
  if (zone === undefined) return undefined;
  const { additional = [], answer = [], authority = [], code = 0, cut = false } = zone;
  const head = Buffer.from(query.subarray(0, 12));
  const asked = head.readUInt16BE(2) & 0x0100;
  head.writeUInt16BE(0x8080 | asked | code, 2);
  for (const [index, list] of [answer, authority, additional].entries()) {
    head.writeUInt16BE(list.length, 6 + index * 2);
  }
  const whole = Buffer.concat([
    head,
    query.subarray(12, at + 5),
    ...answer,
    ...authority,
    ...additional,
  ]);
  return cut ? whole.subarray(0, -2) : whole;
}

function answerStream(socket: Socket): void {
  let held = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    held = Buffer.concat([held, chunk]);
    if (held.length < 2 || held.length < 2 + held.readUInt16BE(0)) return;
    const answer = answerQuery(held.subarray(2));
    if (answer !== undefined) socket.write(Buffer.concat([u16(answer.length), answer]));
  });
}

/** What a health service answers to a name. */
const health: Readonly<Record<string, { readonly status: number; readonly serving?: number }>> = {
  '': { status: 0, serving: 1 },
  up: { status: 0, serving: 1 },
  down: { status: 0, serving: 2 },
  unknown: { status: 0, serving: 0 },
  missing: { status: 5 },
  denied: { status: 16 },
};

function answerHealth(stream: ServerHttp2Stream): void {
  const parts: Buffer[] = [];
  stream.on('error', () => undefined);
  stream.on('data', (part: Buffer) => parts.push(part));
  stream.on('end', () => {
    const { serving, status } = health[Buffer.concat(parts).subarray(7).toString()] ?? {
      status: 12,
    };
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () =>
      stream.sendTrailers({ 'grpc-status': String(status), 'grpc-message': 'said%20so' }),
    );
    if (serving === undefined) stream.end();
    else if (serving === 0) stream.end(Buffer.from([0, 0, 0, 0, 0]));
    else stream.end(Buffer.from([0, 0, 0, 0, 2, 8, serving]));
  });
}

/** The servers by their names. */
export type LineServers = { readonly port: (name: string) => number; close(): Promise<void> };

/** Starts them all. */
export async function startLineServers(): Promise<LineServers> {
  const raw = new Map<string, RawServer>();
  for (const [key, serve] of Object.entries(lineServers)) raw.set(key, await startRawServer(serve));
  raw.set('tlsBanner', await startRawServer((socket) => void socket.write('* OK ready\r\n'), leaf));
  raw.set(
    'tlsExpiredBanner',
    await startRawServer((socket) => void socket.write('* OK\r\n'), certificates.expired),
  );
  const udp: UdpSocket = createSocket('udp4');
  udp.on('message', (query, peer) => {
    const answer = answerQuery(query);
    if (answer !== undefined) udp.send(answer, peer.port, peer.address);
  });
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const servers: Readonly<Record<string, Server | Http2Server>> = {
    dnsTcp: createServer(answerStream),
    dnsTls: createTlsServer(leaf, answerStream),
    grpc: createHttp2().on('stream', answerHealth),
    grpcTls: createSecureServer(leaf).on('stream', answerHealth),
  };
  const sockets = new Set<Socket>();
  for (const server of Object.values(servers)) {
    server.on('connection', (socket: Socket) => sockets.add(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const port = (key: string) => {
    if (key === 'dnsUdp') return udp.address().port;
    const found = raw.get(key)?.port ?? (servers[key]?.address() as AddressInfo | undefined)?.port;
    if (found === undefined) throw new Error(`no server ${key}`);
    return found;
  };
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    for (const server of Object.values(servers)) server.close();
    udp.close();
    await Promise.all([...raw.values()].map((server) => server.close()));
  };
  return { port, close };
}
