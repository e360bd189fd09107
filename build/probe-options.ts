// Options of a module that are different for one probe: `options` of a probe makes it a module of its own, called after both.
// What it takes from the module is reported there only.
import { builtinModules } from '../layers/core/src/config/compile/compile.ts';
import { mergeHttp } from '../layers/core/src/config/compile/steps-merge.ts';
import { formatPath } from '../layers/core/src/config/explain.ts';
import type { Issue } from '../layers/core/src/errors.ts';

type Mapping = Record<string, unknown>;

/** A document whose probes have whole modules. */
export type WithOptions = {
  readonly value: unknown;
  readonly issues: readonly Issue[];
  /** Issues with the place in `probes` where they were written; those of what came from a module are left out. */
  readonly place: (issues: readonly Issue[]) => Issue[];
};

/** A module that was made, by the path that its issues begin with. */
type Made = { readonly prefix: string; readonly probe: string; readonly options: Mapping };

/** Writes out `options` of all probes. */
export function applyOptions(document: unknown): WithOptions {
  const none = { value: document, issues: [], place: (issues: readonly Issue[]) => [...issues] };
  if (!isMapping(document) || !Array.isArray(document.probes)) return none;
  const modules: Mapping = isMapping(document.modules) ? { ...document.modules } : {};
  const known: Mapping = { ...builtinModules, ...modules };
  const issues: Issue[] = [];
  const made: Made[] = [];
  const probes = document.probes.map((probe: unknown, index) => {
    if (!isMapping(probe) || probe.options === undefined) return probe;
    const { options, ...kept } = probe;
    const path = `probes[${index}].options`;
    if (!isMapping(options) || options.prober !== undefined) {
      const wanted = isMapping(options)
        ? { path: `${path}.prober`, message: 'want the prober of the module: name another module' }
        : { path, message: 'want a mapping of options of the module' };
      issues.push(wanted);
      return kept;
    }
    const base = Object.hasOwn(known, String(kept.module)) ? known[String(kept.module)] : undefined;
    if (!isMapping(base)) return kept;
    const name = freeName(`${kept.module}.${kept.name}`, known);
    known[name] = mergeModule(base, options);
    modules[name] = known[name];
    made.push({ prefix: formatPath(['modules', name]), probe: path, options });
    return { ...kept, module: name };
  });
  if (made.length === 0 && issues.length === 0) return none;
  const value = { ...document, modules, probes };
  return { value, issues, place: (all) => all.flatMap((issue) => placeOne(issue, made)) };
}

function isMapping(value: unknown): value is Mapping {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** A name that a module may have and none has. */
function freeName(wanted: string, known: Mapping): string {
  const name = wanted.slice(0, 90);
  if (!Object.hasOwn(known, name)) return name;
  for (let number = 2; ; number += 1) {
    if (!Object.hasOwn(known, `${name}-${number}`)) return `${name}-${number}`;
  }
}

function mergeModule(base: Mapping, options: Mapping): Mapping {
  const prober = String(base.prober);
  const section = options[prober];
  const own = base[prober];
  if (!isMapping(section) || (own !== undefined && !isMapping(own))) return { ...base, ...options };
  return { ...base, ...options, [prober]: mergeHttp(section, own ?? {}).merged };
}

/** The issue where it was written; nothing where the module has it too. */
function placeOne(issue: Issue, made: readonly Made[]): Issue[] {
  const whose = made.find(
    ({ prefix }) => issue.path === prefix || issue.path.startsWith(`${prefix}.`),
  );
  if (whose === undefined) return [issue];
  const rest = issue.path.slice(whose.prefix.length + 1);
  const [, section = '', key] = /^(\w+)(?:\.(\w+))?/.exec(rest) ?? [];
  const own = Object.hasOwn(whose.options, section) ? whose.options[section] : undefined;
  const isOwn =
    own !== undefined && (key === undefined || !isMapping(own) || Object.hasOwn(own, key));
  if (!isOwn) return [];
  return [{ ...issue, path: `${whose.probe}.${rest}` }];
}
