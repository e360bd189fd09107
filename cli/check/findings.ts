// What stands against running a configuration although each value in it is right. A sentence each.

import { knownMetrics } from '../../build/cost.ts';
import { findLiteralSecrets } from '../../build/literal-secrets.ts';
import { decideBudget } from '../../functions/ecs-bridge/cloudwatch/budget.ts';
import { findDirectLoad, findLoad, pushedServices } from '../../infra/load.ts';
import { findBridgeOverload } from '../../layers/core/src/config/compile/bridge-capacity.ts';
import { findOverload } from '../../layers/core/src/config/compile/capacity.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import { interpolate } from '../../layers/core/src/config/interpolate.ts';
import { splitSecrets } from '../../layers/core/src/config/references.ts';

/** What is found, and what is only good to know. */
export type Findings = { readonly findings: readonly string[]; readonly notes: readonly string[] };

/** Judges `config` for as many services; variables are read by `read`. */
export function findFindings(
  config: Config,
  services: number,
  read: (name: string) => string | undefined,
): Findings {
  const { notes: load, results } = findLoad(config);
  const budget = budgetOf(config, services);
  const direct = findDirectLoad(config, read) ?? [];
  // Asked for by name it is meant; an address in the shell may be for another function.
  const meant = read('FARGAZE_SINK') === 'pushgateway';
  return {
    findings: [
      ...nothing(config),
      ...unsetVariables(config, read),
      ...findOverload(config),
      ...findBridgeOverload(config, services),
      ...(services > pushedServices && results === 'pushgateway'
        ? [
            `${services} ECS services, and a Pushgateway carries what the ECS API says of ${pushedServices}: want bridge.services: ${services}, and it goes by remote write`,
          ]
        : []),
      ...load.filter((note) => note.includes('want ')),
      ...(meant ? [direct].flat() : []),
      ...(budget?.verdict === 'refused' ? [budget.message] : []),
    ],
    notes: [
      ...load.filter((note) => !note.includes('want ')),
      ...(meant ? [] : [direct].flat()),
      ...(budget?.verdict === 'slowed' ? [budget.message] : []),
      ...idleShards(config),
      ...missingSecrets(config, read),
      ...findLiteralSecrets(config),
    ],
  };
}

function nothing({ bridge, probes, slos }: Config): string[] {
  if (probes.length + slos.length > 0 || bridge.cloudwatch !== undefined) return [];
  return ['watches nothing but the ECS API: want probes, or bridge.cloudwatch'];
}

/** Each shard is a function that is called every minute, and paid for. */
function idleShards({ probes, shards }: Config): string[] {
  if (shards <= Math.max(1, probes.length)) return [];
  return [`shards: ${shards} for ${probes.length} probes: some functions run for nothing`];
}

function unsetVariables({ probes }: Config, read: (name: string) => string | undefined): string[] {
  return probes.flatMap(({ name, target }) =>
    interpolate(target, read).unset.map(
      (variable) =>
        `probe ${name}: variable ${variable} of its target is unset, want it in the environment, or a default: \${${variable}:-…}`,
    ),
  );
}

function budgetOf({ bridge: { cloudwatch } }: Config, services: number) {
  if (cloudwatch === undefined) return undefined;
  const each = knownMetrics(cloudwatch);
  const metrics = services * each.service + each.cluster + each.always;
  return decideBudget({ metrics, listMetrics: 0, getMetricStatistics: 0 }, cloudwatch);
}

/** References that the functions resolve, to variables that are not set here either. */
function missingSecrets(config: Config, read: (name: string) => string | undefined): string[] {
  const used = new Set(config.probes.map(({ module }) => module));
  const names = Object.values(config.modules)
    .filter(({ name }) => used.has(name))
    .flatMap((module) => [...referencesIn(module)].map((name) => ({ module: module.name, name })));
  return names
    .filter(({ name }) => read(name) === undefined)
    .map(
      ({ module, name }) =>
        `module ${module}: the functions need the variable ${name}, which is not set here`,
    );
}

function* referencesIn(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    for (const part of splitSecrets(value)) {
      if (typeof part !== 'string' && part.ref.startsWith('env:')) {
        yield part.ref.slice('env:'.length);
      }
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* referencesIn(inner);
  }
}
