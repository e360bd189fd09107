// Whom TLS trusts and what it says when it fails: as Go's, and so blackbox_exporter's, and in words.
import { DEFAULT_CIPHERS, type TlsOptions } from 'node:tls';
import { probeWeb } from '../../functions/web-probe/probe.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { dial } from '../../layers/core/src/net/dial.ts';
import { waitFor } from '../../local/programs/process.ts';
import { issueCertificate } from '../support/certificates.ts';
import { detail, httpModule, runProbe, verdict } from '../support/probing.ts';
import { answerWith, httpAnswer, type RawServer, startRawServer } from '../support/raw-server.ts';

const root = issueCertificate({ commonName: 'Root', ca: true });
const between = issueCertificate({ commonName: 'Between', ca: true, issuer: root.issuer });
const other = issueCertificate({ commonName: 'Other', ca: true });
const leaf = issueCertificate({
  commonName: 'localhost',
  dns: ['localhost'],
  ip: ['127.0.0.1'],
  issuer: between.issuer,
});
const self = issueCertificate({ commonName: 'localhost', dns: ['localhost'], ip: ['127.0.0.1'] });
const servers: RawServer[] = [];

async function serve(tls: TlsOptions | undefined, serveSocket = answerWith(httpAnswer('200 OK'))) {
  const server = await startRawServer(serveSocket, tls);
  servers.push(server);
  return server;
}

async function probe(tls: TlsOptions, tlsConfig: object) {
  const { port } = await serve(tls);
  return runProbe(probeWeb, httpModule({ tls_config: tlsConfig }), `https://127.0.0.1:${port}/`);
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('whoever is listed in ca is trusted', () => {
  const whole = { cert: leaf.cert + between.cert, key: leaf.key };

  it.each([
    { name: 'the root', tls: whole, ca: root.cert, want: 'ok' },
    { name: 'the intermediate', tls: whole, ca: between.cert, want: 'ok' },
    {
      name: 'the intermediate, which the server does not send',
      tls: leaf,
      ca: between.cert,
      want: 'ok',
    },
    { name: "the server's own certificate", tls: leaf, ca: leaf.cert, want: 'ok' },
    { name: 'one that is signed by itself', tls: self, ca: self.cert, want: 'ok' },
    { name: 'one of several', tls: leaf, ca: other.cert + leaf.cert, want: 'ok' },
    { name: 'another one', tls: whole, ca: other.cert, want: 'tls/tls_untrusted' },
    {
      name: 'the root, where the intermediate is missing',
      tls: leaf,
      ca: root.cert,
      want: 'tls/tls_untrusted',
    },
  ])('$name: $want', async ({ ca, tls: { cert, key }, want }) => {
    expect(verdict(await probe({ cert, key }, { ca }))).toBe(want);
  });
});

it('a connection that is not trusted is closed', async () => {
  const server = await serve(self, () => undefined);
  const address = `https://127.0.0.1:${server.port}/`;
  const probed = await runProbe(probeWeb, httpModule({}), address);
  expect(verdict(probed)).toBe('tls/tls_untrusted');
  await waitFor({ what: 'no connection', seconds: 30, check: async () => server.open() === 0 });
});

it('a common name alone is no name', async () => {
  const old = issueCertificate({ commonName: 'localhost', issuer: root.issuer });
  const { port } = await serve(old);
  const module = httpModule({ tls_config: { ca: root.cert } });
  const probed = await runProbe(probeWeb, module, `https://localhost:${port}/`);
  expect(verdict(probed)).toBe('tls/tls_hostname');
  expect(detail(probed)).toContain('subjectAltName');
});

describe('the name in a certificate', () => {
  const module = { ca: root.cert };
  const name = issueCertificate({ commonName: 'x', dns: ['localhost'], issuer: root.issuer });

  it('is the one that the first server is called by, and no other server', async () => {
    const second = await serve(name);
    const location = `Location: https://127.0.0.1:${second.port}/`;
    const first = await serve(name, answerWith(httpAnswer('302 Found', [location])));
    const of = (http: object) =>
      runProbe(
        probeWeb,
        httpModule({ tls_config: module, headers: { Host: 'localhost' }, ...http }),
        `https://127.0.0.1:${first.port}/`,
      );
    expect(verdict(await of({ follow_redirects: false, valid_status_codes: [302] }))).toBe('ok');
    expect(verdict(await of({}))).toBe('tls/tls_hostname');
  });

  it.each([
    { options: {}, want: 'ok' },
    { options: { serverName: 'elsewhere' }, want: 'tls/tls_hostname' },
    { options: { serverName: 'localhost' }, want: 'ok' },
  ])('may be the address instead, unless $options names another: $want', async (given) => {
    const { port } = await serve(leaf);
    const { tls } = httpModule({ tls_config: { ca: leaf.cert } }).http;
    const deadline = startDeadline(20, systemClock);
    const dialed = await dial(
      {
        ...{ host: '127.0.0.1', port, allowBlocked: [] },
        ip: { preferredIpProtocol: 'ip4', ipProtocolFallback: true },
        tls: {
          ...{ options: { ...tls, ...given.options }, serverName: 'cluster' },
          address: '127.0.0.1',
        },
      },
      { deadline, clock: systemClock, trace: () => undefined },
    );
    deadline.close();
    if (dialed.ok) dialed.socket.destroy();
    expect(verdictOf(dialed)).toBe(given.want);
  });

  const verdictOf = (dialed: Awaited<ReturnType<typeof dial>>) => {
    const { fault } = dialed.facts.tls ?? {};
    if (dialed.ok) return fault === undefined ? 'ok' : String(fault);
    return `${dialed.outcome.phase}/${dialed.outcome.reason}`;
  };
});

describe('versions', () => {
  const only = (version: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): TlsOptions => ({
    ...{ cert: leaf.cert, key: leaf.key, minVersion: version, maxVersion: version },
    ciphers: `${DEFAULT_CIPHERS}:@SECLEVEL=0`,
  });
  const ca = between.cert;

  it.each([
    { version: 'TLSv1', tls: { min_version: 'TLS10' }, shown: 'TLS 1.0' },
    { version: 'TLSv1.1', tls: { min_version: 'TLS10' }, shown: 'TLS 1.1' },
    {
      version: 'TLSv1.1',
      tls: { min_version: 'TLS11', max_version: 'TLS11' },
      shown: 'TLS 1.1',
    },
    { version: 'TLSv1.3', tls: { min_version: 'TLS10' }, shown: 'TLS 1.3' },
  ] as const)('$version with $tls is $shown', async ({ shown, tls, version }) => {
    const probed = await probe(only(version), { ca, ...tls });
    expect(verdict(probed)).toBe('ok');
    expect(probed.samples[`probe_tls_version_info{version="${shown}"}`]).toBe(1);
  });

  it.each([
    { version: 'TLSv1', tls: {} },
    { version: 'TLSv1.2', tls: { min_version: 'TLS13' } },
    { version: 'TLSv1.3', tls: { max_version: 'TLS12' } },
  ] as const)('$version with $tls is refused in words', async ({ tls, version }) => {
    const probed = await probe(only(version), { ca, ...tls });
    expect(verdict(probed)).toBe('tls/tls_protocol');
    expect(detail(probed)).toContain('no version of TLS in common');
  });
});

describe('a server that wants to know the client', () => {
  const strict: TlsOptions = {
    ...{ cert: leaf.cert, key: leaf.key, ca: root.cert },
    ...{ requestCert: true, rejectUnauthorized: true },
  };
  const client = issueCertificate({ commonName: 'client', issuer: root.issuer });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('says so in %s', async (maxVersion) => {
    const probed = await probe({ ...strict, maxVersion }, { ca: between.cert });
    expect(probed.outcome).toMatchObject({ ok: false, phase: 'tls' });
    expect(detail(probed)).toMatch(/client certificate \(tls_config\.cert and key\)$/);
  });

  it('has its own reason where TLS has one', async () => {
    const probed = await probe(strict, { ca: between.cert });
    expect(verdict(probed)).toBe('tls/tls_client_certificate');
  });

  it('says so over HTTP/2 too', async () => {
    const probed = await probe({ ...strict, ALPNProtocols: ['h2'] }, { ca: between.cert });
    expect(verdict(probed)).toBe('tls/tls_client_certificate');
  });

  it('is shown one', async () => {
    process.env.TEST_CLIENT_KEY = client.key;
    const key = 'env:TEST_CLIENT_KEY';
    const probed = await probe(strict, { ca: between.cert, cert: client.cert, key });
    delete process.env.TEST_CLIENT_KEY;
    expect(verdict(probed)).toBe('ok');
  });
});

it('no detail holds a pointer, a path of OpenSSL or a line feed', async () => {
  const plain = await serve(undefined, (socket) => void socket.write('HTTP/1.1 400 Bad\r\n\r\n'));
  const module = httpModule({ tls_config: { ca: between.cert } });
  const probed = await runProbe(probeWeb, module, `https://127.0.0.1:${plain.port}/`);
  expect(detail(probed)).toBe('TLS failed: wrong version number: it may speak no TLS on this port');
});

it('the earliest expiry of all hops is there beside that of the last one', async () => {
  const day = 86_400;
  const soon = issueCertificate({
    commonName: 'soon',
    ip: ['127.0.0.1'],
    issuer: root.issuer,
    validForDays: 2,
  });
  const late = issueCertificate({
    commonName: 'late',
    ip: ['127.0.0.1'],
    issuer: root.issuer,
    validForDays: 90,
  });
  const last = await serve(late);
  const location = `Location: https://127.0.0.1:${last.port}/`;
  const first = await serve(soon, answerWith(httpAnswer('302 Found', [location])));
  const module = httpModule({ tls_config: { ca: root.cert } });
  const { samples } = await runProbe(probeWeb, module, `https://127.0.0.1:${first.port}/`);
  const days = (name: string) => Math.round(((samples[name] ?? 0) - Date.now() / 1000) / day);
  expect(days('fargaze_probe_ssl_earliest_cert_expiry')).toBe(2);
  expect(days('probe_ssl_earliest_cert_expiry')).toBe(90);
});
