// Every rule reads what somebody emits; every alert has its tests, its runbook and a text that says what was seen.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { listMetrics, listTemplateQueries } from '../../infra/config/prometheus/metric-names.ts';
import { catalogue } from '../../layers/core/src/catalogue.ts';
import { reasons } from '../../layers/core/src/outcome.ts';
import { listStale } from '../support/freshness.ts';
import { knownMetrics } from '../support/known-metrics.ts';
import {
  configRules,
  fileTests,
  neverSeen,
  neverSeenTests,
  type Rule,
  type RuleTest,
  rules,
} from '../support/rules.ts';

const all = [...rules, ...neverSeen, ...configRules];
const alerts = all.filter(({ alert }) => alert !== undefined);
const alertNames = [...new Set(alerts.map(({ alert = '' }) => alert))];
const ruleTests = [...fileTests, ...neverSeenTests];

/** Always fires; all others must be able to be quiet. */
const watchdog = 'Watchdog';

/** For each test that asks for `alert`, whether it fires at each of the times asked for, in their order. */
function statesOf(alert: string, tests: readonly RuleTest[]): ('fires' | 'quiet')[][] {
  return tests
    .map(({ alert_rule_test = [] }) =>
      alert_rule_test
        .filter(({ alertname }) => alertname === alert)
        .map(({ exp_alerts }) => (exp_alerts.length > 0 ? ('fires' as const) : ('quiet' as const))),
    )
    .filter((states) => states.length > 0);
}

/** What the tests of `alert` do not show. */
function gapsOf(alert: string, tests: readonly RuleTest[]): string[] {
  const own = statesOf(alert, tests);
  const begins = own.some(([first]) => first === 'quiet');
  const fires = own.some((states) => states.includes('fires'));
  const resolves = own.some(
    (states) => states.includes('fires') && states.lastIndexOf('quiet') > states.indexOf('fires'),
  );
  const shown = { quiet: begins, fires, resolves };
  return Object.entries(shown).flatMap(([name, yes]) => (yes ? [] : [name]));
}

describe('tests of alerts', () => {
  it.each(alertNames)('%s stays quiet, fires and resolves', (alert) => {
    expect(gapsOf(alert, ruleTests)).toEqual(alert === watchdog ? ['quiet', 'resolves'] : []);
  });

  it('an alert without a test, or that only fires, is found', () => {
    const fires = {
      alertname: 'A',
      eval_time: '1m',
      exp_alerts: [{ exp_labels: {}, exp_annotations: {} }],
    };
    const tested: RuleTest = {
      name: 'n',
      interval: '1m',
      input_series: [],
      alert_rule_test: [fires],
    };
    expect(gapsOf('A', [tested])).toEqual(['quiet', 'resolves']);
    expect(gapsOf('B', [tested])).toEqual(['quiet', 'fires', 'resolves']);
  });

  it('no test names an alert that does not exist', () => {
    const tested = ruleTests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
    const names = new Set(tested.map(({ alertname }) => alertname));
    expect([...names].sort()).toEqual([...alertNames].sort());
  });

  it('what a firing alert says is tested whole', () => {
    const firing = ruleTests
      .flatMap(({ alert_rule_test = [] }) => alert_rule_test)
      .flatMap(({ alertname, exp_alerts }) => exp_alerts.map((alert) => ({ alertname, ...alert })));
    for (const { alertname, exp_annotations, exp_labels } of firing) {
      const keys = Object.keys(exp_annotations).sort();
      expect([alertname, keys]).toEqual([alertname, ['description', 'runbook_url', 'summary']]);
      expect([alertname, exp_labels.severity]).toEqual([alertname, expect.any(String)]);
    }
    expect(firing.length).toBeGreaterThan(alertNames.length - 1);
  });
});

/** What a pattern of names allows, one by one: `a_(b|c)` is `a_b` and `a_c`. */
function alternatives(pattern: string): string[] {
  const [whole, before = '', choices = '', after = ''] =
    /^(.*)\(([^()]*)\)(.*)$/.exec(pattern) ?? [];
  if (whole === undefined) return pattern.split('|');
  return choices.split('|').flatMap((choice) => alternatives(`${before}${choice}${after}`));
}

const matchesNone = (pattern: string) =>
  ![...known].some((name) => new RegExp(`^(?:${pattern})$`).test(name));

/** The functions of the deployment. CloudFormation's tags in their definitions are not looked at. */
const deployed = parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' }) as {
  readonly functions: Readonly<Record<string, unknown>>;
};

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

  it.each(alertNames)('the queries in that of %s read only series that somebody emits', (alert) => {
    const text = readFileSync(`docs/runbooks/${alert}.md`, 'utf8');
    const queries = [...text.matchAll(/--data-urlencode 'query=([^']+)'/g)].map(([, q = '']) => q);
    const named = queries.filter((query) => !/__name__(?:=~|!=)/.test(query)).flatMap(listMetrics);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
    const patterns = [...text.matchAll(/__name__=~"([^"]+)"/g)].map(([, pattern = '']) => pattern);
    expect(patterns.flatMap(alternatives).filter(matchesNone)).toEqual([]);
    // Where labels are the same, `or` shows only the left side.
    expect(queries.filter((query) => / or (?!label_replace)/.test(query))).toEqual([]);
  });

  it.each(alertNames)(
    'the commands in that of %s name functions that are deployed, each place of them',
    (alert) => {
      const text = readFileSync(`docs/runbooks/${alert}.md`, 'utf8');
      const named = [...text.matchAll(/npx serverless (?:logs|invoke local) -f (\S+)/g)];
      expect(
        named
          .map(([, name = '']) => name)
          .filter((name) => !Object.hasOwn(deployed.functions, name)),
      ).toEqual([]);
      // What is watched from inside the VPC is watched by a function of its own.
      if (/logs -f web-probe\b/.test(text)) expect(text).toContain('web-probe-vpc');
      // A list holds names of tasks, and not why they stopped.
      expect(text).not.toMatch(/^aws ecs list-tasks/m);
    },
  );

  it('that of a failed probe explains every reason there is', () => {
    const text = readFileSync('docs/runbooks/FargazeProbeFailed.md', 'utf8');
    const missing = Object.keys(reasons).filter((reason) => !text.includes(`\`${reason}\``));
    expect(missing).toEqual([]);
  });
});

it.each(alerts.map((rule) => [rule.alert, rule] as const))(
  '%s says how bad it is and what was seen',
  (alert, rule) => {
    const severities = alert === watchdog ? ['none'] : ['critical', 'warning'];
    // Where fargaze.yml may set it, the rule holds the default.
    const [, unset] =
      /^\{\{ or \$labels\.severity "(\w+)" \}\}$/.exec(`${rule.labels?.severity}`) ?? [];
    expect(severities).toContain(unset ?? rule.labels?.severity);
    expect(rule.annotations?.summary).toBeTruthy();
    expect(rule.annotations?.description).toBeTruthy();
  },
);

it('what pages waits, so that one evaluation wakes nobody; a failed probe waits by its results', () => {
  const critical = alerts.filter(({ labels }) => `${labels?.severity}`.includes('critical'));
  const hasty = critical.filter((rule) => rule.for === undefined).map(({ alert }) => alert);
  expect(hasty).toEqual(['FargazeProbeFailed']);
  expect(critical.length).toBeGreaterThan(15);
});

it('labels and severity of fargaze.yml reach every alert on a probe and every one on an objective', () => {
  const of = (labels: string) =>
    alerts.filter(({ expr }) => expr.includes(`fargaze:${labels}`)).map(({ alert }) => alert);
  expect(of('probe_labels').sort()).toEqual([
    'FargazeCertificateExpired',
    'FargazeCertificateExpiring',
    'FargazeCertificateExpiringNow',
    'FargazeProbeClockSkew',
    'FargazeProbeFailed',
    'FargazeProbeSilent',
    'FargazeProbeSlow',
    'FargazeRedisProbeContradictsExporter',
    'FargazeVantagesDisagree',
  ]);
  const objectives = alerts
    .map(({ alert = '' }) => alert)
    .filter((name) => /^FargazeSlo/.test(name));
  expect(of('slo_labels')).toEqual(objectives);
});

const known = knownMetrics();

const unknownIn = ({ annotations = {}, expr }: Rule) =>
  [expr, ...Object.values(annotations).flatMap(listTemplateQueries)]
    .flatMap(listMetrics)
    .filter((name) => !known.has(name));

it.each(all.map((rule) => [rule.alert ?? `${rule.record}`, rule] as const))(
  '%s reads only series that somebody emits',
  (name, rule) => {
    expect(unknownIn(rule)).toEqual([]);
    const constant = name === watchdog || rule.expr.startsWith('vector(');
    if (!constant) expect(listMetrics(rule.expr)).not.toEqual([]);
  },
);

it('a name that nobody emits is found, in an expression and in a text', () => {
  expect(unknownIn({ expr: 'probe_sucess == 0 and redis_up' })).toEqual(['probe_sucess']);
  const summary = '{{ with "upp == 0" | query }}x{{ end }}';
  expect(unknownIn({ expr: 'up == 0', annotations: { summary } })).toEqual(['upp']);
});

it.each(alerts.map(({ alert, expr }) => [`${alert}`, expr] as const))(
  '%s reads no result that may be old',
  (_, expr) => expect(listStale(expr)).toEqual([]),
);

it('a result that is read whatever its age is found', () => {
  const over = 'max_over_time(fargaze_bridge_over_budget[15m]) == 1';
  expect(listStale(over)).toEqual(['fargaze_bridge_over_budget']);
  expect(listStale(`${over} and on (instance) fargaze:bridge_fresh`)).toEqual([]);
  expect(listStale(`${over} unless fargaze:bridge_fresh`)).toEqual(['fargaze_bridge_over_budget']);
});

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

it('labels of a probe’s info that rules ignore are exactly those it has', () => {
  const lists = all.flatMap(({ expr }) => [
    ...expr.matchAll(/(?:ignoring|without) \((probe, [^)]*)\)/g),
  ]);
  const wanted = catalogue.fargaze_probe_info.labels.join(', ');
  expect([...new Set(lists.map(([, labels]) => labels))]).toEqual([wanted]);
});
