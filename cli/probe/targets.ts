// What the arguments of `fargaze probe` mean: names of probes, or addresses with the module that their scheme asks for.
// Selection itself is the functions' own, with its refusals.

import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import type { Module } from '../../layers/core/src/config/modules.ts';
import { type ProbeConfig, servedBy } from '../../layers/core/src/config/probes.ts';
import { didYouMean, listNames, meantOrOneOf } from '../../layers/core/src/config/suggest.ts';
import { readEnv } from '../../layers/core/src/env.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { type Selected, selectTargets } from '../../layers/core/src/probe/select.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';
import { called } from '../command/called.ts';
import { UsageError } from '../command/command.ts';

/** What is asked for. */
export type ProbeArguments = {
  readonly arguments: readonly string[];
  readonly all: boolean;
  /** Of every argument; unset: by its scheme. */
  readonly module: string | undefined;
};

/** A probe that cannot be run, and why. */
export type RefusedProbe = { readonly probe: ProbeConfig; readonly fault: string };

/** What is asked for, as far as it can be run. */
export type ProbeTargets = {
  readonly selected: readonly Selected<Module>[];
  readonly refused: readonly RefusedProbe[];
};

/** Every target that is asked for, in order, once each. @throws UsageError, or ConfigError as the functions do. */
export function findTargets(asked: ProbeArguments, config: Config): ProbeTargets {
  if (asked.all) {
    if (config.probes.length === 0)
      throw new UsageError(
        'there are no probes to run',
        `want probes in the configuration; an address needs none, e.g. ${called()} probe https://example.com`,
      );
    return findAll(config);
  }
  const found = asked.arguments.flatMap((text) => {
    if (asked.module !== undefined) return selectAddress(text, asked.module, config);
    if (config.probes.some(({ name }) => name === text)) return selectProbe(text, config);
    return selectByScheme(text, config);
  });
  const seen = new Set<string>();
  const selected = found.filter(({ target }) => {
    const key = JSON.stringify([target.address, target.module]);
    return !seen.has(key) && seen.add(key);
  });
  return { selected, refused: [] };
}

/** Of all probes one that cannot be run, for a variable that is unset, does not hold up the others. */
function findAll(config: Config): ProbeTargets {
  const selected: Selected<Module>[] = [];
  const refused: RefusedProbe[] = [];
  for (const probe of config.probes) {
    try {
      selected.push(...selectProbe(probe.name, config));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      refused.push({ probe, fault: error.message });
    }
  }
  return { selected, refused };
}

function selectProbe(name: string, config: Config): Selected<Module>[] {
  const module = config.modules[config.probes.find((probe) => probe.name === name)?.module ?? ''];
  return select({ probes: [name], explain: true }, module, config);
}

function selectAddress(address: string, name: string, config: Config): Selected<Module>[] {
  const module = Object.hasOwn(config.modules, name) ? config.modules[name] : undefined;
  if (module === undefined) {
    const hint = meantOrOneOf(name, Object.keys(config.modules));
    throw new UsageError(`no module ${JSON.stringify(name)}${hint}`);
  }
  const adHoc = { targets: [address], module: name };
  return select({ probes: [], adHoc, explain: true }, module, config);
}

function select(
  event: Parameters<typeof selectTargets>[0],
  module: Module | undefined,
  config: Config,
): Selected<Module>[] {
  // There is no event whose places could be named.
  return asUsage(() =>
    selectTargets<Module>(event, {
      config,
      prober: servedBy[module?.prober ?? 'http'],
      vantage: undefined,
      now: 0,
      // Whoever types a target here may reach it without us.
      read: (name) => (name === 'FARGAZE_AD_HOC' ? undefined : readEnv(name)),
    }),
  );
}

/** What `work` answers. @throws UsageError for what is wrong with what was typed. */
function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.issues.map(({ message, path }) =>
      /^probe /.test(path) ? `${path}: ${message}` : message,
    );
    throw new UsageError(lines.join('\n'));
  }
}

function selectByScheme(text: string, config: Config): Selected<Module>[] {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return selectBare(text, config);
  if (scheme === 'http' || scheme === 'https') return selectAddress(text, 'http_2xx', config);
  if (/^(?:redis|valkey)s?$/.test(scheme)) return selectAddress(text, 'redis', config);
  const make = Object.hasOwn(byScheme, scheme) ? byScheme[scheme] : undefined;
  if (make === undefined) {
    const known = [
      'http',
      'https',
      'redis',
      'rediss',
      'valkey',
      'valkeys',
      ...Object.keys(byScheme),
    ];
    const hint = didYouMean(scheme, known) || `, want ${known.join(', ')}`;
    throw new UsageError(`${redactUrl(text)}: unknown scheme ${JSON.stringify(scheme)}${hint}`);
  }
  const { address, asked, module } = make(text);
  const { modules } = asUsage(() => compileConfig({ modules: { [scheme]: module } }));
  const name = `${scheme}://${address}${asked}`;
  // The address only says who is asked: two questions to one server would look the same.
  return selectAddress(address, scheme, { ...config, modules }).map((one) => ({
    ...one,
    target: { ...one.target, name, instance: name },
  }));
}

function selectBare(text: string, config: Config): Selected<Module>[] {
  const looksLikeHost = /[.:/]/.test(text) || text === 'localhost';
  if (looksLikeHost) return selectAddress(text, 'http_2xx', config);
  const names = config.probes.map(({ name }) => name);
  throw new UsageError(
    `no probe ${JSON.stringify(text)} in the configuration${didYouMean(text, names)}`,
    names.length === 0
      ? 'to probe an address, write its scheme: https://…'
      : `probes: ${listNames(names)}`,
  );
}

type SchemeTarget = {
  readonly address: string;
  /** What stands behind the address where the target is shown. */
  readonly asked: string;
  readonly module: object;
};

/** What an address is to the prober of its scheme. */
const byScheme: Readonly<Record<string, (text: string) => SchemeTarget>> = {
  tcp: (text) => ({ address: onlyHostOf(text), asked: '', module: { prober: 'tcp' } }),
  tls: (text) => ({
    address: onlyHostOf(text),
    asked: '',
    module: { prober: 'tcp', tcp: { tls: true } },
  }),
  dns: readDns,
  grpc: (text) => readGrpc(text, { tls: false }),
  grpcs: (text) => readGrpc(text, { tls: true }),
};

/** Host and port of an address that has nothing else. */
function onlyHostOf(text: string): string {
  const { path, query } = partsOf(text);
  if (path !== '' || query !== '')
    throw new UsageError(`${redactUrl(text)}: something stands behind the port, want host:port`);
  return hostOf(text);
}

/** What stands between the scheme and the path. */
function hostOf(text: string): string {
  const { host } = partsOf(text);
  if (!/:\d+$/.test(host)) throw new UsageError(`${redactUrl(text)}: no port, want host:port`);
  return host;
}

function readDns(text: string): SchemeTarget {
  const { host, path, query } = partsOf(text);
  if (path === '') {
    throw new UsageError(`${redactUrl(text)}: no name to ask for, want dns://server/name`);
  }
  const asked = new URLSearchParams(query);
  const unknown = [...asked.keys()].find((name) => name !== 'type');
  if (unknown !== undefined)
    throw new UsageError(
      `${redactUrl(text)}: unknown ${JSON.stringify(unknown)}, want type, as in ?type=AAAA`,
    );
  const type = asked.get('type')?.toUpperCase() ?? 'A';
  const dns = { query_name: path, query_type: type };
  return { address: host, asked: `/${path}?type=${type}`, module: { prober: 'dns', dns } };
}

function readGrpc(text: string, options: { readonly tls: boolean }): SchemeTarget {
  const { path: service, query } = partsOf(text);
  if (query !== '')
    throw new UsageError(`${redactUrl(text)}: got ?, want grpc://host:port/service`);
  const asked = service === '' ? '' : `/${service}`;
  return {
    address: hostOf(text),
    asked,
    module: { prober: 'grpc', grpc: { service, ...options } },
  };
}

function partsOf(text: string): {
  readonly host: string;
  readonly path: string;
  readonly query: string;
} {
  const [, host = '', path = '', query = ''] =
    /^[^:]+:\/\/([^/?]*)\/?([^?]*)(?:\?(.*))?$/.exec(text) ?? [];
  const bare = host.slice(host.lastIndexOf('@') + 1);
  if (bare === '') throw new UsageError(`${redactUrl(text)}: no host, want one behind ://`);
  return { host: bare, path, query };
}
