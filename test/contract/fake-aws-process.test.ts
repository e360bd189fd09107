import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeServicesCommand, ListServicesCommand } from '@aws-sdk/client-ecs';
import { clientConfig, ecsClient } from '../../local/fake-aws/clients.ts';

const root = join(__dirname, '../..');
const program = 'local/fake-aws/main.ts';
const now = 1_800_000_000;
const running: ChildProcess[] = [];

function start(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, ['scripts/run.mjs', program, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<{ url: string; port: number; pid: number }> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes('\n')) return JSON.parse(text);
  }
  throw new Error(`ended without a line: ${text}`);
}

afterEach(async () => {
  for (const child of running.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

async function control(url: string, path: string, init: { method?: string; body?: unknown } = {}) {
  const { method = 'GET', body } = init;
  const answer = await fetch(`${url}/_fake/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answered: unknown = await answer.json();
  return { status: answer.status, body: answered };
}

describe('the fake as a process', () => {
  it('shows the demo, is controlled over HTTP, and ends on SIGTERM', async () => {
    const child = start(['--now', String(now)]);
    const { url, pid } = await firstLine(child);
    const ecs = ecsClient({ url });
    const { serviceArns } = await ecs.send(new ListServicesCommand({ cluster: 'fargaze-demo' }));
    expect(serviceArns?.map((arn) => arn.split('/').at(-1))).toEqual(['redis', 'web', 'worker']);

    const cloudWatch = new CloudWatchClient(clientConfig({ url }));
    const Dimensions = [{ Name: 'ClusterName', Value: 'fargaze-demo' }];
    const Metric = { Namespace: 'AWS/ECS', MetricName: 'CPUUtilization', Dimensions };
    const answer = await cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: 'a', MetricStat: { Metric, Period: 60, Stat: 'Average' } }],
        StartTime: new Date((now - 3600) * 1000),
        EndTime: new Date((now - 600) * 1000),
      }),
    );
    expect(answer.MetricDataResults?.[0]?.Values).toHaveLength(50);

    expect(await control(url, 'health')).toEqual({ status: 200, body: { ok: true } });
    const ref = { cluster: 'fargaze-demo', service: 'web' };
    const scenario = [
      { do: 'scaleTo', ...ref, desired: 5 },
      { do: 'deploy', ...ref },
    ];
    expect(await control(url, 'scenario', { method: 'POST', body: scenario })).toEqual({
      status: 200,
      body: { done: 2 },
    });
    expect((await control(url, 'clock', { method: 'POST', body: { advance: 120 } })).body).toEqual({
      now: now + 120,
    });
    const described = new DescribeServicesCommand({ cluster: 'fargaze-demo', services: ['web'] });
    expect((await ecs.send(described)).services?.[0]).toMatchObject({
      desiredCount: 5,
      runningCount: 5,
    });

    const fault = { api: 'DescribeServices', kind: 'throttle', times: 1 };
    expect((await control(url, 'faults', { method: 'POST', body: fault })).body).toEqual([1]);
    await expect(ecs.send(described)).rejects.toThrow('Rate exceeded');
    expect((await control(url, 'faults')).body).toMatchObject([{ ...fault, hits: 1 }]);
    await control(url, 'faults/1', { method: 'DELETE' });
    expect((await control(url, 'faults')).body).toEqual([]);
    expect((await control(url, 'totals')).body).toMatchObject({
      DescribeServices: { calls: 2, errors: 1 },
      GetMetricData: { calls: 1, billed: 1, points: 50 },
    });
    expect((await control(url, 'calls')).body).toHaveLength(4);
    await control(url, 'reset', { method: 'POST' });
    expect((await control(url, 'calls')).body).toEqual([]);

    ecs.destroy();
    cloudWatch.destroy();
    process.kill(pid, 'SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('refuses what cannot be done, with the reason', async () => {
    const { url } = await firstLine(start(['--scenario', 'empty']));
    const refused = async (path: string, body: unknown) => {
      const answer = await control(url, path, { method: 'POST', body });
      expect(answer.status).toBe(400);
      return JSON.stringify(answer.body);
    };
    expect(await refused('scenario', { do: 'explode' })).toMatch(/want .*do.* to be one of/);
    expect(await refused('scenario', { do: 'settle' })).toMatch(/want .*do.* to be one of/);
    expect(await refused('scenario', { do: 'scaleTo', cluster: 'x', service: 'y' })).toMatch(
      'no cluster x',
    );
    expect(await refused('faults', { api: '*', kind: 'explode' })).toMatch('fault kind explode');
    expect(await refused('clock', { advance: -1 })).toMatch('advance by -1 s');
    expect((await control(url, 'nothing')).status).toBe(404);
  });

  it.each([
    { args: ['--scenario', 'circus'], message: '--scenario circus, want demo, fleet or empty' },
    { args: ['--port', 'x'], message: '--port x, want a whole number' },
    { args: ['--colour', 'x'], message: "Unknown option '--colour'" },
  ])('does not start with $args', async ({ args, message }) => {
    const child = start(args);
    let errors = '';
    child.stderr?.on('data', (text) => {
      errors += String(text);
    });
    const [code] = await once(child, 'close');
    expect(code).not.toBe(0);
    expect(errors).toContain(message);
  });
});
