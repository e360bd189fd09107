// What the deployment packs of rules and alerts, unpacked with the variables that its template declares: everything is
// filled in, every file is what Prometheus and Grafana read, and one of the two decides.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { readConfigFile } from '../../build/config-file.ts';
import { type BundleName, bundleLimit, listBundle, packBundle } from '../../infra/bundle.ts';
import { provisioningFile } from '../support/grafana-alerting-schema.ts';

const source = { root: '.', config: readConfigFile('fargaze.yml'), environment: {} };

/** Names of the variables that the init container of a service is given. */
const tokensOf = (service: 'grafana' | 'prometheus') =>
  [...readFileSync(`infra/${service}.yml`, 'utf8').matchAll(/Name: (TOKEN_\w+)/g)].map(
    ([, name = '']) => name,
  );

/** Unpacks a bundle; variables that are not in `set` are empty or, where that is no value, filled with a word. */
function unpack(name: BundleName, set: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-bundle-'));
  for (const { content, path } of listBundle(name, source)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  const declared = tokensOf(name === 'grafana' ? 'grafana' : 'prometheus');
  const env = Object.fromEntries(declared.map((token) => [token, set[token] ?? 'word']));
  execFileSync('sh', [join(directory, 'unpack.sh'), directory], {
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: 'pipe',
  });
  return directory;
}

it.each([
  {
    name: 'the topic alone',
    set: Object.fromEntries(
      ['EMAIL', 'SLACK', 'PAGERDUTY', 'OPSGENIE', 'TEAMS', 'WEBHOOK'].map((way) => [
        `TOKEN_ALERT_${way}`,
        '',
      ]),
    ),
    want: ['sns'],
  },
  {
    name: 'every way but mail',
    set: { TOKEN_ALERT_EMAIL: '' },
    want: ['sns', 'slack', 'pagerduty', 'opsgenie', 'teams', 'webhook'],
  },
])('Grafana’s files are whole with $name', ({ set, want }) => {
  const arn = 'arn:aws:sns:eu-west-1:111122223333:alarms';
  const directory = unpack('grafana', {
    ...set,
    TOKEN_ALERT_SNS_TOPIC_ARN: arn,
    TOKEN_WEB_URL: 'http://w/',
  });
  try {
    const alerting = join(directory, 'provisioning/alerting');
    const files = readdirSync(alerting).map((file) =>
      v.parse(provisioningFile, parse(readFileSync(join(alerting, file), 'utf8'))),
    );
    const points = files.flatMap(({ contactPoints = [] }) => contactPoints);
    expect(points.flatMap(({ receivers }) => receivers.map(({ type }) => type))).toEqual(want);
    const rules = files.flatMap(({ groups = [] }) => groups.flatMap((group) => group.rules));
    expect(rules.map(({ title }) => title)).toContain('FargazeProbeNeverSeen');
    expect(JSON.stringify(rules)).toContain('instance=\\"http://w/\\"');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it.each([
  { name: 'alerts are left to Grafana', evaluate: '', want: ['rules/recording/*.yml'] },
  {
    name: 'Prometheus alerts without one',
    evaluate: '1',
    want: ['rules/recording/*.yml', 'rules/alerting/*.yml'],
  },
])('$name', ({ evaluate, want }) => {
  expect(tokensOf('prometheus')).toContain('TOKEN_EVALUATE_ALERTS');
  const directory = unpack('prometheus', { TOKEN_EVALUATE_ALERTS: evaluate });
  try {
    const config = parse(readFileSync(join(directory, 'prometheus.yml'), 'utf8'));
    expect(config.rule_files).toEqual(want);
    const recorded = readFileSync(join(directory, 'rules/recording/config.yml'), 'utf8');
    expect(recorded).toContain('fargaze:slo_objective');
    expect(readdirSync(join(directory, 'rules/alerting'))).toContain('never-seen.yml');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('Prometheus keeps samples, where nothing else is asked for, for as long as any objective looks back', () => {
  const parameters = readFileSync('infra/parameters.yml', 'utf8');
  const [, days = ''] = /param:PrometheusRetentionTime, '(\d+)d'/.exec(parameters) ?? [];
  const windows = source.config.slos.map(({ window }) => window);
  expect(windows.length).toBeGreaterThan(0);
  expect(Number(days) * 86_400).toBeGreaterThan(Math.max(...windows));
});

it.each(['grafana', 'prometheus'] as const)('the bundle of %s fits', (name) => {
  expect(packBundle(name, source).length).toBeLessThan(bundleLimit);
});
