// One module of a blackbox.yml in the words of fargaze.yml: its defaults, its old names, its sections without meaning. Says
// what cannot be done here, which matters only where a probe uses the module.
import { dirname, isAbsolute, join } from 'node:path';
import { noHttp3, refusedProbers } from '../layers/core/src/config/compile/refused.ts';
import { isSecretRef } from '../layers/core/src/config/secret.ts';
import type { Issue } from '../layers/core/src/errors.ts';
import { findAlwaysFailing, withoutIdle } from './blackbox-always-fails.ts';
import { goDuration } from './go-texts.ts';
import { readTextFile } from './text-file.ts';

type Mapping = Record<string, unknown>;

/** A module as fargaze.yml has it, and what keeps it from being used; both paths begin below the module. */
export type Translated = {
  readonly module: Mapping;
  readonly limits: readonly Issue[];
};

const sections = ['http', 'tcp', 'dns', 'grpc', 'icmp', 'unix', 'websocket'] as const;
const spoken = ['http', 'tcp', 'dns', 'grpc'];

/**
 * The module that `raw` means; paths of its files are relative to `file` and become relative to `directory`, where fargaze.yml
 * stands.
 */
export function translateModule(
  raw: unknown,
  { directory, file }: { readonly directory: string; readonly file: string },
): Translated {
  const given = isMapping(raw) ? structuredClone(raw) : {};
  const prober = String(given.prober ?? '');
  const own = isMapping(given[prober]) ? (given[prober] as Mapping) : {};
  const kept = Object.entries(given).filter(
    ([key]) => key === prober || !sections.includes(key as 'http'),
  );
  const module: Mapping = { ...Object.fromEntries(kept), timeout: timeoutOf(given.timeout) };
  const limits = [
    ...proberLimits(prober),
    ...findLimits(own, prober),
    ...(own.enable_http3 === true ? [] : findAlwaysFailing(own, prober)),
  ];
  if (spoken.includes(prober)) {
    module[prober] = withDefaults(withoutIdle(own, prober), prober);
    limits.push(...placeFiles(module[prober] as Mapping, { prober, directory, file }));
  }
  return { module, limits };
}

function isMapping(value: unknown): value is Mapping {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** What a scrape of Prometheus with its default timeout leaves. */
const usualTimeout = '9500ms';

const maxTimeoutMs = 44_000;

/**
 * In whole milliseconds, at most what a function has time for: a scrape cuts it off as well. blackbox_exporter takes one that is
 * not above 0 as none.
 */
function timeoutOf(value: unknown): unknown {
  if (value === undefined) return usualTimeout;
  const ms = typeof value === 'string' ? goDuration(value) : undefined;
  if (ms === undefined) return value;
  return ms <= 0 ? usualTimeout : `${Math.max(1, Math.round(Math.min(ms, maxTimeoutMs)))}ms`;
}

/** blackbox_exporter prefers IPv6, has no limit to the size of a body, and takes what Go's parser takes. */
function withDefaults(own: Mapping, prober: string): Mapping {
  const size = prober === 'http' ? { body_size_limit: 0, lenient_parsing: true } : {};
  return { preferred_ip_protocol: 'ip6', ...size, ...own };
}

function proberLimits(prober: string): Issue[] {
  if (spoken.includes(prober)) return [];
  const known = Object.hasOwn(refusedProbers, prober) ? refusedProbers[prober] : undefined;
  const seen = prober === '' ? 'missing' : `got ${JSON.stringify(prober)}`;
  const message = known ?? `${seen}, want prober: ${spoken.join(', ')}`;
  return [{ path: 'prober', message }];
}

/** Keys that hold a secret itself in blackbox_exporter's files. */
export const secretKeys: readonly string[] = [
  'password',
  'credentials',
  'bearer_token',
  'client_secret',
  'key',
];
const inline =
  'a secret in the file, which would be part of the package; want a reference, env:NAME or file:/path';

/** What blackbox_exporter does and fargaze does not. */
function findLimits(own: Mapping, prober: string): Issue[] {
  const found: Issue[] = [];
  const add = (path: string, message: string) => found.push({ path, message });
  if (own.enable_http3 === true) add('http.enable_http3', noHttp3);
  const visit = (value: unknown, path: string) => {
    if (Array.isArray(value)) return;
    if (!isMapping(value)) return;
    for (const [key, one] of Object.entries(value)) {
      const place = `${path}.${key}`;
      if (secretKeys.includes(key) && typeof one === 'string' && !isSecretRef(one))
        add(place, inline);
      if (
        key === 'secrets' &&
        Array.isArray(one) &&
        !one.every((text) => isSecretRef(String(text)))
      ) {
        add(place, inline);
      }
      if (/_ref$/.test(key)) add(place, 'there is no secret manager; want env:NAME or file:/path');
      if (key === 'proxy_url') add_proxy(place, String(one));
      if (key === 'grant_type' && one !== 'client_credentials') {
        add(place, `got ${JSON.stringify(one)}, want client_credentials; no other grant is spoken`);
      }
      if (!userChosen.has(key)) visit(one, place);
    }
  };
  const add_proxy = (path: string, url: string) => {
    if (/^socks/i.test(url)) add(path, 'SOCKS is not spoken; want an http:// or https:// proxy');
    else if (/^\w+:\/\/[^/@]*:[^/@]+@/.test(url)) {
      add(path, 'holds a password; want Proxy-Authorization by reference in proxy_connect_header');
    }
  };
  visit(own, prober);
  return found;
}

/** Mappings whose keys are the user's own. */
const userChosen = new Set(['headers', 'endpoint_params', 'metadata', 'proxy_connect_header']);

type Place = { readonly prober: string; readonly directory: string; readonly file: string };

/** Files that are read when the functions are built: named anew, relative to fargaze.yml, and looked for. */
function placeFiles(own: Mapping, { directory, file, prober }: Place): Issue[] {
  const oauth2 = isMapping(own.oauth2) ? own.oauth2 : {};
  const holders = [
    { holder: own, keys: ['body_file'], path: prober },
    ...[
      { parent: own, path: `${prober}.tls_config` },
      { parent: oauth2, path: `${prober}.oauth2.tls_config` },
    ].map(({ parent, path }) => ({
      holder: isMapping(parent.tls_config) ? parent.tls_config : {},
      keys: ['ca_file', 'cert_file'],
      path,
    })),
  ];
  return holders.flatMap(({ holder, keys, path }) =>
    keys.flatMap((key) => {
      const name = holder[key];
      if (typeof name !== 'string' || name === '') return [];
      const moved = isAbsolute(name) ? name : join(dirname(file), name);
      holder[key] = moved;
      const read = readTextFile(isAbsolute(moved) ? moved : join(directory, moved));
      const message = `got ${JSON.stringify(name)}, which ${'fault' in read ? read.fault : ''}`;
      return 'fault' in read ? [{ path: `${path}.${key}`, message }] : [];
    }),
  );
}
