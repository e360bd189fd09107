// Gives each step of a module the options of the module's `http` that it has not itself. A fault of what came from there is
// reported there only.
import { formatPath, type PathStep } from '../explain.ts';
import { asMapping, type Mapping } from './raw.ts';

/** Options that stand for each other: a step that has one of them takes none of the others from the module. */
const alternatives: readonly (readonly string[])[] = [
  ['basic_auth', 'authorization', 'bearer_token', 'bearer_token_file', 'oauth2', 'sigv4'],
  ['body', 'body_file'],
  ['proxy_url', 'proxy_from_environment', 'no_proxy', 'proxy_connect_header'],
  ['follow_redirects', 'no_follow_redirects'],
];

/** A document whose steps are whole, and which paths in it were written elsewhere. */
export type MergedSteps = {
  readonly document: unknown;
  readonly isInherited: (path: string) => boolean;
};

/** Writes out the steps of all modules of `document`; what has another shape is left for the schema to refuse. */
export function mergeSteps(document: unknown): MergedSteps {
  const root = asMapping(document);
  const inherited: string[] = [];
  const modules = Object.entries(asMapping(root.modules)).map(([name, module]) => {
    const { http, steps } = asMapping(module);
    if (!Array.isArray(steps)) return [name, module] as const;
    const whole = steps.map((step, index) => {
      const path: readonly PathStep[] = ['modules', name, 'steps', index, 'http'];
      return mergeStep(step, asMapping(http), (key) => inherited.push(formatPath([...path, key])));
    });
    return [name, { ...asMapping(module), steps: whole }] as const;
  });
  const isInherited = (path: string) =>
    inherited.some(
      (one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`),
    );
  const hasSteps = modules.some(([name, module]) => module !== asMapping(root.modules)[name]);
  const whole = hasSteps ? { ...root, modules: Object.fromEntries(modules) } : document;
  return { document: whole, isInherited };
}

function mergeStep(step: unknown, common: Mapping, inherit: (key: string) => void): unknown {
  const given = asMapping(step);
  if (given !== step) return step;
  const own = given.http === undefined ? {} : asMapping(given.http);
  if (given.http !== undefined && own !== given.http) return step;
  const { merged, taken } = mergeHttp(own, common);
  for (const key of taken) inherit(key);
  return { ...given, http: merged };
}

/** `common` with what `own` says otherwise, headers of both, and the keys that came from `common`. */
export function mergeHttp(
  own: Mapping,
  common: Mapping,
): { readonly merged: Mapping; readonly taken: readonly string[] } {
  const taken = Object.keys(common).filter((key) => {
    if (Object.hasOwn(own, key)) return false;
    const group = alternatives.find((keys) => keys.includes(key)) ?? [];
    return !group.some((other) => Object.hasOwn(own, other));
  });
  const merged = {
    ...Object.fromEntries(taken.map((key) => [key, common[key]])),
    ...own,
    ...mergedNames('headers', own, common),
    ...mergedNames('http_headers', own, common),
  };
  return { merged, taken };
}

/** Headers of both, by name in any case. */
function mergedNames(key: string, own: Mapping, common: Mapping): Mapping {
  const mine = own[key];
  const theirs = common[key];
  if (asMapping(mine) !== mine || asMapping(theirs) !== theirs) return {};
  const names = new Set(Object.keys(asMapping(mine)).map((name) => name.toLowerCase()));
  const kept = Object.entries(asMapping(theirs)).filter(([name]) => !names.has(name.toLowerCase()));
  return { [key]: { ...Object.fromEntries(kept), ...asMapping(mine) } };
}
