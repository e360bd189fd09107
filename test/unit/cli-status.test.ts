// `fargaze status`, `fargaze bridge --dry-run`, `fargaze export` and help: what they read and print.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../cli/commands.ts';
import { judge, type StatusAnswers } from '../../cli/status/judge.ts';
import { startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'fargaze-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const row = (value: number, labels: Record<string, string>) => ({ value, labels, at: 1000 });
const target = (instance: string) => ({ job: 'fargaze-web', instance });
const none = { success: [], interval: [], failure: [], info: [], expected: [], noneExpected: [] };
const nothing: StatusAnswers = { ...none, taken: [], bridge: [], deliver: [], alerts: [] };
const answers: StatusAnswers = {
  ...nothing,
  taken: [
    row(990, target('a')),
    row(990, target('b')),
    row(800, target('c')),
    row(800, target('d')),
    row(100, target('gone')),
    row(1100, target('tomorrow')),
    row(990, target('half')),
  ],
  success: [
    ...[row(1, target('a')), row(0, target('b')), row(1, target('c')), row(1, target('d'))],
    ...[row(0, target('gone')), row(1, target('tomorrow'))],
  ],
  interval: [
    row(60, target('a')),
    row(60, target('b')),
    row(60, target('c')),
    row(300, target('d')),
  ],
  failure: [row(1, { ...target('b'), phase: 'tls', reason: 'tls_expired' })],
  info: [row(1, { ...target('a'), probe: 'shop' })],
  expected: [
    ...['a', 'b', 'c', 'd', 'tomorrow', 'half'].map((name) => row(1, target(name))),
    row(1, { ...target('e'), probe: 'new' }),
  ],
  bridge: [row(900, { job: 'fargaze-bridge', instance: 'eu-west-1' })],
  deliver: [row(800, { job: 'fargaze-deliver', instance: 'prod' })],
};

it('a result counts for two and a half of its own intervals; what was never seen is unknown', () => {
  const { complete, functions, targets } = judge(answers);
  expect(targets.map((one) => [one.state, one.target, one.probe, one.cause])).toEqual([
    ['down', 'b', undefined, 'tls: tls_expired'],
    ['unknown', 'e', 'new', undefined],
    ['unknown', 'half', undefined, 'its probe_success is missing'],
    ['silent', 'c', undefined, undefined],
    ['silent', 'tomorrow', undefined, 'taken in the future, a clock is wrong'],
    ['removed', 'gone', undefined, undefined],
    ['up', 'a', 'shop', undefined],
    ['up', 'd', undefined, undefined],
  ]);
  expect([complete, functions]).toEqual([
    true,
    [
      { name: 'ecs-bridge', instance: 'eu-west-1', state: 'running', age: 100 },
      { name: 'deliver', instance: 'prod', state: 'silent', age: 200 },
    ],
  ]);
});

it('an alert is listed once, as firing where one of its series fires', () => {
  const alert = (alertname: string, alertstate: string, more = {}) =>
    row(1, { alertname, alertstate, severity: 'page', probe: 'b', ...more });
  const alerts = [
    alert('FargazeB', 'pending'),
    alert('FargazeA', 'pending', { phase: 'tls' }),
    alert('FargazeA', 'firing', { phase: 'connect' }),
    alert('FargazeA', 'firing', { phase: 'connect', replica: '1' }),
  ];
  expect(judge({ ...nothing, alerts }).alerts).toEqual([
    { name: 'FargazeA', severity: 'page', about: 'b', state: 'firing' },
    { name: 'FargazeB', severity: 'page', about: 'b', state: 'pending' },
  ]);
});

it('replicas of a Prometheus are one, deployments that differ in a label are not, and each has its own result', () => {
  const of = (env: string, replica: string) => ({ ...target('a'), env, replica });
  const { targets } = judge({
    ...nothing,
    taken: [row(990, of('dev', '1')), row(980, of('prod', '1')), row(995, of('prod', '2'))],
    success: [row(0, of('dev', '1')), row(1, of('prod', '1')), row(1, of('prod', '2'))],
    info: [row(1, { ...of('dev', '1'), probe: 'shop', region: 'eu-west-1' })],
  });
  expect(targets.map(({ age, labels, probe, state }) => [state, labels, probe, age])).toEqual([
    ['down', { env: 'dev' }, 'shop', 10],
    ['up', { env: 'prod' }, undefined, 5],
  ]);
});

describe('with a server that answers as Prometheus does', () => {
  let server: Server;
  let url: string;
  let results: Record<string, object[]> = {};
  let asked: IncomingMessage[] = [];
  let special: object = {};
  type Other = { readonly status: number; readonly location?: string; readonly body?: string };
  const others: Readonly<Record<string, Other>> = {
    '/moved': { status: 301, location: 'https://other/prom/api/v1/query?query=up' },
    '/login': { status: 302, location: '/login' },
    '/page': { status: 200, body: '<html>welcome</html>' },
    '/half': { status: 200, body: '{"status":"success","data":{"result":[{}]}}' },
    '/error': { status: 200, body: '{"status":"error","error":"too many samples"}' },
    '/busy': { status: 503, body: 'Service Unavailable' },
    '/large': { status: 422, body: '{"status":"error","error":"too many samples"}' },
    '/nothing': { status: 200, body: '' },
    '/closed': { status: 403, body: 'no' },
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request);
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      const [, name = ''] =
        /^([\w:]+)/.exec(
          (searchParams.get('query') ?? '').replace('last_over_time(', 'last_over_time_'),
        ) ?? [];
      const other = others[pathname.replace(/\/api\/v1\/query$/, '')];
      if (other !== undefined) {
        response.writeHead(
          other.status,
          other.location === undefined ? {} : { location: other.location },
        );
        response.end(other.body);
        return;
      }
      if (pathname !== '/api/v1/query') response.statusCode = 404;
      const data = { resultType: 'vector', result: results[name] ?? [] };
      response.end(JSON.stringify({ status: 'success', data, ...special }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    asked = [];
    special = {};
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

  it('what a server says of its answer being partial is passed on, and rules that are missing are named', async () => {
    special = { warnings: ['store 2 did not answer'] };
    const seen = await runCli(['status', '--url', `http://${url}`]);
    expect([seen.code, seen.err.match(/warns: store 2/g)?.length]).toEqual([0, 1]);
    expect(seen.err).toContain('the rules of fargaze are not loaded there');
    results['fargaze:probe_expected'] = results.fargaze_probe_timestamp_seconds ?? [];
    const whole = await runCli(['status', '--url', `http://${url}`]);
    expect(whole.err).not.toContain('not loaded');
    expect((await runCli(['status', '-q', '--url', `http://${url}`])).err).toBe('');
  });

  it('results that are older than what Prometheus looks back to are looked for in the last day', async () => {
    const now = Math.floor(performance.timeOrigin / 1000 + performance.now() / 1000);
    const metric = { job: 'fargaze-web', instance: 'https://hourly' };
    results['fargaze:probe_expected'] = [{ metric, value: [now, '1'] }];
    results.fargaze_probe_timestamp_seconds = [];
    results.last_over_time_fargaze_probe_timestamp_seconds = [
      { metric, value: [now, String(now - 3000)] },
    ];
    results.last_over_time_probe_success = [{ metric, value: [now, '1'] }];
    results.last_over_time_probe_interval_seconds = [{ metric, value: [now, '3600'] }];
    expect((await runCli(['status', '--url', `http://${url}`])).out).toMatch(/^up +https:..hourly/);
  });

  it.each([
    { path: '/graph', want: /status 404[\s\S]*try: --url http:\/\/127.0.0.1:\d+\n/ },
    { path: '/x/api/v1/query', want: /status 404[\s\S]*try: --url http:\/\/127.0.0.1:\d+\/x\n/ },
    { path: '/x', want: /status 404[\s\S]*a Pushgateway .* answers no queries/ },
    { path: '/moved', want: /a redirect to[\s\S]*try: --url https:\/\/other\/prom\n/ },
    { path: '/login', want: /a redirect to[\s\S]*a person has to log in/ },
    { path: '/page', want: /the answer is no JSON[\s\S]*it begins with: <html>/ },
    { path: '/half', want: /the answer has no result/ },
    { path: '/error', want: /too many samples/ },
    { path: '/busy', want: /status 503[\s\S]*try again/ },
    { path: '/large', want: /status 422[\s\S]*did not compute it/ },
    { path: '/nothing', want: /the answer is no JSON[\s\S]*it is empty/ },
    { path: '/closed', want: /status 403[\s\S]*it wants credentials/ },
  ])(
    'an address that is not that of a Prometheus, $path, is refused with what to try',
    async ({ path, want }) => {
      const seen = await runCli(['status', '--url', `http://${url}${path}`]);
      expect([seen.code, seen.out, seen.err]).toEqual([2, '', expect.stringMatching(want)]);
      expect(seen.err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    },
  );

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
  const named = { ...env, AWS_PROFILE: 'my team' };
  expect(await runCli(['bridge', '--dry-run'], { cwd: folder, env: named })).toMatchObject({
    code: 2,
    err: expect.stringContaining("aws sts get-caller-identity --profile 'my team'"),
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
  const uid = ['--datasource-uid', 'mine'];
  await runCli(['export', '-c', 'x.yml', '--to', 'rules', ...uid], { cwd: folder });
  const alerts = readFileSync(join(folder, 'rules/grafana/alerting/rules.yml'), 'utf8');
  expect(alerts).toContain('datasourceUid: mine');
  const wrong = await runCli(['export', '-c', 'x.yml', '--to', 'rules', '--grafana', 'x'], {
    cwd: folder,
  });
  expect([wrong.code, wrong.err]).toEqual([
    2,
    'fargaze: --grafana: got x, want a URL such as https://example.org/grafana\n',
  ]);
  expect(await runCli(['export', '-c', 'x.yml'], { cwd: folder })).toMatchObject({
    code: 2,
    err: expect.stringContaining('--to is missing'),
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
