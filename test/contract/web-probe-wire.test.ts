// What goes over the wire and what comes back broken: requests that servers understand, and answers that end too early, are
// framed twice, or say more than they may. Beside each stands what blackbox_exporter makes of it.
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import { detail, httpModule, runProbe, verdict } from '../support/probing.ts';
import { answerWith, httpAnswer, type RawServer, startRawServer } from '../support/raw-server.ts';

const servers: RawServer[] = [];

async function serve(...args: Parameters<typeof startRawServer>): Promise<RawServer> {
  const server = await startRawServer(...args);
  servers.push(server);
  return server;
}

async function probe(answer: string | Buffer, http: object = {}, path = '/') {
  const server = await serve(answerWith(answer));
  const probed = await runProbe(
    probeWeb,
    httpModule(http),
    `http://127.0.0.1:${server.port}${path}`,
  );
  return { ...probed, received: server.received() };
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('a request with a body', () => {
  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'POST', 'PUT', 'PATCH'])(
    'of method %s says how long it is',
    async (method) => {
      const probed = await probe(httpAnswer('200 OK'), { method, body: 'äpfel' });
      expect(verdict(probed)).toBe('ok');
      expect(probed.received).toContain('\r\nContent-Length: 6\r\n');
      expect(probed.received).not.toMatch(/transfer-encoding/i);
      expect(Buffer.from(probed.received, 'latin1').toString()).toMatch(/\r\n\r\näpfel$/);
    },
  );

  it('takes no length or framing from the module', async () => {
    const headers = { 'content-length': '3', 'Transfer-Encoding': 'chunked' };
    const probed = await probe(httpAnswer('200 OK'), { method: 'GET', body: 'whole', headers });
    expect(probed.received.match(/content-length: \d+/gi)).toEqual(['Content-Length: 5']);
    expect(probed.received).not.toMatch(/transfer-encoding/i);
  });

  it.each([
    { method: 'GET', want: 0 },
    { method: 'POST', want: 1 },
  ])('that is empty has a length with $method: $want', async ({ method, want }) => {
    const { received } = await probe(httpAnswer('200 OK'), { method });
    expect(received.match(/content-length: 0/gi) ?? []).toHaveLength(want);
  });
});

describe('a token is asked for', () => {
  const basic = Buffer.from('me:s3cr%2Bt').toString('base64');
  const given = httpAnswer('200 OK', [], '{"access_token":"t0ken"}');
  const refused = (status: string) =>
    httpAnswer(status, [], `{"error":"invalid_client","sent":"s3cr+t s3cr%2Bt ${basic}"}`);

  it.each([
    { name: 'once', answers: [given], asked: 1, want: 'ok' },
    {
      name: 'once more, in the body, where the header is refused',
      answers: [refused('401 Unauthorized'), given],
      ...{ asked: 2, want: 'ok' },
    },
    {
      name: 'no more than twice',
      answers: [refused('401 Unauthorized'), refused('400 Bad Request'), given],
      ...{ asked: 2, want: 'auth/token' },
    },
    {
      name: 'once where the server is out of order',
      answers: [refused('503 Service Unavailable'), given],
      ...{ asked: 1, want: 'auth/token' },
    },
    {
      name: 'once where the answer holds none',
      answers: [httpAnswer('200 OK', [], '{"access_token":""}'), given],
      ...{ asked: 1, want: 'auth/token' },
    },
  ])('$name', async ({ answers, asked, want }) => {
    const left = [...answers];
    const tokens = await serve((socket) => answerWith(left.shift() ?? given)(socket));
    const token_url = `http://127.0.0.1:${tokens.port}/`;
    process.env.TEST_SECRET = 's3cr+t';
    const oauth2 = { client_id: 'me', client_secret: 'env:TEST_SECRET', token_url };
    const probed = await probe(httpAnswer('200 OK'), { oauth2 });
    delete process.env.TEST_SECRET;
    expect([verdict(probed), tokens.connections()]).toEqual([want, asked]);
    expect(tokens.received().match(/Authorization: Basic \S+/gi)).toEqual([
      `Authorization: Basic ${basic}`,
    ]);
    expect(tokens.received().includes('client_secret=s3cr%2Bt')).toBe(asked === 2);
    expect(probed.received.includes('Authorization: Bearer t0ken')).toBe(want === 'ok');
    expect(JSON.stringify([probed.outcome, probed.trace])).not.toMatch(
      new RegExp(`s3cr|t0ken|${basic}`),
    );
  });
});

describe('an answer that breaks off', () => {
  const broken = async (bytes: string, http: object = {}) => {
    const server = await serve(
      answerWith(bytes, (socket) => setTimeout(() => socket.resetAndDestroy(), 20)),
    );
    return runProbe(probeWeb, httpModule(http), `http://127.0.0.1:${server.port}/`);
  };

  it.each([
    { name: 'without a length', bytes: 'HTTP/1.1 200 OK\r\n\r\n{"items":[' },
    { name: 'with a length', bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"items":[' },
    {
      name: 'in chunks',
      bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n',
    },
    { name: 'of HTTP/1.0', bytes: 'HTTP/1.0 200 OK\r\n\r\n{"items":[' },
  ])('$name, by a reset, is a failure', async ({ bytes }) => {
    const probed = await broken(bytes);
    expect(verdict(probed)).toBe('transfer/reset');
    expect(probed.samples.probe_http_uncompressed_body_length).toBeGreaterThan(0);
  });

  it('is judged by its end, not by what had come', async () => {
    const http = { fail_if_body_not_matches_regexp: ['items'] };
    expect(verdict(await broken('HTTP/1.1 200 OK\r\n\r\n{"items":[', http))).toBe('transfer/reset');
  });
});

describe('headers', () => {
  it('are all judged, however many', async () => {
    const many = Array.from({ length: 3000 }, (_, n) => `X-${n}: ${n}`);
    const http = { fail_if_header_not_matches: [{ header: 'X-2999', regexp: '^2999$' }] };
    expect(verdict(await probe(httpAnswer('200 OK', many), http))).toBe('ok');
  });

  it('of more than 64 KiB are refused in words', async () => {
    const many = Array.from({ length: 70 }, (_, n) => `X-${n}: ${'y'.repeat(1000)}`);
    const probed = await probe(httpAnswer('200 OK', many));
    expect([verdict(probed), detail(probed)]).toEqual([
      'processing/size_limit',
      'the head of the answer is longer than 64 KiB',
    ]);
  });

  it('are none where a server answers in HTTP/2 without TLS', async () => {
    const settings = '\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x80';
    const probed = await probe(settings);
    expect([verdict(probed), detail(probed)]).toEqual([
      'processing/protocol',
      'answered in HTTP/2, which is spoken over TLS only; want https:// or HTTP/1.1',
    ]);
  });

  const odd = [
    { name: 'a folded line', head: 'X-A: one\r\n  two\r\nContent-Length: 2', body: 'hi' },
    {
      name: 'a length beside chunks',
      head: 'Content-Length: 9\r\nTransfer-Encoding: chunked',
      body: '2\r\nhi\r\n0\r\n\r\n',
    },
  ];

  it.each(odd)('$name is refused, and taken with lenient_parsing', async ({ body, head }) => {
    const answer = `HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`;
    const http = { fail_if_body_not_matches_regexp: ['^hi$'] };
    expect(verdict(await probe(answer, http))).toBe('processing/protocol');
    const lenient = await probe(answer, { ...http, lenient_parsing: true });
    expect(verdict(lenient)).toBe('ok');
    expect(lenient.samples.probe_http_uncompressed_body_length).toBe(2);
  });

  it.each([2, 3])('two lengths, 2 and %p, are refused all the same', async (second) => {
    const answer = `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: ${second}\r\n\r\nhi!`;
    expect(verdict(await probe(answer, { lenient_parsing: true }))).toBe('processing/protocol');
  });

  it.each([
    { value: 'Sun, 06 Nov 1994 08:49:37 GMT', want: 784111777 },
    { value: 'Sunday, 06-Nov-94 08:49:37 GMT', want: 784111777 },
    { value: 'Sun Nov  6 08:49:37 1994', want: 784111777 },
    { value: '1', want: undefined },
    { value: '2024-01-01', want: undefined },
    { value: 'Sun, 06 Nov 1994 08:49:37 +0100', want: undefined },
    { value: 'Sun, 36 Nov 1994 08:49:37 GMT', want: undefined },
  ])('Last-Modified: $value is $want', async ({ value, want }) => {
    const { samples } = await probe(httpAnswer('200 OK', [`Last-Modified: ${value}`]));
    expect(samples.probe_http_last_modified_timestamp_seconds).toBe(want);
  });

  it.each([
    { name: 'a 204', answer: 'HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n', want: 0 },
    { name: 'a 304', answer: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n', want: 0 },
    {
      name: 'a HEAD',
      answer: 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n',
      method: 'HEAD',
      want: 7,
    },
    {
      name: 'a HEAD of unknown length',
      answer: 'HTTP/1.1 200 OK\r\n\r\n',
      method: 'HEAD',
      want: -1,
    },
    { name: 'an unknown length', answer: 'HTTP/1.1 200 OK\r\n\r\nhi', want: -1 },
  ])('the length of $name is $want', async ({ answer, method = 'GET', want }) => {
    const { samples } = await probe(answer, { method, valid_status_codes: [200, 204, 304] });
    expect(samples.probe_http_content_length).toBe(want);
  });
});

describe('a compressed body with something behind its end', () => {
  it.each([
    { compression: 'br', bytes: brotliCompressSync('hello') },
    { compression: 'gzip', bytes: gzipSync('hello') },
  ])('$compression is refused', async ({ bytes, compression }) => {
    const answer = (body: Buffer) =>
      Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'), body]);
    expect(verdict(await probe(answer(bytes), { compression }))).toBe('ok');
    const garbage = await probe(answer(Buffer.concat([bytes, Buffer.from('garbage')])), {
      compression,
    });
    expect(verdict(garbage)).toBe('transfer/decode');
  });

  it('two gzip members one after the other are one body', async () => {
    const body = Buffer.concat([gzipSync('hel'), gzipSync('lo')]);
    const answer = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), body]);
    const http = { compression: 'gzip', fail_if_body_not_matches_regexp: ['^hello$'] };
    expect(verdict(await probe(answer, http))).toBe('ok');
  });
});

describe('where a redirect leads', () => {
  /** Answers by path; `requests` are all request lines with their cookies. */
  async function site(answers: Readonly<Record<string, string>>) {
    const requests: string[] = [];
    const server = await serve((socket) => {
      socket.on('data', (chunk: Buffer) => {
        const text = chunk.toString('latin1');
        const path = text.split(' ')[1] ?? '';
        const cookie = /^cookie: (.*)$/im.exec(text)?.[1];
        requests.push(cookie === undefined ? path : `${path} ${cookie}`);
        socket.end(answers[path] ?? httpAnswer('404 Not Found'), 'latin1');
      });
    });
    const run = (path: string, http: object = {}) =>
      runProbe(probeWeb, httpModule(http), `http://127.0.0.1:${server.port}${path}`);
    return { run, requests };
  }

  it('an empty Location is a final answer', async () => {
    const { requests, run } = await site({ '/': httpAnswer('302 Found', ['Location:']) });
    expect(verdict(await run('/', { valid_status_codes: [302] }))).toBe('ok');
    expect(requests).toEqual(['/']);
  });

  it.each([
    { location: Buffer.from('/ä€').toString('latin1'), want: '/%C3%A4%E2%82%AC' },
    { location: '/%C3%A4', want: '/%C3%A4' },
    { location: '/\xe4', want: '/%E4' },
  ])('$location is asked for as $want', async ({ location, want }) => {
    const { requests, run } = await site({
      '/': httpAnswer('302 Found', [`Location: ${location}`]),
      [want]: httpAnswer('200 OK'),
    });
    expect(verdict(await run('/'))).toBe('ok');
    expect(requests).toEqual(['/', want]);
  });

  it.each([
    { cookie: 'a=1', at: '/x/', want: 'a=1' },
    { cookie: 'a=1; Path=/', at: '/other', want: 'a=1' },
    { cookie: 'a=1', at: '/other', want: undefined },
    { cookie: 'a=1; Path=/x', at: '/x/y', want: 'a=1' },
    { cookie: 'a=1; path=/x', at: '/xy', want: undefined },
    { cookie: 'a=1; Path=/x/y', at: '/x/', want: undefined },
    { cookie: 'a=1; Path=/; Max-Age=0', at: '/other', want: undefined },
    { cookie: 'a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT', at: '/other', want: undefined },
    {
      cookie: 'a=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
      at: '/other',
      want: 'a=1',
    },
    { cookie: 'a=1; Path=relative', at: '/x/z', want: 'a=1' },
  ])('the cookie $cookie of /x/start goes to $at: $want', async ({ at, cookie, want }) => {
    const { requests, run } = await site({
      '/x/start': httpAnswer('302 Found', [`Location: ${at}`, `Set-Cookie: ${cookie}`]),
      [at]: httpAnswer('200 OK'),
    });
    expect(verdict(await run('/x/start'))).toBe('ok');
    expect(requests[1]).toBe(want === undefined ? at : `${at} ${want}`);
  });

  it('a cookie that is taken back is gone', async () => {
    const { requests, run } = await site({
      '/': httpAnswer('302 Found', ['Location: /b', 'Set-Cookie: a=1', 'Set-Cookie: b=2']),
      '/b': httpAnswer('302 Found', ['Location: /c', 'Set-Cookie: a=; Max-Age=0']),
      '/c': httpAnswer('200 OK'),
    });
    await run('/');
    expect(requests).toEqual(['/', '/b a=1; b=2', '/c b=2']);
  });
});

describe('a switch of protocols', () => {
  const answer = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n';

  it('that was asked for is an answer like any other', async () => {
    const http = {
      headers: { Connection: 'Upgrade', Upgrade: 'echo' },
      valid_status_codes: [101],
    };
    const probed = await probe(answer, http);
    expect(verdict(probed)).toBe('ok');
    expect(probed.received).toMatch(/\r\nConnection: Upgrade\r\n/);
    expect(probed.samples.probe_http_status_code).toBe(101);
  });

  it('that nobody asked for is refused', async () => {
    const probed = await probe(answer, { valid_status_codes: [101] });
    expect(verdict(probed)).toBe('processing/protocol');
    expect(detail(probed)).toContain('unasked');
  });
});

it('an IPv4 address in the clothes of IPv6 is IPv4', async () => {
  const server = await serve(answerWith(httpAnswer('200 OK')));
  const url = (host: string) => `http://${host}:${server.port}/`;
  const mapped = await runProbe(probeWeb, httpModule({}), url('[::ffff:127.0.0.1]'));
  const plain = await runProbe(probeWeb, httpModule({}), url('127.0.0.1'));
  expect(verdict(mapped)).toBe('ok');
  expect(mapped.samples.probe_ip_protocol).toBe(4);
  expect(mapped.samples.probe_ip_addr_hash).toBe(plain.samples.probe_ip_addr_hash);
});
