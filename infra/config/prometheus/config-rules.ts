// Recording rules that fargaze.yml asks for: what an event of each objective is, and rollouts that hold alerts back.
// Pure; the windows and alerts over them are the same for all and stand in rules/*/slo.yml.
import { stringify } from 'yaml';
import type { Config } from '../../../layers/core/src/config/config.ts';
import { formatDuration } from '../../../layers/core/src/config/duration.ts';
import type { ProbeConfig } from '../../../layers/core/src/config/probes.ts';
import type { SloConfig } from '../../../layers/core/src/config/slos.ts';
import { probeAlertRules, sloAlertRules } from './alerting-rules.ts';
import { infoLabels, probeOf, quote, type RecordingRule } from './recording.ts';

/** Routes of health checks; rules/recording/web.yml leaves the same ones out. */
const userRoutes = 'route!~"/(health|healthy|healthz|livez|ready|readyz|ping|status|metrics)/?"';

/** Seconds that a rollout may hold an alert back; longer ones are FargazeEcsRolloutStuck's matter. */
const rolloutSeconds = 1800;

/** A Prometheus rule file for `slos` and `probes`. */
export function renderConfigRules({ probes, slos }: Pick<Config, 'probes' | 'slos'>): string {
  const groups = [
    {
      name: 'fargaze-config',
      rules: [
        ...rolloutRules(probes),
        ...probeAlertRules(probes),
        ...slos.flatMap(sloRules),
        ...slos.flatMap((slo) => sloAlertRules(slo, probes)),
      ],
    },
    { name: 'fargaze-config-budget', interval: '2m', rules: budgetRules(slos) },
  ];
  const text = stringify({ groups }, { aliasDuplicateObjects: false, lineWidth: 0 });
  return `# Generated from fargaze.yml by config-rules.ts.\n${text}`;
}

/** The series that says that a probe's own ECS service is being rolled out; gone when the bridge is silent. */
function rolloutRules(probes: readonly ProbeConfig[]): RecordingRule[] {
  const parts = probes.flatMap(({ name, rollout }) => {
    if (rollout === undefined) return [];
    const service = `cluster=${quote(rollout.cluster)},service=${quote(rollout.service)}`;
    const created = `ecs_service_deployment_created_timestamp_seconds{${service},status="PRIMARY"}`;
    const under = `fargaze:ecs_service_rollout_in_progress{${service}}`;
    return [
      `(${probeOf(name)} and on () ${under} and on () time() - ${created} < ${rolloutSeconds})`,
    ];
  });
  if (parts.length === 0) return [];
  return [{ record: 'fargaze:probe_in_rollout', expr: parts.join(' or ') }];
}

function sloRules(slo: SloConfig): RecordingRule[] {
  const labels = { slo: slo.name };
  const { bad, total } = eventsOf(slo);
  return [
    { record: 'fargaze:slo_objective', expr: `vector(${slo.objective})`, labels },
    { record: 'fargaze:slo_window_seconds', expr: `vector(${slo.window})`, labels },
    { record: 'fargaze:slo_min_bad_events', expr: `vector(${slo.minBadEvents})`, labels },
    { record: 'fargaze:sli_total', expr: total, labels },
    { record: 'fargaze:sli_bad', expr: bad, labels },
  ];
}

/** Events a second, all and bad ones. Without any knowledge neither has a value. */
function eventsOf(slo: SloConfig): { readonly bad: string; readonly total: string } {
  switch (slo.indicator) {
    case 'probe': {
      const info = `ignoring (${infoLabels}) fargaze_probe_info{probe=${quote(slo.probe)}}`;
      // A result stands for its whole interval: that many a second, shared by all that are fresh.
      const rate = `1 / max(probe_interval_seconds > 0 and ${info})`;
      const success = `fargaze:probe_success:fresh and ${info}`;
      return {
        total: `(0 * count(${success}) + 1) * (${rate})`,
        bad: `(1 - avg(${success})) * (${rate})`,
      };
    }
    case 'requests': {
      const users = selectorOf(slo);
      const total = rateOf('count', users);
      const failed = rateOf('count', `${users},status=~"5.."`);
      return { total, bad: `${failed} or 0 * ${total}` };
    }
    case 'latency': {
      const users = selectorOf(slo);
      const total = rateOf('count', users);
      const within = rateOf('bucket', `${users},le=~${quote(boundOf(slo.threshold))}`);
      return { total: `${total} and ${within}`, bad: `clamp_min(${total} - ${within}, 0)` };
    }
  }
}

/** The requests that count. */
function selectorOf({ job, routes }: { readonly job: string; readonly routes?: string }): string {
  return `job=${quote(job)},${routes === undefined ? userRoutes : `route=~${quote(routes)}`}`;
}

function rateOf(part: 'bucket' | 'count', matchers: string): string {
  return `sum(rate(http_request_duration_seconds_${part}{${matchers}}[5m]))`;
}

/** A pattern for the label `le`: whole numbers are written with or without `.0`. */
function boundOf(threshold: number): string {
  const text = String(threshold);
  return text.includes('.') ? text.replace('.', '\\.') : `${text}(\\.0)?`;
}

/** What is left of each budget, between 1 and less than 0; unknown while the indicator is. */
function budgetRules(slos: readonly SloConfig[]): RecordingRule[] {
  const windows = [...new Set(slos.map(({ window }) => formatDuration(window)))];
  const ratios = windows.map((window) => ({
    record: `fargaze:slo_error_ratio:rate${window}`,
    expr: `avg_over_time(fargaze:sli_bad[${window}]) / (avg_over_time(fargaze:sli_total[${window}]) > 0)`,
  }));
  const budgets = slos.map(({ name, window }) => {
    const of = `{slo=${quote(name)}}`;
    const ratio = `fargaze:slo_error_ratio:rate${formatDuration(window)}${of}`;
    return {
      record: 'fargaze:slo_error_budget_remaining',
      // Over a few minutes any failure is many times a budget; below -1 it says no more than that it is gone.
      expr: `clamp_min(1 - ${ratio} / (1 - fargaze:slo_objective), -1) and fargaze:slo_known == 1`,
      labels: { slo: name },
    };
  });
  return [...ratios, ...budgets];
}
