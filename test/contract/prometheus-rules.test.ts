// Prometheus's own tools judge the configuration, the rules and their tests; what they cannot see is checked here.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { listMetrics, listTemplateQueries } from '../../infra/config/prometheus/metric-names.ts';
import {
  type ExpectedProbe,
  renderNeverSeenRules,
} from '../../infra/config/prometheus/never-seen.ts';
import { catalogue } from '../../layers/core/src/catalogue.ts';
import { reasons } from '../../layers/core/src/outcome.ts';
import { runCommand } from '../../local/programs/command.ts';
import { findPrograms, type Program } from '../../local/programs/find.ts';

const root = 'infra/config/prometheus';
const list = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml'))
    .map((file) => join(root, folder, file));

type Rule = {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: Record<string, string>;
  readonly labels?: Record<string, string>;
};
type AlertCase = {
  readonly alertname: string;
  readonly eval_time: string;
  readonly exp_alerts: readonly unknown[];
};
type RuleTest = {
  readonly name: string;
  readonly interval: string;
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test?: readonly AlertCase[];
};

const rules = list('rules').flatMap((file) =>
  (parse(readFileSync(file, 'utf8')).groups as { readonly rules: readonly Rule[] }[]).flatMap(
    (group) => group.rules,
  ),
);

/** A probe whose names hold all that PromQL, YAML and templates might stumble over. */
const hostile: ExpectedProbe = {
  job: 'j',
  instance: 'http://a/?q="x"\\y{{z}}&n=\n#: é\'',
  name: '{{ $value }}',
};
const hourly: ExpectedProbe = { job: 'j', instance: 'hourly', name: 'hourly', interval: 3600 };
const neverSeen = parse(renderNeverSeenRules([hostile, hourly])).groups[0].rules as Rule[];

const expectMissing = ({ job, instance, name }: ExpectedProbe, waited: string) => ({
  exp_labels: { severity: 'critical', probe: name, job, instance },
  exp_annotations: {
    summary: `Nothing is known of ${instance}: no result of probe ${name}`,
    description: `For ${waited} Prometheus held no result of job ${job}: none was ever pushed, or the Pushgateway lost it.`,
    runbook_url: 'docs/runbooks/FargazeProbeNeverSeen.md',
  },
});
const seriesOf = (probe: ExpectedProbe) =>
  `fargaze_probe_timestamp_seconds{job="j",instance=${JSON.stringify(probe.instance)}}`;
const missed = (eval_time: string, exp_alerts: readonly unknown[]) => ({
  alertname: 'FargazeProbeNeverSeen',
  eval_time,
  exp_alerts,
});

/** The generated rules' twin of the files in tests/. */
const neverSeenTests: RuleTest[] = [
  {
    name: 'each probe is missed after its own wait, until there is a result',
    interval: '1m',
    input_series: [
      { series: 'up{job="pushgateway",instance="p"}', values: '1x200' },
      { series: seriesOf(hostile), values: '_x8 1x200' },
      { series: seriesOf(hourly), values: '_x160 1x40' },
    ],
    alert_rule_test: [
      missed('4m', []),
      missed('5m', [expectMissing(hostile, '5m')]),
      missed('8m', []),
      missed('149m', []),
      missed('150m', [expectMissing(hourly, '2h30m')]),
      missed('160m', []),
    ],
  },
  {
    name: 'a Pushgateway that cannot be scraped is told by its own alert',
    interval: '1m',
    input_series: [{ series: 'up{job="pushgateway",instance="p"}', values: '0x30' }],
    alert_rule_test: [missed('20m', [])],
  },
  {
    name: 'without any Pushgateway a probe is missed all the same',
    interval: '1m',
    input_series: [{ series: seriesOf(hourly), values: '1x30' }],
    alert_rule_test: [missed('20m', [expectMissing(hostile, '5m')])],
  },
];

const alerts = [...rules, ...neverSeen].filter(({ alert }) => alert !== undefined);
const alertNames = [...new Set(alerts.map(({ alert = '' }) => alert))];
const ruleTests = [
  ...list('tests').flatMap((file) => parse(readFileSync(file, 'utf8')).tests as RuleTest[]),
  ...neverSeenTests,
];

let promtool: Program;
let directory: string;
beforeAll(async () => {
  promtool = (await findPrograms(['promtool'], { report: () => undefined })).promtool;
  directory = mkdtempSync(join(tmpdir(), 'fargaze-rules-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const run = (...args: string[]) => runCommand(promtool.path, args, { env: promtool.env });

it('promtool accepts the configuration and its rules', async () => {
  const { code, output } = await run('check', 'config', join(root, 'prometheus.yml'));
  expect([output, code]).toEqual([expect.stringContaining('is valid prometheus config'), 0]);
  expect(output).toContain(`SUCCESS: ${list('rules').length} rule files found`);
});

it('promtool accepts every rule file, the generated one too, and finds no rule twice', async () => {
  const generated = join(directory, 'never-seen.yml');
  writeFileSync(generated, renderNeverSeenRules([hostile, hourly]));
  const empty = join(directory, 'empty.yml');
  writeFileSync(empty, renderNeverSeenRules([]));
  const { code, output } = await run(
    ...['check', 'rules', '--lint=all', '--lint-fatal'],
    ...[...list('rules'), generated, empty],
  );
  expect([output, code]).toEqual([expect.stringContaining('SUCCESS: 2 rules found'), 0]);
});

it('promtool finds every rule test right', async () => {
  const { code, output } = await run('test', 'rules', ...list('tests'));
  expect([output, code]).toEqual([expect.not.stringContaining('FAILED'), 0]);
  expect(output.match(/SUCCESS/g)).toHaveLength(list('tests').length);
});

it('promtool finds the tests of the generated rules right', async () => {
  writeFileSync(join(directory, 'rules.yml'), renderNeverSeenRules([hostile, hourly]));
  const test = { rule_files: ['rules.yml'], evaluation_interval: '1m', tests: neverSeenTests };
  writeFileSync(join(directory, 'test.json'), JSON.stringify(test));
  const { code, output } = await run('test', 'rules', join(directory, 'test.json'));
  expect([output, code]).toEqual([expect.stringContaining('SUCCESS'), 0]);
});

it.each(alertNames)('%s has tests in which it stays quiet, fires and resolves', (alert) => {
  const own = ruleTests
    .map(({ alert_rule_test = [] }) =>
      alert_rule_test
        .filter(({ alertname }) => alertname === alert)
        .map(({ exp_alerts }) => (exp_alerts.length > 0 ? 'fires' : 'quiet')),
    )
    .filter((states) => states.length > 0);
  expect(own.some(([first]) => first === 'quiet')).toBe(true);
  expect(own.some((states) => states.includes('fires'))).toBe(true);
  const resolves = own.some((states) => states.lastIndexOf('quiet') > states.indexOf('fires'));
  expect([own, resolves]).toEqual([own, true]);
});

it('no test names an alert that does not exist', () => {
  const tested = ruleTests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
  const names = new Set(tested.map(({ alertname }) => alertname));
  expect([...names].sort()).toEqual([...alertNames].sort());
});

describe('runbooks', () => {
  it('every alert has its runbook, and every runbook its alert', () => {
    const named = alerts.map(({ annotations }) => annotations?.runbook_url);
    expect(named).toEqual(alerts.map(({ alert }) => `docs/runbooks/${alert}.md`));
    const files = readdirSync('docs/runbooks').map((file) => `docs/runbooks/${file}`);
    expect(files.sort()).toEqual([...new Set(named)].sort());
  });

  it.each(alertNames)('that of %s says what it means, three commands, causes, silence', (alert) => {
    const text = readFileSync(`docs/runbooks/${alert}.md`, 'utf8');
    const [intro = '', ...sections] = text.split(/^## /m);
    expect(intro).toMatch(new RegExp(`^# ${alert}\n\n\\w`));
    const titles = sections.map((section) => section.slice(0, section.indexOf('\n')));
    expect(titles).toEqual([
      'First three commands',
      expect.stringMatching(/^Likely causes/),
      'Silence',
    ]);
    const [, block = ''] = /```sh\n([\s\S]*?)```/.exec(sections[0] ?? '') ?? [];
    const commands = block.replaceAll('\\\n', ' ').split('\n');
    expect(commands.filter((line) => line !== '' && !line.startsWith('#'))).toHaveLength(3);
  });

  it('that of a failed probe explains every reason there is', () => {
    const text = readFileSync('docs/runbooks/FargazeProbeFailed.md', 'utf8');
    const missing = Object.keys(reasons).filter((reason) => !text.includes(`\`${reason}\``));
    expect(missing).toEqual([]);
  });
});

it.each(alerts.map((rule) => [rule.alert, rule] as const))(
  '%s says how bad it is and what was seen',
  (_, rule) => {
    expect(['critical', 'warning']).toContain(rule.labels?.severity);
    expect(rule.annotations?.summary).toBeTruthy();
    expect(rule.annotations?.description).toBeTruthy();
  },
);

/** Series of programs that are not ours; the test on real programs meets each of them. */
const foreign = ['up', 'push_time_seconds', 'push_failure_time_seconds'];

it.each([...rules, ...neverSeen].map((rule) => [rule.alert ?? rule.record, rule] as const))(
  '%s reads only series that somebody emits',
  (_, { expr, annotations = {} }) => {
    const known = new Set([
      ...Object.keys(catalogue),
      ...foreign,
      ...rules.flatMap(({ record }) => record ?? []),
    ]);
    const expressions = [expr, ...Object.values(annotations).flatMap(listTemplateQueries)];
    const names = expressions.flatMap(listMetrics);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    expect(listMetrics(expr).length).toBeGreaterThan(0);
  },
);

it('the reason of a failure is looked up in a fresh series', () => {
  const failed = rules.find(({ alert }) => alert === 'FargazeProbeFailed');
  const queries = Object.values(failed?.annotations ?? {}).flatMap(listTemplateQueries);
  expect(queries.flatMap(listMetrics)).toEqual(['fargaze:probe_failure_info:fresh']);
});

it('labels that a fresh series ignores are exactly its metric’s own', () => {
  const fresh = rules.filter(({ record }) => record?.endsWith(':fresh'));
  for (const { record, expr } of fresh) {
    const [metric = ''] = listMetrics(expr);
    const ignored = /ignoring \(([^)]*)\)/.exec(expr)?.[1]?.split(', ') ?? [];
    expect(record).toBe(`fargaze:${metric}:fresh`);
    expect(ignored).toEqual(catalogue[metric as keyof typeof catalogue].labels);
  }
  expect(fresh.length).toBeGreaterThanOrEqual(7);
});
