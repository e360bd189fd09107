// What Grafana is given to alert by: the rules of Prometheus, whole, in the shape that it reads.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { parse } from 'yaml';
import { renderAlertFiles } from '../../infra/grafana/alert-files.ts';
import { translateTemplate } from '../../infra/grafana/alert-template.ts';
import { renderAlerting } from '../../infra/grafana/alerting.ts';
import { type ProvisioningFile, provisioningFile } from '../support/grafana-alerting-schema.ts';
import { hostile, hourly, neverSeen, objectives, rules } from '../support/rules.ts';

const directory = 'infra/config/grafana/provisioning/alerting';
const read = (text: string) => v.parse(provisioningFile, parse(text));
const shipped = read(readFileSync(join(directory, 'rules.yml'), 'utf8'));
const perProbe = renderAlertFiles({
  ...{ config: objectives, expected: [hostile, hourly], root: '.' },
  links: { runbooks: 'https://runbooks.example' },
});
const generated = read(perProbe['never-seen.yml'] ?? '');

const rulesOf = (file: ProvisioningFile) => (file.groups ?? []).flatMap((group) => group.rules);
const copies = [...rulesOf(shipped), ...rulesOf(generated)];
const originals = [...rules, ...neverSeen].filter(({ alert }) => alert && alert !== 'Watchdog');
const copyOf = (alert: string) => copies.find(({ title }) => title === alert);

it('every alert but the watchdog has its copy, with the same expression, wait and severity', () => {
  expect(copies.map(({ title }) => title.split(' ')[0]).sort()).toEqual(
    originals.map(({ alert }) => alert).sort(),
  );
  const facts = copies.map(({ data, for: wait, labels, title }) => {
    const [query] = data;
    const own = query?.datasourceUid === 'prometheus' ? query.model.expr : '';
    // With a look-up beside it, it goes without the name of its metric.
    const expr = /^max without \(\) \((.*)\)$/.exec(own)?.[1] ?? own;
    return [title.split(' ')[0], expr, wait, String(labels.severity).replaceAll('$$', '$')].join(
      '|',
    );
  });
  const wanted = originals.map(({ alert, expr, for: wait = '0s', labels }) =>
    [alert, expr, wait, labels?.severity].join('|'),
  );
  expect(facts.sort()).toEqual(wanted.sort());
});

it('no uid and no title is there twice, and every rule asks for what it has', () => {
  for (const values of [copies.map(({ uid }) => uid), copies.map(({ title }) => title)]) {
    expect(values.filter((value, index) => values.indexOf(value) !== index)).toEqual([]);
  }
  for (const { condition, data } of copies) {
    expect(data.map(({ refId }) => refId)).toContain(condition);
    expect(data.map(({ model }) => model.refId)).toEqual(data.map(({ refId }) => refId));
  }
});

it('only what says that nothing can be known alerts when Prometheus cannot be asked', () => {
  const states = new Map<string, string[]>();
  for (const { execErrState, noDataState, title } of copies) {
    const key = `${noDataState} ${execErrState}`;
    states.set(key, [...(states.get(key) ?? []), title]);
  }
  expect([...states.keys()].sort()).toEqual(['OK Alerting', 'OK Error']);
  expect(states.get('OK Alerting')?.sort()).toEqual(['FargazeNoProbes', 'FargazePrometheusSilent']);
});

describe('texts', () => {
  it('say the value and the labels in Grafana’s words', () => {
    expect(copyOf('FargazeProbeSilent')?.annotations.summary).toBe(
      '{{ $labels.instance }} is not probed: its last result is {{ $values.A.Value | humanizeDuration }} old',
    );
    const failed = copyOf('FargazeProbeFailed');
    expect(failed?.annotations.summary).toBe(
      '{{ $labels.instance }} is down: {{ with $values.R.Labels.reason }} {{- if . }}{{ $values.R.Labels.reason }} in phase {{ $values.R.Labels.phase }}{{ end }} {{- else }}no reason known{{ end }}',
    );
    const [own, lookup] = failed?.data ?? [];
    expect(lookup?.model).toMatchObject({
      refId: 'R',
      expr: `max without () (fargaze:probe_failure_info:fresh) or on (job, instance) ${own?.model && 'expr' in own.model ? own.model.expr : ''}`,
    });
  });

  it.each([
    { name: 'another query', template: '{{ range query "up" }}{{ .Value }}{{ end }}' },
    { name: 'a function of results', template: '{{ $labels.a | first }}' },
    { name: 'what Grafana would fill in', template: 'up is ${X}' },
    { name: 'an escaped dollar', template: 'costs $$5' },
  ])('with $name are refused', ({ template }) => {
    expect(() => translateTemplate(template, 'A')).toThrow(/^A: got /);
  });

  it('that only speak of such words are left as they are', () => {
    const text = 'query and first: {{ "query" }} {{ $labels.label }} of {{ $value | humanize }}';
    expect(translateTemplate(text, 'A').text).toBe(
      'query and first: {{ "query" }} {{ $labels.label }} of {{ $values.A.Value | humanize }}',
    );
  });

  it('hold no variable that Grafana knows nothing of', () => {
    for (const { annotations, title } of copies) {
      const actions = Object.values(annotations).flatMap(
        (text) => text.match(/\{\{(?:"[^"]*"|`[^`]*`|(?!\}\}).)*\}\}/gs) ?? [],
      );
      const variables = actions.flatMap((action) => action.match(/\$[\w.]+/g) ?? []);
      const known = /^\$(?:labels\.\w+|values\.A\.Value|values\.R\.Labels\.(?:reason|phase))$/;
      expect([title, variables.filter((name) => !known.test(name))]).toEqual([title, []]);
    }
  });

  it('of labels keep their dollar signs, which Grafana would fill in', () => {
    const rule = {
      alert: 'A',
      expr: 'up',
      labels: { severity: 'warning', of: '{{ $labels.job }}' },
    };
    const text = renderAlerting([{ name: 'g$1', rules: [rule] }]);
    const [group] = read(text).groups ?? [];
    expect([group?.name, group?.rules[0]?.labels.of]).toEqual(['g$$1', '{{ $$labels.job }}']);
  });
});

it('a key that Grafana does not know is found', () => {
  const [group] = parse(readFileSync(join(directory, 'rules.yml'), 'utf8')).groups;
  const [rule] = group.rules;
  const wrong = { ...group, rules: [{ ...rule, keep_firing: '5m' }] };
  expect(v.safeParse(provisioningFile, { apiVersion: 1, groups: [wrong] }).success).toBe(false);
  const uneven = { ...group, interval: '15s' };
  expect(v.safeParse(provisioningFile, { apiVersion: 1, groups: [uneven] }).success).toBe(false);
});

describe('contact points', () => {
  it('hold no secret: what is one comes by Grafana’s environment', () => {
    const text = readFileSync(join(directory, 'contact-points.yml'), 'utf8');
    expect(text.match(/(?:url|\w+Key): .*/g)).toEqual([
      'url: $FARGAZE_ALERT_SLACK_URL',
      'integrationKey: $FARGAZE_ALERT_PAGERDUTY_KEY',
      'apiKey: $FARGAZE_ALERT_OPSGENIE_KEY',
      'url: $FARGAZE_ALERT_TEAMS_URL',
      'url: $FARGAZE_ALERT_WEBHOOK_URL',
    ]);
  });

  it('use templates that are there, without a dollar sign', () => {
    const { templates = [] } = read(readFileSync(join(directory, 'templates.yml'), 'utf8'));
    const text = templates.map(({ template }) => template).join('\n');
    const defined = [...text.matchAll(/\{\{ define "([^"]+)" \}\}/g)].map(([, name]) => name);
    const used = [
      ...`${text}${readFileSync(join(directory, 'contact-points.yml'), 'utf8')}`.matchAll(
        /\{\{ template "([^"]+)" \. \}\}/g,
      ),
    ].map(([, name]) => name);
    expect(used.filter((name) => !defined.includes(name))).toEqual([]);
    expect(text).not.toContain('$');
  });
});

it('rules and provisioning are a small part of what a task definition holds', () => {
  const size = (folder: string) => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    const texts = files
      .filter((file) => file.endsWith('.yml'))
      .map((file) => readFileSync(join(folder, file)));
    return gzipSync(Buffer.concat(texts), { level: 9 }).toString('base64').length;
  };
  expect(size(directory)).toBeLessThan(15_000);
  expect(size('infra/config/prometheus/rules')).toBeLessThan(16_000);
});

it('each copy leads to its board, which has that panel, and to its runbook', () => {
  for (const { dashboardUid, panelId, title } of copies) {
    const board = JSON.parse(
      readFileSync(`infra/config/grafana/dashboards/${dashboardUid}.json`, 'utf8'),
    ) as { readonly panels: readonly { readonly id: number; readonly type: string }[] };
    const panel = board.panels.find(({ id }) => id === panelId);
    expect([title, panel?.type]).toEqual([title, expect.not.stringMatching(/^row$/)]);
  }
  const linked = rulesOf(read(perProbe['rules.yml'] ?? ''));
  expect(linked.length).toBeGreaterThan(40);
  for (const { annotations } of [...linked, ...rulesOf(generated)]) {
    expect(annotations.runbook_url).toMatch(/^https:\/\/runbooks\.example\/Fargaze\w+\.md$/);
  }
});
