// A YACE document with what the bridge can do of it.

import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';
import type { Finding, Mapping } from '../../layers/core/src/config/compile/raw.ts';
import { tidyYace } from '../../layers/core/src/config/compile/yace-tidy.ts';
import { formatPath } from '../../layers/core/src/config/explain.ts';
import { isMapping } from '../../layers/core/src/config/mapping.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { type Pruned, prune, type Step } from './prune.ts';

const root = 'bridge.cloudwatch.yace';

/** Keys that ask for more than metrics: without them the rest of their job runs. */
const extras = new Set(['enhancedMetrics', 'quotaMetrics']);

/** Keys that YACE ignores at a static job, whose metrics have their own. */
const idleInStatic = new Set(
  'period length delay statistics nilToZero addCloudwatchTimestamp exportAllDataPoints roundingPeriod'.split(
    ' ',
  ),
);

/** A YACE document with what the bridge can do: a metric that it cannot goes, else its job, else a key. */
export function pruneYace(content: Mapping): Pruned {
  const tidied = tidyYace(content);
  const widened = widen(tidied.value as Mapping);
  const pruned = prune(widened.value, {
    prove: (yace) => {
      try {
        compileConfig({ bridge: { cloudwatch: { yace: plain(yace) } } });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        throw new ConfigError(
          '',
          error.issues.map(({ message, path }) => ({
            message,
            path: path.replace(`${root}.`, ''),
          })),
        );
      }
    },
    unitOf: (steps) => {
      const key = String(steps.at(-1));
      if (extras.has(key)) return steps;
      if (steps[0] === 'static' && steps.length === 3 && idleInStatic.has(key)) return steps;
      const list = steps.findIndex((step) => typeof step === 'number');
      if (list < 0) return steps.slice(0, 2);
      const [metrics, index] = steps.slice(list + 1);
      return metrics === 'metrics' && typeof index === 'number'
        ? steps.slice(0, list + 3)
        : steps.slice(0, list + 1);
    },
    nameOf,
  });
  return {
    value: withoutEmpty(pruned.value),
    notes: [...tidied.warnings.map(toNote), ...widened.notes, ...pruned.notes],
  };
}

function toNote({ message, path }: Finding): string {
  return `${formatPath(path)}: ${message}`;
}

/** The compiler takes the document as it stands in a fargaze.yml. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** Jobs of namespaces whose resources are not found by themselves read every metric of the namespace, as long as no tag narrows them. */
function widen(content: Mapping): { readonly value: Mapping; readonly notes: readonly string[] } {
  const value = structuredClone(content) as Record<string, unknown> & {
    discovery?: { jobs?: Mapping[] };
  };
  const notes: string[] = [];
  const given = Array.isArray(value.discovery?.jobs) ? value.discovery.jobs : [];
  // One that asked for nothing that is read left an empty place.
  const jobs = given.filter((job) => job !== null);
  const customs: Mapping[] = Array.isArray(value.customNamespace)
    ? [...(value.customNamespace as Mapping[])]
    : [];
  const kept = jobs.filter((job, index) => {
    if (isFound(job) || typeof job.type !== 'string' || !job.type.includes('/')) return true;
    const hasTags = Array.isArray(job.searchTags) && job.searchTags.length > 0;
    if (hasTags) return true;
    const {
      enhancedMetrics: _,
      includeContextOnInfoMetrics: __,
      searchTags: ___,
      type,
      ...rest
    } = job;
    customs.push({
      name: `${type.replaceAll('/', '-').toLowerCase()}-${index + 1}`,
      namespace: type,
      ...rest,
    });
    notes.push(
      `discovery.jobs[${index}]: ${type} is read by customNamespace: every metric of that name, without tags`,
    );
    return false;
  });
  if (notes.length === 0 && jobs.length === given.length) return { value, notes };
  const { discovery, ...others } = value;
  const left = kept.length === 0 ? {} : { discovery: { ...discovery, jobs: kept } };
  const own = customs.length === 0 ? {} : { customNamespace: customs };
  return { value: { ...others, ...left, ...own }, notes };
}

function isFound({ type }: Mapping): boolean {
  const one = { type, regions: ['eu-west-1'], metrics: [{ name: 'a', statistics: ['Sum'] }] };
  try {
    compileConfig({ bridge: { cloudwatch: { yace: { discovery: { jobs: [one] } } } } });
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

function withoutEmpty({ discovery, ...rest }: Mapping): Mapping {
  const jobs = isMapping(discovery) ? discovery.jobs : undefined;
  return Array.isArray(jobs) && jobs.length > 0 ? { ...rest, discovery } : rest;
}

/** A job by its type or name, and of a metric its name: places in the file change as parts go. */
function nameOf(at: readonly Step[], value: Mapping): string {
  const names = at.map((step, index) => {
    const node = at
      .slice(0, index + 1)
      .reduce<unknown>((one, key) => (one as Mapping | undefined)?.[key], value);
    const named = isMapping(node) ? (node.type ?? node.name) : undefined;
    return typeof step === 'number' ? String(named ?? step) : step;
  });
  return names.join(' ');
}
