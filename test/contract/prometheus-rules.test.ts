// Prometheus's own tool judges the configuration, the rules and their tests: that of this machine, and in
// `npm run test:deployed` the deployed one. What it cannot see is checked in test/unit/rules.test.ts.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { parseConfigText } from '../../build/config-file.ts';
import { renderConfigRules } from '../../infra/config/prometheus/config-rules.ts';
import { renderNeverSeenRules } from '../../infra/config/prometheus/never-seen.ts';
import { lastReading, verdict, withVantage } from '../../infra/grafana/expressions.ts';
import { runCommand } from '../../local/programs/command.ts';
import { findPrograms, type Program } from '../../local/programs/find.ts';
import {
  configTests,
  hostile,
  hourly,
  list,
  neverSeenTests,
  objectives,
  type RuleTest,
  root,
} from '../support/rules.ts';

let promtool: Program;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fargaze-rules-'));
  promtool = (await findPrograms(['promtool'], { report: () => undefined })).promtool;
});
afterAll(() => rmSync(directory, { recursive: true }));

const run = (...args: string[]) =>
  runCommand(promtool.path, args, { env: { ...promtool.env, GOGC: '400' }, timeoutMs: 240_000 });

/** What promtool says of `tests` on rules of which one file is generated. */
async function testGenerated(
  rules: string,
  { files = [], groups = [], tests }: { files?: string[]; groups?: string[]; tests: RuleTest[] },
) {
  writeFileSync(join(directory, 'rules.yml'), rules);
  const test = {
    rule_files: ['rules.yml', ...files.map((file) => resolve(root, 'rules', file))],
    evaluation_interval: tests[0]?.interval,
    group_eval_order: groups,
    tests,
  };
  writeFileSync(join(directory, 'test.json'), JSON.stringify(test));
  return run('test', 'rules', join(directory, 'test.json'));
}

describe('promtool', () => {
  it('accepts the configuration and its rules', async () => {
    const { code, output } = await run('check', 'config', join(root, 'prometheus.yml'));
    expect([output, code]).toEqual([expect.stringContaining('is valid prometheus config'), 0]);
    expect(output).toContain(`SUCCESS: ${list('rules').length} rule files found`);
  });

  it('accepts every rule file, the generated ones too, and finds no rule twice', async () => {
    const empty = parseConfigText('{}');
    const generated = [
      renderNeverSeenRules([hostile, hourly]),
      renderNeverSeenRules([]),
      renderConfigRules(objectives),
      renderConfigRules(empty),
    ].map((text, index) => {
      const file = join(directory, `generated-${index}.yml`);
      writeFileSync(file, text);
      return file;
    });
    const { code, output } = await run(
      ...['check', 'rules', '--lint=all', '--lint-fatal'],
      ...[...list('rules'), ...generated],
    );
    expect([output, code]).toEqual([expect.stringContaining('SUCCESS: 2 rules found'), 0]);
  });

  // Each by itself, with all the time that a busy machine may need for one.
  it.each(list('tests'))(
    'finds every rule test of %s right',
    async (file) => {
      const { code, output } = await run('test', 'rules', file);
      expect([output, code]).toEqual([expect.not.stringContaining('FAILED'), 0]);
      expect(output.match(/SUCCESS/g)).toHaveLength(1);
    },
    250_000,
  );

  it('finds the tests of the generated rules right', async () => {
    const rules = renderNeverSeenRules([hostile, hourly]);
    const { code, output } = await testGenerated(rules, { tests: neverSeenTests });
    expect([output, code]).toEqual([expect.stringContaining('SUCCESS'), 0]);
  });

  it.each(configTests)(
    'finds right: $name',
    async (test) => {
      // Over weeks the shipped windows take long to evaluate; a test that needs one of them only gives it.
      const given = test.input_series.some(({ series }) => series.startsWith('fargaze:slo_'));
      const alerting = test.alert_rule_test !== undefined;
      const { code, output } = await testGenerated(renderConfigRules(objectives), {
        files: [
          'recording/freshness.yml',
          ...(given ? [] : ['recording/slo.yml']),
          ...(alerting ? ['recording/causes.yml', 'alerting/slo.yml'] : []),
        ],
        groups: [
          ...[
            'fargaze-freshness',
            'fargaze-vantages',
            'fargaze-bridge-freshness',
            'fargaze-config',
          ],
          ...(given ? [] : ['fargaze-slo', 'fargaze-slo-long']),
          'fargaze-config-budget',
          ...(alerting ? ['fargaze-causes', 'fargaze-slo-burning', 'fargaze-slo-alerts'] : []),
        ],
        tests: [test],
      });
      expect([output, code]).toEqual([expect.stringContaining('SUCCESS'), 0]);
    },
    120_000,
  );

  it('a look-up of Grafana’s copy has all labels of what alerts: without, its text would not be given it', async () => {
    const file = 'infra/config/grafana/provisioning/alerting/rules.yml';
    type Copy = { readonly data: readonly { readonly model: { readonly expr?: string } }[] };
    const groups: { readonly rules: readonly Copy[] }[] = parse(readFileSync(file, 'utf8')).groups;
    const queries = groups
      .flatMap(({ rules }) => rules)
      .map(({ data }) => data.flatMap(({ model: { expr } }) => expr ?? []));
    const [[alerting, lookup] = []] = queries.filter((exprs) => exprs.length > 1);
    const ask = (expr: string | undefined, exp_samples: unknown[]) => ({
      expr: expr ?? '',
      eval_time: '1m',
      exp_samples,
    });
    const of = (instance: string) => `{job="j",instance="${instance}"}`;
    const reason = 'phase="tls",reason="tls_expired"';
    const test: RuleTest = {
      name: 'labels',
      interval: '15s',
      input_series: [
        ...['a', 'b'].flatMap((instance) => [
          { series: `probe_success${of(instance)}`, values: '0x9' },
          { series: `fargaze_probe_timestamp_seconds${of(instance)}`, values: '0+15x9' },
        ]),
        { series: `probe_failure_info{job="j",instance="a",${reason}}`, values: '1x9' },
      ],
      promql_expr_test: [
        ask(
          alerting,
          ['a', 'b'].map((instance) => ({ labels: of(instance), value: 1 })),
        ),
        ask(lookup, [
          { labels: `{job="j",instance="a",${reason}}`, value: 1 },
          { labels: of('b'), value: 1 },
        ]),
      ],
    };
    const { code, output } = await testGenerated('groups: []', {
      files: ['recording/freshness.yml', 'recording/causes.yml'],
      groups: [
        ...['fargaze-freshness', 'fargaze-results', 'fargaze-vantages'],
        ...['fargaze-bridge-freshness', 'fargaze-causes'],
      ],
      tests: [test],
    });
    expect([output, code]).toEqual([expect.stringContaining('SUCCESS'), 0]);
  });

  it('a target of a board is one row with its vantage, though two versions have probed it', async () => {
    const of = 'job="j",instance="a"';
    const info = (version: string) =>
      `fargaze_probe_info{${of},probe="p",module="m",function="f",vantage="vpc",region="r",version="${version}"}`;
    const test: RuleTest = {
      name: 'rows',
      interval: '15s',
      input_series: [
        { series: `probe_success{${of}}`, values: '1x20' },
        // Nothing is known from second 210 on.
        { series: `fargaze_probe_timestamp_seconds{${of}}`, values: '0+15x4 60x20' },
        ...['1', '2'].map((version) => ({ series: info(version), values: '1x20' })),
      ],
      promql_expr_test: [
        { at: '1m', value: 1 },
        { at: '4m', value: 2 },
      ].map(({ at, value }) => ({
        expr: withVantage(`(${verdict('{job="j"}')})`),
        eval_time: at,
        exp_samples: [{ labels: `{${of},probe="p",vantage="vpc"}`, value }],
      })),
    };
    const { code, output } = await testGenerated('groups: []', {
      files: ['recording/freshness.yml'],
      groups: ['fargaze-freshness', 'fargaze-vantages', 'fargaze-bridge-freshness'],
      tests: [test],
    });
    expect([output, code]).toEqual([expect.stringContaining('SUCCESS'), 0]);
  });

  it('a reading of CloudWatch is shown for 2.5 of its intervals, however long these are', async () => {
    const of = (instance: string) => `{job="c",instance="${instance}"}`;
    const group = (instance: string, interval: number) => [
      { series: `push_time_seconds${of(instance)}`, values: '0x100' },
      { series: `fargaze_bridge_interval_seconds${of(instance)}`, values: `${interval}x100` },
      { series: `fargaze_bridge_samples_sent${of(instance)}`, values: '7x100' },
    ];
    const test: RuleTest = {
      name: 'readings',
      interval: '1m',
      input_series: [
        ...group('usual', 300),
        ...group('slowed', 1800),
        ...group('failed', 300).filter(({ series }) => !series.includes('interval')),
      ],
      promql_expr_test: [
        { at: '12m', shown: ['failed', 'slowed', 'usual'] },
        { at: '13m', shown: ['slowed'] },
        { at: '74m', shown: ['slowed'] },
        { at: '75m', shown: [] },
      ].map(({ at, shown }) => ({
        expr: lastReading('fargaze_bridge_samples_sent'),
        eval_time: at,
        exp_samples: shown.map((instance) => ({
          labels: `fargaze_bridge_samples_sent${of(instance)}`,
          value: 7,
        })),
      })),
    };
    const { code, output } = await testGenerated('groups: []', { tests: [test] });
    expect([output, code]).toEqual([expect.stringContaining('SUCCESS'), 0]);
  });
});
