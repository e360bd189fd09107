// The blackbox.yml that fargaze.yml names: its modules stand beside those of fargaze.yml, which win where both have a name.
// Mistakes name that file and its lines; a module that cannot run here stops the build only where a probe uses it.
import { resolve } from 'node:path';
import * as v from 'valibot';
import { checkAuth, toIssues } from '../layers/core/src/config/compile/cross-checks.ts';
import { refusedProbers } from '../layers/core/src/config/compile/refused.ts';
import { moduleSchema } from '../layers/core/src/config/compile/schema.ts';
import { explainIssues } from '../layers/core/src/config/explain.ts';
import type { Issue } from '../layers/core/src/errors.ts';
import { type Translated, translateModule } from './blackbox-module.ts';
import { readTextFile } from './text-file.ts';
import { readYaml } from './yaml-text.ts';

type Mapping = Record<string, unknown>;

/** A document whose `blackbox` took its place in `modules`. */
export type Inlined = {
  readonly value: unknown;
  readonly issues: readonly Issue[];
  /** What was left out, in words. */
  readonly warnings: readonly string[];
  /** The blackbox.yml, when it was read. */
  readonly source?: BlackboxSource;
};

/** Where issues of the file's modules stand. */
export type BlackboxSource = {
  readonly file: string;
  readonly names: ReadonlySet<string>;
  readonly lineOf: (path: string) => number | undefined;
};

/** Keys whose values are no text; all others are text, however they are written (`X-Version: 1.10`). */
const typedKeys = new Set(
  'valid_status_codes follow_redirects no_follow_redirects fail_if_ssl fail_if_not_ssl ip_protocol_fallback skip_resolve_phase_with_proxy enable_http2 enable_http3 proxy_from_environment insecure_skip_verify allow_missing tls starttls recursion_desired dns_over_tls dont_fragment ttl payload_size'.split(
    ' ',
  ),
);

/** The document with the modules of its `blackbox` file. */
export function inlineBlackbox(document: unknown, directory: string): Inlined {
  const value = structuredClone(document);
  const nothing = { value, issues: [], warnings: [] };
  if (!isMapping(value)) return nothing;
  const given = value.blackbox;
  const file = typeof given === 'string' ? given : isMapping(given) ? given.file : undefined;
  if (typeof file !== 'string' || file === '') return nothing;
  const place = typeof given === 'string' ? 'blackbox' : 'blackbox.file';
  const read = readTextFile(resolve(directory, file));
  if ('fault' in read) {
    const message = `got ${JSON.stringify(file)}, which ${read.fault}`;
    return { ...nothing, issues: [{ path: place, message }] };
  }
  const yaml = readYaml(read.text, { version: '1.1', typedKeys });
  if (yaml.errors.length > 0) {
    const issues = yaml.errors.map(({ message, path }) => ({
      path: path === '' ? file : `${file}: ${path}`,
      message,
    }));
    return { ...nothing, issues };
  }
  const compat = isMapping(given) ? given.compat : undefined;
  return merge(value, { file, directory, content: yaml.value, lineOf: yaml.lineOf, compat });
}

type Content = {
  readonly file: string;
  readonly directory: string;
  readonly content: unknown;
  readonly lineOf: (path: string) => number | undefined;
  readonly compat: unknown;
};

function merge(value: Mapping, about: Content): Inlined {
  const { content, file, lineOf } = about;
  const modules = isMapping(content) ? (content.modules ?? {}) : undefined;
  const own = isMapping(value.modules) ? value.modules : {};
  const added: Mapping = {};
  const issues: Issue[] = [];
  const warnings: string[] = [];
  const at = (path: string) => placeIn(file, path, lineOf);
  if (!isMapping(content) || !isMapping(modules)) {
    issues.push({ path: file, message: 'want a mapping with modules' });
  }
  for (const key of Object.keys(isMapping(content) ? content : {})) {
    if (key !== 'modules') issues.push({ path: at(key), message: 'unknown key, want modules' });
  }
  const used = usedModules(value);
  for (const [name, raw] of Object.entries(isMapping(modules) ? modules : {})) {
    if (Object.hasOwn(own, name)) continue;
    const { idle, limits, module } = translateModule(raw, about);
    const path = `modules.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}`;
    const faults = [...checkIdle(idle), ...checkLimited(raw, { module, limits })];
    issues.push(...faults.map((one) => ({ ...one, path: at(`${path}.${one.path}`) })));
    if (limits.length === 0)
      added[name] = { ...module, ...(about.compat !== undefined && { compat: about.compat }) };
    else if (used.has(name)) {
      // It stands for itself, so that the probe that names it is not said to name nothing.
      added[name] = { prober: 'http' };
      issues.push(...limits.map((one) => ({ ...one, path: at(`${path}.${one.path}`) })));
    } else {
      warnings.push(
        ...limits.map((one) => `${at(`${path}.${one.path}`)}: left out: ${one.message}`),
      );
    }
  }
  const { blackbox: _, ...rest } = value;
  const names = new Set(Object.keys(added));
  return {
    value: { ...rest, modules: { ...added, ...own } },
    issues,
    warnings,
    source: { file, names, lineOf },
  };
}

/** The issues of modules that came from the file, which they name with its lines; and all others. */
export function partBlackboxIssues(
  issues: readonly Issue[],
  source: BlackboxSource | undefined,
): { readonly own: readonly Issue[]; readonly theirs: readonly Issue[] } {
  if (source === undefined) return { own: issues, theirs: [] };
  const isTheirs = ({ path }: Issue) => {
    const [, plain, quoted] = /^modules\.(?:([\w-]+)|("(?:[^"\\]|\\.)*"))/.exec(path) ?? [];
    const name = plain ?? (quoted === undefined ? undefined : String(JSON.parse(quoted)));
    return name !== undefined && source.names.has(name);
  };
  const theirs = issues
    .filter(isTheirs)
    .map((issue) => ({ ...issue, path: placeIn(source.file, issue.path, source.lineOf) }));
  return { own: issues.filter((issue) => !isTheirs(issue)), theirs };
}

function placeIn(file: string, path: string, lineOf: BlackboxSource['lineOf']): string {
  const line = lineOf(path);
  return `${file}: ${path}${line === undefined ? '' : ` (line ${line})`}`;
}

function isMapping(value: unknown): value is Mapping {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function usedModules(value: Mapping): ReadonlySet<unknown> {
  const probes = Array.isArray(value.probes) ? value.probes : [];
  return new Set(probes.map((probe) => (isMapping(probe) ? probe.module : undefined)));
}

/** Sections beside the prober's own have no meaning, but blackbox_exporter refuses the file for a mistake in them. */
function checkIdle(idle: Readonly<Record<string, unknown>>): Issue[] {
  return Object.entries(idle).flatMap(([section, options]) => {
    if (section === 'icmp') return checkTtl(options);
    if (!['http', 'tcp', 'dns', 'grpc'].includes(section)) return [];
    const {
      idle: _,
      limits,
      module,
    } = translateModule({ prober: section, [section]: options }, { directory: '.', file: '' });
    if (limits.length > 0) return [];
    const result = v.safeParse(moduleSchema, module);
    return explainIssues(moduleSchema, result.issues ?? []);
  });
}

/** What blackbox_exporter itself refuses of a module that cannot run here; of one that can, the compiler finds it. */
function checkLimited(
  raw: unknown,
  { limits, module }: Pick<Translated, 'limits' | 'module'>,
): Issue[] {
  if (limits.length === 0 || !isMapping(raw)) return [];
  const http = isMapping(raw.http) ? raw.http : {};
  const own = Object.hasOwn(refusedProbers, String(raw.prober))
    ? raw[String(raw.prober)]
    : undefined;
  const steps = isMapping(own) && raw.prober === 'unix' ? own.query_response : undefined;
  const isKnown = (place: string) => limits.some(({ path }) => place.startsWith(path));
  const parsed = v.safeParse(moduleSchema, module);
  const schemaIssues = explainIssues(moduleSchema, parsed.issues ?? []).filter(
    ({ path }) => !isKnown(path) && !(http.enable_http3 === true && /http_versions/.test(path)),
  );
  return [
    ...(raw.prober === 'icmp' ? checkTtl(own) : []),
    ...(steps === undefined ? [] : checkSteps(steps)),
    ...(http.enable_http3 === true ? checkHttp3(http) : []),
    ...(isKnown('prober') ? [] : schemaIssues),
    ...(http.body !== undefined && http.body_file !== undefined
      ? [{ path: 'http.body_file', message: 'given beside body, want one of them' }]
      : []),
    ...toIssues(checkAuth(['', raw])).map((one) => ({
      ...one,
      path: one.path.replace(/^modules\."?"?\.?/, ''),
    })),
  ];
}

function checkSteps(steps: unknown): Issue[] {
  const asTcp = { prober: 'tcp', tcp: { query_response: steps } };
  const result = v.safeParse(moduleSchema, asTcp);
  return explainIssues(moduleSchema, result.issues ?? []).map((one) => ({
    ...one,
    path: one.path.replace(/^tcp/, 'unix'),
  }));
}

function checkHttp3(http: Mapping): Issue[] {
  const versions = Array.isArray(http.valid_http_versions) ? http.valid_http_versions : [];
  return [
    ...(http.enable_http2 === false
      ? []
      : [{ path: 'http.enable_http2', message: 'want false beside enable_http3' }]),
    ...(versions.every((version) => version === 'HTTP/3.0')
      ? []
      : [{ path: 'http.valid_http_versions', message: 'want HTTP/3.0 only beside enable_http3' }]),
  ];
}

function checkTtl(options: unknown): Issue[] {
  const ttl = isMapping(options) ? options.ttl : undefined;
  if (typeof ttl !== 'number' || (ttl >= 0 && ttl <= 255)) return [];
  return [{ path: 'icmp.ttl', message: `got ${ttl}, want a number from 0 to 255` }];
}
