// Alertmanager as a deployment without Grafana runs it: each choice of ways is a configuration that Alertmanager's own
// tool accepts, and it routes as it should. Debian's release knows neither Teams nor a webhook's address in a file; that of the
// deployed version, by `npm run test:deployed`, checks these two as well.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { readConfigFile } from '../../build/config-file.ts';
import { listBundle } from '../../infra/bundle.ts';
import { runCommand } from '../../local/programs/command.ts';
import { findPrograms, type Program } from '../../local/programs/find.ts';
import { isAtLeast } from '../../local/programs/program.ts';

const ways = ['SLACK', 'PAGERDUTY', 'OPSGENIE', 'TEAMS', 'WEBHOOK'];
const known = ['SLACK', 'PAGERDUTY', 'OPSGENIE'];

let directory: string;
let amtool: Program;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-alertmanager-'));
  amtool = (await findPrograms(['amtool'], { report: () => undefined })).amtool;
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The bundle of Prometheus without its rules, as a task finds it that notifies by `chosen`; answers with its folder. */
function unpack(
  name: string,
  chosen: readonly string[],
  set: Readonly<Record<string, string>> = {},
): string {
  const folder = join(directory, name);
  const source = { root: '.', config: readConfigFile('fargaze.yml'), environment: {} };
  for (const { content, path } of listBundle('prometheus', source)) {
    if (path.includes('/')) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const tokens = [...readFileSync('infra/prometheus.yml', 'utf8').matchAll(/Name: (TOKEN_\w+)/g)];
  const env: Record<string, string> = Object.fromEntries(
    tokens.map(([, token]) => [token, 'word']),
  );
  for (const way of ways) env[`TOKEN_ALERT_${way}`] = chosen.includes(way) ? '1' : '';
  env.TOKEN_ALERT_SNS_TOPIC_ARN = 'arn:aws:sns:eu-west-1:111122223333:alarms';
  execFileSync('sh', [join(folder, 'unpack.sh'), folder], {
    env: { PATH: '/usr/bin:/bin', ...env, ...set },
    stdio: 'pipe',
  });
  return folder;
}

type Receiver = { readonly name: string } & Readonly<Record<string, unknown>>;
const receiverOf = (folder: string): Receiver => {
  const file = parse(readFileSync(join(folder, 'alertmanager.yml'), 'utf8'));
  return file.receivers.find(({ name }: Receiver) => name === 'fargaze');
};

/** The configuration with its paths in `folder`. */
function move(folder: string): string {
  const file = join(folder, 'alertmanager.yml');
  const text = readFileSync(file, 'utf8')
    .replaceAll('/notify/', `${folder}/`)
    .replaceAll('/config/', `${folder}/`);
  writeFileSync(file, text);
  return file;
}

it.each([[], ...known.map((way) => [way]), known])(
  'amtool accepts SNS and what else is chosen: %s %s %s',
  async (...chosen) => {
    const ofKind = chosen.filter((way): way is string => typeof way === 'string');
    if (ofKind.length === known.length && isAtLeast(amtool.version, '0.28')) {
      ofKind.push(...ways.filter((way) => !known.includes(way)));
    }
    const folder = unpack(`check-${ofKind.join('-')}`, ofKind);
    const { code, output } = await runCommand(amtool.path, ['check-config', move(folder)], {
      env: amtool.env,
      timeoutMs: 30_000,
    });
    expect([output, code]).toEqual([expect.stringContaining('SUCCESS'), 0]);
  },
);

it('every way has its receiver and no secret of it is in the configuration', () => {
  const receiver = receiverOf(unpack('all', ways));
  expect(Object.keys(receiver)).toEqual([
    ...['name', 'sns_configs', 'slack_configs', 'pagerduty_configs', 'opsgenie_configs'],
    ...['msteamsv2_configs', 'webhook_configs'],
  ]);
  const secrets = JSON.stringify(receiver).match(/\/notify\/\w+/g);
  expect(secrets).toEqual(
    ['slack', 'pagerduty', 'opsgenie', 'teams', 'webhook'].map((way) => `/notify/${way}`),
  );
  const template = readFileSync('infra/prometheus.yml', 'utf8');
  for (const path of secrets ?? []) {
    expect(template).toContain(`save ${path.replace('/notify/', '')} "$`);
  }
});

it.each([
  { labels: ['alertname=Watchdog', 'severity=none'], receiver: 'none' },
  { labels: ['alertname=FargazeRedisDown', 'severity=critical'], receiver: 'fargaze' },
  { labels: ['alertname=FargazeProbeSlow', 'severity=warning'], receiver: 'fargaze' },
])('$labels goes to $receiver', async ({ labels, receiver }) => {
  const folder = unpack(`routes-${labels.join('-')}`, ['SLACK']);
  const { code, output } = await runCommand(
    amtool.path,
    ['config', 'routes', 'test', `--config.file=${move(folder)}`, ...labels],
    { env: amtool.env, timeoutMs: 30_000 },
  );
  expect([output.split('\n')[0], code]).toEqual([receiver, 0]);
});

it('Prometheus sends to the Alertmanager of the task or to your own, and to none where Grafana decides', () => {
  const targets = (set: Readonly<Record<string, string>>, name: string) => {
    const folder = unpack(name, [], set);
    const { alerting, rule_files } = parse(readFileSync(join(folder, 'prometheus.yml'), 'utf8'));
    return [alerting?.alertmanagers[0], rule_files.length];
  };
  const beside = { TOKEN_ALERTMANAGER: 'localhost:9093', TOKEN_ALERTMANAGER_SCHEME: 'http' };
  expect(targets(beside, 'beside')).toEqual([
    { scheme: 'http', static_configs: [{ targets: ['localhost:9093'] }] },
    2,
  ]);
  expect(targets({ TOKEN_ALERTMANAGER: '', TOKEN_EVALUATE_ALERTS: '' }, 'grafana')).toEqual([
    undefined,
    1,
  ]);
});
