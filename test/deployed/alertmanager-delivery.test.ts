// From an outage to a message: the exported alerts in a real Prometheus, the exported routes and the deployed ones in a real
// Alertmanager of the deployed version, and a webhook that takes down what comes. Waits are shortened; expressions, texts, routes and inhibitions are as
// exported.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { renderExport } from '../../infra/export/export.ts';
import { deployedPrograms } from '../../local/programs/go.ts';
import { waitFor } from '../../local/programs/process.ts';
import {
  launch,
  type PrometheusServer,
  type Server,
  startPrometheus,
} from '../../local/programs/servers.ts';
import { temporaryWorkFolder } from '../../local/programs/work-folder.ts';
import { objectives } from '../support/rules.ts';

type Message = {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
};

const runbooks = 'https://runbooks.example';
const files = renderExport({
  config: objectives,
  expected: [],
  links: { runbooks, grafana: 'https://grafana.example' },
  jobs: { pushgateway: 'push', prometheus: undefined },
});

const target = { job: 'web', instance: 'http://shop.example/' };
const labels = (of: object) =>
  Object.entries(of)
    .map(([name, value]) => `${name}="${value}"`)
    .join(',');

let directory: string;
let world: HttpServer;
let webhook: HttpServer;
let alertmanager: Server;
let prometheus: PrometheusServer;
const messages: Message[] = [];
/** What the recording rules would say. */
let series: () => readonly string[] = () => [];
let pushgatewayIsUp = true;

const listen = async (server: HttpServer) => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-delivery-'));
  webhook = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      messages.push(JSON.parse(body));
      response.end();
    });
  });
  world = createServer((request, response) => {
    response.statusCode = request.url === '/push' && !pushgatewayIsUp ? 500 : 200;
    // Without a type Prometheus 3 scrapes nothing.
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(request.url === '/push' ? '' : `${series().join('\n')}\n`);
  });
  const hook = `http://127.0.0.1:${await listen(webhook)}`;
  alertmanager = await startAlertmanager(configureRoutes(hook));
  prometheus = await startPrometheus({ configFile: configurePrometheus(await listen(world)) });
});

afterAll(async () => {
  await prometheus?.stop();
  await alertmanager?.stop();
  for (const server of [world, webhook]) {
    server?.closeAllConnections();
    server?.close();
  }
  rmSync(directory, { recursive: true, force: true });
});

/** The exported routes, whose receivers are for their owner to fill in: here a webhook. */
function configureRoutes(hook: string): string {
  const config = parse(files['alertmanager/alertmanager.yml'] ?? '');
  const quick = { group_wait: '1s', group_interval: '1s' };
  // The inhibitions of a deployment without Grafana are the same.
  const deployed = parse(
    readFileSync('infra/config/alertmanager/alertmanager.yml', 'utf8').replaceAll(/__\w+__/g, 'x'),
  );
  expect(deployed.inhibit_rules).toEqual(config.inhibit_rules);
  return stringify({
    ...config,
    route: { ...config.route, ...quick },
    receivers: config.receivers.map(({ name }: { readonly name: string }) =>
      name === 'none' ? { name } : { name, webhook_configs: [{ url: `${hook}/${name}` }] },
    ),
  });
}

async function startAlertmanager(config: string): Promise<Server> {
  const built = await deployedPrograms(['alertmanager'], { report: () => undefined });
  const program = built.alertmanager;
  const workFolder = await temporaryWorkFolder('alertmanager');
  const file = join(workFolder.path, 'alertmanager.yml');
  writeFileSync(file, config);
  const server = await launch({
    program,
    run: { workFolder },
    readyPath: '/-/ready',
    args: (port) => [
      ...[
        `--config.file=${file}`,
        `--storage.path=${workFolder.path}`,
        '--cluster.listen-address=',
      ],
      `--web.listen-address=127.0.0.1:${port}`,
    ],
  });
  const stop = async () => {
    await server.stop();
    await workFolder.remove();
  };
  return { ...server, stop };
}

/** The exported alerts without their waits, evaluated each second; what recording rules make is scraped. */
function configurePrometheus(port: number): string {
  mkdirSync(join(directory, 'rules'));
  for (const [path, text] of Object.entries(files)) {
    if (!path.startsWith('prometheus/rules/alerting/')) continue;
    const { groups } = parse(text);
    for (const group of groups) {
      group.interval = '1s';
      for (const rule of group.rules) {
        delete rule.for;
        delete rule.keep_firing_for;
      }
    }
    writeFileSync(join(directory, 'rules', path.replaceAll('/', '-')), stringify({ groups }));
  }
  const scrape = (job_name: string, metrics_path: string) => ({
    ...{ job_name, metrics_path, honor_labels: true },
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  });
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(directory, 'rules/*.yml')],
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager.url).host] }] }],
    },
    scrape_configs: [scrape('push', '/push'), scrape('recorded', '/metrics')],
  };
  const file = join(directory, 'prometheus.yml');
  writeFileSync(file, stringify(config));
  return file;
}

const alertsOf = (status: string) =>
  messages.flatMap((message) =>
    message.alerts
      .filter((alert) => alert.status === status)
      .map(({ labels: { alertname } }) => `${message.receiver}: ${alertname}`),
  );

async function untilTold(status: string, alert: string): Promise<void> {
  const check = async () => alertsOf(status).includes(alert);
  await waitFor({ what: `${alert} ${status}`, seconds: 40, check });
}

/** Alerts that fire in Prometheus, whether or not they are held back. */
async function firing(): Promise<string[]> {
  const found = await prometheus.query('count by (alertname) (ALERTS{alertstate="firing"})');
  return found.map((one) => one.labels.alertname ?? '').sort();
}

/** Alerts that Alertmanager has and sends to nobody because of another. */
async function heldBack(): Promise<string[]> {
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts?active=false&inhibited=true`);
  const alerts = (await answer.json()) as readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly status: { readonly inhibitedBy: readonly string[] };
  }[];
  return alerts
    .filter(({ status }) => status.inhibitedBy.length > 0)
    .map(({ labels: { alertname = '' } }) => alertname);
}

const well = () => {
  const now = Date.now() / 1000;
  return [
    `fargaze_probe_timestamp_seconds{${labels(target)}} ${now}`,
    `fargaze_bridge_timestamp_seconds{${labels({ job: 'fargaze-bridge', instance: 'ecs' })}} ${now}`,
  ];
};

/** The rules have no waits here, so some fire before the first scrape. Waits until they are resolved, and drops their messages. */
async function untilQuiet(): Promise<void> {
  series = well;
  // Alertmanager sends some groups a second or two after they began to fire.
  let since: number | undefined;
  const check = async () => {
    const up = await prometheus.query('up == 1');
    const resolved = alertsOf('resolved');
    const open = alertsOf('firing').filter((alert) => !resolved.includes(alert));
    if (up.length < 2 || open.length > 0) since = undefined;
    else since ??= performance.now();
    return since !== undefined && performance.now() - since > 4000;
  };
  await waitFor({ what: 'quiet', seconds: 60, check });
  messages.length = 0;
}

it('one outage of a target is one page, which is resolved, with links that can be opened', async () => {
  await untilQuiet();
  const failing = () => [
    ...well(),
    `fargaze:probe_labels{${labels({ ...target, team: 'shop' })}} 1`,
    `fargaze:probe_failing{${labels(target)}} 1`,
    `fargaze:probe_failure_info:fresh{${labels({ ...target, phase: 'connect', reason: 'refused' })}} 1`,
  ];
  series = failing;
  await untilTold('firing', 'critical: FargazeProbeFailed');
  // The slowness fires too, and is held back by what causes it. Here it begins later and ends earlier: without its wait it
  // could be a moment ahead.
  series = () => [...failing(), `fargaze:probe_slow{${labels(target)}} 4`];
  await waitFor({
    what: 'slowness held back',
    seconds: 40,
    check: async () => (await heldBack()).includes('FargazeProbeSlow'),
  });
  expect(await firing()).toEqual(
    expect.arrayContaining(['FargazeProbeFailed', 'FargazeProbeSlow']),
  );
  const [page] = messages.flatMap(({ alerts }) => alerts);
  expect(page?.labels).toMatchObject({ ...target, team: 'shop', severity: 'critical' });
  expect(page?.annotations.summary).toBe(`${target.instance} is down: refused in phase connect`);
  expect(page?.annotations.runbook_url).toBe(`${runbooks}/FargazeProbeFailed.md`);
  expect(page?.annotations.dashboard_url).toMatch(
    /^https:\/\/grafana\.example\/d\/fargaze-probes\?/,
  );
  series = failing;
  await waitFor({
    what: 'slowness over',
    seconds: 40,
    check: async () => !(await heldBack()).includes('FargazeProbeSlow'),
  });
  series = well;
  await untilTold('resolved', 'critical: FargazeProbeFailed');
  const told = messages.map(({ receiver, status }) => `${receiver} ${status}`);
  expect([...new Set(told)]).toEqual(['critical firing', 'critical resolved']);
  expect([...new Set([...alertsOf('firing'), ...alertsOf('resolved')])]).toEqual([
    'critical: FargazeProbeFailed',
  ]);
});

it('a Pushgateway that is down is one page, and what follows from it is none', async () => {
  messages.length = 0;
  pushgatewayIsUp = false;
  await untilTold('firing', 'critical: FargazePushgatewayDown');
  // What was pushed is gone with it.
  series = () => [];
  const gone = 'count_over_time(absent(fargaze_probe_timestamp_seconds)[4s:1s]) >= 4';
  await waitFor({
    what: 'results gone for some evaluations',
    seconds: 40,
    check: async () => (await prometheus.query(gone)).length > 0,
  });
  expect([...new Set(alertsOf('firing'))]).toEqual(['critical: FargazePushgatewayDown']);
  pushgatewayIsUp = true;
  series = well;
  await untilTold('resolved', 'critical: FargazePushgatewayDown');
});
