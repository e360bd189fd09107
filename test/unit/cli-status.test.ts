// `fargaze status`, `fargaze bridge --dry-run`, `fargaze export` and completion: what they read and print.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../cli/commands.ts';
import { renderCompletion } from '../../cli/completion/scripts.ts';
import { type Answers, judge } from '../../cli/status/judge.ts';
import { startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { runCommand } from '../../local/programs/command.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'fargaze-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const row = (value: number, labels: Record<string, string>) => ({ value, labels });
const target = (instance: string) => ({ job: 'fargaze-web', instance });
const answers: Answers = {
  taken: [
    row(990, target('a')),
    row(990, target('b')),
    row(800, target('c')),
    row(800, target('d')),
  ],
  success: [row(1, target('a')), row(0, target('b')), row(1, target('c')), row(1, target('d'))],
  interval: [
    row(60, target('a')),
    row(60, target('b')),
    row(60, target('c')),
    row(300, target('d')),
  ],
  failure: [row(1, { ...target('b'), phase: 'tls', reason: 'tls_expired' })],
  info: [row(1, { ...target('a'), probe: 'shop' })],
  expected: [row(1, { ...target('a') }), row(1, { ...target('e'), probe: 'new' })],
  alerts: [row(1, { alertname: 'FargazeProbeFailed', severity: 'page', probe: 'b' })],
};

it('a result counts for two and a half of its own intervals; what was never seen is unknown', () => {
  const { alerts, targets } = judge(answers, 1000);
  expect(targets.map((one) => [one.state, one.target, one.probe, one.cause])).toEqual([
    ['down', 'b', undefined, 'tls: tls_expired'],
    ['unknown', 'e', 'new', undefined],
    ['silent', 'c', undefined, undefined],
    ['up', 'a', 'shop', undefined],
    ['up', 'd', undefined, undefined],
  ]);
  expect(alerts).toEqual([{ name: 'FargazeProbeFailed', severity: 'page', about: 'b' }]);
});

describe('with a server that answers as Prometheus does', () => {
  let server: Server;
  let url: string;
  let results: Record<string, object[]> = {};
  let asked: IncomingMessage[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request);
      const query = new URL(request.url ?? '', 'http://x').searchParams.get('query') ?? '';
      const name = /^[\w:]+/.exec(query)?.[0] ?? '';
      if (!request.url?.startsWith('/api/v1/query')) response.statusCode = 404;
      response.end(
        JSON.stringify({
          status: 'success',
          data: { resultType: 'vector', result: results[name] ?? [] },
        }),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    asked = [];
    const now = Math.floor(performance.timeOrigin / 1000 + performance.now() / 1000);
    const metric = { job: 'fargaze-web', instance: 'https://a' };
    results = {
      fargaze_probe_timestamp_seconds: [{ metric, value: [now, String(now - 10)] }],
      probe_success: [{ metric, value: [now, '1'] }],
    };
  });

  it('all up ends with 0, an alert that fires with 1', async () => {
    const well = await runCli(['status', '--url', `http://${url}`]);
    expect(well).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^up +https:\/\/a +1\ds ago\n\n1 up, 0 down, 0 silent, 0 unknown, 0 firing\n$/,
      ),
    });
    results.ALERTS = [{ metric: { alertname: 'FargazeX', severity: 'page' }, value: [1, '1'] }];
    const firing = await runCli(['status', '--url', `http://${url}`, '--json']);
    expect(firing.code).toBe(1);
    expect(JSON.parse(firing.out)).toMatchObject({
      counts: { up: 1, firing: 1 },
      alerts: [{ name: 'FargazeX' }],
    });
  });

  it('credentials are sent and not shown', async () => {
    const seen = await runCli(['status', '--url', `http://me:planted77@${url}`]);
    expect(seen.code).toBe(0);
    expect(asked[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('me:planted77').toString('base64')}`,
    );
    const wrong = await runCli(['status', '--url', `http://me:planted77@${url}/prefix`]);
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringContaining('want the URL that stands before /api/v1/query'),
    ]);
    expect(wrong.err).not.toContain('planted77');
    const token = await runCli(['status', '--url', `http://${url}`, '--bearer', 'env:TOKEN17'], {
      env: { TOKEN17: 'planted78' },
    });
    expect([token.code, asked.at(-1)?.headers.authorization]).toEqual([0, 'Bearer planted78']);
  });

  it('credentials are not shown either where the server repeats what it was sent', async () => {
    const echo = createServer((request, response) => {
      response.statusCode = 401;
      response.end(`no: ${request.headers.authorization}`);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const place = `127.0.0.1:${(echo.address() as AddressInfo).port}`;
    const env = { TOKEN17: 'planted78' };
    const basic = await runCli(['status', '--url', `http://me:planted77@${place}`]);
    const token = await runCli(['status', '--url', `http://${place}`, '--bearer', 'env:TOKEN17'], {
      env,
    });
    echo.close();
    expect([basic.code, token.code]).toEqual([2, 2]);
    expect(basic.err + token.err).toMatch(/status 401[\s\S]*status 401/);
    const pair = Buffer.from('me:planted77').toString('base64');
    for (const secret of ['planted77', pair, 'planted78']) {
      expect(basic.err + token.err).not.toContain(secret);
    }
  });

  it('a Prometheus without fargaze, and none at all, are no good news', async () => {
    results = {};
    expect(await runCli(['status', '--url', `http://${url}`])).toMatchObject({
      code: 2,
      err: expect.stringContaining('knows nothing of fargaze'),
    });
    expect(await runCli(['status', '--url', 'http://127.0.0.1:1'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--url URL'),
    });
  });
});

it('the bridge reads an account, says what CloudWatch would cost, and reads no point', async () => {
  const fake = await startFakeAws({ seed: 7 });
  try {
    fake.model.addCluster({ name: 'prod' });
    for (const name of ['web', 'api']) fake.model.addService({ cluster: 'prod', name, desired: 2 });
    fake.clock.advance(3600);
    writeFileSync(
      join(folder, 'bridge.yml'),
      'bridge: { cloudwatch: { interval: 5m, yace: { discovery: { jobs: [{ type: AWS/ECS, period: 60, length: 300, statistics: [Average], metrics: [{ name: CPUUtilization }] }] } } } }',
    );
    const env = {
      AWS_ENDPOINT_URL: fake.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
      AWS_SECRET_ACCESS_KEY: 'x',
    };
    const { code, err, out } = await runCli(['bridge', '--dry-run', '-c', 'bridge.yml'], {
      cwd: folder,
      env,
    });
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^ECS: 1 cluster, 2 services, \d+ series\nCloudWatch: [23] metrics and [\d.]+ requests every 5 minutes cost \$/,
    );
    expect(Object.keys(fake.totals()).filter((api) => api === 'GetMetricData')).toEqual([]);
  } finally {
    await fake.close();
  }
});

it('the bridge without an account says what is missing', async () => {
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
    AWS_CONFIG_FILE: join(folder, 'none'),
    AWS_ACCESS_KEY_ID: '',
    AWS_PROFILE: '',
  };
  expect(await runCli(['bridge', '--dry-run'], { cwd: folder, env })).toMatchObject({
    code: 2,
    err: expect.stringContaining('want AWS_PROFILE'),
  });
  expect(await runCli(['bridge'], { cwd: folder })).toMatchObject({
    code: 2,
    err: expect.stringContaining('want --dry-run'),
  });
});

it('rules and boards are exported for the configuration of any folder', async () => {
  writeFileSync(
    join(folder, 'x.yml'),
    'probes: [{ name: a, module: http_2xx, target: "https://a.example.com" }]',
  );
  const { code, out } = await runCli(['export', '-c', 'x.yml', '--to', 'rules'], { cwd: folder });
  expect([code, out]).toEqual([0, expect.stringMatching(/^\d+ files in /)]);
  expect(existsSync(join(folder, 'rules/prometheus'))).toBe(true);
  expect(await runCli(['export', '-c', 'x.yml'], { cwd: folder })).toMatchObject({
    code: 2,
    err: expect.stringContaining('--to is missing'),
  });
});

it('bash completes commands, their options and shells', async () => {
  const script = join(folder, 'completion.bash');
  writeFileSync(script, renderCompletion('bash', commands));
  const complete = (words: string, at: number) =>
    runCommand('bash', [
      '-c',
      `source ${script}; COMP_WORDS=(fargaze ${words}); COMP_CWORD=${at}; _fargaze; echo "\${COMPREPLY[*]}"`,
    ]);
  expect((await complete('p', 1)).output).toBe('probe project preflight\n');
  expect((await complete('probe --m', 2)).output).toBe('--module --metrics\n');
  expect((await complete('completion ""', 2)).output).toBe('bash zsh fish\n');
  for (const shell of ['zsh', 'fish'] as const) {
    const text = renderCompletion(shell, commands);
    for (const { name } of commands) expect(text).toContain(name);
  }
  expect(await runCli(['completion', 'bsh'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('did you mean "bash"'),
  });
});

it('every command has a help that is enough: what it is, every option, statuses and an example', async () => {
  for (const { name, options } of commands) {
    const { code, out } = await runCli([name, '--help']);
    expect(code).toBe(0);
    for (const option of Object.keys(options)) expect(out).toContain(`--${option}`);
    expect(out).toMatch(/Exit status:\n[\s\S]*Examples:\n/);
    expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThan(130);
  }
  expect((await runCli(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await runCli([])).code).toBe(2);
});
