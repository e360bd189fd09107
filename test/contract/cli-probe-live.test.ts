// `fargaze probe` with servers that answer: each scheme is judged by its own prober, and what a server shows of itself is printed.
import { seriesOfTarget } from '../../cli/check/plan.ts';
import { type Server, startRedis } from '../../local/programs/servers.ts';
import { type LineServers, startLineServers } from '../support/peer/line-servers.ts';
import { runCli } from '../support/run-cli.ts';

let lines: LineServers;
let redis: Server;
beforeAll(async () => {
  [lines, redis] = await Promise.all([startLineServers(), startRedis()]);
});
afterAll(async () => {
  await lines.close();
  await redis.stop();
});

const probe = (...args: string[]) => runCli(['probe', '-t', '5s', ...args]);

it('a Redis is written to, phase by phase', async () => {
  const { code, out } = await probe(redis.url);
  expect([code, out]).toEqual([0, expect.stringMatching(/^UP {2}redis:\/\/.*module redis$/m)]);
  expect(out).toContain('passed       canary: write');
  for (const phase of ['connect', 'ping', 'role', 'write', 'read', 'delete']) {
    expect(out).toMatch(new RegExp(`^  ${phase} +.*█`, 'm'));
  }
});

it.each([
  { name: 'grpc', address: () => `grpc://127.0.0.1:${lines.port('grpc')}`, module: 'grpc' },
  {
    name: 'dns',
    address: () => `dns://127.0.0.1:${lines.port('dnsUdp')}/one.example.test`,
    module: 'dns',
  },
  { name: 'tcp', address: () => `tcp://127.0.0.1:${lines.port('tlsBanner')}`, module: 'tcp' },
])('$name:// is probed by its own prober', async ({ address, module }) => {
  const { code, out } = await probe(address());
  expect([code, out]).toEqual([0, expect.stringContaining(`module ${module}\n`)]);
});

it('the plan of fargaze check counts about as many series as targets have', async () => {
  const addresses = [
    redis.url,
    `grpc://127.0.0.1:${lines.port('grpc')}`,
    `dns://127.0.0.1:${lines.port('dnsUdp')}/one.example.test`,
    `tcp://127.0.0.1:${lines.port('tlsBanner')}`,
  ];
  const { targets } = JSON.parse((await probe(...addresses, '--json')).out);
  type One = { readonly prober: keyof typeof seriesOfTarget; readonly samples: object };
  const off = targets.map(({ prober, samples }: One) => [
    prober,
    Object.keys(samples).length - seriesOfTarget[prober],
  ]);
  expect(off.filter(([, difference]: [string, number]) => Math.abs(difference) > 6)).toEqual([]);
});

it('a name that does not exist is down by the rule on codes', async () => {
  const { code, out } = await probe(`dns://127.0.0.1:${lines.port('dnsUdp')}/gone.example.test`);
  expect([code, out]).toEqual([1, expect.stringMatching(/^ {2}rule +valid_rcodes$/m)]);
});

it('a certificate that nobody trusts is shown, with the rule that decided', async () => {
  const { code, out } = await probe(`tls://127.0.0.1:${lines.port('tlsBanner')}`);
  expect(code).toBe(1);
  expect(out).toContain('tls: tls_untrusted');
  expect(out).toContain('rule         tls_config.insecure_skip_verify: false, the default');
  expect(out).toMatch(
    /^ {2}certificate {2}.*\n {15}by .*, until \d{4}-\d\d-\d\dT.*days left\)\n {15}TLS 1\.3 .*, not trusted$/m,
  );
  const json = await probe(`tls://127.0.0.1:${lines.port('tlsExpiredBanner')}`, '--json');
  const [{ certificate, failure }] = JSON.parse(json.out).targets;
  expect([json.code, failure.phase, certificate.daysLeft < 0, certificate.trusted]).toEqual([
    1,
    'tls',
    true,
    false,
  ]);
});
