// One alert rule per configured probe of which there is no result: `absent()` needs to be told what to miss.
// Accepts any text as job, instance and name; refuses an interval that is no positive number.
import { stringify } from 'yaml';
import { formatDuration } from '../../../layers/core/src/config/duration.ts';

/** A configured probe with its target's variables filled in. */
export type ExpectedProbe = {
  readonly job: string;
  readonly instance: string;
  readonly name: string;
  /** Seconds between two results; a minute when unset. */
  readonly interval?: number;
};

/** Seconds that a system may take to start before a missing result is told. */
const startSeconds = 300;

/** Intervals that may pass, as for results that were seen once (rules/recording/freshness.yml). */
const patience = 2.5;

/**
 * A Prometheus rule file that misses each of `probes`.
 * @throws RangeError when an interval is not above 0.
 */
export function renderNeverSeenRules(probes: readonly ExpectedProbe[]): string {
  const rules = probes.map((probe) => {
    const { job, instance, name } = probe;
    const held = `fargaze_probe_timestamp_seconds{job=${quote(job)},instance=${quote(instance)}}`;
    const waited = formatDuration(wait(probe));
    return {
      alert: 'FargazeProbeNeverSeen',
      // While the Pushgateway cannot be scraped every result is missing: that is FargazePushgatewayDown's to tell.
      expr: `absent(${held}) unless on () up{job="pushgateway"} == 0`,
      for: waited,
      labels: { severity: 'critical', probe: escapeTemplate(name) },
      annotations: {
        summary: `Nothing is known of ${escapeTemplate(instance)}: no result of probe ${escapeTemplate(name)}`,
        description: `For ${waited} Prometheus held no result of job ${escapeTemplate(job)}: none was ever pushed, or the Pushgateway lost it.`,
        runbook_url: 'docs/runbooks/FargazeProbeNeverSeen.md',
      },
    };
  });
  return stringify({ groups: [{ name: 'fargaze-never-seen', rules }] }, { lineWidth: 0 });
}

function wait({ name, interval = 60 }: ExpectedProbe): number {
  if (!(interval > 0 && Number.isFinite(interval))) {
    throw new RangeError(`probe ${name} has interval ${interval}, want seconds above 0`);
  }
  return Math.max(startSeconds, Math.ceil(patience * interval));
}

/** A PromQL string literal. */
function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** Text that Prometheus's templates leave as it is. */
function escapeTemplate(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}');
}
