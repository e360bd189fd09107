// One alert rule per configured probe that has never delivered: `absent()` needs to be told what to miss.
import { stringify } from 'yaml';

/** A configured probe with its target's variables filled in. */
export type ExpectedProbe = {
  readonly job: string;
  readonly instance: string;
  readonly name: string;
};

/** A Prometheus rule file that misses each of `probes`. */
export function renderNeverSeenRules(probes: readonly ExpectedProbe[]): string {
  const rules = probes.map(({ job, instance, name }) => ({
    alert: 'FargazeProbeNeverSeen',
    expr: `absent(fargaze_probe_timestamp_seconds{job=${quote(job)},instance=${quote(instance)}})`,
    for: '5m',
    labels: { severity: 'critical', probe: name },
    annotations: {
      summary: `Probe ${escapeTemplate(name)} has never delivered a result`,
      description: `Nothing was ever pushed for ${escapeTemplate(instance)} (job ${escapeTemplate(job)}).`,
      runbook_url: 'docs/runbooks/FargazeProbeNeverSeen.md',
    },
  }));
  return stringify({ groups: [{ name: 'fargaze-never-seen', rules }] }, { lineWidth: 0 });
}

/** A PromQL string literal. */
function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** Text that Prometheus's templates leave as it is. */
function escapeTemplate(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}');
}
