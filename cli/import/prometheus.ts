// The jobs of a prometheus.yml that ask blackbox_exporter, as groups of probes.
import type { Mapping } from '../../layers/core/src/config/compile/raw.ts';
import { formatDuration, parseDuration } from '../../layers/core/src/config/duration.ts';
import { isMapping } from '../../layers/core/src/config/mapping.ts';
import { nameOf, type ProbeGroup, takeName } from '../draft/draft.ts';

/** Groups of probes, and what was left out. */
export type FromPrometheus = {
  readonly groups: readonly ProbeGroup[];
  readonly notes: readonly string[];
};

/** Translates a file; names of probes are taken from `taken`. */
export function fromPrometheus(file: Mapping, taken: Set<string>): FromPrometheus {
  const notes: string[] = [];
  const groups: ProbeGroup[] = [];
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
    const targets = targetsOf(job);
    if (targets.length === 0) continue;
    const interval = intervalOf(job.scrape_interval ?? global.scrape_interval);
    groups.push({
      module,
      ...(interval !== undefined && { interval }),
      ...(/^[A-Za-z0-9][\w.-]{0,99}$/.test(name) && { job: name }),
      targets: Object.fromEntries(
        targets.map((target) => [takeName(nameOf(target), taken), target]),
      ),
    });
  }
  if (groups.length === 0)
    notes.push('no job of blackbox_exporter with static_configs (metrics_path: /probe)');
  return { groups, notes };
}

function asksBlackbox(job: Mapping): boolean {
  return job.metrics_path === '/probe' || (isMapping(job.params) && 'module' in job.params);
}

function targetsOf(job: Mapping): string[] {
  const configs: readonly unknown[] = Array.isArray(job.static_configs) ? job.static_configs : [];
  return [...new Set(configs.flatMap((one) => textsOf(isMapping(one) ? one.targets : undefined)))];
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
