// `fargaze check` and `fargaze cost`: findings, the plan, and sums that can be done by hand.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfigText } from '../../build/config-file.ts';
import { peerProbingCosts, promqlCostPerMonth } from '../../build/cost-peers.ts';
import { findFindings } from '../../cli/check/findings.ts';
import { planOf } from '../../cli/check/plan.ts';
import { estimate } from '../../cli/cost/estimate.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'fargaze-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const nobody = () => undefined;

function manyProbes(count: number): string {
  const names = Array.from({ length: count }, (_, n) => `      - https://a${n}.example.com/`);
  return `probes:\n  - name: a\n    module: http_2xx\n    targets:\n${names.join('\n')}\n`;
}

it.each([
  { name: 'an empty file', text: '', want: 'is empty' },
  { name: 'nothing to watch', text: '{}', want: 'watches nothing but the ECS API' },
  {
    name: 'a variable without value and default',
    text: 'probes: [{ name: a, module: http_2xx, target: "${SHOP_URL}" }]',
    want: 'probe a: variable SHOP_URL of its target is unset',
  },
  { name: 'an unknown key', text: 'probs: []', want: 'did you mean "probes"' },
  {
    name: 'a blackbox.yml that is not there',
    text: 'blackbox: b.yml',
    want: '"b.yml", which does not exist',
  },
  {
    name: 'a mistake in a YACE file',
    text: 'bridge: { cloudwatch: { yace_file: yace.yml } }',
    want: 'yace.yml: discovery.jobs[0].metrcs (line 1): unknown key, left out as in YACE; did you mean "metrics"',
  },
])('$name is a finding', async ({ text, want }) => {
  write('yace.yml', 'discovery: { jobs: [{ type: AWS/ECS, regions: [eu-west-1], metrcs: [] }] }');
  const { code, err, out } = await runCli(['check', write('f.yml', text)], { cwd: folder });
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(want);
  const json = await runCli(['check', 'f.yml', '--json'], { cwd: folder });
  expect([json.code, JSON.parse(json.out).sound]).toEqual([1, false]);
});

it('probes that cannot run in their time, and a budget that reaches for nothing, are findings', () => {
  const many = parseConfigText(manyProbes(3000));
  expect(findFindings(many, 10, nobody).findings).toEqual([
    expect.stringMatching(/^3000 web probes from the internet need up to .* want shards: \d+$/),
    expect.stringMatching(/^3000 web probes of one shard, .* want shards: \d+$/),
  ]);
  const text = (budget: string) =>
    `bridge: { cloudwatch: { budget: ${budget}, yace: { discovery: { jobs: [{ type: AWS/ECS, statistics: [Average], metrics: [{ name: CPUUtilization }] }] } } } }`;
  const refused = parseConfigText(text('{ monthly_usd: 0.01, on_exceed: refuse }'));
  expect(findFindings(refused, 500, nobody).findings).toEqual([
    expect.stringContaining('CloudWatch is not read'),
  ]);
  const fits = parseConfigText(text('{ monthly_usd: 5 }'));
  expect(findFindings(fits, 10, nobody)).toEqual({ findings: [], notes: [] });
});

it('functions that push too much by themselves are a finding where the shell asks for it, else a note', () => {
  const many = parseConfigText(manyProbes(600));
  const url: Record<string, string> = { FARGAZE_PUSHGATEWAY_URL: 'http://p:9091' };
  const wanted = expect.stringContaining('want FARGAZE_SINK=remote-write');
  expect(findFindings(many, 1, (name) => url[name])).toMatchObject({
    findings: [],
    notes: expect.arrayContaining([wanted]),
  });
  url.FARGAZE_SINK = 'pushgateway';
  expect(findFindings(many, 1, (name) => url[name]).findings).toEqual([wanted]);
});

it('more ECS services than the bridge can read, or a Pushgateway carry, are findings with what to write', async () => {
  const findings = (bridge: string, services: number) =>
    findFindings(parseConfigText(`${manyProbes(1)}bridge: ${bridge}`), services, nobody).findings;
  expect(findings('{}', 500)).toEqual([]);
  expect(findings('{}', 3000)).toEqual([
    expect.stringMatching(/^3000 ECS services, and a Pushgateway .* want bridge.services: 3000,/),
  ]);
  expect(findings('{ services: 6000 }', 6000)).toEqual([
    '6000 ECS services, and one function of ecs-bridge reads about 4000: want bridge.shards: 2',
  ]);
  expect(findings('{ services: 6000, shards: 2 }', 6000)).toEqual([]);
  expect(findings('{ shards: 4 }', 12_000)).toEqual([
    expect.stringMatching(/^12000 ECS services, and the ECS API lets an account read about 6000/),
  ]);
  expect(findings('{ services: 400000 }', 400_000)).toEqual([
    expect.stringMatching(/^400000 ECS services, and the ECS API lets an account read about 6000/),
  ]);
  // The file says how many there are, unless the command does.
  const file = write('large.yml', `${manyProbes(1)}bridge: { services: 6000, shards: 1 }`);
  const { code, err } = await runCli(['check', file], { cwd: folder });
  expect([code, err]).toEqual([1, expect.stringContaining('want bridge.shards: 2')]);
  const fewer = await runCli(['check', file, '--services', '4000'], { cwd: folder });
  expect([fewer.code, fewer.err]).toEqual([0, expect.not.stringContaining('bridge.shards')]);
  const two = write('two.yml', `${manyProbes(1)}bridge: { services: 6000, shards: 2 }`);
  const { out } = await runCli(['check', two], { cwd: folder });
  expect(out).toContain('the bridge in 2');
});

it('more shards than probes are a note', () => {
  const config = (shards: number) => parseConfigText(`shards: ${shards}\n${manyProbes(2)}`);
  const idle = 'shards: 50 for 2 probes: some functions run for nothing';
  expect(findFindings(config(50), 0, nobody).notes).toEqual([idle]);
  expect(findFindings(config(2), 0, nobody).notes).toEqual([]);
});

it('a secret that is not set here is a note, for it is the functions that need it', () => {
  const config = parseConfigText(
    'modules: { m: { prober: http, http: { bearer_token: "env:SHOP_TOKEN" } } }\nprobes: [{ name: a, module: m, target: "https://a.example.com" }]',
  );
  expect(findFindings(config, 1, nobody).notes).toEqual([
    'module m: the functions need the variable SHOP_TOKEN, which is not set here',
  ]);
  expect(findFindings(config, 1, () => 'x').notes).toEqual([]);
});

it('the plan counts targets, schedules, calls and metrics', () => {
  const config = parseConfigText(
    `${manyProbes(4)}  - { name: r, module: redis, target: "redis://r:6379", interval: 5m }\nshards: 2\nbridge: { cloudwatch: { interval: 5m, yace: { discovery: { jobs: [{ type: AWS/ECS, statistics: [Average], metrics: [{ name: CPUUtilization }] }] } } } }`,
  );
  const plan = planOf(config, 30);
  expect(plan).toMatchObject({
    probes: [
      { function: 'redis-probe', vantage: 'vpc', targets: 1, intervals: ['5m'] },
      { function: 'web-probe', vantage: 'internet', targets: 4, intervals: ['1m'] },
    ],
    resultsPerHour: 4 * 60 + 12,
    schedules: 4,
    // Lists of clusters and stopped tasks, three descriptions, and a tenth of lists and descriptions of all.
    ecsCallsPerMinute: 3 + 3 + 1,
    cloudWatch: { jobs: 1, interval: '5m', metricsPerReading: 31, requestsPerReading: 1 },
  });
});

it('what others cost is price times runs', () => {
  const probing = { targets: 2, interval: 60, functions: 1, latency: 0.3 };
  const runs = 2 * 43_200;
  expect(peerProbingCosts(probing)).toEqual({
    'CloudWatch Synthetics': expect.closeTo(runs * 0.0012, 6),
    'Checkly API checks': expect.closeTo(runs * 0.0002, 6),
    'Route 53 health checks': 5.5,
  });
  expect(promqlCostPerMonth(1000, 60)).toBeCloseTo((1000 * 43_200 * 200 * 0.5) / 1e9, 6);
  const bill = estimate(parseConfigText(manyProbes(1)), { services: 10, latency: 0.3 });
  // A run a minute of half a GB: 0.1 + 0.3 + 0.02 s, and deliver's 0.1 s; two invocations and four requests of the queue.
  const perRun = 0.52 * 0.5 * 0.0000133334 + (2 * 0.2 + 4 * 0.4) / 1e6;
  expect(bill.probing.fargaze).toBeCloseTo(43_200 * perRun, 6);
});

it('each shard of the bridge is a function that runs every minute', () => {
  const billOf = (bridge: string) =>
    estimate(parseConfigText(`bridge: ${bridge}`), { services: 3000, latency: 0.3 }).reading;
  // Half a GB for 0.5 s, 1.6 ms for each service and deliver's 0.1 s; two invocations and four requests of the queue.
  const cost = (shards: number) =>
    shards *
    43_200 *
    ((0.6 + (0.0016 * 3000) / shards) * 0.5 * 0.0000133334 + (2 * 0.2 + 4 * 0.4) / 1e6);
  expect(billOf('{ shards: 1 }').functions).toBeCloseTo(cost(1), 6);
  expect(billOf('{ shards: 3 }').functions).toBeCloseTo(cost(3), 6);
  const yace =
    '{ discovery: { jobs: [{ type: AWS/ECS, statistics: [Sum], metrics: [{ name: CPUUtilization }] }] } }';
  const reading = billOf(`{ shards: 3, cloudwatch: { interval: 5m, yace: ${yace} } }`).functions;
  expect(reading - cost(3)).toBeCloseTo(8640 * 0.0012 * 3000 * 0.5 * 0.0000133334, 6);
});

it('prices come without a file too, and numbers that are none are refused', async () => {
  const { code, out } = await runCli(['cost', '--services', '30', '--targets', '60', '--json'], {
    cwd: folder,
  });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ targets: 60, metrics: 62, bridgeInterval: 300 });
  const refused = await runCli(['cost', '--services', 'ten'], { cwd: folder });
  expect([refused.code, refused.err]).toEqual([
    2,
    expect.stringContaining('--services: got "ten"'),
  ]);
});

it('a bill is of what the file says: its services, its probes, and what is read', async () => {
  const file = write('small.yml', 'bridge: { services: 300 }');
  const json = await runCli(['cost', '-c', file, '--json'], { cwd: folder });
  expect(JSON.parse(json.out)).toMatchObject({ services: 300, targets: 0 });
  const { out } = await runCli(['cost', '-c', file, '--services', '0', '--targets', '5'], {
    cwd: folder,
  });
  expect(out).toMatch(/\(for small\.yml\)[\s\S]*5 targets/);
  expect(await runCli(['cost', '-c', file, '--interval', '5m'], { cwd: folder })).toMatchObject({
    code: 2,
    err: expect.stringContaining('--interval: the configuration does not read CloudWatch'),
  });
});

it('a file that is not there is wrong usage, and says what to do', async () => {
  const { code, err } = await runCli(['check'], { cwd: folder });
  expect([code, err]).toEqual([2, expect.stringContaining('to write one: fargaze init')]);
});

it('jobs of other namespaces are said not to be counted, by the plan and by the bill', async () => {
  const job = (type: string) =>
    `{ type: ${type}, regions: [eu-west-1], period: 60, length: 300, statistics: [Sum], metrics: [{ name: RequestCount }] }`;
  const jobs = [job('AWS/ApplicationELB'), job('AWS/ECS'), job('AWS/RDS')].join(', ');
  write('elb.yml', `discovery: { jobs: [${jobs}] }`);
  const file = write('f.yml', 'bridge: { cloudwatch: { yace_file: elb.yml } }');
  const plan = await runCli(['check', file], { cwd: folder });
  expect(plan.out).toMatch(
    /not counted +metrics of 2 jobs of other namespaces: fargaze bridge --dry-run/,
  );
  const bill = await runCli(['cost', '--config', file], { cwd: folder });
  expect(bill.out).toContain('without 2 jobs of other namespaces');
  const json = await runCli(['cost', '--config', file, '--json'], { cwd: folder });
  expect(JSON.parse(json.out)).toMatchObject({ uncountedJobs: 2 });
  write('elb.yml', `discovery: { jobs: [${job('AWS/ECS')}] }`);
  expect((await runCli(['check', file], { cwd: folder })).out).not.toContain('not counted');
  expect((await runCli(['cost', '--config', file], { cwd: folder })).out).not.toContain(
    'namespaces',
  );
});
