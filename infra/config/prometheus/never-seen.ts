// Alert rules for configured probes of which there is no result: `absent()` must be given what to miss.
// Accepts any text as job, instance and name; refuses an interval that is no positive number.
import { stringify } from 'yaml';
import type { AlertLabels } from '../../../layers/core/src/config/alerting.ts';
import { formatDuration } from '../../../layers/core/src/config/duration.ts';
import { quote } from './recording.ts';

/** A configured probe with its target's variables filled in. */
export type ExpectedProbe = AlertLabels & {
  readonly job: string;
  readonly instance: string;
  readonly name: string;
  /** Seconds between two results; a minute when unset. */
  readonly interval?: number;
};

/**
 * Probes that are named one by one. Of more, those without labels of their own are missed by the list: a task definition would
 * not hold them twice. Their alert has no name of a probe, and waits for the one that comes most rarely.
 */
export const mostNamed = 1000;

/** Seconds that a system may take to start before a missing result is an alert. */
const startSeconds = 300;

/** Intervals that may pass, as for results that were seen once (rules/recording/freshness.yml). */
const patience = 2.5;

/**
 * A Prometheus rule file that misses each of `probes`: one rule for all that are waited for equally long, so that fifty
 * probes without results are one message.
 * @throws RangeError when an interval is not above 0.
 */
export function renderNeverSeenRules(probes: readonly ExpectedProbe[]): string {
  const many = probes.length > mostNamed;
  const named = many ? probes.filter((probe) => !isPlain(probe)) : probes;
  const longest = many ? Math.max(0, ...probes.filter(isPlain).map(wait)) : 0;
  const waits = [...new Set([...named.map(wait), ...(longest > 0 ? [longest] : [])])];
  const rules = waits
    .sort((a, b) => a - b)
    .map((seconds) => {
      const waited = formatDuration(seconds);
      const missing = named.filter((probe) => wait(probe) === seconds).map(absence);
      if (seconds === longest) missing.push(absenceOfListed(named));
      return {
        alert: 'FargazeProbeNeverSeen',
        // While the Pushgateway cannot be scraped every result is missing: that is FargazePushgatewayDown.
        expr: `(${missing.join(' or ')}) unless on () up{job="pushgateway"} == 0`,
        for: waited,
        // The wait keeps the rules apart.
        labels: { severity: '{{ or $labels.severity "critical" }}', wait: waited },
        annotations: {
          summary:
            'Nothing is known of {{ $labels.instance }}: no result of probe {{ $labels.probe }}',
          description: `For ${waited} Prometheus held no result of job {{ $labels.job }}: none was ever pushed, or the Pushgateway lost it.`,
          runbook_url: 'docs/runbooks/FargazeProbeNeverSeen.md',
        },
      };
    });
  return stringify({ groups: [{ name: 'fargaze-never-seen', rules }] }, { lineWidth: 0 });
}

/**
 * A Prometheus rule file with the list of `probes`: of what it does not hold, old results are not missed. Where there are none,
 * it says so.
 */
export function renderExpectedRules(probes: readonly ExpectedProbe[]): string {
  const expected = probes.map(({ job, instance }) => ({
    record: 'fargaze:probe_expected',
    expr: 'vector(1)',
    labels: { job, instance },
  }));
  const none = { record: 'fargaze:probe_none_expected', expr: 'vector(1)' };
  const rules = probes.length === 0 ? [none] : expected;
  return stringify({ groups: [{ name: 'fargaze-expected', rules }] }, { lineWidth: 0 });
}

/** Neither labels nor a severity of its own. */
function isPlain({ labels, severity }: ExpectedProbe): boolean {
  return severity === undefined && Object.keys(labels ?? {}).length === 0;
}

/** 1 for every probe of the list without a result, but for those that a rule names itself. */
function absenceOfListed(named: readonly ExpectedProbe[]): string {
  const listed = 'fargaze:probe_expected unless on (job, instance) fargaze_probe_timestamp_seconds';
  if (named.length === 0) return listed;
  const others = named.map(
    ({ instance, job }) => `fargaze:probe_expected{job=${quote(job)},instance=${quote(instance)}}`,
  );
  return `(${listed} unless on (job, instance) (${others.join(' or ')}))`;
}

/** 1 with the labels of the probe, those of fargaze.yml too, while there is no result of it. */
function absence({ job, instance, name, labels, severity }: ExpectedProbe): string {
  const held = `fargaze_probe_timestamp_seconds{job=${quote(job)},instance=${quote(instance)}}`;
  const own = { probe: name, ...labels, ...(severity !== undefined && { severity }) };
  return Object.entries(own).reduce(
    (expr, [label, value]) =>
      `label_replace(${expr}, ${quote(label)}, ${quote(value.replaceAll('$', '$$$$'))}, "", "")`,
    `absent(${held})`,
  );
}

function wait({ name, interval = 60 }: ExpectedProbe): number {
  if (!(interval > 0 && Number.isFinite(interval))) {
    throw new RangeError(`probe ${name} has interval ${interval}, want seconds above 0`);
  }
  return Math.max(startSeconds, Math.ceil(patience * interval));
}
