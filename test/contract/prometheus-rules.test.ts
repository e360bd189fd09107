// Prometheus's own tools judge the configuration, the rules and their tests; what they cannot see is checked here.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { renderNeverSeenRules } from '../../infra/config/prometheus/never-seen.ts';
import { catalogue } from '../../layers/core/src/catalogue.ts';
import { runCommand } from '../../local/programs/command.ts';
import { findPrograms, type Program } from '../../local/programs/find.ts';

const root = 'infra/config/prometheus';
const list = (folder: string) =>
  readdirSync(join(root, folder)).map((file) => join(root, folder, file));

type Rule = {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: Record<string, string>;
  readonly labels?: Record<string, string>;
};
type AlertCase = { readonly alertname: string; readonly exp_alerts: readonly unknown[] };

const rules = list('rules').flatMap((file) =>
  (parse(readFileSync(file, 'utf8')).groups as { readonly rules: readonly Rule[] }[]).flatMap(
    (group) => group.rules,
  ),
);
const neverSeen = parse(renderNeverSeenRules([{ job: 'j', instance: 'i', name: 'n' }])).groups[0]
  .rules as Rule[];
const alerts = [...rules, ...neverSeen].filter(({ alert }) => alert !== undefined);
const cases = list('tests').flatMap((file) =>
  (
    parse(readFileSync(file, 'utf8')).tests as { readonly alert_rule_test?: readonly AlertCase[] }[]
  ).flatMap((test) => test.alert_rule_test ?? []),
);

let promtool: Program;
beforeAll(async () => {
  promtool = (await findPrograms(['promtool'], { report: () => undefined })).promtool;
});

const run = (...args: string[]) => runCommand(promtool.path, args, { env: promtool.env });

it('promtool accepts the configuration and its rules', async () => {
  const { code, output } = await run('check', 'config', join(root, 'prometheus.yml'));
  expect([output, code]).toEqual([expect.stringContaining('is valid prometheus config'), 0]);
});

it('promtool finds every rule test right', async () => {
  const { code, output } = await run('test', 'rules', ...list('tests'));
  expect([output, code]).toEqual([expect.not.stringContaining('FAILED'), 0]);
});

it.each(rules.filter(({ alert }) => alert !== undefined).map(({ alert }) => alert))(
  '%s has a case that fires and one that stays quiet',
  (alert) => {
    const own = cases.filter(({ alertname }) => alertname === alert);
    expect(own.some(({ exp_alerts }) => exp_alerts.length > 0)).toBe(true);
    expect(own.some(({ exp_alerts }) => exp_alerts.length === 0)).toBe(true);
  },
);

it('every alert has its runbook, and every runbook its alert', () => {
  const named = alerts.map(({ annotations }) => annotations?.runbook_url);
  expect(named).toEqual(alerts.map(({ alert }) => `docs/runbooks/${alert}.md`));
  const files = readdirSync('docs/runbooks').map((file) => `docs/runbooks/${file}`);
  expect(files.sort()).toEqual([...new Set(named)].sort());
});

it.each(alerts.map((rule) => [rule.alert, rule] as const))(
  '%s says how bad it is and what was seen',
  (_, rule) => {
    expect(['critical', 'warning']).toContain(rule.labels?.severity);
    expect(rule.annotations?.summary).toBeTruthy();
    expect(rule.annotations?.description).toBeTruthy();
  },
);

/** Series of programs that are not ours. */
const foreign = ['up', 'push_time_seconds', 'push_failure_time_seconds'];

it.each(
  [...rules, ...neverSeen].map(({ alert, record, expr }) => [alert ?? record, expr] as const),
)('%s reads only series that somebody emits', (_, expr) => {
  const bare = expr
    .replace(/"[^"]*"|'[^']*'|\{[^}]*\}/g, '')
    .replace(/\b(?:on|by|ignoring|without|group_left|group_right)\s*\([^)]*\)/g, '');
  const words = bare.match(/[a-zA-Z_:][\w:]*\b(?!\s*\()/g) ?? [];
  const names = words.filter((word) => !['and', 'or', 'unless', 'time', 'absent'].includes(word));
  const known = new Set([
    ...Object.keys(catalogue),
    ...foreign,
    ...rules.flatMap(({ record }) => record ?? []),
  ]);
  expect(names.filter((name) => !known.has(name))).toEqual([]);
  expect(names.length).toBeGreaterThan(0);
});

it('a probe that was never seen is missed, whatever its address', async () => {
  const instance = 'http://a/?q="x"\\y{{z}}';
  const directory = mkdtempSync(join(tmpdir(), 'fargaze-rules-'));
  writeFileSync(
    join(directory, 'rules.yml'),
    renderNeverSeenRules([{ job: 'j', instance, name: 'web' }]),
  );
  const quoted = `"${instance.replace(/[\\"]/g, '\\$&')}"`;
  const test = {
    rule_files: ['rules.yml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: [
          {
            series: `fargaze_probe_timestamp_seconds{job="j",instance=${quoted}}`,
            values: '_x8 1x20',
          },
        ],
        alert_rule_test: [
          { alertname: 'FargazeProbeNeverSeen', eval_time: '4m', exp_alerts: [] },
          {
            alertname: 'FargazeProbeNeverSeen',
            eval_time: '6m',
            exp_alerts: [
              {
                exp_labels: { severity: 'critical', probe: 'web', job: 'j', instance },
                exp_annotations: {
                  summary: 'Probe web has never delivered a result',
                  description: `Nothing was ever pushed for ${instance} (job j).`,
                  runbook_url: 'docs/runbooks/FargazeProbeNeverSeen.md',
                },
              },
            ],
          },
          { alertname: 'FargazeProbeNeverSeen', eval_time: '10m', exp_alerts: [] },
        ],
      },
    ],
  };
  writeFileSync(join(directory, 'test.json'), JSON.stringify(test));
  const { code, output } = await run('test', 'rules', join(directory, 'test.json'));
  rmSync(directory, { recursive: true });
  expect([output, code]).toEqual([expect.not.stringContaining('FAILED'), 0]);
});
