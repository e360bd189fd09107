// Which targets an event asks for. Refuses names and modules that are not configured.
import type { EpochMs, Seconds } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { showValue } from '../config/explain.ts';
import { interpolate } from '../config/interpolate.ts';
import type { Module, Prober } from '../config/modules.ts';
import { matchesName } from '../config/name-pattern.ts';
import {
  adHocJob,
  instanceOf,
  type ProbeConfig,
  servedBy,
  type Target,
  type Vantage,
} from '../config/probes.ts';
import { isInShard } from '../config/shard.ts';
import { didYouMean, meantOrOneOf } from '../config/suggest.ts';
import type { Issue } from '../errors.ts';
import type { ProbeEvent } from '../event/events.ts';
import { eventError } from '../event/read.ts';
import { groupKey } from '../pushgateway/grouping.ts';
import { redactUrl } from '../redact.ts';
import { isBound, mayReach } from './bound-hosts.ts';

/** A target with what its results are filed under. */
export type Selected<M extends Module> = {
  readonly target: Target<M>;
  readonly job: string;
  readonly interval: Seconds;
  /** Whether the result goes to the sink; ad-hoc results outside a schedule do not. */
  readonly deliver: boolean;
};

/** What selection depends on. */
export type Selection<M extends Module> = {
  readonly config: Config;
  readonly prober: M['prober'];
  /** Where this function stands; undefined: it runs the probes of every vantage. */
  readonly vantage: Vantage | undefined;
  readonly now: EpochMs;
  readonly read: (name: string) => string | undefined;
};

const defaultModules: Readonly<Record<string, string>> = { http: 'http_2xx', redis: 'redis' };

/**
 * The targets of `event`, in the order of the configuration, once each.
 * @throws ConfigError for unknown probes or modules, modules of another prober and unset variables.
 */
export function selectTargets<M extends Module>(
  event: ProbeEvent,
  selection: Selection<M>,
): Selected<M>[] {
  const issues: Issue[] = [];
  const selected =
    event.adHoc === undefined
      ? selectConfigured(event, selection, issues)
      : selectAdHoc(event, selection, issues);
  issues.push(...findOverlaps(selected));
  if (issues.length > 0) throw eventError(issues);
  return selected;
}

/**
 * Whether a probe is due at a tick: its time, to the nearest step of the schedule, is a multiple of the interval.
 * No state is kept. A tick may come half a step early or late; rounded down, ticks that arrive around a minute's edge
 * would miss some slots and run others twice.
 */
export function isDue(
  interval: Seconds,
  tick: { readonly schedule: Seconds; time: EpochMs },
): boolean {
  const step = Math.round(tick.time / 1000 / tick.schedule) * tick.schedule;
  return step % interval < tick.schedule;
}

function selectConfigured<M extends Module>(
  event: ProbeEvent,
  selection: Selection<M>,
  issues: Issue[],
): Selected<M>[] {
  const { config, prober, vantage } = selection;
  const own = config.probes.filter((probe) => isServed(moduleOf(config, probe.module), prober));
  event.probes.forEach((pattern, index) => {
    if (pattern.includes('*') || own.some((probe) => probe.name === pattern)) return;
    const hint = didYouMean(
      pattern,
      own.map((probe) => probe.name),
    );
    const message = `got ${showValue(pattern)}, want a configured ${prober} probe${hint}`;
    issues.push({ path: `probes[${index}]`, message });
  });
  const { schedule, shard, time = selection.now } = event;
  return own
    .filter((probe) => event.probes.some((pattern) => matchesName(probe.name, pattern)))
    .filter((probe) => shard === undefined || isInShard(probe.name, shard))
    .filter((probe) => vantage === undefined || probe.vantage === vantage)
    .filter((probe) => schedule === undefined || isDue(probe.interval, { schedule, time }))
    .flatMap((probe) => resolveTarget(probe, selection, issues));
}

function resolveTarget<M extends Module>(
  probe: ProbeConfig,
  selection: Selection<M>,
  issues: Issue[],
): Selected<M>[] {
  const { text, unset } = interpolate(probe.target, selection.read);
  for (const name of unset) {
    issues.push({
      path: `probe ${probe.name}`,
      message: `variable ${name} of its target is unset, want it in the environment or a default`,
    });
  }
  if (unset.length > 0) return [];
  const module = selection.config.modules[probe.module] as M;
  const target = { name: probe.name, address: text, instance: instanceOf(probe, text), module };
  return [{ target, job: probe.job, interval: probe.interval, deliver: true }];
}

function selectAdHoc<M extends Module>(
  event: ProbeEvent,
  { config, prober, read }: Selection<M>,
  issues: Issue[],
): Selected<M>[] {
  issues.push(...findAdHocFault(read('FARGAZE_AD_HOC')));
  const name = event.adHoc?.module ?? defaultModules[prober] ?? '';
  const module = moduleOf(config, name);
  if (!isServed(module, prober)) {
    const known = Object.values(config.modules).filter((other) => isServed(other, prober));
    const names = known.map((other) => other.name);
    const hint = meantOrOneOf(name, names);
    issues.push({
      path: 'module',
      message: `got ${showValue(name)}, no ${prober} module${hint}`,
    });
    return [];
  }
  const targets = [...new Set(event.adHoc?.targets)];
  issues.push(...findUnbound(targets, module, { config, read }));
  return targets.map((address) => ({
    target: {
      name: redactUrl(address),
      address,
      instance: redactUrl(address),
      module: module as M,
    },
    job: adHocJob,
    interval: event.schedule ?? 60,
    deliver: event.schedule !== undefined,
  }));
}

/** `FARGAZE_AD_HOC` is `true` or unset where events may name targets of their own. */
function findAdHocFault(allowed = 'true'): Issue[] {
  if (allowed === 'true') return [];
  const message =
    allowed === 'false'
      ? 'this deployment probes configured targets only (FARGAZE_AD_HOC is false), want probes'
      : `refused: FARGAZE_AD_HOC is ${showValue(allowed)}, want true or false`;
  return [{ path: 'targets', message }];
}

/** Targets that a module with credentials must not be let loose on. */
function findUnbound(
  targets: readonly string[],
  module: Module | undefined,
  binding: Parameters<typeof mayReach>[2],
): Issue[] {
  if (module === undefined || !isBound(module)) return [];
  return targets.flatMap((address, index) => {
    if (mayReach(address, module, binding)) return [];
    const message = `got ${showValue(redactUrl(address))}, but module ${module.name} holds credentials, headers, a body or exceptions that are only for the servers of its probes; want one of these, a host of its hosts, or a module without them`;
    return [{ path: `targets[${index}]`, message }];
  });
}

/** Whether the function whose main prober is `prober` runs `module`. */
function isServed(module: Module | undefined, prober: Prober): boolean {
  return module !== undefined && servedBy[module.prober] === prober;
}

/** By its own name: every object inherits a `constructor`. */
function moduleOf({ modules }: Config, name: string): Module | undefined {
  return Object.hasOwn(modules, name) ? modules[name] : undefined;
}

/** Two targets of one job and instance would overwrite each other at the Pushgateway. */
function findOverlaps<M extends Module>(selected: readonly Selected<M>[]): Issue[] {
  const first = new Map<string, string>();
  return selected.flatMap(({ deliver, job, target }) => {
    if (!deliver) return [];
    const key = groupKey({ job, instance: target.instance });
    const other = first.get(key);
    first.set(key, other ?? target.name);
    if (other === undefined) return [];
    const message = `has job ${job} and instance ${target.instance} in common with ${other}, want another job or instance`;
    return [{ path: `probe ${target.name}`, message }];
  });
}
