// What fargaze.yml says of alerts, as series that the alerting rules read: labels, severities and thresholds, and which
// alert is the cause of another. Pure; refuses nothing, the schema has.
import type { AlertLabels } from '../../../layers/core/src/config/alerting.ts';
import type { ProbeConfig } from '../../../layers/core/src/config/probes.ts';
import type { SloConfig } from '../../../layers/core/src/config/slos.ts';
import { probeOf, type RecordingRule } from './recording.ts';

/** Labels, severity and threshold of each probe that has any, and the ECS services whose probe is down. */
export function probeAlertRules(probes: readonly ProbeConfig[]): RecordingRule[] {
  return probes.flatMap((probe) => {
    const own = probeOf(probe.name);
    const { alert, rollout } = probe;
    return [
      ...labelRules('fargaze:probe_labels', own, probe),
      ...(alert === undefined
        ? []
        : [
            { record: 'fargaze:probe_alert_failures', expr: `${alert.failed} * ${own}` },
            { record: 'fargaze:probe_alert_results', expr: `${alert.of} * ${own}` },
          ]),
      ...(rollout === undefined
        ? []
        : [
            {
              record: 'fargaze:ecs_service_probe_down',
              expr: failing(probe.name),
              labels: { cluster: rollout.cluster, service: rollout.service },
            },
          ]),
    ];
  });
}

/** Labels and severity of an objective, its job, and the alert that explains why it burns. */
export function sloAlertRules(slo: SloConfig, probes: readonly ProbeConfig[]): RecordingRule[] {
  const labels = { slo: slo.name };
  const causes =
    slo.indicator === 'probe'
      ? [slo.probe]
      : probes.filter(({ rollout }) => rollout?.service === slo.job).map(({ name }) => name);
  const cause = causes.map(failing).join(' or ');
  return [
    ...labelRules('fargaze:slo_labels', 'vector(1)', slo).map((rule) => ({
      ...rule,
      labels: { ...rule.labels, ...labels },
    })),
    ...(cause === '' ? [] : [{ record: 'fargaze:slo_cause', expr: `max(${cause})`, labels }]),
    ...(slo.indicator === 'probe'
      ? []
      : [{ record: 'fargaze:slo_of_requests', expr: 'vector(1)', labels }]),
    ...(slo.indicator === 'requests'
      ? [{ record: 'fargaze:slo_job', expr: 'vector(1)', labels: { ...labels, job: slo.job } }]
      : []),
    ...capacityRules(slo),
  ];
}

/** What a task of the objective's job handles at once; of several objectives the least counts. */
function capacityRules(slo: SloConfig): RecordingRule[] {
  if (slo.indicator === 'probe' || slo.capacity === undefined) return [];
  const labels = { job: slo.job, slo: slo.name };
  return [{ record: 'fargaze:http_requests_capacity', expr: `vector(${slo.capacity})`, labels }];
}

function labelRules(record: string, expr: string, { labels, severity }: AlertLabels) {
  if (labels === undefined && severity === undefined) return [];
  return [{ record, expr, labels: { ...labels, ...(severity !== undefined && { severity }) } }];
}

/** 1 while the probe called `name` pages. */
function failing(name: string): string {
  return `max(fargaze:probe_failing and on (job, instance) ${probeOf(name)})`;
}
