// A real Redis over TLS: its certificate, those of clients, and either side without TLS. With this machine's Redis only: the servers
// that come as Python packages know no TLS.
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { detail, redisModule, runProbe, verdict } from '../support/probing.ts';
import { sendTo } from '../support/redis-admin.ts';
import { startTlsRedis, type TlsRedis } from '../support/redis-tls.ts';

jest.setTimeout(120_000);

let redis: TlsRedis;
beforeAll(async () => {
  redis = await startTlsRedis();
});
afterAll(() => redis.stop());

const probe = (options: object) => {
  const module = redisModule({ tls_config: { ca: redis.ca, ...options } }, '4s');
  return runProbe(probeRedis, module, redis.tlsUrl);
};

it('rediss:// is spoken, timed and verified', async () => {
  const probed = await probe({});
  expect(verdict(probed)).toBe('ok');
  expect(probed.samples['probe_redis_duration_seconds{phase="tls"}']).toBeGreaterThan(0);
  expect(probed.samples.probe_ssl_verified).toBe(1);
});

it('a certificate of an authority that nobody named is untrusted, and the setting is named', async () => {
  expect(verdict(await probe({ ca: redis.stranger.cert }))).toBe('tls/tls_untrusted');
  const probed = await runProbe(probeRedis, redisModule({}), redis.tlsUrl);
  expect(verdict(probed)).toBe('tls/tls_untrusted');
  expect(detail(probed)).toBe(
    'certificate not valid: SELF_SIGNED_CERT_IN_CHAIN: its authority is not known (tls_config.ca_file)',
  );
});

it('a certificate of another name is told apart, and the setting is named', async () => {
  const probed = await probe({ server_name: 'other.test' });
  expect(verdict(probed)).toBe('tls/tls_hostname');
  expect(detail(probed)).toMatch(/other\.test.* \(tls_config\.server_name\)$/);
});

it('an expired certificate is reported with its date', async () => {
  const expired = await startTlsRedis({ validForDays: -0.5 });
  const module = redisModule({ tls_config: { ca: expired.ca } });
  const probed = await runProbe(probeRedis, module, expired.tlsUrl);
  await expired.stop();
  expect(verdict(probed)).toBe('tls/tls_expired');
  expect(probed.samples.probe_ssl_earliest_cert_expiry).toBeGreaterThan(1.7e9);
});

it('a port that wants TLS says so to a probe without', async () => {
  const probed = await runProbe(
    probeRedis,
    redisModule({}),
    redis.tlsUrl.replace('rediss', 'redis'),
  );
  expect(verdict(probed)).toBe('auth/tls_wanted');
});

it('a port that wants TLS and a certificate of its clients says so too', async () => {
  const set = (protocols: string, clients: string) =>
    sendTo(redis.url, (send) =>
      send('CONFIG', 'SET', 'tls-protocols', protocols, 'tls-auth-clients', clients),
    );
  await set('TLSv1.2', 'yes');
  const probed = await runProbe(
    probeRedis,
    redisModule({}),
    redis.tlsUrl.replace('rediss', 'redis'),
  );
  await set('TLSv1.2 TLSv1.3', 'no');
  expect(verdict(probed)).toBe('auth/tls_wanted');
});

describe.each(['yes', 'optional'])('client certificates, tls-auth-clients %s', (mode) => {
  beforeAll(() => sendTo(redis.url, (send) => send('CONFIG', 'SET', 'tls-auth-clients', mode)));

  it('the right one is let in', async () => {
    const { cert, key } = redis.client;
    expect(verdict(await probe({ cert, key: `file:${key}` }))).toBe('ok');
  });

  it('none is let in where it is optional, and a reason of its own where it is not', async () => {
    const probed = await probe({});
    expect([verdict(probed), detail(probed)]).toEqual(
      mode === 'optional'
        ? ['ok', '']
        : [
            'tls/tls_client_certificate',
            'the server sent the TLS alert "certificate required": it wants a client certificate (tls_config.cert and key)',
          ],
    );
  });

  it('one of a stranger is a reason of its own, in words that do not change', async () => {
    const { cert, key } = redis.stranger;
    const probed = await probe({ cert, key: `file:${key}` });
    expect([verdict(probed), detail(probed)]).toEqual([
      'tls/tls_client_certificate',
      'the server sent the TLS alert "unknown ca": it refuses the client certificate (tls_config.cert)',
    ]);
  });
});
