// A target that fails while nothing of `vantage` can be reached is unknown; nobody asks that while targets answer.

import { parseConfigText } from '../../build/config-file.ts';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { createProbeHandler } from '../../layers/core/src/probe/invocation.ts';
import { watchOwnNetwork } from '../../layers/core/src/probe/own-network.ts';
import type { Batch } from '../../layers/core/src/sample.ts';
import { freePort } from '../../local/programs/ports.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { answerWith, httpAnswer, type RawServer, startRawServer } from '../support/raw-server.ts';

const servers: RawServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function up(answer = answerWith(httpAnswer('200 OK', [], 'ok'))): Promise<RawServer> {
  const server = await startRawServer(answer);
  servers.push(server);
  return server;
}

async function invoke(vantage: string, targets: readonly string[], timeout = '10s') {
  const probes = targets.map(
    (target, at) => `  - { name: p${at}, module: m, target: '${target}' }`,
  );
  const config = parseConfigText(
    `vantage: ${vantage}\nmodules: { m: { prober: http, timeout: ${timeout} } }\nprobes:\n${probes.join('\n')}\n`,
  );
  const batches: Batch[] = [];
  const lines: { message: string; detail?: unknown; unknown?: unknown }[] = [];
  const handler = createProbeHandler<WebModule>({
    name: 'web-probe',
    prober: 'http',
    config,
    probe: probeByModule,
    sink: { name: 'memory', series: 'refused', write: async (batch) => void batches.push(batch) },
    log: (_, message, fields) => void lines.push({ message, ...fields }),
  });
  const summary = await handler({}, { getRemainingTimeInMillis: () => 30_000 });
  return { summary, lines, groups: batches.flatMap(({ groups }) => groups) };
}

const down = async () => `127.0.0.1:${await freePort()}`;

it('a refused target is unknown, and not down, where everything else is refused too', async () => {
  const [first, second] = [await down(), await down()];
  const { groups, lines, summary } = await invoke(`[${first}, 'http://${second}/']`, [
    await down(),
  ]);
  expect(summary).toMatchObject({ ok: 0, failed: 0, skipped: ['p0'], unknown: { own_network: 1 } });
  expect(groups).toEqual([]);
  const detail = `it failed, but nothing of vantage could be reached (${first} connect/refused, ${second} connect/refused): unknown`;
  expect(lines.find(({ message }) => message === 'probe unknown')?.detail).toContain(detail);
  expect(lines.find(({ message }) => message === 'invocation')?.unknown).toEqual({
    own_network: 1,
  });
});

it('it is down where one of the others takes a connection, by name too', async () => {
  const vantage = await up();
  const list = `[${await down()}, 'localhost:${vantage.port}']`;
  const { groups, summary } = await invoke(list, [await down()]);
  expect(summary).toMatchObject({ ok: 0, failed: 1, skipped: [] });
  expect(summary).not.toHaveProperty('unknown');
  expect(groups).toHaveLength(1);
});

it('a name that does not resolve is unknown likewise', async () => {
  const { summary } = await invoke(`[${await down()}]`, ['http://nowhere.invalid/'], '2s');
  expect(summary).toMatchObject({ failed: 0, skipped: ['p0'] });
});

it('is not asked where targets answer, whatever they answer', async () => {
  const vantage = await up();
  const good = await up();
  const bad = await up(answerWith(httpAnswer('503 Service Unavailable')));
  const { summary } = await invoke(`['127.0.0.1:${vantage.port}']`, [
    `http://127.0.0.1:${good.port}/`,
    `http://127.0.0.1:${bad.port}/`,
  ]);
  expect([summary.ok, summary.failed, vantage.connections()]).toEqual([1, 1, 0]);
});

it('is not asked with less time than an answer needs: the verdict stands', async () => {
  const { vantage } = parseConfigText(`vantage: ['${await down()}']\nprobes: []`);
  const clock = createFakeClock();
  const about = { vantage: undefined, clock, read: () => undefined };
  const network = watchOwnNetwork({ ...(vantage !== undefined && { vantage }) }, about);
  for (const [seconds, want] of [
    [0.1, undefined],
    [10, expect.stringContaining('connect/refused')],
  ] as const) {
    const deadline = startDeadline(seconds, clock);
    expect(await network?.findFault(deadline)).toEqual(want);
    deadline.close();
  }
});

it('is asked once for many that fail together', async () => {
  const vantage = await up();
  const targets = await Promise.all(Array.from({ length: 20 }, down));
  const { summary } = await invoke(`['127.0.0.1:${vantage.port}']`, targets);
  expect(summary.failed).toBe(20);
  expect(vantage.connections()).toBeLessThan(5);
});

it('an answer that came is no reason to ask, a silence is', async () => {
  const vantage = await up();
  const silent = await up(() => undefined);
  const list = `['127.0.0.1:${vantage.port}']`;
  const ask = () => invoke(list, [`127.0.0.1:${silent.port}`], '3s');
  let { summary } = await ask();
  // Where this machine stood still for a tenth of that, nobody is called silent.
  for (let left = 5; left > 0 && summary.failed === 0; left -= 1) ({ summary } = await ask());
  expect([summary.failed, vantage.connections()]).toEqual([1, 1]);
});

it('targets of another vantage count only where a function serves both', async () => {
  const vantage = await up();
  const config = `{ internet: [${await down()}], vpc: ['127.0.0.1:${vantage.port}'] }`;
  const targets = [await down()];
  const both = await invoke(config, targets);
  process.env.FARGAZE_VANTAGE = 'internet';
  try {
    const own = await invoke(config, targets);
    expect([both.summary.failed, own.summary.failed]).toEqual([1, 0]);
  } finally {
    delete process.env.FARGAZE_VANTAGE;
  }
});

it('a variable fills in an address; one that is unset is named', async () => {
  const vantage = await up();
  process.env.NEAR_PORT = String(vantage.port);
  const { summary } = await invoke("['127.0.0.1:${NEAR_PORT}']", [await down()]);
  delete process.env.NEAR_PORT;
  expect(summary.failed).toBe(1);
  await expect(invoke("['127.0.0.1:${NEAR_PORT}']", [await down()])).rejects.toThrow(
    /vantage: variable NEAR_PORT is unset/,
  );
});

it.each([
  { vantage: '[]', want: /vantage.*: got \[\], want a list of 1 to 5 targets/ },
  { vantage: 'a', want: /vantage.*: got "a", want a list of targets, or a mapping/ },
  {
    vantage: '[shop.example.com]',
    want: /vantage\[0\].*: got "shop\.example\.com", want host:port/,
  },
  {
    vantage: '{ internet: ["ftp://a"] }',
    want: /vantage.internet\[0\].*: got "ftp:\/\/a", want host:port/,
  },
  {
    vantage: '{ moon: ["a:1"] }',
    want: /vantage .*: got .*moon.*, want a list of targets, or a mapping with internet and vpc/,
  },
])('$vantage is refused with its place', async ({ vantage, want }) => {
  await expect(invoke(vantage, [])).rejects.toThrow(want);
});
