// One simulation with receivers of its own, from its start to its balance.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrometheus, startPushgateway } from '../../../local/programs/servers.ts';
import { type Balance, strike } from './balance.ts';
import { window } from './producers.ts';
import { type Accounts, readHeld, simulate } from './simulation.ts';

const minuteMs = 60_000;

/** Simulates so many minutes. */
export async function account(
  minutes: number,
  seed: number,
): Promise<{ readonly accounts: Accounts; readonly balance: Balance }> {
  const folder = mkdtempSync(join(tmpdir(), 'fargaze-accounting-'));
  const configFile = join(folder, 'prometheus.yml');
  writeFileSync(configFile, `storage: { tsdb: { out_of_order_time_window: ${window}m } }\n`);
  const args = ['--web.enable-remote-write-receiver', '--storage.tsdb.retention.time=30d'];
  const [gateway, prometheus] = await Promise.all([
    startPushgateway(),
    startPrometheus({ configFile, args }),
  ]);
  try {
    // Everything has happened before now: a receiver takes nothing from the future.
    const start = Math.floor(Date.now() / minuteMs) * minuteMs - (minutes + 500) * minuteMs;
    const receivers = { gateway: gateway.url, prometheus: prometheus.url };
    const accounts = await simulate({ minutes, seed, start }, receivers);
    const samples = await readSamples(prometheus.url, minutes + 600);
    const groups = await readHeld(gateway.url);
    return { accounts, balance: strike(accounts, { samples, groups }) };
  } finally {
    await Promise.all([gateway.stop(), prometheus.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Times of all samples by target. */
async function readSamples(url: string, minutes: number): Promise<Map<string, number[]>> {
  const query = encodeURIComponent(`accounts_minute[${minutes}m]`);
  const answer = (await (await fetch(`${url}/api/v1/query?query=${query}`)).json()) as {
    readonly data: {
      readonly result: readonly {
        readonly metric: { readonly instance: string };
        readonly values: readonly [number, string][];
      }[];
    };
  };
  return new Map(
    answer.data.result.map(({ metric, values }) => [
      metric.instance,
      values.map(([seconds]) => Math.round(seconds * 1000)),
    ]),
  );
}
