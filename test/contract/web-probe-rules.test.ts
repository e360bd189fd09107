// What a web module can ask for: status, versions, headers, bodies, compression, redirects, credentials.
// One file: the cases share a server that answers as it is told.
import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import { detail, httpModule, runProbe, verdict } from '../support/probing.ts';
import { answerWith, httpAnswer, type RawServer, startRawServer } from '../support/raw-server.ts';

const servers: RawServer[] = [];

async function serve(...args: Parameters<typeof startRawServer>): Promise<RawServer> {
  const server = await startRawServer(...args);
  servers.push(server);
  return server;
}

async function probe(answer: string | Buffer, http: object = {}) {
  const server = await serve(answerWith(answer));
  return runProbe(probeWeb, httpModule(http), `http://127.0.0.1:${server.port}/`);
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('status', () => {
  it.each([
    { status: 200, codes: [], want: 'ok' },
    { status: 201, codes: [], want: 'ok' },
    { status: 299, codes: [], want: 'ok' },
    { status: 300, codes: [], want: 'processing/status' },
    { status: 404, codes: [], want: 'processing/status' },
    { status: 404, codes: [200, 404], want: 'ok' },
    { status: 200, codes: [200, 404], want: 'ok' },
    { status: 201, codes: [200, 404], want: 'processing/status' },
  ])('$status with valid_status_codes $codes is $want', async ({ status, codes, want }) => {
    const probed = await probe(httpAnswer(`${status} X`), { valid_status_codes: codes });
    expect(verdict(probed)).toBe(want);
    expect(probed.samples.probe_http_status_code).toBe(status);
  });
});

describe('HTTP version', () => {
  it.each([
    { line: 'HTTP/1.1', versions: [], want: 'ok', seen: 1.1 },
    { line: 'HTTP/1.0', versions: ['HTTP/1.1'], want: 'processing/http_version', seen: 1 },
    { line: 'HTTP/1.0', versions: ['HTTP/1.0', 'HTTP/1.1'], want: 'ok', seen: 1 },
  ])(
    '$line with valid_http_versions $versions is $want',
    async ({ line, versions, want, seen }) => {
      const answer = httpAnswer('200 OK').replace('HTTP/1.1', line);
      const probed = await probe(answer, { valid_http_versions: versions });
      expect(verdict(probed)).toBe(want);
      expect(probed.samples.probe_http_version).toBe(seen);
    },
  );
});

describe('headers', () => {
  const rule = (header: string, regexp: string, options: object = {}) => [
    { header, regexp, ...options },
  ];
  const answer = httpAnswer('200 OK', [
    'X-One: alpha',
    'Set-Cookie: a=1',
    'Set-Cookie: b=2',
    'X-Empty:',
  ]);

  it.each([
    {
      name: 'a match in any letter case of the name',
      http: { fail_if_header_matches: rule('x-ONE', '^alp') },
      ok: false,
    },
    { name: 'no match', http: { fail_if_header_matches: rule('X-One', 'beta') }, ok: true },
    {
      name: 'any of several values',
      http: { fail_if_header_matches: rule('Set-Cookie', '^b=') },
      ok: false,
    },
    { name: 'a missing header', http: { fail_if_header_matches: rule('X-Two', '.*') }, ok: false },
    {
      name: 'a missing header that may be',
      http: { fail_if_header_matches: rule('X-Two', '.*', { allow_missing: true }) },
      ok: true,
    },
    { name: 'an empty value', http: { fail_if_header_matches: rule('X-Empty', '^$') }, ok: false },
    { name: 'a wanted match', http: { fail_if_header_not_matches: rule('X-One', 'ph') }, ok: true },
    {
      name: 'one wanted match of several values',
      http: { fail_if_header_not_matches: rule('Set-Cookie', 'b=2') },
      ok: true,
    },
    {
      name: 'a wanted match that is not there',
      http: { fail_if_header_not_matches: rule('X-One', '^ph') },
      ok: false,
    },
    {
      name: 'a wanted header that is missing',
      http: { fail_if_header_not_matches: rule('X-Two', '.') },
      ok: false,
    },
    {
      name: 'a wanted header that may be missing',
      http: { fail_if_header_not_matches: rule('X-Two', '.', { allow_missing: true }) },
      ok: true,
    },
  ])('$name: success is $ok', async ({ http, ok }) => {
    const probed = await probe(answer, http);
    expect(verdict(probed)).toBe(ok ? 'ok' : 'processing/header');
    expect(probed.samples.probe_failed_due_to_regex).toBe(ok ? 0 : 1);
  });
});

describe('body', () => {
  it.each([
    {
      name: 'an unwanted match',
      http: { fail_if_body_matches_regexp: ['x', 'could not'] },
      ok: false,
    },
    { name: 'no unwanted match', http: { fail_if_body_matches_regexp: ['x1', 'x2'] }, ok: true },
    {
      name: 'all wanted matches',
      http: { fail_if_body_not_matches_regexp: ['could', 'connect'] },
      ok: true,
    },
    {
      name: 'one wanted match missing',
      http: { fail_if_body_not_matches_regexp: ['could', 'x1'] },
      ok: false,
    },
    {
      name: 'a case-insensitive match',
      http: { fail_if_body_matches_regexp: ['(?i)COULD NOT'] },
      ok: false,
    },
    {
      name: 'an RE2 class and named group',
      http: { fail_if_body_not_matches_regexp: ['\\A(?P<first>[[:alpha:]]+) not'] },
      ok: true,
    },
  ])('$name: success is $ok', async ({ http, ok }) => {
    const probed = await probe(httpAnswer('200 OK', [], 'could not connect'), http);
    expect(verdict(probed)).toBe(ok ? 'ok' : 'transfer/body');
    expect(probed.samples.probe_http_uncompressed_body_length).toBe(17);
  });

  it('a pattern over a hostile body or header is judged, however it would backtrack', async () => {
    const hostile = `${'a'.repeat(40)}!`;
    const server = await serve(answerWith(httpAnswer('200 OK', [`X-A: ${hostile}`], hostile)));
    const address = `http://127.0.0.1:${server.port}/`;
    const body = { fail_if_body_not_matches_regexp: ['(a+)+$'] };
    const header = { fail_if_header_not_matches: [{ header: 'X-A', regexp: '(a+)+$' }] };
    expect(verdict(await runProbe(probeWeb, httpModule(body), address))).toBe('transfer/body');
    expect(verdict(await runProbe(probeWeb, httpModule(header), address))).toBe(
      'processing/header',
    );
  });

  it('a pattern over a text without end is stopped at the deadline, and its neighbours are judged', async () => {
    const endless = await serve((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const write = () => {
        while (socket.write(noise)) if (socket.destroyed) return;
      };
      socket.on('drain', write);
      write();
    });
    const noise = Buffer.from(
      Array.from({ length: 65_536 }, (_, n) => 97 + (((n * n * n) % 7) % 2)),
    );
    const healthy = await serve((socket) => {
      socket.on('data', () => socket.end(httpAnswer('200 OK', [], 'fine')));
    });
    const slow = { fail_if_body_matches_regexp: ['a[ab]{900}c'], body_size_limit: '1GB' };
    const [stopped, ...others] = await Promise.all([
      runProbe(probeWeb, httpModule(slow, '2s'), `http://127.0.0.1:${endless.port}/`),
      ...Array.from({ length: 7 }, () =>
        runProbe(probeWeb, httpModule({}), `http://127.0.0.1:${healthy.port}/`),
      ),
    ]);
    expect(verdict(stopped)).toBe('transfer/timeout');
    expect(others.map(verdict)).toEqual(Array(7).fill('ok'));
  });

  it('headers and bodies are read as UTF-8', async () => {
    const answer = Buffer.from(
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-Version: Zoë 😀\r\n\r\n€',
    );
    const http = {
      fail_if_header_not_matches: [{ header: 'X-Version', regexp: '^Zoë .$' }],
      fail_if_body_not_matches_regexp: ['^€$'],
    };
    expect(verdict(await probe(answer, http))).toBe('ok');
    const wrong = { fail_if_header_matches: [{ header: 'X-Version', regexp: 'Zo' }] };
    expect(detail(await probe(answer, wrong))).toContain('"Zoë 😀"');
  });

  it('the body of a redirect that is not followed is judged like any other', async () => {
    const answer = httpAnswer('302 Found', ['Location: /other'], 'moved here');
    const http = {
      follow_redirects: false,
      valid_status_codes: [302],
      fail_if_body_not_matches_regexp: ['moved'],
    };
    const probed = await probe(answer, http);
    expect(verdict(probed)).toBe('ok');
    expect(probed.samples.probe_http_redirects).toBe(1);
  });
});

describe('size and compression', () => {
  const text = 'x'.repeat(127);
  const zipped = (bytes: Buffer, encoding: string) =>
    Buffer.concat([
      Buffer.from(
        `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
      ),
      bytes,
    ]);

  it.each([
    { name: 'below the limit', body: 'x'.repeat(127), want: 'ok', length: 127 },
    { name: 'at the limit', body: 'x'.repeat(128), want: 'ok', length: 128 },
    { name: 'above the limit', body: 'x'.repeat(129), want: 'transfer/size_limit', length: 128 },
  ])('a body $name of 128 bytes is $want', async ({ body, want, length }) => {
    const probed = await probe(httpAnswer('200 OK', [], body), { body_size_limit: '128B' });
    expect(verdict(probed)).toBe(want);
    expect(probed.samples.probe_http_uncompressed_body_length).toBe(length);
  });

  it.each([
    { compression: 'gzip', bytes: gzipSync(text) },
    { compression: 'br', bytes: brotliCompressSync(text) },
    { compression: 'deflate', bytes: deflateRawSync(text) },
  ])(
    '$compression is undone when asked for, and the limit counts what comes out',
    async ({ compression, bytes }) => {
      const plain = await probe(zipped(bytes, compression), { compression });
      expect(verdict(plain)).toBe('ok');
      expect(plain.samples.probe_http_uncompressed_body_length).toBe(127);
      expect(plain.samples.probe_http_content_length).toBe(bytes.length);
      const limited = await probe(zipped(bytes, compression), {
        compression,
        body_size_limit: 100,
      });
      expect(verdict(limited)).toBe('transfer/size_limit');
      const wrong = await probe(httpAnswer('200 OK', [], 'not compressed at all'), { compression });
      expect(verdict(wrong)).toBe('transfer/decode');
      const untouched = await probe(zipped(bytes, compression));
      expect(untouched.samples.probe_http_uncompressed_body_length).toBe(bytes.length);
    },
  );

  it('a large body is counted and judged without being kept', async () => {
    const body = httpAnswer('200 OK', [], 'x'.repeat(11 * 1024 * 1024));
    const counted = await probe(body, { body_size_limit: '1GB' });
    expect(verdict(counted)).toBe('ok');
    expect(counted.samples.probe_http_uncompressed_body_length).toBe(11 * 1024 * 1024);
    const judged = await probe(body, {
      body_size_limit: '1GB',
      fail_if_body_matches_regexp: ['nowhere'],
    });
    expect(verdict(judged)).toBe('ok');
  });

  it.each([
    { compression: 'gzip', pack: gzipSync },
    { compression: 'br', pack: brotliCompressSync },
    { compression: 'deflate', pack: deflateRawSync },
  ])('a decompression bomb of $compression stops at the limit', async ({ compression, pack }) => {
    const bomb = zipped(pack(Buffer.alloc(50_000_000)), compression);
    const probed = await probe(bomb, { compression, body_size_limit: '1MB' });
    expect(verdict(probed)).toBe('transfer/size_limit');
    expect(probed.samples.probe_http_uncompressed_body_length).toBe(1024 * 1024);
  });

  it.each([
    { name: 'gzip within gzip, undone once', bytes: gzipSync(gzipSync(text)), want: 'ok' },
    { name: 'gzip over br', bytes: brotliCompressSync(gzipSync(text)), want: 'transfer/decode' },
    { name: 'several parts', bytes: Buffer.concat([gzipSync(text), gzipSync(text)]), want: 'ok' },
    {
      name: 'parts without end',
      bytes: Buffer.concat(Array(20_000).fill(gzipSync(''))),
      want: 'ok',
    },
    {
      name: 'other bytes behind it',
      bytes: Buffer.concat([gzipSync(text), Buffer.alloc(20)]),
      want: 'transfer/decode',
    },
    {
      name: 'half of a second part',
      bytes: Buffer.concat([gzipSync(text), gzipSync(text).subarray(0, 15)]),
      want: 'transfer/decode',
    },
    {
      name: 'a sum that is wrong',
      bytes: Buffer.concat([gzipSync(text).subarray(0, -8), Buffer.alloc(8)]),
      want: 'transfer/decode',
    },
    {
      name: 'a trailer that breaks off',
      bytes: gzipSync(text).subarray(0, -3),
      want: 'transfer/decode',
    },
  ])('as blackbox_exporter judges it, $name is $want', async ({ bytes, want }) => {
    expect(verdict(await probe(zipped(bytes, 'gzip, br'), { compression: 'gzip' }))).toBe(want);
  });

  it.each([
    { name: 'many small values', json: `[${'{},'.repeat(130_000)}0]`, want: 'transfer/json' },
    { name: 'many keys', json: `{${'"a":[],'.repeat(130_000)}"b":0}`, want: 'transfer/json' },
    { name: 'many, but not too many', json: `[${'1,'.repeat(240_000)}0]`, want: 'ok' },
    {
      name: 'marks within text',
      json: JSON.stringify(['\\"', '[{,'.repeat(400_000), '\\', '"']),
      want: 'ok',
    },
  ])('CEL reads a body of $name: $want, and no more than fits in memory', async (one) => {
    const probed = await probe(zipped(gzipSync(one.json), 'gzip'), {
      compression: 'gzip',
      fail_if_body_json_not_matches_cel: 'size(body) > 0',
    });
    expect(verdict(probed)).toBe(one.want);
    if (one.want === 'ok') return;
    expect(detail(probed)).toBe('body of more than 250000 values, and CEL reads no more');
    expect(probed.samples.probe_failed_due_to_cel).toBe(1);
  });
});

describe('redirects', () => {
  it('are followed, each over a connection of its own, with the cookies that they set', async () => {
    const server = await serve((socket) => {
      socket.once('data', (chunk: Buffer) => {
        const first = chunk.toString().startsWith('GET / ');
        socket.end(
          first
            ? httpAnswer('302 Found', [
                'Location: /next?a=b',
                'Set-Cookie: session=s1; Path=/; HttpOnly',
              ])
            : httpAnswer('200 OK'),
        );
      });
    });
    const probed = await runProbe(probeWeb, httpModule({}), `http://127.0.0.1:${server.port}/`);
    expect(verdict(probed)).toBe('ok');
    expect(probed.samples.probe_http_redirects).toBe(1);
    expect(server.connections()).toBe(2);
    expect(server.received()).toContain('GET /next?a=b HTTP/1.1');
    expect(server.received()).toContain('Cookie: session=s1');
  });

  it('carry the cookies of answers to every port of the host, configured ones to their own only, and no secure ones over plain HTTP', async () => {
    const other = await serve(answerWith(httpAnswer('200 OK')));
    const cookies = ['Set-Cookie: a=2', 'Set-Cookie: hidden=1; Secure; Path=/'];
    const location = `Location: http://127.0.0.1:${other.port}/`;
    const first = await serve(answerWith(httpAnswer('302 Found', [location, ...cookies])));
    const module = httpModule({ headers: { cookie: 'a=1; b=1' } });
    const probed = await runProbe(probeWeb, module, `http://127.0.0.1:${first.port}/`);
    expect(verdict(probed)).toBe('ok');
    expect(first.received()).toMatch(/^cookie: a=1; b=1\r$/m);
    expect(other.received().match(/^cookie: .*$/gim)).toEqual(['Cookie: a=2']);
  });

  it('stop at the eleventh', async () => {
    const server = await serve((socket) => {
      socket.once('data', (chunk: Buffer) => {
        const n = Number(/^GET \/(\d*)/.exec(chunk.toString())?.[1] ?? 0);
        socket.end(httpAnswer('302 Found', [`Location: /${n + 1}`]));
      });
    });
    const probed = await runProbe(probeWeb, httpModule({}), `http://127.0.0.1:${server.port}/0`);
    expect(verdict(probed)).toBe('processing/redirect_limit');
    expect(probed.samples.probe_http_redirects).toBe(11);
    expect(probed.samples.probe_http_status_code).toBe(302);
    expect(server.connections()).toBe(11);
  });

  it.each(['ftp://a/', 'http://', 'gopher:x'])('to %s lead nowhere', async (location) => {
    const probed = await probe(httpAnswer('302 Found', [`Location: ${location}`]));
    expect(verdict(probed)).toBe('processing/redirect_invalid');
  });

  it('do not carry credentials to another host', async () => {
    const other = await serve(answerWith(httpAnswer('200 OK')));
    const first = await serve(
      answerWith(httpAnswer('307 X', [`Location: http://127.0.0.1:${other.port}/`])),
    );
    process.env.TEST_TOKEN = 'hush-hush';
    const module = httpModule({
      authorization: { credentials: 'env:TEST_TOKEN' },
      method: 'POST',
      body: 'data',
    });
    const probed = await runProbe(probeWeb, module, `http://127.0.0.1:${first.port}/`);
    delete process.env.TEST_TOKEN;
    expect(verdict(probed)).toBe('ok');
    expect(first.received()).toContain('Authorization: Bearer hush-hush');
    expect(other.received()).not.toContain('hush-hush');
    expect(other.received()).toMatch(/^POST [\s\S]*\r\n\r\n$/);
    expect(JSON.stringify(probed)).not.toContain('hush-hush');
  });
});

describe('the request', () => {
  it('has the method, headers, body and credentials of the module', async () => {
    process.env.TEST_PASSWORD = 'p:w';
    const server = await serve(answerWith(httpAnswer('200 OK')));
    const module = httpModule({
      method: 'PUT',
      body: '{"a":1}',
      headers: { host: 'virtual.example.test', 'Content-Type': 'application/json', 'X-N': 7 },
      basic_auth: { username: 'u', password: 'env:TEST_PASSWORD' },
    });
    await runProbe(probeWeb, module, `http://127.0.0.1:${server.port}/path?q=1`);
    delete process.env.TEST_PASSWORD;
    const received = server.received();
    expect(received).toMatch(/^PUT \/path\?q=1 HTTP\/1\.1\r\n/);
    expect(received.match(/^host: .*$/gim)).toEqual(['Host: virtual.example.test']);
    expect(received).toContain('X-N: 7');
    expect(received).toContain(`Authorization: Basic ${Buffer.from('u:p:w').toString('base64')}`);
    expect(received).toContain('User-Agent: fargaze/');
    expect(received).toMatch(/\r\n\r\n\{"a":1\}$/);
  });

  it('a secret that is missing is our fault and says nothing about the target', async () => {
    const module = httpModule({ authorization: { credentials: 'env:TEST_UNSET' } });
    await expect(runProbe(probeWeb, module, 'http://127.0.0.1:1/')).rejects.toThrow(
      'env:TEST_UNSET: is unset',
    );
  });

  it.each([
    { http: { fail_if_ssl: true }, want: 'ok' },
    { http: { fail_if_not_ssl: true }, want: 'connect/ssl' },
    { http: { fail_if_not_ssl: true, valid_status_codes: [404] }, want: 'processing/status' },
  ])('over plain HTTP with $http is $want', async ({ http, want }) => {
    expect(verdict(await probe(httpAnswer('200 OK'), http))).toBe(want);
  });

  it.each(['http', 'HTTP', 'HtTp'])('%s:// and no scheme at all are the same', async (scheme) => {
    const server = await serve(
      answerWith(httpAnswer('200 OK', ['Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT'])),
    );
    const host = `127.0.0.1:${server.port}`;
    for (const address of [`${scheme}://${host}/`, host]) {
      const probed = await runProbe(probeWeb, httpModule({}), address);
      expect(verdict(probed)).toBe('ok');
      expect(probed.samples.probe_http_last_modified_timestamp_seconds).toBe(784111777);
    }
  });
});

it('details show what was seen', async () => {
  const probed = await probe(httpAnswer('200 OK', ['Server: seen']), {
    fail_if_header_not_matches: [{ header: 'Server', regexp: 'wanted' }],
  });
  expect(detail(probed)).toBe('header Server "seen", want a match of wanted');
});
