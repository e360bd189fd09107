// Tokens of ElastiCache and MemoryDB: as botocore signs them, and as the password of a user of a real server.

import { credentialsOf } from '../../functions/redis-probe/credentials.ts';
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { type EpochMs, systemClock } from '../../layers/core/src/clock.ts';
import { redisModule, runProbe, verdict } from '../support/probing.ts';
import { sendTo } from '../support/redis-admin.ts';
import { startTlsRedis } from '../support/redis-tls.ts';

const environment = { ...process.env };
beforeEach(() => {
  process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
  process.env.AWS_SECRET_ACCESS_KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
  process.env.AWS_REGION = 'eu-west-1';
  delete process.env.AWS_SESSION_TOKEN;
});
afterEach(() => {
  process.env = { ...environment };
});

const clock = { ...systemClock, now: () => Date.UTC(2026, 10, 28, 8) as EpochMs };
const address = {
  ...{ host: 'sessions.x.cache.amazonaws.com', port: 6379, tls: true },
  ...{ username: '', password: '', database: 0 },
};

// Made by botocore 1.44.8, SigV4QueryAuth with these keys and this time.
it.each([
  {
    name: 'a cache',
    iam: { service: 'elasticache', name: 'Sessions' },
    signature: '5b2163e7fd9eaf3cde9b45c494c6db90f4c8907e5f22bfe8fd964b6591ab5085',
  },
  {
    name: 'a serverless cache, with a session',
    iam: { service: 'elasticache', name: 'sessions', serverless: true },
    session: 'token/with+signs==',
    signature: '543fca2e645c25d1da9a2fdaa2de9cf9f12b3e54c5773e3bff025c2120fca25c',
  },
  {
    name: 'a MemoryDB',
    iam: { service: 'memorydb', name: 'sessions', region: 'eu-west-1' },
    signature: '1575085b8de23b06965d9f4fe5942f0e72c0f1141b05c7e7e5c62ebf083118b3',
  },
])('the token of $name is that of botocore', ({ iam, session, signature }) => {
  if (session !== undefined) process.env.AWS_SESSION_TOKEN = session;
  const { redis } = redisModule({ username: 'fargaze', iam });
  const { password, username } = credentialsOf(address, redis, clock)();
  expect(username).toBe('fargaze');
  expect(password).toMatch(/^sessions\/\?Action=connect&/);
  const query = new URLSearchParams(password.replace(/^[^?]*\?/, ''));
  expect(query.get('X-Amz-Signature')).toBe(signature);
  expect(query.get('X-Amz-Expires')).toBe('900');
});

it('a server that knows the token lets the probe in, over TLS only, and nothing shows it', async () => {
  const module = (ca: string) =>
    redisModule({
      username: 'fargaze',
      iam: { service: 'elasticache', name: 'sessions' },
      ...(ca !== '' && { tls_config: { ca } }),
    });
  const token = credentialsOf(address, module('').redis, clock)().password;
  const server = await startTlsRedis();
  await sendTo(server.url, (send) =>
    send('ACL', 'SETUSER', 'fargaze', 'on', `>${token}`, '~*', '+@all'),
  );
  const inside = await runProbe(probeRedis, module(server.ca), server.tlsUrl, clock);
  const later = { ...clock, now: () => (clock.now() + 60_000) as EpochMs };
  const other = await runProbe(probeRedis, module(server.ca), server.tlsUrl, later);
  const plain = await runProbe(probeRedis, module(server.ca), server.url, clock);
  await server.stop();
  expect([inside, other, plain].map(verdict)).toEqual(['ok', 'auth/wrongpass', 'guard/tls_wanted']);
  expect(JSON.stringify([inside, other, plain])).not.toContain('X-Amz');
});

it('a region that nobody names is a mistake of the module', () => {
  delete process.env.AWS_REGION;
  delete process.env.AWS_DEFAULT_REGION;
  const { redis } = redisModule({ username: 'u', iam: { service: 'memorydb', name: 'm' } });
  expect(() => credentialsOf(address, redis, clock)()).toThrow(
    'redis.iam.region: is unset, and AWS_REGION too',
  );
});
