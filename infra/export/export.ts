// `npm run export`: rules, boards and Alertmanager's routes as files for a Prometheus, Mimir or Grafana of one's own.
// Rules are the deployment's, those of fargaze.yml included. Boards ask for their data source when they are imported.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { findFolderFault } from '../../build/folder.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import { interpolate } from '../../layers/core/src/config/interpolate.ts';
import { instanceOf } from '../../layers/core/src/config/probes.ts';
import { type LinkBases, linkAlerts } from '../config/prometheus/links.ts';
import { quote } from '../config/prometheus/recording.ts';
import { type RuleSource, renderRules } from '../config/prometheus/render.ts';
import { groupsIn } from '../grafana/alert-files.ts';
import { type PrometheusGroup, renderAlerting } from '../grafana/alerting.ts';
import { buildBoard } from '../grafana/board.ts';
import { exportedBoards, renderJson } from '../grafana/boards.ts';

const shipped = 'infra/config/prometheus/rules';

/** What is exported. */
export type ExportSource = RuleSource & {
  /** Where links of alerts lead. */
  readonly links: LinkBases;
  /** How the jobs are called by which Prometheus scrapes the Pushgateway and itself; undefined where it does not. */
  readonly jobs: Jobs;
  /** The uid of the data source that Grafana's copies of the alerts ask; `prometheus` when unset. */
  readonly datasourceUid?: string;
};

/** The label `job` of what alerts miss when it is gone. */
export type Jobs = {
  readonly pushgateway: string | undefined;
  readonly prometheus: string | undefined;
};

/** The files of the export by their path below its folder. @throws RangeError as `renderRules`. */
export function renderExport(source: ExportSource): Readonly<Record<string, string>> {
  const rules = rulesOf(source);
  const alerting = Object.entries(rules).filter(([path]) => path.startsWith('alerting/'));
  const groups = Object.values(rules).flatMap((text) => parse(text).groups);
  return {
    ...prefix('prometheus/rules/', rules),
    'mimir/fargaze.yml': stringify({ namespace: 'fargaze', groups }, { lineWidth: 0 }),
    'amazon/fargaze.yml': stringify({ groups }, { lineWidth: 0 }),
    'grafana/alerting/rules.yml': renderAlerting(
      alerting.flatMap(([, text]) => groupsIn(text)),
      source.datasourceUid,
    ),
    'alertmanager/alertmanager.yml': stringify(alertmanager),
    ...boards(),
  };
}

/**
 * The configured probes with their targets' variables filled in by `read`.
 * @throws Error naming a probe whose target has a variable without value.
 */
export function expectedOf(
  { probes }: Pick<Config, 'probes'>,
  read: (variable: string) => string | undefined,
): RuleSource['expected'] {
  return probes.map(({ instance, interval, job, name, target }) => {
    const { text, unset } = interpolate(target, read);
    if (unset.length > 0) {
      throw new Error(`probe ${name}: ${unset.join(', ')} has no value, want the target's address`);
    }
    return { name, job, instance: instanceOf({ instance }, text), interval };
  });
}

/** What a user fills in: it is written once. */
const yours = ['alertmanager/alertmanager.yml'];

/**
 * Writes `files` below `folder`; answers with the paths of those that a user has changed since, which are kept.
 * @throws Error naming what stands in the way, before the first is written.
 */
export function writeExport(folder: string, files: Readonly<Record<string, string>>): string[] {
  for (const path of Object.keys(files)) {
    const fault = findFolderFault(dirname(join(folder, path)));
    if (fault !== undefined) throw new Error(`--to: got ${folder}, but ${fault}`);
  }
  const kept: string[] = [];
  for (const [path, text] of Object.entries(files)) {
    const at = join(folder, path);
    if (yours.includes(path) && existsSync(at) && readFileSync(at, 'utf8') !== text) {
      kept.push(path);
      continue;
    }
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, text);
  }
  return kept;
}

function rulesOf({ jobs, links, ...source }: ExportSource): Record<string, string> {
  const files = readdirSync(shipped, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yml'))
    .sort()
    .map((file) => [file, readFileSync(join(shipped, file), 'utf8')] as const);
  return Object.fromEntries(
    [...files, ...Object.entries(renderRules(source))].map(([path, text]) => [
      path,
      path.startsWith('alerting/') ? linkAlerts(withJobs(text, jobs), links) : text,
    ]),
  );
}

/** An alerting rule file for jobs of these names; what is not scraped is not missed. */
function withJobs(text: string, { prometheus, pushgateway }: Jobs): string {
  const left = [
    ...(pushgateway === undefined ? ['FargazePushgatewayDown'] : []),
    ...(prometheus === undefined ? ['FargazePrometheusSilent'] : []),
  ];
  const { groups } = parse(text) as { readonly groups: readonly PrometheusGroup[] };
  const kept = groups.map((group) => ({
    ...group,
    rules: group.rules
      .filter(({ alert = '' }) => !left.includes(alert))
      .map((rule) => ({ ...rule, expr: renameJobs(rule.expr, { prometheus, pushgateway }) })),
  }));
  return stringify({ groups: kept }, { lineWidth: 0 });
}

function renameJobs(expr: string, { prometheus, pushgateway }: Jobs): string {
  // Where there is no Pushgateway nothing is explained by one that is gone.
  const known =
    pushgateway === undefined ? expr.replaceAll(' or absent(up{job="pushgateway"})', '') : expr;
  return known
    .replace(/job(!?=)"pushgateway"/g, (_, is) => `job${is}${quote(pushgateway ?? 'pushgateway')}`)
    .replaceAll('job="prometheus"', `job=${quote(prometheus ?? 'prometheus')}`);
}

function prefix(folder: string, files: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [`${folder}${path}`, text]),
  );
}

/**
 * Each board as the page that imports it reads it: it asks for the data source. By API the file is sent as it is, and the
 * first Prometheus is chosen.
 */
function boards(): Record<string, string> {
  const files = exportedBoards.map((board) => {
    const built: { readonly templating: { readonly list: readonly object[] } } = JSON.parse(
      renderJson(buildBoard(board)),
    );
    const [source, ...others] = built.templating.list;
    const chosen = { ...source, current: { text: '${DS_PROMETHEUS}', value: '${DS_PROMETHEUS}' } };
    const asking = { ...built, templating: { list: [chosen, ...others] }, editable: true };
    return [`grafana/boards/${board.uid}.json`, renderJson({ ...asking, ...inputs })] as const;
  });
  return Object.fromEntries(files);
}

const inputs = {
  __inputs: [
    {
      ...{ name: 'DS_PROMETHEUS', label: 'Prometheus', description: 'Holds what fargaze delivers' },
      ...{ type: 'datasource', pluginId: 'prometheus', pluginName: 'Prometheus' },
    },
  ],
  __requires: [{ type: 'datasource', id: 'prometheus', name: 'Prometheus', version: '1.0.0' }],
};

/** Routes by severity, to two receivers that are yours to fill in; causes hold their effects back. */
const alertmanager = {
  route: {
    receiver: 'warning',
    group_by: ['alertname'],
    group_wait: '30s',
    group_interval: '5m',
    repeat_interval: '24h',
    routes: [
      { receiver: 'none', matchers: ['alertname = Watchdog'] },
      { receiver: 'critical', matchers: ['severity = critical'], repeat_interval: '4h' },
    ],
  },
  inhibit_rules: [
    {
      source_matchers: ['alertname = FargazePushgatewayDown'],
      target_matchers: ['alertname =~ "FargazeNoProbes|FargazeNoBridge|FargazeProbeNeverSeen"'],
    },
    {
      source_matchers: ['alertname = FargazeProbeFailed'],
      target_matchers: ['alertname = FargazeProbeSlow'],
      equal: ['job', 'instance'],
    },
    {
      source_matchers: ['alertname = FargazeSloBurningFast'],
      target_matchers: ['alertname = FargazeSloBurning'],
      equal: ['slo'],
    },
  ],
  receivers: [{ name: 'critical' }, { name: 'warning' }, { name: 'none' }],
};
