// Compiles a fargaze.yml document at build time. Reports every issue at once; what compiles, runs.

import * as v from 'valibot';
import { ConfigError, type Issue } from '../../errors.ts';
import type { Config } from '../config.ts';
import { explainIssues } from '../explain.ts';
import type { Module } from '../modules.ts';
import { defaultJobs, defaultVantages, type ProbeConfig } from '../probes.ts';
import { mergeAlerting } from './alerting-schema.ts';
import { crossCheck, toIssues } from './cross-checks.ts';
import { configSchema, moduleSchema, type ParsedConfig } from './schema.ts';
import { buildSlo, withoutUnset } from './slo-schema.ts';
import { mergeSteps } from './steps-merge.ts';

export { configSchema, moduleSchema, probeSchema } from './schema.ts';

/** Modules that need no entry in the file; an entry of the same name replaces one. */
export const builtinModules = { http_2xx: { prober: 'http' }, redis: { prober: 'redis' } } as const;

/**
 * The compiled form of a parsed YAML document.
 * @param source how the document is called in messages, e.g. `fargaze.yml`.
 * @throws ConfigError with every issue: path, value seen, what was wanted.
 */
export function compileConfig(document: unknown, source = 'fargaze.yml'): Config {
  const { document: whole, isInherited } = mergeSteps(document);
  const result = v.safeParse(configSchema, whole);
  const related = toIssues(crossCheck(whole, builtinModules));
  const isProber = ({ path }: Issue) => /\.prober$/.test(path);
  const better = new Set(related.filter(isProber).map(({ path }) => path));
  const issues = [
    ...explainIssues(configSchema, result.issues ?? []).filter(({ path }) => !better.has(path)),
    ...related,
  ].filter(({ path }) => !isInherited(path));
  if (!result.success || issues.length > 0) throw new ConfigError(source, issues);
  return build(result.output);
}

function build(parsed: ParsedConfig): Config {
  const declared = { ...parseBuiltins(), ...parsed.modules };
  const modules = Object.fromEntries(
    Object.entries(declared).map(
      ([name, { alert: _, hosts, labels: __, severity: ___, ...module }]) => [
        name,
        { name, ...(hosts !== undefined && { hosts }), ...renamed(module) },
      ],
    ),
  ) as unknown as Record<string, Module>;
  const probes = parsed.probes.map((probe): ProbeConfig => {
    const prober = modules[probe.module]?.prober ?? 'http';
    const { quiet_during_rollout: rollout, alert, instance, labels, severity, ...kept } = probe;
    return {
      ...kept,
      ...mergeAlerting({ alert, labels, severity }, declared[probe.module] ?? {}),
      job: probe.job ?? defaultJobs[prober],
      vantage: probe.vantage === 'any' ? defaultVantages[prober] : probe.vantage,
      ...(instance !== undefined && { instance }),
      ...(rollout !== undefined && { rollout }),
    };
  });
  const { bridge, links, shards, vantage } = parsed;
  return {
    ...{ version: 1, modules, probes, shards, bridge, slos: parsed.slos.map(buildSlo) },
    ...(vantage !== undefined && { vantage }),
    ...(links !== undefined && { links: withoutUnset(links) }),
  };
}

/** `retry_wait` in our own words; what is unset stays away. */
function renamed(module: object): object {
  const { retry_wait: retryWait, ...kept } = module as { readonly retry_wait?: number };
  const given = Object.entries(kept).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), ...(retryWait !== undefined && { retryWait }) };
}

function parseBuiltins(): ParsedConfig['modules'] {
  return Object.fromEntries(
    Object.entries(builtinModules).map(([name, module]) => [name, v.parse(moduleSchema, module)]),
  );
}
