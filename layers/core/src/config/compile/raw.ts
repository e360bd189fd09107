// Reading a document that may have any shape.
import type { PathStep } from '../explain.ts';
import { isMapping } from '../mapping.ts';

/** A document's mapping before it has been checked. */
export type Mapping = Readonly<Record<string, unknown>>;

/** An issue with its path still in steps. */
export type Finding = { readonly path: readonly PathStep[]; readonly message: string };

/** The value itself where it is a mapping, else an empty one: the schema says what is wrong with it. */
export function asMapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}
