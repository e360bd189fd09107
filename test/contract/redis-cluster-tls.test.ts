// A real cluster as ElastiCache has it: TLS, a configuration endpoint, nodes that announce host names, or addresses only.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { freeClusterPort } from '../../local/programs/ports.ts';
import { waitFor } from '../../local/programs/process.ts';
import { issueCertificate } from '../support/certificates.ts';
import { startDnsServer } from '../support/dns-server.ts';
import { detail, redisModule, runProbe, verdict } from '../support/probing.ts';
import { sendTo } from '../support/redis-admin.ts';
import { type Cluster, startCluster } from '../support/redis-topologies.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-cluster-tls-'));
const ca = issueCertificate({ commonName: 'Test CA', ca: true });
const hosts = ['one', 'two', 'three'].map((name) => `${name}.cluster.test`);
let cluster: Cluster;
let dns: Awaited<ReturnType<typeof startDnsServer>>;
let ports: readonly number[];

beforeAll(async () => {
  const { cert, key } = issueCertificate({
    commonName: 'cluster',
    issuer: ca.issuer,
    // No IP address among them, as with ElastiCache.
    dns: ['*.cluster.test'],
  });
  for (const [name, pem] of Object.entries({
    'ca.pem': ca.cert,
    'cert.pem': cert,
    'key.pem': key,
  })) {
    writeFileSync(join(directory, name), pem);
  }
  const file = (name: string) => join(directory, name);
  ports = await Promise.all(hosts.map(() => freeClusterPort()));
  const names = Object.fromEntries(hosts.map((host) => [host, ['127.0.0.1']]));
  dns = await startDnsServer({ ...names, 'config.cluster.test': ['127.0.0.1'] });
  process.env.FARGAZE_DNS_SERVERS = dns.address;
  cluster = await startCluster({
    replicas: 0,
    ports,
    args: (index) => [
      ...['--tls-port', String(ports[index]), '--tls-auth-clients', 'no', '--tls-cluster', 'yes'],
      ...['--tls-cert-file', file('cert.pem'), '--tls-key-file', file('key.pem')],
      ...['--tls-ca-cert-file', file('ca.pem')],
      ...['--cluster-announce-hostname', hosts[index] ?? ''],
    ],
  });
});
afterAll(async () => {
  delete process.env.FARGAZE_DNS_SERVERS;
  await cluster.stop();
  await dns.close();
  rmSync(directory, { recursive: true });
});

const announce = async (kind: string) => {
  for (const { url } of cluster.nodes) {
    await sendTo(url, (send) => send('CONFIG', 'SET', 'cluster-preferred-endpoint-type', kind));
  }
};
const probe = (options: object = {}) =>
  runProbe(
    probeRedis,
    redisModule({ tls_config: { ca: ca.cert }, ...options }),
    `rediss://config.cluster.test:${ports[0]}`,
  );

it('host names that nodes announce are resolved and verified', async () => {
  await announce('hostname');
  await waitFor({
    what: 'host names everywhere',
    seconds: 60,
    check: async () => {
      const seen = await probe();
      return hosts.every((host) => Object.keys(seen.samples).some((name) => name.includes(host)));
    },
  });
  const probed = await probe();
  expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
  expect(probed.samples.probe_ssl_verified).toBe(1);
  const nodes = hosts.map((host, index) => `${host}:${ports[index]}`);
  for (const [index, shard] of ['0', '5461', '10922'].entries()) {
    const labels = `{shard="${shard}",node="${nodes[index]}"}`;
    expect(probed.samples[`probe_redis_shard_success${labels}`]).toBe(1);
  }
});

it('a node that announces its address is verified under the name of the target', async () => {
  await announce('ip');
  const probed = await probe();
  expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
  const labels = `{shard="0",node="127.0.0.1:${ports[0]}"}`;
  expect(probed.samples[`probe_redis_shard_success${labels}`]).toBe(1);
});

it('or under that address, and under no other name', async () => {
  await announce('ip');
  const last = cluster.nodes[2]?.url ?? '';
  const show = (file: string) => {
    const [cert, key] = [`${file}cert.pem`, `${file}key.pem`].map((name) => join(directory, name));
    const set = ['tls-cert-file', cert ?? '', 'tls-key-file', key ?? ''];
    return sendTo(last, (send) => send('CONFIG', 'SET', ...set));
  };
  const found: string[] = [];
  for (const names of [{ dns: ['a.test'], ip: ['127.0.0.1'] }, { dns: ['a.test'] }]) {
    const { cert, key } = issueCertificate({ commonName: 'a', issuer: ca.issuer, ...names });
    writeFileSync(join(directory, 'own-cert.pem'), cert);
    writeFileSync(join(directory, 'own-key.pem'), key);
    await show('own-');
    const probed = await probe();
    found.push(`${verdict(probed)} ${detail(probed).replace(/:\d+/, '')}`);
  }
  await show('');
  expect(found).toEqual([
    'ok ',
    expect.stringMatching(/^tls\/tls_hostname shard 10922 at 127\.0\.0\.1: .*DNS:a\.test/),
  ]);
});

it('nodes without an endpoint are reached at the host that was asked', async () => {
  await announce('unknown-endpoint');
  const probed = await probe();
  expect([verdict(probed), detail(probed)]).toEqual(['ok', '']);
  const labels = `{shard="0",node="config.cluster.test:${ports[0]}"}`;
  expect(probed.samples[`probe_redis_shard_success${labels}`]).toBe(1);
});

it('a certificate that nobody vouches for is the first thing that is said', async () => {
  expect(verdict(await probe({ tls_config: {} }))).toBe('tls/tls_untrusted');
});
