// Right in the end at the deployed Prometheus and at VictoriaMetrics, which keeps every value that a point ever had.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deployedPrograms } from '../../local/programs/go.ts';
import { launch, startPrometheus } from '../../local/programs/servers.ts';
import { minute, now, series, write } from '../support/remote-writing.ts';
import { describeRight } from '../support/right-suite.ts';

const quiet = { report: () => undefined };
const directory = mkdtempSync(join(tmpdir(), 'fargaze-right-'));
afterAll(() => rmSync(directory, { recursive: true }));

const prometheus = (window: string) => async () => {
  const { prometheus: program } = await deployedPrograms(['prometheus'], quiet);
  const configFile = join(directory, `${window}.yml`);
  writeFileSync(configFile, `storage: { tsdb: { out_of_order_time_window: ${window} } }\n`);
  return startPrometheus({ program, configFile, args: ['--web.enable-remote-write-receiver'] });
};

/** A single-node VictoriaMetrics. */
const victoriaMetrics =
  (...flags: readonly string[]) =>
  async () => {
    const all = await deployedPrograms(['victoria-metrics'], quiet);
    return launch({
      program: all['victoria-metrics'],
      readyPath: '/health',
      args: (port, folder) => [
        ...[`-httpListenAddr=127.0.0.1:${port}`, `-storageDataPath=${folder}`],
        ...['-loggerLevel=ERROR', ...flags],
      ],
    });
  };
const deduplicating = victoriaMetrics('-dedup.minScrapeInterval=1ms');

/** It shows a new series after some seconds, and keeps twelve digits of a value. */
const kept = {
  behaviour: 'revised and late',
  flush: '/internal/force_flush',
  tolerance: 1e-10,
} as const;

describeRight([
  {
    name: 'a window of 4 h, settled for 15 min',
    start: prometheus('4h'),
    seeds: [7],
    behaviour: 'revised and late',
    settle: 900,
  },
  { name: 'no window', start: prometheus('0s'), seeds: [7], behaviour: 'revised and late' },
  { name: 'VictoriaMetrics', start: victoriaMetrics(), seeds: [0], ...kept },
  {
    name: 'VictoriaMetrics that removes duplicates',
    start: deduplicating,
    seeds: [7, 81],
    ...kept,
  },
]);

const points = (...values: readonly number[]) =>
  values.map((value, index) => ({ at: now - (10 - index) * minute, value }));

it.each([
  { name: 'keeps both values of a changed point', start: victoriaMetrics(), sees: ['1', '0'] },
  { name: 'shows the higher one where duplicates go', start: deduplicating, sees: ['1'] },
])('VictoriaMetrics $name, at each of its addresses', async ({ sees, start }) => {
  const server = await start();
  try {
    const [prefixed, bare] = ['/prometheus/api/v1/write', '/api/v1/push'];
    await write(`${server.url}${prefixed}`, [series('m', points(1, 5))]);
    await write(`${server.url}${bare}`, [series('m', points(0))]);
    await fetch(`${server.url}/internal/force_flush`);
    const query = `/prometheus/api/v1/query?query=m[1m]&time=${(now - 10 * minute) / 1000}`;
    const answer = (await (await fetch(server.url + query)).json()) as {
      readonly data: { readonly result: readonly { readonly values: [number, string][] }[] };
    };
    const values = answer.data.result[0]?.values.map(([, value]) => value);
    expect([...(values ?? [])].sort()).toEqual([...sees].sort());
  } finally {
    await server.stop();
  }
});
