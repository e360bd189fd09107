// The simulated account that bridges are measured against: a process of its own, whose counts show what AWS would bill.
import { join } from 'node:path';
import { build } from 'esbuild';
import { systemClock } from '../layers/core/src/clock.ts';
import { startProcess, waitFor } from '../local/programs/process.ts';

/** What a collection asked of AWS. */
export type CloudCounts = {
  /** Calls of CloudWatch's API, which are limited and, but for GetMetricData's metrics, billed a thousand at a time. */
  readonly cloudWatchCalls: number;
  /** Calls of other APIs: free. */
  readonly otherCalls: number;
  readonly errors: number;
  readonly billed: number;
  readonly points: number;
};

/** A running account. */
export type Cloud = {
  readonly url: string;
  /** Moves its clock to now and forgets its counts. */
  refresh(): Promise<void>;
  counts(): Promise<CloudCounts>;
  stop(): Promise<void>;
};

/** As far as a run of every five minutes reads: five minutes, ten for late points, two that are not settled. */
const historySeconds = 17 * 60;
const cloudWatchApis = ['GetMetricData', 'GetMetricStatistics', 'ListMetrics'];

/** Starts an account with one cluster of `services` services of two tasks, old enough for a whole window. */
export async function startCloud(services: number): Promise<Cloud> {
  const root = process.cwd();
  const program = join(root, '.build/bench/fake-aws.cjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['local/fake-aws/main.ts'],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    conditions: ['source'],
  });
  const seconds = () => Math.floor(systemClock.now() / 1000);
  const lines: string[] = [];
  const fleet = ['--scenario', 'fleet', '--services', String(services)];
  const fake = await startProcess({
    name: 'fake-aws',
    command: process.execPath,
    args: [program, ...fleet, '--now', String(seconds() - historySeconds)],
    onLine: (line) => lines.push(line),
  });
  const check = async () => lines.some((line) => line.startsWith('{'));
  await waitFor({ what: 'fake-aws', seconds: 60, processes: [fake], check });
  const { url } = JSON.parse(lines.find((line) => line.startsWith('{')) ?? '{}') as { url: string };
  const control = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${url}/_fake/${path}`, init);
    if (!response.ok) throw new Error(`fake-aws ${path}: ${response.status}`);
    return response.json();
  };
  return {
    url,
    refresh: async () => {
      await control('clock', { method: 'POST', body: JSON.stringify({ now: seconds() }) });
      await control('calls', { method: 'DELETE' });
    },
    counts: async () => summarize((await control('totals')) as Totals),
    stop: () => fake.stop(),
  };
}

type Totals = Readonly<
  Record<string, { calls: number; errors: number; billed: number; points: number }>
>;

function summarize(totals: Totals): CloudCounts {
  const sum = (key: 'calls' | 'errors' | 'billed' | 'points', where = (_api: string) => true) =>
    Object.entries(totals).reduce((all, [api, one]) => all + (where(api) ? one[key] : 0), 0);
  return {
    cloudWatchCalls: sum('calls', (api) => cloudWatchApis.includes(api)),
    otherCalls: sum('calls', (api) => !cloudWatchApis.includes(api)),
    errors: sum('errors'),
    billed: sum('billed'),
    points: sum('points'),
  };
}
