// Prometheus's alerting rules as Grafana provisions its own: the same expressions, waits, labels and texts, so that
// where Grafana notifies, nothing is decided in two places. Refuses templates that Grafana could not expand.
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { boardOf } from '../config/prometheus/links.ts';
import { translateTemplate } from './alert-template.ts';

/** A rule of a Prometheus rule file, as far as it alerts. */
export type PrometheusRule = {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
};

/** A group of a Prometheus rule file. */
export type PrometheusGroup = { readonly name: string; readonly rules: readonly PrometheusRule[] };

/** The uid of the deployment's data source. */
const ownSource = 'prometheus';
/** The folder, that of the boards. */
const folder = 'fargaze';

/** Grafana schedules in steps of ten seconds. */
const interval = '30s';

/** The longest uid that Grafana takes. */
const uidLength = 40;

/** Always fires, for who misses alerts; Grafana would send it to people for ever. */
const withoutCopy = ['Watchdog'];

/**
 * Alerts that also fire when their query fails, since nothing can be known then. Another alert that cannot be evaluated is reported
 * as Grafana's DatasourceError and not under its own name: a failed query says nothing of its target.
 */
const alertOnError = ['FargazeNoProbes', 'FargazePrometheusSilent'];

/**
 * A provisioning file (`apiVersion: 1`) with the alerting rules of `groups`, which ask the data source of this uid.
 * @throws RangeError for a template that Grafana cannot expand, with the alert and the action.
 */
export function renderAlerting(
  groups: readonly PrometheusGroup[],
  datasourceUid: string = ownSource,
): string {
  const asking = <T extends { readonly datasourceUid: string }>(one: T): T =>
    one.datasourceUid === ownSource ? { ...one, datasourceUid } : one;
  const alerting = groups.flatMap((group) => {
    const rules = group.rules.filter(({ alert }) => alert && !withoutCopy.includes(alert));
    if (rules.length === 0) return [];
    const board = boardOf(group.name);
    const own = rules.map((rule) => {
      const copy = translate(rule, isRepeated(rule, rules));
      return { ...copy, data: copy.data.map(asking), ...leadTo(board) };
    });
    return [{ orgId: 1, name: escapeDollar(group.name), folder, interval, rules: own }];
  });
  // Readers of YAML refuse a file of many aliases, which they take for an attack.
  return stringify(
    { apiVersion: 1, groups: alerting },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
}

/** Grafana makes links of these two, by its own address. The first panel of each board has this id. */
function leadTo(board: string) {
  return { dashboardUid: /\/d\/([\w-]+)/.exec(board)?.[1] ?? '', panelId: 2 };
}

function isRepeated({ alert }: PrometheusRule, rules: readonly PrometheusRule[]): 'once' | 'often' {
  return rules.filter((rule) => rule.alert === alert).length > 1 ? 'often' : 'once';
}

function translate(rule: PrometheusRule, occurs: 'once' | 'often') {
  const { alert = '', annotations = {}, expr, labels = {} } = rule;
  const entries = Object.entries(annotations).map(([key, text]) => {
    const translated = translateTemplate(text, alert);
    return { key, ...translated };
  });
  const lookups = [...new Set(entries.flatMap(({ lookup }) => lookup ?? []))];
  if (lookups.length > 1) throw new RangeError(`${alert}: looks up ${lookups}, want one series`);
  return {
    uid: uidOf(rule, occurs),
    // Grafana's label `alertname`; unique in the folder.
    title: escapeDollar(occurs === 'once' ? alert : `${alert} ${rule.for ?? hashOf(rule)}`),
    condition: 'C',
    data: [...queries(expr, lookups[0]), ...anyResult],
    // An expression without a result is a condition that does not hold: what is missing is asked for by absent().
    noDataState: 'OK',
    execErrState: alertOnError.includes(alert) ? 'Alerting' : 'Error',
    for: rule.for ?? '0s',
    ...(rule.keep_firing_for !== undefined && { keepFiringFor: rule.keep_firing_for }),
    // Prometheus ends an alert when its series is gone.
    missing_series_evals_to_resolve: 1,
    annotations: Object.fromEntries(entries.map(({ key, text }) => [key, text])),
    labels: mapValues(labels, escapeDollar),
  };
}

function queries(expr: string, lookup: string | undefined) {
  if (lookup === undefined) return [query('A', expr)];
  // Grafana gives a text the series of R whose labels hold those of A, and a metric's name is one of these labels
  // (pkg/services/ngalert/eval/eval.go); so both go without.
  const own = withoutName(expr);
  // Grafana takes a rule for one without data when any of its queries has none; what alerts itself never has none.
  const found = `${withoutName(lookup)} or on (job, instance) ${own}`;
  return [query('A', own), query('R', found)];
}

/** The same series without the name of their metric. */
function withoutName(expr: string): string {
  return `max without () (${expr})`;
}

function query(refId: string, expr: string) {
  return {
    refId,
    relativeTimeRange: { from: 600, to: 0 },
    datasourceUid: ownSource,
    model: { refId, expr, instant: true, range: false },
  };
}

const expression = { type: '__expr__', uid: '__expr__' };

/** Whatever value A has, a series of it alerts, as in Prometheus (grafana: pkg/services/ngalert/prom/convert.go). */
const anyResult = [
  {
    refId: 'B',
    datasourceUid: '__expr__',
    model: {
      refId: 'B',
      type: 'math',
      expression: 'is_number($A) || is_nan($A) || is_inf($A)',
      datasource: expression,
    },
  },
  {
    refId: 'C',
    datasourceUid: '__expr__',
    model: {
      refId: 'C',
      type: 'threshold',
      expression: 'B',
      conditions: [{ evaluator: { type: 'gt', params: [0] } }],
      datasource: expression,
    },
  },
];

function uidOf(rule: PrometheusRule, occurs: 'once' | 'often'): string {
  const { alert = '' } = rule;
  if (occurs === 'once' && alert.length <= uidLength) return alert;
  return `${alert.slice(0, uidLength - 11)}-${hashOf(rule)}`;
}

/** Ten characters that stay the same while the rule's wait and labels do. */
function hashOf({ alert, for: waited, labels }: PrometheusRule): string {
  return createHash('sha256')
    .update(JSON.stringify([alert, waited, labels]))
    .digest('hex')
    .slice(0, 10);
}

/** Grafana fills `$NAME` in from its environment in everything but annotations and queries. */
function escapeDollar(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function mapValues(record: Readonly<Record<string, string>>, map: (value: string) => string) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
