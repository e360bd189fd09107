// The schema of `slos`, and what only several values together show: unknown probes, alerts that could never fire.
import * as v from 'valibot';
import { parseDuration } from '../duration.ts';
import { type PathStep, showValue } from '../explain.ts';
import { closed, oneOf } from '../mapping.ts';

import type { SloConfig } from '../slos.ts';
import { meantOrOneOf } from '../suggest.ts';
import { alertLabelEntries, mergeAlerting } from './alerting-schema.ts';
import { duration, name } from './fields.ts';
import { compilePattern } from './pattern/program.ts';
import type { Finding, Mapping } from './raw.ts';

const sloName = v.pipe(name, v.description('unique name; the label `slo`'));
const job = v.optional(
  v.pipe(name, v.description('label `job` of the app’s `http_request_duration_seconds`')),
  'web',
);

/** Prometheus runs it, so it stays as it is written. */
function isPattern(text: string): boolean {
  try {
    compilePattern(text);
    return true;
  } catch {
    return false;
  }
}

/** Keys of an objective on requests. */
const requests = {
  job,
  routes: v.optional(
    v.pipe(
      v.string('want a regular expression'),
      v.check(isPattern, 'a regular expression in RE2 syntax'),
      v.description(
        'pattern of the routes that count, matched whole; unset: all but those of health checks',
      ),
    ),
  ),
  capacity: v.optional(
    v.pipe(
      v.number('want a count such as 8'),
      v.check((value) => Number.isInteger(value) && value >= 1, 'a whole number from 1'),
      v.description(
        'requests that one task of the job handles at once; FargazeWebSaturated judges by it',
      ),
    ),
  ),
};

const common = {
  objective: v.pipe(
    v.number('want a percentage such as 99.9'),
    v.check((value) => value >= 50 && value <= 99.999, 'a percentage from 50 to 99.999'),
    v.transform((value) => Math.round(value * 1e5) / 1e7),
    v.description('share of good events, in percent'),
  ),
  window: v.optional(
    v.pipe(
      duration({
        // In a shorter one the alerts' shares of the budget would be burn rates below 1.
        min: 28 * 86_400,
        max: 90 * 86_400,
        step: 86_400,
        wanted: 'a duration from 28d to 90d in whole days, such as 30d',
      }),
      v.description('over which the objective holds; Prometheus must keep its data for as long'),
    ),
    '30d',
  ),
  min_bad_events: v.optional(
    v.pipe(
      v.number('want a count such as 3'),
      v.check((value) => Number.isInteger(value) && value >= 1, 'a whole number from 1'),
      v.description(
        'bad events that a long window must hold before its alert fires; unset: 3 of a probe, else 10',
      ),
    ),
  ),
  ...alertLabelEntries,
};

/** The keys of an entry of `slos`, by indicator. */
export const sloEntries = {
  probe: {
    name: sloName,
    indicator: v.pipe(v.literal('probe'), v.description('`probe`: a good event is a success')),
    probe: v.pipe(name, v.description('name of a configured probe')),
    ...common,
  },
  requests: {
    name: sloName,
    indicator: v.pipe(
      v.literal('requests'),
      v.description('`requests`: a good event is an answer other than 5xx'),
    ),
    ...requests,
    ...common,
  },
  latency: {
    name: sloName,
    indicator: v.pipe(
      v.literal('latency'),
      v.description('`latency`: a good event is an answer within `threshold`'),
    ),
    ...requests,
    threshold: v.pipe(
      duration({ min: 0.001, max: 600, wanted: 'a duration from 1ms to 10m such as 500ms' }),
      v.description('a bound of the app’s histogram'),
    ),
    ...common,
  },
};

/** Schema of one entry of `slos`. */
export const sloSchema = oneOf(
  'indicator',
  [closed(sloEntries.probe), closed(sloEntries.requests), closed(sloEntries.latency)],
  'indicator: probe, requests or latency',
);

/** The compiled form of an entry. */
export function buildSlo(parsed: v.InferOutput<typeof sloSchema>): SloConfig {
  const { min_bad_events, labels, severity, ...slo } = parsed;
  return {
    ...withoutUnset(slo),
    ...mergeAlerting({ labels, severity }, {}),
    minBadEvents: min_bad_events ?? (slo.indicator === 'probe' ? 3 : 10),
  };
}

/** The keys that have a value. */
export function withoutUnset<T extends object>(keys: T) {
  type Set = { [K in keyof T]: Exclude<T[K], undefined> };
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined)) as Set;
}

/** The share of the budget that may go within an hour (infra/config/prometheus/rules/alerting/slo.yml). */
const hourlyShare = 0.02;

/** Findings about entries of `slos`, raw: probes that are not there, objectives whose quick alert could never fire. */
export function checkSlos(slos: readonly Mapping[], probes: readonly unknown[]): Finding[] {
  return slos.flatMap((slo, index) => [
    ...checkProbe(slo, ['slos', index, 'probe'], probes),
    ...checkReach(slo, ['slos', index, 'objective']),
  ]);
}

function checkProbe(slo: Mapping, path: readonly PathStep[], probes: readonly unknown[]) {
  if (typeof slo.probe !== 'string' || probes.includes(slo.probe)) return [];
  const known = probes.filter((probe) => typeof probe === 'string');
  const hint = meantOrOneOf(slo.probe, known);
  return [{ path, message: `unknown probe ${showValue(slo.probe)}${hint}` }];
}

/** A burn rate times the budget is an error ratio; above 1 there is none. */
function checkReach({ objective, window = '30d' }: Mapping, path: readonly PathStep[]) {
  const seconds = typeof window === 'string' ? parseDuration(window) : undefined;
  if (typeof objective !== 'number' || seconds === undefined) return [];
  const least = 100 - 100 / (hourlyShare * (seconds / 3600));
  if (objective > least || objective < 50) return [];
  const wanted = Math.ceil(least * 100) / 100;
  const message = `got ${objective}, want above ${wanted} in a window of ${window}: its quick alert would need more than all events to be bad`;
  return [{ path, message }];
}
