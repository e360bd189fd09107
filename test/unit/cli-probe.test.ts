// `fargaze probe` as a process: verdicts, exit statuses, what it prints, and what it never prints.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderReport } from '../../cli/probe/render.ts';
import { paintNothing, type Style, span } from '../../local/terminal/line.ts';
import { runCli } from '../support/run-cli.ts';

const plainly = (text: string, style: Style) => paintNothing(span(text, style));

let server: Server;
let base: string;
const folder = mkdtempSync(join(tmpdir(), 'fargaze-cli-'));

beforeAll(async () => {
  server = createServer((request, response) => {
    response.statusCode = request.url === '/down' ? 503 : 200;
    response.end('fine');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(
    join(folder, 'fargaze.yml'),
    `modules:\n  strict: { prober: http, http: { valid_status_codes: [204] } }\nprobes:\n  - { name: shop, module: http_2xx, target: "http://${base}/" }\n  - { name: gone, module: http_2xx, target: "http://${base}/down" }\n`,
  );
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

it('a target that is up ends with 0, one that is down with 1 and the rule', async () => {
  const up = await runCli(['probe', `http://${base}/`], { cwd: folder });
  expect(up).toMatchObject({ code: 0, err: '' });
  expect(up.out).toMatch(/^UP {2}http:\/\/127\.0\.0\.1/);
  expect(up.out).toMatch(/^ {2}connect +█/m);
  const down = await runCli(['probe', 'gone'], { cwd: folder });
  expect(down.code).toBe(1);
  expect(down.out).toContain('processing: status, the HTTP status is not among those wanted');
  expect(down.out).toContain('status 503, want 200-299');
  expect(down.out).toContain('rule         valid_status_codes: 200-299, the default');
});

it('--all probes what is configured, --json and --metrics print it for programs', async () => {
  const json = await runCli(['probe', '--all', '--json'], { cwd: folder });
  expect(json.code).toBe(1);
  const { targets } = JSON.parse(json.out);
  expect(targets.map(({ probe, up }: { probe: string; up: boolean }) => [probe, up])).toEqual([
    ['shop', true],
    ['gone', false],
  ]);
  expect(targets[1].failure).toEqual({
    phase: 'processing',
    reason: 'status',
    detail: 'status 503, want 200-299',
  });
  const metrics = await runCli(['probe', 'shop', '--metrics'], { cwd: folder });
  expect(metrics.out).toMatch(/^probe_success\{job="fargaze-web",instance=".*"\} 1$/m);
});

it('--module judges by a module of the file', async () => {
  const { code, out } = await runCli(['probe', '-m', 'strict', `http://${base}/`], { cwd: folder });
  expect([code, out]).toEqual([1, expect.stringContaining('status 200, want 204')]);
});

it.each([
  { args: ['probe'], want: 'want a target' },
  { args: ['probe', 'shp'], want: 'did you mean "shop"' },
  { args: ['probe', '-m', 'strct', 'http://x/'], want: 'did you mean "strict"' },
  { args: ['probe', 'tpc://x:1'], want: 'did you mean "tcp"' },
  { args: ['probe', '--jsn', 'x'], want: 'did you mean "--json"' },
  { args: ['probe', '--module'], want: '--module wants a value' },
  { args: ['probe', '--timeout', '5', 'http://x/'], want: '--timeout: got "5", want a duration' },
  { args: ['probe', 'http://'], want: 'got "http://", want an http or https URL' },
  { args: ['probe', 'redis://:sekret@'], want: 'want redis://' },
  {
    args: ['probe', 'redis://127.0.0.1:70000'],
    want: 'want redis://host[:port][/database] or rediss://; got port 70000, want one from 1 to 65535\n',
  },
  { args: ['probe', 'dns://127.0.0.1/a?type=FOO'], want: 'fargaze: got "FOO", want a type' },
  { args: ['probe', 'dns:///a.example.com'], want: 'no host' },
  { args: ['prob', 'x'], want: 'did you mean "probe"' },
  {
    args: ['https://u:sekret@example.com/'],
    want: 'to probe it: fargaze probe https://example.com/',
  },
])('$args is refused with what to do, without a stack', async ({ args, want }) => {
  const { code, err, out } = await runCli(args, { cwd: folder });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(want);
  expect(err).not.toMatch(/ {4}at |sekret/);
});

it('what a server or an address says cannot control the terminal', async () => {
  const control = '\u001b[31m';
  const { err, out } = await runCli(['probe', '-v', `http://${base}/${control}`], { cwd: folder });
  const rendered = renderReport(
    {
      ...{ target: control, probe: control, module: 'm', prober: 'http', up: false, seconds: 1 },
      failure: { phase: 'processing', reason: 'status', detail: `seen ${control}` },
      ...{ rule: control, trouble: control, phases: [], samples: {}, log: [control] },
      certificate: {
        ...{ subject: control, issuer: control, names: [control], validFrom: '', validUntil: '' },
        ...{ daysLeft: 1, trusted: true, tls: 'TLS 1.3', fingerprintSha256: '' },
      },
    },
    { columns: undefined, paint: plainly },
    'log',
  );
  expect(out + err + rendered.join('\n')).not.toContain(control[0]);
  expect(rendered.join('\n')).toContain('seen \ufffd[31m');
});

it('a probe that cannot be run is unknown, and the others are probed', async () => {
  const own = `probes:\n  - { name: lost, module: http_2xx, target: "http://\${LOST_HOST}/?token=hidden77" }\n  - { name: shop, module: http_2xx, target: "http://${base}/" }\n`;
  const all = (...form: string[]) =>
    runCli(['probe', '--all', '-c', '-', ...form], { cwd: folder, input: own });
  const { code, err, out } = await all();
  expect([code, out]).toEqual([2, expect.stringMatching(/^UP {2}shop[\s\S]*^UNKNOWN {2}lost /m)]);
  expect(out).toMatch(/^ {2}trouble +probe lost: variable LOST_HOST of its target is unset/m);
  expect(err).toBe('\n1 up, 0 down, 1 unknown\n');
  const metrics = await all('--metrics');
  expect([metrics.code, metrics.err]).toEqual([2, expect.stringContaining('LOST_HOST')]);
  expect(metrics.out).toContain('probe_success');
  const json = await all('--json');
  expect(JSON.parse(json.out).targets).toMatchObject([{ up: true }, { probe: 'lost', up: null }]);
  expect(out + err + json.out + json.err + metrics.out + metrics.err).not.toContain('hidden77');
});

it('a secret that is not there is named as trouble of our own, by its place and variable', async () => {
  const own = `modules:\n  m: { prober: http, http: { bearer_token: "env:NOPE17" } }\nprobes:\n  - { name: a, module: m, target: "http://${base}/" }\n`;
  const { code, out } = await runCli(['probe', '--all', '-c', '-'], { cwd: folder, input: own });
  expect(code).toBe(2);
  expect(out).toMatch(
    /^ {2}trouble +modules\.m\.http\.authorization\.credentials: env:NOPE17 is unset or empty$/m,
  );
});

it.each([
  { columns: undefined, widest: 58, bar: 32 },
  { columns: 300, widest: 58, bar: 32 },
  { columns: 57, widest: 57, bar: 31 },
  { columns: 34, widest: 34, bar: 8 },
  { columns: 33, widest: 22, bar: 0 },
  { columns: 1, widest: 22, bar: 0 },
])('bars fit into $columns columns, or are left out', ({ bar, columns, widest }) => {
  const phases = [
    { phase: 'resolve', seconds: 0 },
    { phase: 'processing', seconds: 0.999_9 },
    { phase: 'transfer', seconds: 0.000_01 },
  ];
  const report = { target: 'a', probe: 'a', module: 'm', prober: 'http', up: true, seconds: 1 };
  const lines = renderReport(
    { ...report, phases, samples: {}, log: [] },
    { columns, paint: plainly },
    'usual',
  ).slice(1);
  expect(lines).toHaveLength(3);
  expect(Math.max(...lines.map(({ length }) => length))).toBe(widest);
  expect(Math.max(...lines.map((line) => line.lastIndexOf('█') - 14))).toBe(bar || -15);
  expect(lines[1]).toMatch(/^ {2}processing .* {2}1000 ms$/);
});

it('credentials in an address are not shown', async () => {
  const address = `http://user:sekret@${base}/down?token=hidden77`;
  for (const form of ['--verbose', '--json', '--metrics']) {
    const { err, out } = await runCli(['probe', address, form], { cwd: folder });
    expect(out).toContain('token=redacted');
    expect(out + err).not.toMatch(/sekret|hidden77/);
  }
});

it('a closed port, a name server and Redis are judged by their own probers', async () => {
  const { code, out } = await runCli(
    [
      'probe',
      'tcp://127.0.0.1:1',
      'redis://127.0.0.1:1',
      'grpc://127.0.0.1:1',
      'dns://127.0.0.1:1/a.example',
      '-t',
      '1s',
    ],
    { cwd: folder },
  );
  expect(code).toBe(1);
  expect(out.match(/^DOWN/gm)).toHaveLength(4);
  expect(out).toMatch(/module tcp\n[\s\S]*module redis\n[\s\S]*module grpc\n[\s\S]*module dns\n/);
});

it('two questions to one server are shown apart', async () => {
  const server = '127.0.0.1:1';
  const typed = [`dns://me:planted77@${server}/a.example?type=aaaa`, `dns://${server}/b.example`];
  const calls = [`tcp://${server}`, `tls://${server}`, `grpc://${server}`, `grpc://${server}/a.B`];
  const asked = ['probe', ...typed, ...calls, '-t', '1s', '--json'];
  const { targets } = JSON.parse((await runCli(asked, { cwd: folder })).out);
  type Shown = { readonly probe: string; readonly target: string };
  expect(targets.every(({ probe, target }: Shown) => probe === target)).toBe(true);
  expect(targets.map(({ target }: Shown) => target)).toEqual([
    `dns://${server}/a.example?type=AAAA`,
    `dns://${server}/b.example?type=A`,
    ...calls,
  ]);
});

it.each(['redis://me:planted77@h:70000/2', 'http://h:70000/a', 'tcp://h:70000'])(
  'a port that is too high is named as the mistake: %s',
  async (address) => {
    const { code, err } = await runCli(['probe', address], { cwd: folder });
    expect([code, err]).toEqual([2, expect.stringContaining('got port 70000, want one from 1 to')]);
    expect(err).not.toContain('planted77');
  },
);

it('Ctrl-C ends it at once, without a word', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const reached = new Promise<void>((resolve) => silent.once('request', () => resolve()));
  const { code, err, out, signal } = await runCli(['probe', `http://127.0.0.1:${port}/`], {
    cwd: folder,
    interruptAfter: reached,
  });
  silent.closeAllConnections();
  silent.close();
  expect([code, signal, err, out]).toEqual([null, 'SIGINT', '', '']);
});

it('a reader that goes away ends it without a word', async () => {
  const { code, err } = await runCli(['probe', '--help'], { cwd: folder, closeOutput: true });
  expect([code, err]).toEqual([0, '']);
});
