// The servers that web-probe and blackbox_exporter are compared on, all on loopback, each behaving in one way.

import { once } from 'node:events';
import {
  createServer as createHttp,
  type Server as HttpServer,
  type IncomingMessage,
} from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { issueCertificate } from '../certificates.ts';
import { answerWith, httpAnswer, type RawServer, startRawServer } from '../raw-server.ts';

const ca = issueCertificate({ commonName: 'Test CA', ca: true });
const names = { issuer: ca.issuer, dns: ['localhost', 'www.example.test'], ip: ['127.0.0.1'] };

/** The certificates of the servers, and of a client. */
export const certificates = {
  ca,
  leaf: issueCertificate({ commonName: 'localhost', organization: ['Example, Inc'], ...names }),
  expired: issueCertificate({ commonName: 'localhost', ...names, validForDays: -0.5 }),
  other: issueCertificate({ commonName: 'x', issuer: ca.issuer, dns: ['other.example.test'] }),
  client: issueCertificate({ commonName: 'client', issuer: ca.issuer }),
};

const { expired, leaf, other } = certificates;

const modified = 'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT';

/** An answer of JSON with a few headers. */
const json = httpAnswer(
  '200 OK',
  [
    'Content-Type: application/json',
    'X-A: b',
    'X-Empty:',
    modified,
    'Set-Cookie: a=1',
    'Set-Cookie: b=2',
  ],
  '{"status":"ok","count":3,"list":[1,2],"nested":{"deep":true}}',
);

const text = 'hello hello hello hello';

const encoded = (coding: string, body: Buffer) =>
  Buffer.concat([
    Buffer.from(
      `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`,
    ),
    body,
  ]);

/** What a server of one answer answers. */
const answers: Readonly<Record<string, string | Buffer>> = {
  json,
  created: httpAnswer('201 Created', [], 'made'),
  s204: 'HTTP/1.1 204 No Content\r\n\r\n',
  s299: httpAnswer('299 Odd', [], 'odd'),
  s300: httpAnswer('300 Multiple Choices', [], 'some'),
  s304: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n',
  s404: httpAnswer('404 Not Found', [], 'no such page'),
  s500: httpAnswer('500 Internal Server Error', [], 'broken'),
  s999: httpAnswer('999 Denied', [], 'no'),
  noReason: 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi',
  http10: json.replace('HTTP/1.1', 'HTTP/1.0'),
  chunked: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n4\r\n you\r\n0\r\n\r\n',
  untilEnd: 'HTTP/1.1 200 OK\r\n\r\nuntil the end',
  empty: httpAnswer('200 OK'),
  emoji: httpAnswer('200 OK', [], '{"a":"😀"}'),
  jsonString: httpAnswer('200 OK', [], '"text"'),
  jsonList: httpAnswer('200 OK', [], '[1,2,3]'),
  jsonTrue: httpAnswer('200 OK', [], 'true'),
  emptyObject: httpAnswer('200 OK', [], '{}'),
  badLength: 'HTTP/1.1 200 OK\r\nContent-Length: xxx\r\n\r\nhi',
  short: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi',
  cutChunk: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi',
  garbage: 'SSH-2.0-OpenSSH_9.2\r\n',
  nothing: '',
  gzip: encoded('gzip', gzipSync(text)),
  br: encoded('br', brotliCompressSync(text)),
  deflate: encoded('deflate', deflateRawSync(text)),
  gzipCut: encoded('gzip', gzipSync(text).subarray(0, 20)),
  body127: httpAnswer('200 OK', [], 'x'.repeat(127)),
  body128: httpAnswer('200 OK', [], 'x'.repeat(128)),
  body129: httpAnswer('200 OK', [], 'x'.repeat(129)),
  gzip129: encoded('gzip', gzipSync('x'.repeat(129))),
  folded: 'HTTP/1.1 200 OK\r\nX-A: one\r\n two\r\nContent-Length: 2\r\n\r\nhi',
  noSuchDay: httpAnswer('200 OK', ['Last-Modified: Sat, 31 Feb 2015 07:28:00 GMT']),
  badDate: httpAnswer('200 OK', ['Last-Modified: 1']),
  rfc850Date: httpAnswer('200 OK', ['Last-Modified: Sunday, 06-Nov-94 08:49:37 GMT']),
  noLocation: httpAnswer('302 Found', [], 'where'),
  emptyLocation: httpAnswer('302 Found', ['Location:'], 'where'),
  badLocation: httpAnswer('302 Found', ['Location: ftp://a/'], 'where'),
  toNowhere: httpAnswer('302 Found', ['Location: http://no-such-name.invalid/']),
  loop: httpAnswer('302 Found', ['Location: /again']),
  found: httpAnswer('302 Found', ['Location: /b'], 'the text of a redirect'),
};

/** Answers by the first line of a request. */
const routed = (routes: Readonly<Record<string, string>>) => (socket: Socket) => {
  socket.once('data', (chunk: Buffer) => {
    const path = chunk.toString('latin1').split(' ')[1] ?? '';
    socket.end(routes[path] ?? json);
  });
};

/** Headers that every client sends in its own way. */
const ownHeaders =
  /^(?:user-agent|accept|accept-encoding|connection|content-length|transfer-encoding)$/i;

/** Answers with the request itself, as JSON, when it is complete. */
function echo(request: IncomingMessage, end: (body: string) => void): void {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const { method, rawHeaders, url } = request;
    const headers = rawHeaders
      .flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1]] as const] : []))
      .filter(([name]) => !ownHeaders.test(name))
      .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
      .sort();
    end(JSON.stringify({ method, url, headers, body: Buffer.concat(parts).toString() }));
  });
}

const httpServers: Readonly<Record<string, () => HttpServer>> = {
  echo: () => createHttp((request, response) => echo(request, (body) => response.end(body))),
  needsUser: () =>
    createHttp((request, response) => {
      const wanted = `Basic ${Buffer.from('user:s3cret').toString('base64')}`;
      response.statusCode = request.headers.authorization === wanted ? 200 : 401;
      response.end('x');
    }),
  needsToken: () =>
    createHttp((request, response) => {
      response.statusCode = request.headers.authorization === 'Bearer t0ken' ? 200 : 401;
      response.end('x');
    }),
  tokens: () =>
    createHttp((request, response) => {
      response.setHeader('Content-Type', 'application/json');
      const basic = `Basic ${Buffer.from('me:s3cret').toString('base64')}`;
      response.statusCode = request.headers.authorization === basic ? 200 : 401;
      response.end('{"access_token":"t0ken","token_type":"Bearer","expires_in":60}');
    }),
  cookies: () =>
    createHttp((request, response) => {
      if (request.url !== '/in') {
        response.writeHead(302, { Location: '/in', 'Set-Cookie': 'session=1; Path=/' }).end();
      } else {
        response.statusCode = request.headers.cookie === 'session=1' ? 200 : 403;
        response.end('x');
      }
    }),
  proxy: () => {
    const server = createHttp((request, response) => {
      response.end(
        `proxied ${request.url?.replace(/:\d+/, '')} for ${request.headers.host?.replace(/:\d+/, '')}`,
      );
    });
    return server.on('connect', (request, socket: Socket) => {
      const [, port] = (request.url ?? '').split(':');
      const to = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        to.pipe(socket).pipe(to);
      });
      for (const end of [to, socket]) end.on('error', () => undefined);
      to.on('close', () => socket.destroy());
    });
  },
  closedProxy: () =>
    createHttp((_, response) => response.writeHead(407).end()).on(
      'connect',
      (_, socket: Socket) => {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      },
    ),
};

const http2Handlers: Readonly<Record<string, (stream: ServerHttp2Stream) => void>> = {
  http2: (stream) => {
    stream.respond({ ':status': 200, 'x-a': 'b', 'content-length': 2 });
    stream.end('hi');
  },
  http2NoLength: (stream) => {
    stream.respond({ ':status': 200 });
    stream.end('hello');
  },
  http2Missing: (stream) => {
    stream.respond({ ':status': 404 });
    stream.end('no');
  },
  http2Reset: (stream) => stream.close(2),
  http2Goodbye: (stream) => {
    stream.respond({ ':status': 200 });
    stream.end('hello');
    stream.session?.close();
  },
};

/** Every server, with its port and whether it speaks TLS. */
export type WebServers = {
  readonly port: (name: string) => number;
  close(): Promise<void>;
};

/** Starts them all. */
export async function startWebServers(): Promise<WebServers> {
  const raw = new Map<string, RawServer>();
  const others = new Map<string, HttpServer | Http2SecureServer>();
  const start = async (name: string, ...args: Parameters<typeof startRawServer>) => {
    raw.set(name, await startRawServer(...args));
  };
  for (const [name, answer] of Object.entries(answers)) await start(name, answerWith(answer));
  await start('tlsJson', answerWith(json), leaf);
  await start('tls12', answerWith(json), { ...leaf, maxVersion: 'TLSv1.2' });
  await start('tlsExpired', answerWith(json), expired);
  await start('tlsOther', answerWith(json), other);
  await start('tlsClient', answerWith(json), {
    ...leaf,
    ca: ca.cert,
    requestCert: true,
    rejectUnauthorized: true,
    maxVersion: 'TLSv1.2',
  });
  await start('redirect', routed({ '/': httpAnswer('302 Found', ['Location: /b']) }));
  await start(
    'redirects',
    routed({
      '/': httpAnswer('301 Moved', ['Location: /1']),
      '/1': httpAnswer('307 Temporary', ['Location: /2']),
    }),
  );
  await start(
    'toOther',
    routed({
      '/': httpAnswer('302 Found', [`Location: http://localhost:${raw.get('json')?.port}/`]),
    }),
  );
  await start(
    'toTls',
    routed({
      '/': httpAnswer('302 Found', [`Location: https://localhost:${raw.get('tlsJson')?.port}/`]),
    }),
  );
  await start('reset', (socket) => void socket.once('data', () => socket.resetAndDestroy()));
  await start('silent', () => undefined);
  for (const [name, make] of Object.entries(httpServers)) others.set(name, make());
  for (const [name, handle] of Object.entries(http2Handlers)) {
    others.set(
      name,
      createSecureServer({ ...leaf, allowHTTP1: false }).on(
        'stream',
        (stream: ServerHttp2Stream) => {
          stream.on('error', () => undefined);
          handle(stream);
        },
      ),
    );
  }
  const sockets = new Set<Socket>();
  for (const server of others.values()) {
    server.on('connection', (socket: Socket) => sockets.add(socket));
    server.on('secureConnection', (socket: Socket) => sockets.add(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  const port = (name: string) => {
    const found =
      raw.get(name)?.port ?? (others.get(name)?.address() as AddressInfo | undefined)?.port;
    if (found === undefined) throw new Error(`no server ${name}`);
    return found;
  };
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    for (const server of others.values()) server.close();
    await Promise.all([...raw.values()].map((server) => server.close()));
  };
  return { port, close };
}
