// What saves lines in fargaze.yml: `defaults` of all probes, an entry of `probes` with many `targets`, keys that begin with `x-`
// (for anchors). Written out before the file is compiled; issues are named where they were written.
import { probeSchema } from '../layers/core/src/config/compile/schema.ts';
import { mergeHttp } from '../layers/core/src/config/compile/steps-merge.ts';
import { formatPath } from '../layers/core/src/config/explain.ts';
import { didYouMean } from '../layers/core/src/config/suggest.ts';
import type { Issue } from '../layers/core/src/errors.ts';

type Mapping = Record<string, unknown>;

/** A document in long form. */
export type Expanded = {
  readonly value: unknown;
  readonly issues: readonly Issue[];
  /** The path in the file of a path in `value`. */
  readonly placeOf: (path: string) => string;
};

/** Keys that a probe may take from `defaults`. */
const shared = [
  ...Object.keys(probeSchema.entries).filter((key) => key !== 'name' && key !== 'target'),
  'options',
];

/** Where the parts of one probe stand in the file. */
type Source = {
  readonly entry: string;
  readonly target?: { readonly path: string; readonly own: Mapping };
};

/** Writes out `defaults`, `targets` and drops `x-` keys. What has another shape is left for the schema to refuse. */
export function expandProbes(document: unknown): Expanded {
  const same = { value: document, issues: [], placeOf: (path: string) => path };
  if (!isMapping(document)) return same;
  const { defaults, ...rest } = Object.fromEntries(
    Object.entries(document).filter(([key]) => !key.startsWith('x-')),
  );
  const issues = defaults === undefined ? [] : checkDefaults(defaults);
  if (!Array.isArray(rest.probes)) return { ...same, value: rest, issues };
  const probes: unknown[] = [];
  const sources: Source[] = [];
  for (const [index, entry] of rest.probes.entries()) {
    const whole = isMapping(entry) ? merge(isMapping(defaults) ? defaults : {}, entry) : entry;
    const place = `probes[${index}]`;
    for (const { probe, target } of expandOne(whole, { place, issues })) {
      probes.push(probe);
      sources.push({ entry: place, ...(target !== undefined && { target }) });
    }
  }
  return { value: { ...rest, probes }, issues, placeOf: (path) => placeIn(path, sources) };
}

function isMapping(value: unknown): value is Mapping {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** What the second says goes before the first; labels and options of both count. */
function merge(first: Mapping, second: Mapping): Mapping {
  const both = (key: string) => isMapping(first[key]) && isMapping(second[key]);
  return {
    ...first,
    ...second,
    ...(both('labels') && {
      labels: { ...(first.labels as Mapping), ...(second.labels as Mapping) },
    }),
    ...(both('options') && {
      options: mergeOptions(first.options as Mapping, second.options as Mapping),
    }),
  };
}

/** Options of both, those of one prober too. */
function mergeOptions(first: Mapping, second: Mapping): Mapping {
  const sections = Object.keys(second).filter(
    (key) => isMapping(first[key]) && isMapping(second[key]),
  );
  const merged = sections.map((key) => {
    const { merged: whole } = mergeHttp(second[key] as Mapping, first[key] as Mapping);
    return [key, whole] as const;
  });
  return { ...first, ...second, ...Object.fromEntries(merged) };
}

function checkDefaults(defaults: unknown): Issue[] {
  if (!isMapping(defaults)) {
    return [{ path: 'defaults', message: 'want a mapping of keys that every probe takes' }];
  }
  return Object.keys(defaults)
    .filter((key) => !shared.includes(key))
    .map((key) => ({
      path: formatPath(['defaults', key]),
      message: `unknown key${didYouMean(key, shared) || `, want ${shared.join(', ')}`}`,
    }));
}

type One = { readonly probe: unknown; readonly target?: Source['target'] };

function expandOne(
  entry: unknown,
  { issues, place }: { readonly place: string; readonly issues: Issue[] },
): One[] {
  if (!isMapping(entry) || entry.targets === undefined) return [{ probe: entry }];
  const { name, targets, ...common } = entry;
  const list = isMapping(targets)
    ? Object.entries(targets).map(([key, one]) => ({ key, one, at: [key] }))
    : Array.isArray(targets)
      ? targets.map((one, index) => ({ key: undefined, one, at: [index] }))
      : [];
  if (list.length === 0 || entry.target !== undefined) {
    const message =
      list.length > 0
        ? 'given beside targets, want one of them'
        : 'want a list of targets, or a mapping of names to targets';
    issues.push({ path: `${place}.${list.length > 0 ? 'target' : 'targets'}`, message });
    return [];
  }
  return list.map(({ at, key, one }) => {
    const own = isMapping(one) ? one : { target: one };
    const address = typeof own.target === 'string' ? own.target : '';
    const given =
      key ?? (typeof name === 'string' ? `${name}-${slugOf(address)}` : slugOf(address));
    const path = `${place}.${formatPath(['targets', ...at])}`;
    return {
      probe: merge(common, { name: given, ...own }),
      target: { path, own: isMapping(one) ? one : {} },
    };
  });
}

/** A target as part of a name: `https://shop.example.com/healthz` is `shop.example.com-healthz`. */
function slugOf(address: string): string {
  const plain = address.replace(/^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?/i, '');
  return plain
    .replace(/[^A-Za-z0-9_.]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 60);
}

function placeIn(path: string, sources: readonly Source[]): string {
  const [, index, key, rest = ''] = /^probes\[(\d+)\](?:\.([\w-]+)(.*))?$/s.exec(path) ?? [];
  const source = index === undefined ? undefined : sources[Number(index)];
  if (source === undefined) return path;
  const { entry, target } = source;
  if (target === undefined) return key === undefined ? entry : `${entry}.${key}${rest}`;
  if (key === undefined) return target.path;
  if (owns(target.own, `${key}${rest}`)) return `${target.path}.${key}${rest}`;
  return key === 'target' || key === 'name' ? target.path : `${entry}.${key}${rest}`;
}

/** Whether a target has itself what `path` leads to: of `options` each option counts, of all other keys the key. */
function owns(own: Mapping, path: string): boolean {
  const [first = '', ...more] = path.split('.').slice(0, 3);
  if (first !== 'options') return Object.hasOwn(own, first.replace(/\[.*$/, ''));
  let inner: unknown = own.options;
  for (const step of more) {
    const key = step.replace(/\[.*$/, '');
    if (!isMapping(inner)) return inner !== undefined;
    if (!Object.hasOwn(inner, key)) return false;
    inner = inner[key];
  }
  return inner !== undefined;
}
