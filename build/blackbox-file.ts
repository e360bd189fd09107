// The blackbox.yml that fargaze.yml names: its modules stand beside those of fargaze.yml, which win where both have a name.
// Mistakes name that file and its lines; a module that cannot run here stops the build only where a probe uses it.
import { resolve } from 'node:path';
import * as v from 'valibot';
import { moduleName } from '../layers/core/src/config/compile/fields.ts';
import { configSchema } from '../layers/core/src/config/compile/schema.ts';
import { explainIssues, formatPath, showValue } from '../layers/core/src/config/explain.ts';
import type { Issue } from '../layers/core/src/errors.ts';
import { type Translated, translateModule } from './blackbox-module.ts';
import { blackboxShape } from './blackbox-shape.ts';
import { decodeGoYaml } from './go-yaml.ts';
import { readTextFile } from './text-file.ts';

type Mapping = Record<string, unknown>;

/** A document whose `blackbox` took its place in `modules`. */
export type Inlined = {
  readonly value: unknown;
  readonly issues: readonly Issue[];
  /** What was left out, in words. */
  readonly warnings: readonly string[];
  /** Whether its modules are not known, because it could not be read. */
  readonly isUnread?: true;
  /** The blackbox.yml, when it was read. */
  readonly source?: BlackboxSource;
};

/** Where issues of the file's modules stand. */
export type BlackboxSource = {
  readonly file: string;
  readonly names: ReadonlySet<string>;
  readonly lineOf: (path: string) => number | undefined;
};

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
    return { ...nothing, issues: [{ path: place, message }], isUnread: true };
  }
  const compat = isMapping(given) ? given.compat : undefined;
  const yaml = decodeGoYaml(read.text, blackboxShape);
  const at = (path: string) => placeIn(file, path, yaml.lineOf);
  if (yaml.faults.length > 0) {
    const issues = yaml.faults.map(({ message, path }) => ({ path: at(path), message }));
    return { ...nothing, issues, isUnread: true };
  }
  const merged = merge(value, {
    file,
    directory,
    content: yaml.value,
    lineOf: yaml.lineOf,
    compat,
  });
  if (yaml.secondLine === undefined) return merged;
  const more = `${file}: line ${yaml.secondLine}: left out: a second document, which blackbox_exporter does not read`;
  return { ...merged, warnings: [...merged.warnings, more] };
}

type Content = {
  readonly file: string;
  readonly directory: string;
  /** As blackbox_exporter decodes it. */
  readonly content: unknown;
  readonly lineOf: (path: string) => number | undefined;
  readonly compat: unknown;
};

function merge(value: Mapping, about: Content): Inlined {
  const { compat, content, file, lineOf } = about;
  const modules = isMapping(content) && isMapping(content.modules) ? content.modules : {};
  const own = isMapping(value.modules) ? value.modules : {};
  const added: Mapping = {};
  const issues: Issue[] = [];
  const warnings: string[] = [];
  const used = usedModules(value);
  for (const [name, raw] of Object.entries(modules)) {
    if (Object.hasOwn(own, name)) continue;
    const { limits, module } = checkModule(name, raw, about);
    const placed = limits.map(({ message, path }) => ({
      path: placeIn(
        file,
        path === '' ? formatPath(['modules', name]) : `${formatPath(['modules', name])}.${path}`,
        lineOf,
      ),
      message,
    }));
    if (limits.length === 0) added[name] = { ...module, ...(compat !== undefined && { compat }) };
    else if (used.has(name)) {
      // It stands for itself, so that the probe that names it is not said to name nothing.
      if (v.is(moduleName, name)) added[name] = { prober: 'http' };
      issues.push(...placed);
    } else warnings.push(...placed.map(({ message, path }) => `${path}: left out: ${message}`));
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

/** The module in the words of fargaze.yml, and all that keeps it from running here although blackbox_exporter takes it. */
function checkModule(name: string, raw: unknown, about: Content): Translated {
  const { limits, module } = translateModule(raw, about);
  const named = v.safeParse(moduleName, name);
  if (!named.success) {
    const message = `got ${showValue(name)}, want ${named.issues[0].message}`;
    return { module, limits: [{ path: '', message }] };
  }
  if (limits.length > 0) return { module, limits };
  const parsed = v.safeParse(configSchema, { modules: { [name]: module } });
  const place = `${formatPath(['modules', name])}.`;
  const found = explainIssues(configSchema, parsed.issues ?? []);
  return { module, limits: found.map((one) => ({ ...one, path: one.path.slice(place.length) })) };
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
  if (path === '') return file;
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
