// `npm start` and `npm run smoke` as processes: they come up, tell, and leave nothing behind.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { cloudWatchClient } from '../../local/fake-aws/clients.ts';
import { demoCluster } from '../../local/fake-aws/demo.ts';
import { runCommand } from '../../local/programs/command.ts';
import { waitFor } from '../../local/programs/process.ts';

const marker = `FARGAZE_TEST_RUN=${randomUUID()}`;
const temporary = mkdtempSync(join(tmpdir(), 'fargaze-start-'));
afterAll(() => rmSync(temporary, { recursive: true }));

/** What the commands of this file run with: a mark that every process they start inherits. */
const env = { FARGAZE_TEST_RUN: marker.slice(marker.indexOf('=') + 1), TMPDIR: temporary };

/** Processes that bear the mark, and files in the temporary directory that was theirs. */
function leftovers(): string[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(marker))
    .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`)}`);
  const files = readdirSync(temporary).filter((name) => name.startsWith('fargaze-'));
  return [...processes, ...files];
}

/** Empty for a process that has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

it('npm run smoke brings everything up, shows it up, and takes it down', async () => {
  const { code, output } = await runCommand('npm', ['run', '-s', 'smoke'], {
    env,
    timeoutMs: 540_000,
  });
  expect([output, code]).toEqual([expect.stringMatching(/^web .* UP /m), 0]);
  expect(output).toMatch(/^redis .* UP /m);
  expect(existsSync('.stack')).toBe(false);
  expect(leftovers()).toEqual([]);
}, 600_000);

/** The points of CloudWatch in Prometheus are those that the simulated one tells: its times, one a minute, no gap. */
async function expectMinutes(endpoints: {
  readonly prometheus: string;
  readonly environment: Readonly<Record<string, string>>;
}): Promise<void> {
  const series = 'aws_ecs_cpuutilization_average{dimension_ServiceName="redis"}';
  const query = `${endpoints.prometheus}/api/v1/query?query=${encodeURIComponent(`${series}[4h]`)}`;
  const answer = (await (await fetch(query)).json()) as {
    readonly data: { readonly result: readonly { readonly values: [number, string][] }[] };
  };
  const points = new Map(answer.data.result.flatMap(({ values }) => values));
  const times = [...points.keys()];
  const [first = 0] = times;
  expect(times.length).toBeGreaterThan(170);
  expect(times).toEqual(times.map((_, index) => first + index * 60));
  const { AWS_ENDPOINT_URL: url = '', AWS_REGION: region = '' } = endpoints.environment;
  const { MetricDataResults } = await cloudWatchClient({ url, region }).send(
    new GetMetricDataCommand({
      StartTime: new Date(first * 1000),
      EndTime: new Date((first + times.length * 60) * 1000),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [{ Id: 'cpu', MetricStat: cpuOfRedis }],
    }),
  );
  const [told] = MetricDataResults ?? [];
  expect(told?.Timestamps?.map((time) => time.getTime() / 1000)).toEqual(times);
  expect(told?.Values).toEqual([...points.values()].map(Number));
}

const cpuOfRedis = {
  Period: 60,
  Stat: 'Average',
  Metric: {
    Namespace: 'AWS/ECS',
    MetricName: 'CPUUtilization',
    Dimensions: [
      { Name: 'ClusterName', Value: demoCluster },
      { Name: 'ServiceName', Value: 'redis' },
    ],
  },
};

it('npm start ends on SIGTERM and takes everything with it; a second one is refused meanwhile', async () => {
  const child = spawn('npm', ['start'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const check = async () => existsSync('.stack/endpoints.json') && output.includes('PROBE');
  await waitFor({ what: 'the table', seconds: 240, check });
  expect(leftovers().length).toBeGreaterThan(8);
  const endpoints = JSON.parse(readFileSync('.stack/endpoints.json', 'utf8'));
  const { pid } = endpoints;
  try {
    const refused = await runCommand('npm', ['run', '-s', 'smoke']);
    expect([refused.output, refused.code]).toEqual([
      expect.stringContaining('is running already'),
      1,
    ]);
    expect(existsSync('.stack/endpoints.json')).toBe(true);
    const local = await runCommand('node_modules/.bin/serverless', [
      'invoke',
      'local',
      '-f',
      'redis-probe',
    ]);
    expect(local.output).toMatch(/"ok": 1,[\s\S]*"delivered": 1/);
    await expectMinutes(endpoints);
  } finally {
    process.kill(pid, 'SIGTERM');
    await ended;
  }
  expect(existsSync('.stack')).toBe(false);
  expect(leftovers()).toEqual([]);
}, 600_000);
