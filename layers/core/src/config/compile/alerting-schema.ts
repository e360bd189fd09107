// The keys that say of an alert what it carries and when it fires. Refuses labels that the alerts have themselves.
import * as v from 'valibot';
import type { ProbeAlerting } from '../alerting.ts';
import { closed, mappingOf } from '../mapping.ts';

/** The most results that rules remember (infra/config/prometheus/rules/recording/freshness.yml). */
const remembered = 10;

/** Labels that rules match by or set. */
const reserved = [
  ...['alertname', 'cluster', 'function', 'instance', 'job', 'le', 'module', 'probe', 'region'],
  ...['route', 'server', 'service', 'severity', 'slo', 'vantage', 'version'],
];

const wantedName = 'a label name of letters, digits and _ that the alerts do not have themselves';
const labelName = v.pipe(
  v.string(`want ${wantedName}`),
  v.regex(/^(?!__)[A-Za-z_][A-Za-z0-9_]{0,99}$/, wantedName),
  v.check((value) => !reserved.includes(value), wantedName),
);

const wantedValue = 'a text of 1 to 200 characters';
const labelValue = v.pipe(
  v.string(`want ${wantedValue}`),
  v.minLength(1, wantedValue),
  v.maxLength(200, wantedValue),
);

const count = v.pipe(
  v.number('want a count such as 2'),
  v.check(
    (value) => Number.isInteger(value) && value >= 1 && value <= remembered,
    `a whole number from 1 to ${remembered}`,
  ),
);

const threshold = v.pipe(
  closed({ failed: count, of: count }, 'a mapping with failed and of'),
  v.check(({ failed, of }) => failed <= of, 'failed at most as many as of'),
);

/** Keys of an objective. */
export const alertLabelEntries = {
  labels: v.optional(
    v.pipe(
      mappingOf(labelName, labelValue),
      v.description('labels that its alerts carry, for instance `team: shop`'),
    ),
  ),
  severity: v.optional(
    v.pipe(
      v.picklist(['critical', 'warning'], 'want critical or warning'),
      v.description(
        'severity of its alerts that would page; unset: `critical`. Warnings stay warnings',
      ),
    ),
  ),
};

/** Keys of a probe, and of a module for all its probes. */
export const probeAlertingEntries = {
  ...alertLabelEntries,
  alert: v.optional(
    v.pipe(
      threshold,
      v.description(
        '`{ failed: m, of: n }`: down once m of the last n results failed, up again once none of n did; unset: 2 of 3',
      ),
    ),
  ),
};

const wantedLink = 'a URL such as https://example.org/runbooks';
const link = v.pipe(
  v.string(`want ${wantedLink}`),
  v.regex(/^https?:\/\/[^\s"'{}$@]+$/, wantedLink),
  v.transform((value) => value.replace(/\/+$/, '')),
);

/** Keys of `links`. */
export const linkEntries = {
  runbooks: v.optional(
    v.pipe(
      link,
      v.description(
        'where `docs/runbooks` can be read; unset: in the repository that git’s `origin` names, where its address is known',
      ),
    ),
  ),
  grafana: v.optional(
    v.pipe(
      link,
      v.description(
        'a Grafana that has the boards, to which alerts of Prometheus lead; Grafana’s own alerts lead to its own',
      ),
    ),
  ),
};

type Parsed = { readonly [K in keyof ProbeAlerting]?: ProbeAlerting[K] | undefined };

/** What a probe says, and where it says nothing, its module. Labels of both, the probe's first. */
export function mergeAlerting(probe: Parsed, module: Parsed): ProbeAlerting {
  const labels = { ...module.labels, ...probe.labels };
  const severity = probe.severity ?? module.severity;
  const alert = probe.alert ?? module.alert;
  return {
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(severity !== undefined && { severity }),
    ...(alert !== undefined && { alert }),
  };
}
