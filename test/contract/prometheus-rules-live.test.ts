// The rules as they are shipped, in a real Prometheus that scrapes a real Pushgateway: what was pushed once is not
// taken for news. Rules that wait for minutes before they fire are promtool's to test.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { parseConfigText } from '../../build/config-file.ts';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import { renderRules } from '../../infra/config/prometheus/render.ts';
import type { WebModule } from '../../layers/core/src/config/modules.ts';
import { DeliveryError } from '../../layers/core/src/errors.ts';
import { createProbeHandler } from '../../layers/core/src/probe/invocation.ts';
import { pushMetrics } from '../../layers/core/src/pushgateway/push-metrics.ts';
import { createPushgatewaySink } from '../../layers/core/src/pushgateway/sink.ts';
import { freePort } from '../../local/programs/ports.ts';
import { waitFor } from '../../local/programs/process.ts';
import {
  type PrometheusServer,
  type Server,
  startPrometheus,
  startPushgateway,
} from '../../local/programs/servers.ts';
import { fillIn, panelQueries, readBoards } from '../support/boards.ts';
import { httpAnswer, startRawServer } from '../support/raw-server.ts';
import { objectives } from '../support/rules.ts';
import { runCli } from '../support/run-cli.ts';

const source = 'infra/config/prometheus';
const of = '{job="fargaze-web",instance="http://a/"}';
const missing = { job: 'fargaze-web', instance: 'http://never/?q="{{x}}"', name: 'never' };
const pushed = { job: 'fargaze-web', instance: 'http://a/', name: 'pushed' };

let directory: string;
let pushgateway: Server;
let prometheus: PrometheusServer;

/** The shipped configuration with short intervals, and target files beside it. */
function layOut(ports: Readonly<Record<string, number>>): string {
  cpSync(join(source, 'rules'), join(directory, 'rules'), { recursive: true });
  const rendered = renderRules({ config: objectives, expected: [missing, pushed] });
  for (const [path, text] of Object.entries(rendered)) {
    writeFileSync(join(directory, 'rules', path), text);
  }
  // Groups of long windows are evaluated every two minutes; nobody waits for that here.
  for (const file of readdirSync(join(directory, 'rules'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.yml')) continue;
    const text = readFileSync(join(directory, 'rules', file), 'utf8');
    writeFileSync(
      join(directory, 'rules', file),
      text.replaceAll(/^ +interval: .*\n/gm, '').replaceAll('for: 30s', 'for: 1s'),
    );
  }
  const config = parse(readFileSync(join(source, 'prometheus.yml'), 'utf8'));
  config.global = { scrape_interval: '1s', evaluation_interval: '1s' };
  writeFileSync(join(directory, 'prometheus.yml'), stringify(config));
  mkdirSync(join(directory, 'targets'));
  const { pushgateway: gateway, prometheus: own } = ports;
  // Both kinds of file that a target may come from.
  const groups = (port: number | undefined) => [{ targets: [`127.0.0.1:${port}`] }];
  writeFileSync(join(directory, 'targets/pushgateway.json'), JSON.stringify(groups(gateway)));
  writeFileSync(join(directory, 'targets/prometheus.yml'), stringify(groups(own)));
  return join(directory, 'prometheus.yml');
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-rules-live-'));
  pushgateway = await startPushgateway();
  const port = await freePort();
  const configFile = layOut({ pushgateway: pushgateway.port, prometheus: port });
  prometheus = await startPrometheus({ configFile, port });
  // Prometheus hands new targets to its scrapers every five seconds, whatever the interval of scraping.
  await until('scraped', async () => (await values('up{job="pushgateway"}'))[0] === 1);
});
afterAll(async () => {
  await prometheus?.stop();
  await pushgateway?.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Pushes a success that was taken now; it is fresh for 2.5 times `interval` seconds. */
async function push(interval: number): Promise<void> {
  const text = [
    'probe_success 1',
    `probe_interval_seconds ${interval}`,
    `fargaze_probe_timestamp_seconds ${Date.now() / 1000}\n`,
  ].join('\n');
  await pushText(text, 'http://a/');
}

async function pushText(text: string, instance: string): Promise<void> {
  const grouping = { job: 'fargaze-web', instance };
  // Gauges, as probes push them, unless the text says otherwise.
  const typed = text.startsWith('#') ? text : text.replace(/^(\w+) /gm, '# TYPE $1 gauge\n$1 ');
  await pushMetrics({ url: pushgateway.url, grouping, registry: { metrics: () => typed } });
}

const values = async (expression: string) =>
  (await prometheus.query(expression)).map(({ value }) => value);
const until = (what: string, check: () => Promise<boolean>) =>
  waitFor({ what, seconds: 60, processes: [prometheus.process, pushgateway.process], check });
const alert = (name: string) => `ALERTS{alertname="${name}",instance="http://a/"}`;

it('an old success goes from fresh to absent, silence is reported, and a new one ends it', async () => {
  await push(4);
  await until('fresh', async () => (await values(`fargaze:probe_success:fresh${of}`))[0] === 1);
  expect(await values(alert('FargazeProbeSilent'))).toEqual([]);

  const firing = alert('FargazeProbeSilent').replace('}', ',alertstate="firing"}');
  await until('silent', async () => (await values(firing)).length > 0);
  await until('absent', async () => !(await values(`fargaze:probe_success:fresh${of}`)).length);
  expect(await values(`probe_success${of}`)).toEqual([1]);
  const [fired] = await prometheus.query(firing);
  expect(fired?.labels).toMatchObject({ severity: 'critical' });
  const shown = await runCli(['status', '--url', prometheus.url]);
  expect([shown.code, shown.err]).toEqual([1, '']);
  expect(shown.out).toMatch(/^silent +http:\/\/a\/ .* ago$/m);
  expect(shown.out).toMatch(/^firing +FargazeProbeSilent +critical +http:\/\/a\/$/m);
  expect(shown.out).toMatch(/, [1-9]\d* firing/);

  await push(600);
  await until(
    'fresh again',
    async () => (await values(`fargaze:probe_success:fresh${of}`))[0] === 1,
  );
  await until('resolved', async () => !(await values(alert('FargazeProbeSilent'))).length);
});

it('a refused push is seen by the series that the alert reads', async () => {
  await push(600);
  const refused = pushText('# TYPE probe_success counter\nprobe_success 1\n', 'http://refused/');
  await expect(refused).rejects.toThrow(DeliveryError);
  const state = 'ALERTS{alertname="FargazePushRejected",instance="http://refused/"}';
  await until('pending', async () => (await values(state)).length > 0);
  expect(await values(`push_time_seconds{instance="http://refused/"}`)).toEqual([0]);
  expect(await values('count(up{job=~"pushgateway|prometheus"} == 1)')).toEqual([2]);
});

it('fargaze status reads the states from it: up, never seen and removed, and alerts that are pending', async () => {
  await push(600);
  await pushText(`fargaze_probe_timestamp_seconds ${Date.now() / 1000}\n`, 'http://gone/');
  const asked = () => runCli(['status', '--url', prometheus.url, '--json']);
  const statesOf = async () => {
    const { targets } = JSON.parse((await asked()).out);
    return targets.map((one: { target: string; state: string }) => [one.target, one.state]);
  };
  await until('seen', async () => {
    const states = JSON.stringify(await statesOf());
    return states.includes('["http://a/","up"]') && states.includes('["http://gone/","removed"]');
  });
  expect(await statesOf()).toEqual([
    [missing.instance, 'unknown'],
    ['http://gone/', 'removed'],
    ['http://a/', 'up'],
  ]);
  const { code, out } = await asked();
  expect(code).toBe(1);
  expect(JSON.parse(out)).toMatchObject({
    complete: true,
    alerts: expect.arrayContaining([expect.objectContaining({ state: 'pending' })]),
  });
});

it('the board shows a check in steps: what each was, how long it took, and in which phase', async () => {
  const server = await startRawServer((socket) => {
    socket.once('data', (chunk: Buffer) => {
      const isIn = chunk.toString().startsWith('GET /in ');
      socket.end(httpAnswer(isIn ? '200 OK' : '503 Service Unavailable'));
    });
  });
  const steps = '{ name: in, path: /in }, { name: cart, path: /cart }, { name: pay, path: /pay }';
  const handler = createProbeHandler<WebModule>({
    name: 'web-probe',
    prober: 'http',
    config: parseConfigText(
      `modules: { m: { prober: http, timeout: 20s, steps: [${steps}] } }\nprobes: [{ name: shop, module: m, target: 'http://127.0.0.1:${server.port}/', interval: 10m }]\n`,
    ),
    probe: probeByModule,
    sink: createPushgatewaySink({ url: pushgateway.url }),
    log: () => undefined,
  });
  const context = { getRemainingTimeInMillis: () => 60_000 };
  await handler({ probes: ['shop'], schedule: '10m' }, context).finally(() => server.close());
  const queries = new Map(
    readBoards()
      .flatMap(panelQueries)
      .map(({ expr, place }) => [place, fillIn(expr)] as const),
  );
  const ask = (title: string) => prometheus.query(queries.get(`Probes / ${title} / A`) ?? '');
  await until('the steps', async () => (await ask('Steps')).length > 0);
  const verdicts = await ask('Steps');
  expect(verdicts.map(({ labels, value }) => [labels.step, value]).sort()).toEqual([
    ['cart', 0],
    ['in', 1],
  ]);
  const whole = await ask('Duration of steps');
  expect(whole.map(({ labels }) => labels)).toEqual([{ step: 'cart' }, { step: 'in' }]);
  const phases = (await ask('Phases of steps')).filter(({ labels }) => labels.step === 'in');
  expect(phases.map(({ labels }) => labels.phase)).toContain('processing');
  const sum = phases.reduce((total, { value }) => total + value, 0);
  expect(whole.find(({ labels }) => labels.step === 'in')?.value).toBeCloseTo(sum);
});

it('every rule is evaluated without an error, the generated ones too', async () => {
  type Rules = { readonly name: string; readonly health: string; readonly lastError?: string };
  const read = async () => {
    const response = await fetch(`${prometheus.url}/api/v1/rules`);
    const answer = (await response.json()) as {
      readonly data: { readonly groups: readonly { readonly rules: readonly Rules[] }[] };
    };
    return answer.data.groups.flatMap(({ rules }) => rules);
  };
  await until('evaluated', async () => (await read()).every(({ health }) => health !== 'unknown'));
  const rules = await read();
  expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  const names = rules.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['FargazeProbeNeverSeen', 'fargaze:sli_bad']));
});
