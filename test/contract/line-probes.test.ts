// Every way in which a TCP, DNS or gRPC target fails gives its own phase and reason, and says what was seen and wanted.
import { readFileSync } from 'node:fs';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { freePort } from '../../local/programs/ports.ts';
import { type LineServers, startLineServers } from '../support/peer/line-servers.ts';
import { certificates } from '../support/peer/web-servers.ts';
import { compileModule, detail, runProbe, verdict } from '../support/probing.ts';

let servers: LineServers;
let closed: number;

beforeAll(async () => {
  [servers, closed] = await Promise.all([startLineServers(), freePort()]);
});

afterAll(() => servers.close());

type Case = {
  readonly name: string;
  readonly module: Readonly<Record<string, unknown>>;
  readonly server: string;
  readonly want: string;
  readonly says?: string;
  readonly timeout?: string;
};

const tcp = (steps: readonly object[], more: object = {}) => ({
  prober: 'tcp',
  tcp: { query_response: steps, ...more },
});
const dns = (query: string, more: object = {}) => ({
  prober: 'dns',
  dns: { query_name: `${query}.example.test`, query_type: 'A', ...more },
});
const grpc = (service: string, more: object = {}) => ({
  prober: 'grpc',
  grpc: { service, ...more },
});
const trusted = { tls_config: { ca: certificates.ca.cert } };

const cases: readonly Case[] = [
  { name: 'a port that is closed', module: tcp([]), server: 'closed', want: 'connect/refused' },
  {
    name: 'a line that is expected',
    module: tcp([{ expect: 'SSH' }]),
    server: 'banner',
    want: 'ok',
  },
  {
    name: 'a line that does not come',
    module: tcp([{ expect: 'four' }]),
    server: 'farewell',
    want: 'query/expect',
    says: '"three" as the last line, want a line that matches four',
  },
  {
    name: 'a line that is waited for',
    module: tcp([{ expect: 'x' }]),
    server: 'quiet',
    timeout: '2s',
    want: 'query/timeout',
  },
  {
    name: 'a line without an end',
    module: tcp([{ expect: 'y' }]),
    server: 'endless',
    want: 'query/size_limit',
    says: 'line longer than 65536 bytes',
  },
  {
    name: 'other bytes',
    module: tcp([{ expect_bytes: 'S' }]),
    server: 'wrongBytes',
    want: 'query/expect',
    says: 'bytes "N", want "S"',
  },
  {
    name: 'fewer bytes',
    module: tcp([{ expect_bytes: 'one two three four' }]),
    server: 'farewell',
    want: 'query/closed',
    says: '13 bytes before the end, want 18',
  },
  {
    name: 'a certificate that nobody trusts',
    module: tcp([], { tls: true }),
    server: 'tlsBanner',
    want: 'tls/tls_untrusted',
  },
  {
    name: 'STARTTLS that nobody trusts',
    module: tcp([
      { expect: '^220' },
      { send: 'STARTTLS\r' },
      { expect: '^220' },
      { starttls: true },
    ]),
    server: 'smtp',
    want: 'tls/tls_untrusted',
  },
  {
    name: 'a server that speaks no TLS',
    module: tcp([], { tls: true }),
    server: 'banner',
    want: 'tls/tls_protocol',
  },
  {
    name: 'a code that is not wanted',
    module: dns('gone'),
    server: 'dnsUdp',
    want: 'request/rcode',
    says: 'NXDOMAIN, want NOERROR',
  },
  {
    name: 'a record that is not wanted',
    module: dns('one', { validate_answer_rrs: { fail_if_matches_regexp: ['127'] } }),
    server: 'dnsUdp',
    want: 'request/record',
    says: 'answer: "one.example.test. 300 IN A 127.0.0.1" matches 127',
  },
  {
    name: 'no record that is wanted',
    module: dns('none', { validate_answer_rrs: { fail_if_not_matches_regexp: ['127'] } }),
    server: 'dnsUdp',
    want: 'request/record',
    says: 'answer: no records, want some that match 127',
  },
  {
    name: 'a server of DNS that is silent',
    module: dns('silent'),
    server: 'dnsUdp',
    timeout: '2s',
    want: 'request/timeout',
  },
  {
    name: 'a message that is cut off',
    module: dns('cut'),
    server: 'dnsUdp',
    want: 'request/protocol',
    says: 'a record is cut off',
  },
  {
    name: 'a port that is closed for datagrams',
    module: dns('one'),
    server: 'closed',
    want: 'request/refused',
  },
  {
    name: 'DNS over a certificate that nobody trusts',
    module: dns('one', { transport_protocol: 'tcp', dns_over_tls: true }),
    server: 'dnsTls',
    want: 'tls/tls_untrusted',
  },
  {
    name: 'something else than DNS',
    module: dns('one', { transport_protocol: 'tcp' }),
    server: 'banner',
    timeout: '2s',
    want: 'request/timeout',
  },
  { name: 'a service that is up', module: grpc('up'), server: 'grpc', want: 'ok' },
  {
    name: 'a service that is down',
    module: grpc('down'),
    server: 'grpc',
    want: 'check/not_serving',
    says: 'NOT_SERVING, want SERVING',
  },
  {
    name: 'a service that nobody knows',
    module: grpc('missing'),
    server: 'grpc',
    want: 'check/grpc_status',
    says: 'status 5 "said so", want 0 (OK)',
  },
  { name: 'gRPC where there is none', module: grpc(''), server: 'banner', want: 'check/protocol' },
  {
    name: 'gRPC that is silent',
    module: grpc(''),
    server: 'quiet',
    timeout: '2s',
    want: 'check/timeout',
  },
  {
    name: 'gRPC over TLS',
    module: grpc('up', { tls: true, ...trusted }),
    server: 'grpcTls',
    want: 'ok',
  },
];

it.each([
  {
    name: 'a DNS server at a port that no server has',
    module: dns('good'),
    address: '127.0.0.1:0',
    want: 'guard/protocol',
    says: 'got "127.0.0.1:0", want a server, or host:port',
  },
  {
    name: 'a name that is longer than names are',
    module: tcp([]),
    address: `${'x'.repeat(300)}:1`,
    want: 'resolve/nxdomain',
    says: 'xxx… does not exist: a name has at most 254 characters',
  },
])('$name is $want', async ({ address, module, says, want }) => {
  const probed = await runProbe(probeByModule, compileModule(module) as WebModule, address);
  expect([verdict(probed), detail(probed)]).toEqual([want, expect.stringContaining(says)]);
});

it.each(cases)('$name is $want', async ({ module, says = '', server, timeout = '20s', want }) => {
  const port = server === 'closed' ? closed : servers.port(server);
  const compiled = compileModule({ ...module, timeout }) as WebModule;
  const probed = await runProbe(probeByModule, compiled, `127.0.0.1:${port}`);
  expect([verdict(probed), detail(probed)]).toEqual([want, expect.stringContaining(says)]);
  expect(probed.seconds).toBeLessThan(15);
});

it('a TCP probe has the time of each phase that began', async () => {
  const starttls = compileModule(
    tcp(
      [{ expect: '^220' }, { send: 'STARTTLS\r' }, { expect: '^220' }, { starttls: true }],
      trusted,
    ),
  ) as WebModule;
  const probed = await runProbe(probeByModule, starttls, `127.0.0.1:${servers.port('smtp')}`);
  const phases = Object.keys(probed.samples).filter((key) => key.startsWith('probe_tcp_duration'));
  expect(phases).toEqual(
    ['resolve', 'connect', 'tls', 'query'].map(
      (phase) => `probe_tcp_duration_seconds{phase="${phase}"}`,
    ),
  );
});

it('what a server says may be any bytes', async () => {
  const module = compileModule(
    tcp([{ expect: '^(\\S+)', labels: [{ name: 'said', value: '$1' }] }]),
  ) as WebModule;
  const probed = await runProbe(probeByModule, module, `127.0.0.1:${servers.port('banner')}`);
  expect(probed.samples['probe_expect_info{said="SSH-2.0-OpenSSH_9.2p1"}']).toBe(1);
});

it('the runbook of a failed probe explains the reasons of these', () => {
  const page = readFileSync('docs/runbooks/FargazeProbeFailed.md', 'utf8');
  for (const { want } of cases.filter((one) => one.want !== 'ok')) {
    expect([want, page.includes(`\`${want.split('/')[1]}\``)]).toEqual([want, true]);
  }
});
