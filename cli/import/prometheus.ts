// The jobs of a prometheus.yml that ask blackbox_exporter, as groups of probes.
import * as v from 'valibot';
import { hideKeys, userInfoName } from '../../build/literal-secrets.ts';
import { alertLabelEntries } from '../../layers/core/src/config/compile/alerting-schema.ts';
import type { Mapping } from '../../layers/core/src/config/compile/raw.ts';
import { formatDuration, parseDuration } from '../../layers/core/src/config/duration.ts';
import { isMapping } from '../../layers/core/src/config/mapping.ts';
import { nameOf, type ProbeGroup, takeName } from '../draft/draft.ts';
import { nameVariable } from './secrets.ts';

/** Groups of probes, and what was left out. */
export type FromPrometheus = {
  readonly groups: readonly ProbeGroup[];
  readonly notes: readonly string[];
};

/** Translates a file; names of probes are taken from `taken`. */
export function fromPrometheus(file: Mapping, taken: Set<string>): FromPrometheus {
  const notes: string[] = [];
  const groups: ProbeGroup[] = [];
  const variables = new Set<string>();
  const jobs: readonly unknown[] = Array.isArray(file.scrape_configs) ? file.scrape_configs : [];
  const global = isMapping(file.global) ? file.global : {};
  for (const job of jobs) {
    if (!isMapping(job) || !asksBlackbox(job)) continue;
    const name = String(job.job_name ?? 'job');
    const others = Object.keys(job).filter((key) => /_sd_configs$/.test(key));
    if (others.length > 0)
      notes.push(`job ${name}: left out: targets of ${others.join(', ')}; want static_configs`);
    const modules = textsOf(isMapping(job.params) ? job.params.module : undefined);
    const [module = 'http_2xx'] = modules;
    const found = targetsOf(job);
    if (found.length === 0) continue;
    const given = job.scrape_interval ?? global.scrape_interval;
    const interval = intervalOf(given);
    notes.push(...changesOf(job, given, found).map((line) => `job ${name}: ${line}`));
    for (const { labels, targets } of found) {
      groups.push({
        module,
        ...(interval !== undefined && { interval }),
        ...(/^[A-Za-z0-9][\w.-]{0,99}$/.test(name) && { job: name }),
        ...(Object.keys(labels).length > 0 && { labels }),
        targets: Object.fromEntries(
          targets.map((target) => {
            const probe = takeName(nameOf(target), taken);
            return [probe, withoutKeys(target, { probe, variables, notes })];
          }),
        ),
      });
    }
  }
  if (groups.length === 0)
    notes.push('no job of blackbox_exporter with static_configs (metrics_path: /probe)');
  return { groups, notes };
}

type Naming = {
  readonly probe: string;
  readonly variables: Set<string>;
  readonly notes: string[];
};

/** A target with variables in place of what reads like a key. */
function withoutKeys(target: string, { notes, probe, variables }: Naming): string {
  return hideKeys(target, (part, name) => {
    // Such a probe is left out: the module has to log in.
    if (name === userInfoName) return part;
    const variable = nameVariable(['target', probe, name], variables);
    notes.push(
      `target of ${probe}: a secret, which is not copied: want it, as it stands there, in the variable ${variable} of the functions`,
    );
    return `\${${variable}}`;
  });
}

function asksBlackbox(job: Mapping): boolean {
  return job.metrics_path === '/probe' || (isMapping(job.params) && 'module' in job.params);
}

type TargetGroup = {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly dropped: readonly string[];
};

/** Targets by their labels, which their alerts carry. A target counts once. */
function targetsOf(job: Mapping): readonly TargetGroup[] {
  const configs: readonly unknown[] = Array.isArray(job.static_configs) ? job.static_configs : [];
  const seen = new Set<string>();
  const found = new Map<string, { targets: string[] } & Omit<TargetGroup, 'targets'>>();
  for (const one of configs) {
    if (!isMapping(one)) continue;
    const given = Object.entries(isMapping(one.labels) ? one.labels : {});
    const pairs = given.map(([name, value]) => [name, String(value)] as const);
    const isKept = (pair: readonly [string, unknown]) =>
      v.is(alertLabels, { labels: Object.fromEntries([pair]) });
    const labels = Object.fromEntries(pairs.filter(isKept));
    const dropped = pairs.filter((pair) => !isKept(pair)).map(([name]) => name);
    const key = JSON.stringify(Object.entries(labels).sort());
    const group = found.get(key) ?? { targets: [], labels, dropped };
    for (const target of textsOf(one.targets)) {
      if (!seen.has(target)) group.targets.push(target);
      seen.add(target);
    }
    if (group.targets.length > 0) found.set(key, group);
  }
  return [...found.values()];
}

/** How the probes differ from the job that they were made of. */
function changesOf(job: Mapping, interval: unknown, found: readonly TargetGroup[]): string[] {
  const dropped = [...new Set(found.flatMap((one) => one.dropped))];
  return [
    ...(isShort(interval)
      ? [`got scrape_interval ${interval}: probed every 1m, which is the least`]
      : []),
    ...leftParams(job).map((name) => `params.${name}: left out; want it in the module`),
    ...(dropped.length > 0
      ? [`labels ${dropped.join(', ')}: left out; alerts have them themselves`]
      : []),
  ];
}

const alertLabels = v.object(alertLabelEntries);

/** What else the exporter is given with each target. */
function leftParams({ params }: Mapping): string[] {
  return Object.keys(isMapping(params) ? params : {}).filter(
    (name) => !['module', 'target', 'debug'].includes(name),
  );
}

function isShort(text: unknown): boolean {
  const seconds = typeof text === 'string' ? parseDuration(text) : undefined;
  return seconds !== undefined && seconds < 60;
}

/** In whole minutes, upwards; undefined for a minute and less. */
function intervalOf(text: unknown): string | undefined {
  const seconds = typeof text === 'string' ? parseDuration(text) : undefined;
  if (seconds === undefined || seconds <= 60) return undefined;
  return formatDuration(Math.min(86_400, Math.ceil(seconds / 60) * 60));
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
