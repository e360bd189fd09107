// Runs a probe as an invocation would, and reads its samples like a table.

import { type Clock, systemClock } from '../../layers/core/src/clock.ts';
import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';
import type { HttpModule, Module, RedisModule } from '../../layers/core/src/config/modules.ts';
import type { Target } from '../../layers/core/src/config/probes.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import type { Outcome } from '../../layers/core/src/outcome.ts';
import type { Probe } from '../../layers/core/src/probe/probe.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';

/** What a probe found, with samples by `name` or `name{label="value"}`. */
export type Probed = {
  readonly outcome: Outcome;
  readonly samples: Readonly<Record<string, number>>;
  readonly trace: readonly string[];
  /** Seconds that it took. */
  readonly seconds: number;
};

/** A compiled module from its YAML form; by default a busy machine has time enough to answer. */
export function httpModule(http: object, timeout = '20s'): HttpModule {
  return compileModule({ prober: 'http', timeout, http }) as HttpModule;
}

/** A compiled module from its YAML form. */
export function redisModule(redis: object, timeout = '20s'): RedisModule {
  return compileModule({ prober: 'redis', timeout, redis }) as RedisModule;
}

/** A compiled module from its YAML form, of any prober. */
export function compileModule(module: object): Module {
  const compiled = compileConfig({ modules: { m: module } }).modules.m;
  if (compiled === undefined) throw new Error('module m is missing');
  return compiled;
}

/** Probes `address` with `module`, by the machine's clock unless another one is given. */
export async function runProbe<M extends Module>(
  probe: Probe<Target<M>>,
  module: M,
  address: string,
  clock: Clock = systemClock,
): Promise<Probed> {
  const deadline = startDeadline(module.timeout, clock);
  const trace: string[] = [];
  const begun = performance.now();
  try {
    const target = { name: 'test', address, instance: redactUrl(address), module };
    const env = { deadline, clock, trace: (line: string) => void trace.push(line) };
    const { outcome, samples } = await probe(target, env);
    const table = samples.map(({ labels, metric, value }) => {
      const inner = Object.entries(labels).map(([name, text]) => `${name}="${text}"`);
      return [inner.length === 0 ? metric : `${metric}{${inner.join(',')}}`, value] as const;
    });
    const names = table.map(([name]) => name);
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    if (twice.length > 0)
      throw new Error(`sampled twice, which no receiver takes: ${twice.join(', ')}`);
    const seconds = (performance.now() - begun) / 1000;
    return { outcome, samples: Object.fromEntries(table), trace, seconds };
  } finally {
    deadline.close();
  }
}

/** `phase/reason` of a failure, `ok` of a success. */
export function verdict({ outcome }: Probed): string {
  return outcome.ok ? 'ok' : `${outcome.phase}/${outcome.reason}`;
}

/** What a failure says; empty for a success. */
export function detail({ outcome }: Probed): string {
  return outcome.ok ? '' : outcome.detail;
}
