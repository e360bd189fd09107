// Takes away the parts of a document that cannot run, the smallest first, until the rest compiles. Each is named with its reason.
import type { Mapping } from '../../layers/core/src/config/compile/raw.ts';
import { isMapping } from '../../layers/core/src/config/mapping.ts';
import { ConfigError, type Issue } from '../../layers/core/src/errors.ts';

/** What is left of a document, and what is not. */
export type Pruned = { readonly value: Mapping; readonly notes: readonly string[] };

/** A key or an index. */
export type Step = string | number;

/** How to prune a kind of document. */
export type Pruning = {
  /** Compiles. @throws ConfigError */
  readonly prove: (value: Mapping) => void;
  /** The part that goes with an issue's path, such as the job that it is in; undefined: nothing can be taken away. */
  readonly unitOf: (path: readonly Step[]) => readonly Step[] | undefined;
  /** How a part is called in messages. */
  readonly nameOf: (at: readonly Step[], value: Mapping) => string;
};

/**
 * `document` without the parts at which `prove` takes offence.
 * @throws ConfigError when an issue belongs to no part.
 */
export function prune(document: Mapping, { nameOf, prove, unitOf }: Pruning): Pruned {
  const value = structuredClone(document) as Record<string, unknown>;
  const notes: string[] = [];
  for (;;) {
    const issues = issuesOf(() => prove(value));
    if (issues.length === 0) return { value, notes };
    const units = new Map<string, { readonly at: readonly Step[]; readonly issue: Issue }>();
    for (const issue of issues) {
      const at = unitOf(stepsOf(issue.path));
      const part = at !== undefined && at.length > 0 && has(value, at) ? at : undefined;
      // The notes on its parts already say why nothing is left.
      if (part === undefined && notes.length > 0) return { value, notes };
      if (part === undefined) throw new ConfigError('the file', issues);
      units.set(JSON.stringify(part), { at: part, issue });
    }
    // From the end, so that the places of the others stay what they are.
    for (const { at, issue } of [...units.values()].sort((a, b) => compare(b.at, a.at))) {
      const key = stepsOf(issue.path).at(-1);
      const what = typeof key === 'string' ? `${key}: ` : '';
      notes.push(`${nameOf(at, value)}: left out: ${what}${issue.message}`);
      remove(value, at);
    }
  }
}

function issuesOf(work: () => void): readonly Issue[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
}

/** `a.b[0]."c d"` as steps. */
function stepsOf(path: string): Step[] {
  const plain = path.replace(/ \(line \d+\)$/, '');
  return [...plain.matchAll(/\[(\d+)\]|"((?:[^"\\]|\\.)*)"|([^.[\]"]+)/g)].map(
    ([, index, quoted, key]) =>
      index !== undefined ? Number(index) : (key ?? String(JSON.parse(`"${quoted}"`))),
  );
}

function compare(a: readonly Step[], b: readonly Step[]): number {
  for (const [at, step] of a.entries()) {
    const other = b[at];
    if (other === undefined) return 1;
    if (step === other) continue;
    return typeof step === 'number' && typeof other === 'number'
      ? step - other
      : String(step) < String(other)
        ? -1
        : 1;
  }
  return -1;
}

/** Whether `value` has a part at this path. */
function has(value: unknown, at: readonly Step[]): boolean {
  const found = at.reduce<unknown>(
    (node, step) => (node as Record<Step, unknown> | null | undefined)?.[step],
    value,
  );
  return found !== undefined;
}

function remove(value: unknown, at: readonly Step[]): void {
  const last = at.at(-1);
  const parent = at
    .slice(0, -1)
    .reduce<unknown>((node, step) => (node as Record<Step, unknown> | undefined)?.[step], value);
  if (Array.isArray(parent) && typeof last === 'number') parent.splice(last, 1);
  else if (isMapping(parent) && typeof last === 'string')
    delete (parent as Record<string, unknown>)[last];
}
