// What no single value can show: unknown modules, duplicates, secrets in targets. Reads the raw document
// and skips what is not even the right type, so that these findings stand beside the schema's.
import type { Issue } from '../../errors.ts';
import { isRedisAddress } from '../../net/redis-address.ts';
import { parseUrl } from '../../parse-url.ts';
import { redactUrl, splitUserInfo } from '../../redact.ts';
import { formatPath, showValue } from '../explain.ts';
import { interpolate } from '../interpolate.ts';
import { defaultJobs, instanceOf } from '../probes.ts';
import { meantOrOneOf } from '../suggest.ts';
import { checkAttempts } from './attempts-checks.ts';
import { checkCloudwatch } from './cloudwatch-checks.ts';
import { asMapping, type Finding, type Mapping } from './raw.ts';
import { checkRedis, checkRedisTarget } from './redis-checks.ts';
import { refusedProbers } from './refused.ts';
import { checkSlos } from './slo-schema.ts';
import { checkSteps } from './steps-checks.ts';

/** Findings about relations between parts of the document. `builtin` are modules that need no entry. */
export function crossCheck(document: unknown, builtin: Mapping): Finding[] {
  const root = asMapping(document);
  const modules: Mapping = { ...builtin, ...asMapping(root.modules) };
  const probes = Array.isArray(root.probes) ? root.probes.map(asMapping) : [];
  const slos = Array.isArray(root.slos) ? root.slos.map(asMapping) : [];
  return [
    ...Object.entries(asMapping(root.modules)).flatMap(checkAuth),
    ...Object.entries(asMapping(root.modules)).flatMap(checkProber),
    ...Object.entries(asMapping(root.modules)).flatMap(checkRedis),
    ...Object.entries(asMapping(root.modules)).flatMap(checkSteps),
    ...Object.entries(asMapping(root.modules)).flatMap(checkAttempts),
    ...probes.flatMap((probe, index) => checkModule(probe, index, modules)),
    ...probes.flatMap((probe, index) => checkTarget(probe, index, modules)),
    ...probes.flatMap((probe, index) => checkVantage(probe, index, modules)),
    ...duplicates(probes, { list: 'probes', field: 'name' }, (probe) => probe.name),
    ...duplicates(probes, { list: 'probes', field: 'target' }, (probe) => groupOf(probe, modules)),
    ...checkSlos(
      slos,
      probes.map(({ name }) => name),
    ),
    ...duplicates(slos, { list: 'slos', field: 'name' }, (slo) => slo.name),
    ...checkCloudwatch(document),
  ];
}

/** The findings as issues. */
export function toIssues(findings: readonly Finding[]): Issue[] {
  return findings.map(({ path, message }) => ({ path: formatPath(path), message }));
}

const authKeys = [
  ...['basic_auth', 'authorization', 'bearer_token', 'bearer_token_file', 'oauth2', 'sigv4'],
];

/** Each of them is the Authorization header. */
function checkAuth([name, module]: readonly [string, unknown]): Finding[] {
  const { http, steps } = asMapping(module);
  const places = (Array.isArray(steps) ? steps : []).map((step, index) => ({
    at: ['steps', index],
    http: asMapping(asMapping(step).http),
  }));
  return [{ at: [], http: asMapping(http) }, ...places].flatMap(({ at, http: options }) => {
    const [first, ...more] = authKeys.filter((key) => options[key] !== undefined);
    return more.map((key) => ({
      path: ['modules', name, ...at, 'http', key],
      message: `given beside ${first}, want at most one of ${first} and ${key}`,
    }));
  });
}

/** A prober that blackbox_exporter has and fargaze has not. */
function checkProber([name, module]: readonly [string, unknown]): Finding[] {
  const reason = own(refusedProbers, asMapping(module).prober);
  return reason === undefined ? [] : [{ path: ['modules', name, 'prober'], message: reason }];
}

function checkModule(probe: Mapping, index: number, modules: Mapping): Finding[] {
  const name = probe.module;
  if (typeof name !== 'string' || Object.hasOwn(modules, name)) return [];
  const hint = meantOrOneOf(name, Object.keys(modules));
  return [
    { path: ['probes', index, 'module'], message: `unknown module ${showValue(name)}${hint}` },
  ];
}

const schemes: Readonly<Record<string, { readonly form: RegExp; readonly wanted: string }>> = {
  http: { form: /^(?:https?:\/\/|(?![a-z][a-z0-9+.-]*:\/\/))/i, wanted: 'http:// or https://' },
  grpc: { form: /^(?:https?:\/\/|(?![a-z][a-z0-9+.-]*:\/\/))/i, wanted: 'http:// or https://' },
};

/** Probers whose targets are no URLs. */
const bareTargets: typeof schemes = {
  tcp: { form: /^(?:\[[^\]]+\]|[^:/]+):[^:/]+$/, wanted: 'host:port' },
  dns: {
    form: /^(?:\[[^\]]+\](?::\w+)?|[^:/]+(?::\w+)?|[\da-f:]+)$/i,
    wanted: 'a server, with or without a port',
  },
};

function checkTarget(probe: Mapping, index: number, modules: Mapping): Finding[] {
  const path = ['probes', index, 'target'];
  const target = probe.target;
  if (typeof target !== 'string') return [];
  const literal = target.replace(/^\$\{[A-Za-z_][A-Za-z0-9_]*:-(.*)\}$/s, '$1');
  if (holdsPassword(target, literal)) {
    return [{ path, message: 'holds a password, want it in the module, by reference' }];
  }
  const prober = proberOf(probe, modules);
  const wanted = own(bareTargets, prober);
  if (wanted !== undefined && !literal.startsWith('${') && !wanted.form.test(literal)) {
    return [{ path, message: `got ${showValue(target)}, want ${wanted.wanted}` }];
  }
  if (prober === 'redis' && !literal.startsWith('${')) {
    const module = asMapping(own(modules, probe.module));
    const written = { written: literal, filled: withoutVariables(literal) };
    return checkRedisTarget(written, module, path);
  }
  const scheme = own(schemes, prober);
  if (scheme === undefined || literal.startsWith('${')) return [];
  const seen = `got ${showValue(redactUrl(target))}`;
  if (!scheme.form.test(literal)) {
    return [{ path, message: `${seen}, want it to begin with ${scheme.wanted}` }];
  }
  // What variables make of it shows when the probe runs.
  if (literal.includes('${') || isUrl(literal)) return [];
  return [{ path, message: `${seen}, want a URL, with a port up to 65535 if it names one` }];
}

/** Whether the probe can read it; an address without a scheme is one of http to it. */
function isUrl(address: string): boolean {
  return parseUrl(/^https?:\/\//i.test(address) ? address : `http://${address}`) !== undefined;
}

/** Of Redis the user info ends at the last `@`: a raw `/`, `?` or `#` may be part of a password there. */
function holdsPassword(target: string, literal: string): boolean {
  if (/^[^/?#]*:\/\/[^/?#@]*:[^/?#@]+@/.test(target)) return true;
  return isRedisAddress(literal) && /:./s.test(splitUserInfo(literal).userInfo);
}

/** An address whose variables have their defaults, or else a digit, which any part of it may be. */
function withoutVariables(address: string): string {
  const unset = new Set(interpolate(address, () => undefined).unset);
  return interpolate(address, (name) => (unset.has(name) ? '1' : undefined)).text;
}

/** No function of Redis probes stands outside a VPC: such a probe would never run. */
function checkVantage(probe: Mapping, index: number, modules: Mapping): Finding[] {
  if (probe.vantage !== 'internet' || proberOf(probe, modules) !== 'redis') return [];
  const message =
    'got "internet", want vpc or no vantage: Redis is probed from inside the VPC only';
  return [{ path: ['probes', index, 'vantage'], message }];
}

/** The value of a key that the mapping has itself: every object inherits a `toString`. */
function own<T>(mapping: Readonly<Record<string, T>>, key: unknown): T | undefined {
  return typeof key === 'string' && Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

function proberOf(probe: Mapping, modules: Mapping): unknown {
  return own(asMapping(own(modules, probe.module)), 'prober');
}

/** Two probes of one job and target would overwrite each other's results. */
function groupOf(probe: Mapping, modules: Mapping): unknown {
  if (typeof probe.target !== 'string') return undefined;
  const prober = proberOf(probe, modules);
  const usual = own(defaultJobs, prober) ?? '';
  const job = typeof probe.job === 'string' ? probe.job : usual;
  const instance = typeof probe.instance === 'string' ? probe.instance : undefined;
  return JSON.stringify([job, instanceOf({ instance }, probe.target)]);
}

/** What is looked for twice, and how the place is called. */
type Place = { readonly list: 'probes' | 'slos'; readonly field: 'name' | 'target' };

function duplicates(
  entries: readonly Mapping[],
  { field, list }: Place,
  keyOf: (entry: Mapping) => unknown,
): Finding[] {
  const first = new Map<unknown, number>();
  return entries.flatMap((entry, index) => {
    const key = keyOf(entry);
    const earlier = first.get(key);
    if (key === undefined || earlier === undefined) {
      first.set(key, index);
      return [];
    }
    const same = field === 'name' ? list.slice(0, -1) : 'job and instance';
    const seen = field === 'name' ? entry.name : instanceOf(entry, String(entry.target));
    const wanted = field === 'name' ? '' : ', want an instance or a job of its own';
    const message = `duplicate ${same} ${showValue(seen)}, already at ${list}[${earlier}]${wanted}`;
    return [{ path: [list, index, field], message }];
  });
}
