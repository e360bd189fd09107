// Every way in which a web target fails gives its own phase and reason, and what was measured before is kept.
// One file: it is the whole table of causes.
import { createHash } from 'node:crypto';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { freePort } from '../../local/programs/ports.ts';
import { issueCertificate } from '../support/certificates.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { compileModule, detail, httpModule, runProbe, verdict } from '../support/probing.ts';
import { answerWith, httpAnswer, type RawServer, startRawServer } from '../support/raw-server.ts';

const ca = issueCertificate({ commonName: 'Test CA', ca: true });
const servers: RawServer[] = [];
let dns: Awaited<ReturnType<typeof startDnsServer>>;
/** What the name `turns.example.test` is in turn. */
let turns: string[] = [];

async function serve(...args: Parameters<typeof startRawServer>): Promise<RawServer> {
  const server = await startRawServer(...args);
  servers.push(server);
  return server;
}

beforeAll(async () => {
  dns = await startDnsServer({
    'silent.example.test': 'silent',
    'broken.example.test': 'servfail',
    'empty.example.test': [],
    'good.example.test': ['127.0.0.1'],
    get 'turns.example.test'() {
      return [turns.shift() ?? '127.0.0.1'];
    },
  });
  process.env.FARGAZE_DNS_SERVERS = dns.address;
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

afterAll(async () => {
  delete process.env.FARGAZE_DNS_SERVERS;
  await dns.close();
});

/** Long enough for a busy machine to come as far as the silence that is waited for. */
const impatient = httpModule({}, '2s');

const phase = (name: string) => `probe_http_duration_seconds{phase="${name}"}`;

describe('before a connection', () => {
  it.each([
    { name: 'a name that does not exist', host: 'gone.example.test', want: 'resolve/nxdomain' },
    { name: 'a name without addresses', host: 'empty.example.test', want: 'resolve/no_address' },
    { name: 'a resolver that fails', host: 'broken.example.test', want: 'resolve/dns_failure' },
    { name: 'a resolver that is silent', host: 'silent.example.test', want: 'resolve/timeout' },
  ])('$name is $want, with only the lookup time', async ({ host, want }) => {
    const module = want.endsWith('/timeout') ? impatient : httpModule({});
    const probed = await runProbe(probeWeb, module, `http://${host}/`);
    expect(verdict(probed)).toBe(want);
    expect(Object.keys(probed.samples)).toContain(phase('resolve'));
    expect(Object.keys(probed.samples)).not.toContain(phase('connect'));
    expect(probed.samples[phase('resolve')]).toBe(probed.samples.probe_dns_lookup_time_seconds);
    expect(probed.samples.probe_http_status_code).toBe(0);
  });

  it('a resolver that nothing listens for is a DNS failure, not a refusal by the target', async () => {
    process.env.FARGAZE_DNS_SERVERS = `127.0.0.1:${await freePort()}`;
    const probed = await runProbe(probeWeb, httpModule({}), 'http://good.example.test/');
    process.env.FARGAZE_DNS_SERVERS = dns.address;
    expect(verdict(probed)).toBe('resolve/dns_failure');
  });

  it('a closed port is a refusal', async () => {
    const probed = await runProbe(
      probeWeb,
      httpModule({}),
      `http://good.example.test:${await freePort()}/`,
    );
    expect(verdict(probed)).toBe('connect/refused');
    expect(probed.samples[phase('connect')]).toBeGreaterThan(0);
    expect(probed.samples[phase('processing')]).toBe(0);
    expect(probed.samples.probe_ip_protocol).toBe(4);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:aa02]/v2/credentials',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://0.0.0.0/',
    'http://2852039166/',
    'http://0xa9.0xfe.0xa9.0xfe/',
  ])('%s is not reached', async (address) => {
    const probed = await runProbe(probeWeb, httpModule({}), address);
    expect(verdict(probed)).toBe('guard/blocked');
  });

  it('a redirect to the metadata address is not followed', async () => {
    const answer = httpAnswer('302 Found', ['Location: http://169.254.169.254/latest']);
    const { port } = await serve(answerWith(answer));
    const probed = await runProbe(probeWeb, httpModule({}), `http://127.0.0.1:${port}/`);
    expect(verdict(probed)).toBe('guard/blocked');
    expect(probed.samples.probe_http_redirects).toBe(1);
  });

  it('a name that changes is asked once for each hop, and what was judged is dialled', async () => {
    const server = await serve(
      answerWith(httpAnswer('302 Found', ['Location: /latest/meta-data/'])),
    );
    const address = `http://turns.example.test:${server.port}/`;
    turns = ['169.254.169.254', '127.0.0.1'];
    expect(verdict(await runProbe(probeWeb, httpModule({}), address))).toBe('guard/blocked');
    expect([turns, server.connections()]).toEqual([['127.0.0.1'], 0]);
    turns = ['127.0.0.1', '169.254.169.254', '127.0.0.1'];
    const moved = await runProbe(probeWeb, httpModule({}), address);
    expect([verdict(moved), moved.samples.probe_http_redirects]).toEqual(['guard/blocked', 1]);
    expect([turns, server.connections()]).toEqual([['127.0.0.1'], 1]);
  });

  it('inside Lambda loopback is the runtime and not reached, unless allowed', async () => {
    const { port } = await serve(answerWith(httpAnswer('200 OK')));
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001';
    const address = `http://127.0.0.1:${port}/`;
    const blocked = await runProbe(probeWeb, httpModule({}), address);
    const allowed = await runProbe(
      probeWeb,
      httpModule({ allow_blocked: ['127.0.0.1/32'] }),
      address,
    );
    delete process.env.AWS_LAMBDA_RUNTIME_API;
    expect([verdict(blocked), verdict(allowed)]).toEqual(['guard/blocked', 'ok']);
  });

  it.each(['ftp://a/', 'http://', 'http://a b/'])('%s is no web address', async (address) => {
    const probed = await runProbe(probeWeb, httpModule({}), address);
    expect(verdict(probed)).toBe('guard/protocol');
  });
});

describe('TLS', () => {
  const leaf = (spec: Parameters<typeof issueCertificate>[0]) =>
    issueCertificate({ issuer: ca.issuer, dns: ['good.example.test'], ...spec });
  const trusted = httpModule({ tls_config: { ca: ca.cert } });

  it.each([
    {
      name: 'expired',
      cert: leaf({ commonName: 'old', validForDays: -0.5 }),
      want: 'tls/tls_expired',
    },
    {
      name: 'not yet valid',
      cert: leaf({ commonName: 'new', validFromDays: 1 }),
      want: 'tls/tls_not_yet_valid',
    },
    {
      name: 'for another name',
      cert: leaf({ commonName: 'x', dns: ['other.example.test'] }),
      want: 'tls/tls_hostname',
    },
    {
      name: 'of an unknown authority',
      cert: issueCertificate({ commonName: 'self', dns: ['good.example.test'] }),
      want: 'tls/tls_untrusted',
    },
  ])(
    'a certificate that is $name is $want, its dates are reported, and no request is sent',
    async ({ cert, want }) => {
      const server = await serve(answerWith(httpAnswer('200 OK')), cert);
      const probed = await runProbe(probeWeb, trusted, `https://good.example.test:${server.port}/`);
      expect(verdict(probed)).toBe(want);
      expect(probed.samples.probe_ssl_verified).toBe(0);
      expect(probed.samples.probe_ssl_earliest_cert_expiry).toBeGreaterThan(1.7e9);
      expect(probed.samples.probe_ssl_last_chain_expiry_timestamp_seconds).toBeUndefined();
      expect(probed.samples[phase('tls')]).toBeGreaterThan(0);
      expect(probed.samples[phase('connect')]).toBeGreaterThan(0);
      expect(server.received()).toBe('');
    },
  );

  it('certificates of our own that cannot be used say nothing about the target', async () => {
    process.env.TEST_KEY = 'no key';
    const module = httpModule({ tls_config: { cert: ca.cert, key: 'env:TEST_KEY' } });
    const probing = runProbe(probeWeb, module, `https://127.0.0.1:${await freePort()}/`);
    await expect(probing).rejects.toThrow('tls_config: ca, cert and key cannot be used together');
    delete process.env.TEST_KEY;
  });

  it('insecure_skip_verify goes on and still says that nothing was verified', async () => {
    const server = await serve(
      answerWith(httpAnswer('200 OK')),
      issueCertificate({ commonName: 'self' }),
    );
    const module = httpModule({ tls_config: { insecure_skip_verify: true } });
    const probed = await runProbe(probeWeb, module, `https://good.example.test:${server.port}/`);
    expect(verdict(probed)).toBe('ok');
    expect(probed.samples.probe_ssl_verified).toBe(0);
  });

  it('a valid certificate gives the series of blackbox_exporter', async () => {
    const cert = leaf({
      commonName: 'good.example.test',
      organization: ['A, Inc', 'B'],
      email: 'a@b.c',
      dns: ['good.example.test', 'www.example.test'],
      ip: ['127.0.0.1'],
      serial: '00ab12',
    });
    const server = await serve(answerWith(httpAnswer('200 OK')), cert);
    const probed = await runProbe(probeWeb, trusted, `https://good.example.test:${server.port}/`);
    expect(verdict(probed)).toBe('ok');
    const der = Buffer.from(cert.cert.replace(/-----[^-]+-----|\n/g, ''), 'base64');
    const fingerprint = createHash('sha256').update(der).digest('hex');
    const info = Object.keys(probed.samples).find((key) =>
      key.startsWith('probe_ssl_last_chain_info'),
    );
    expect(info).toBe(
      `probe_ssl_last_chain_info{fingerprint_sha256="${fingerprint}",` +
        'subject="CN=good.example.test,O=A\\, Inc+O=B,1.2.840.113549.1.9.1=#0c056140622e63",' +
        'issuer="CN=Test CA",subjectalternative="good.example.test,www.example.test",serialnumber="ab12"}',
    );
    expect(probed.samples['probe_tls_version_info{version="TLS 1.3"}']).toBe(1);
    expect(probed.samples.probe_http_ssl).toBe(1);
    expect(probed.samples.probe_ssl_last_chain_expiry_timestamp_seconds).toBeGreaterThan(1.7e9);
  });

  it('sessions are not resumed: every probe sees the certificate', async () => {
    const server = await serve(answerWith(httpAnswer('200 OK')), leaf({ commonName: 'x' }));
    for (let round = 0; round < 3; round++) {
      const probed = await runProbe(probeWeb, trusted, `https://good.example.test:${server.port}/`);
      expect(probed.samples.probe_ssl_verified).toBe(1);
    }
    expect(server.connections()).toBe(3);
  });

  it('a server that speaks no TLS is a protocol fault of TLS', async () => {
    const server = await serve(answerWith(httpAnswer('400 Bad Request')));
    const greeting = await serve((socket) => void socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    for (const { port } of [greeting]) {
      const probed = await runProbe(probeWeb, trusted, `https://good.example.test:${port}/`);
      expect(verdict(probed)).toBe('tls/tls_protocol');
    }
    const silent = await runProbe(probeWeb, impatient, `https://good.example.test:${server.port}/`);
    expect(verdict(silent)).toBe('tls/timeout');
    expect(silent.samples[phase('tls')]).toBeGreaterThan(0.1);
  });

  it('a server that hangs up during the handshake is a reset', async () => {
    const server = await serve(
      (socket) => void socket.once('data', () => socket.resetAndDestroy()),
    );
    const probed = await runProbe(probeWeb, trusted, `https://good.example.test:${server.port}/`);
    expect(verdict(probed)).toBe('tls/reset');
  });
});

describe('a port that speaks TLS, asked without', () => {
  const alert = Buffer.from([0x15, 0x03, 0x01, 0, 2, 2, 70]);

  it('is tls_wanted for http where it answers by an alert', async () => {
    for (const version of [1, 3]) {
      alert[2] = version;
      const server = await serve((socket) => void socket.once('data', () => socket.end(alert)));
      const probed = await runProbe(probeWeb, httpModule({}), `http://127.0.0.1:${server.port}/`);
      expect([verdict(probed), detail(probed)]).toEqual([
        'processing/tls_wanted',
        'answered in TLS, want https://',
      ]);
    }
  });

  it('is tls_wanted for gRPC, whether the connection stays or not', async () => {
    const module = compileModule({ prober: 'grpc', timeout: '20s' }) as WebModule;
    for (const server of [
      await serve((socket) => void socket.once('data', () => socket.end(alert))),
      await serve((socket) => void socket.once('data', () => socket.write(alert))),
    ]) {
      const probed = await runProbe(probeByModule, module, `127.0.0.1:${server.port}`);
      expect([verdict(probed), detail(probed)]).toEqual([
        'check/tls_wanted',
        'answered in TLS, want tls: true',
      ]);
    }
  });
});

describe('the answer', () => {
  const partial = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this';

  it.each([
    {
      name: 'silence',
      serve: () => undefined,
      want: 'processing/timeout',
      says: 'deadline of 2s exceeded; nothing of the head of the answer had come',
    },
    {
      name: 'a reset before the answer',
      serve: answerWith('', (s) => void s.resetAndDestroy()),
      want: 'processing/reset',
      says: 'read ECONNRESET; nothing of the head of the answer had come',
    },
    {
      name: 'an end before the answer',
      serve: answerWith(''),
      want: 'processing/closed',
      says: 'connection closed before the answer was complete; nothing of the head of the answer had come',
    },
    {
      name: 'half a head, then the end',
      serve: answerWith('HTTP/1.1 200 O'),
      want: 'processing/closed',
      says: 'connection closed before the answer was complete; a part of the head of the answer had come',
    },
    { name: 'garbage', serve: answerWith('SSH-2.0-OpenSSH\r\n'), want: 'processing/protocol' },
    {
      name: 'a head without end',
      serve: answerWith(`HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(40_000)}`, () => undefined),
      want: 'processing/size_limit',
    },
    {
      name: 'a reset mid-body',
      serve: answerWith(partial, (s) => void setTimeout(() => s.resetAndDestroy(), 50)),
      want: 'transfer/reset',
    },
    { name: 'an end mid-body', serve: answerWith(partial), want: 'transfer/closed' },
    {
      name: 'a body that stalls',
      serve: answerWith(partial, () => undefined),
      want: 'transfer/timeout',
    },
    {
      name: 'a chunk that is none',
      serve: answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
      want: 'transfer/protocol',
    },
    {
      name: 'another status',
      serve: answerWith(httpAnswer('503 Service Unavailable')),
      want: 'processing/status',
    },
    {
      name: 'an unasked upgrade',
      serve: answerWith(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
      ),
      want: 'processing/protocol',
    },
  ])('$name is $want', async ({ says, serve: behave, want }) => {
    const server = await serve(behave);
    const module = want.endsWith('/timeout') ? impatient : httpModule({});
    const probed = await runProbe(probeWeb, module, `http://127.0.0.1:${server.port}/`);
    expect(verdict(probed)).toBe(want);
    if (says !== undefined) expect(detail(probed)).toBe(says);
    expect(server.connections()).toBe(1);
    for (const name of ['resolve', 'connect', 'tls', 'processing', 'transfer']) {
      expect(probed.samples[phase(name)]).toBeGreaterThanOrEqual(0);
    }
    expect(probed.samples[phase('processing')]).toBeGreaterThan(0);
  });

  it('a stalled body keeps the time that it was waited for', async () => {
    const server = await serve(answerWith(partial, () => undefined));
    const probed = await runProbe(probeWeb, impatient, `http://127.0.0.1:${server.port}/`);
    expect(probed.samples[phase('transfer')]).toBeGreaterThan(0.1);
    expect(probed.samples.probe_http_status_code).toBe(200);
    expect(probed.samples.probe_http_content_length).toBe(100);
    expect(probed.samples.probe_http_uncompressed_body_length).toBe(9);
  });

  it('says what was seen and what was wanted', async () => {
    const server = await serve(answerWith(httpAnswer('503 Service Unavailable')));
    const url = `http://127.0.0.1:${server.port}/`;
    expect(detail(await runProbe(probeWeb, httpModule({}), url))).toBe('status 503, want 200-299');
    const listed = httpModule({ valid_status_codes: [200, 204] });
    expect(detail(await runProbe(probeWeb, listed, url))).toBe('status 503, want 200 or 204');
  });

  it('the words of a server do not repeat the credentials that it was sent', async () => {
    process.env.TEST_TOKEN = 'correct-horse-battery-staple';
    const echo = [`X-Echo: ${'x'.repeat(60)}${process.env.TEST_TOKEN}`];
    const server = await serve(answerWith(httpAnswer(`200 ${process.env.TEST_TOKEN}`, echo)));
    const module = httpModule({
      authorization: { credentials: 'env:TEST_TOKEN' },
      fail_if_header_matches: [{ header: 'X-Echo', regexp: 'x' }],
    });
    const probed = await runProbe(probeWeb, module, `http://127.0.0.1:${server.port}/`);
    delete process.env.TEST_TOKEN;
    expect(verdict(probed)).toBe('processing/header');
    expect(server.received()).toContain('correct-horse');
    expect(JSON.stringify([probed.outcome, probed.trace])).not.toContain('correct');
  });

  it('sends exactly one request, also when the server hangs up without an answer', async () => {
    const server = await serve(answerWith(''));
    await runProbe(probeWeb, httpModule({}), `http://127.0.0.1:${server.port}/`);
    expect(server.received().match(/^GET /gm)).toHaveLength(1);
    expect(server.connections()).toBe(1);
  });
});
