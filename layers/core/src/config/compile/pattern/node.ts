// A pattern as a tree, and what is wrong with one.
import type { places } from '../../../pattern/pattern.ts';
import type { Ranges } from './ranges.ts';

/** A part of a pattern. */
export type Node =
  | { readonly kind: 'class'; readonly set: Ranges }
  | { readonly kind: 'place'; readonly place: (typeof places)[keyof typeof places] }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }
  | { readonly kind: 'group'; readonly item: Node; readonly index: number; readonly name: string }
  | Repetition;

/** `max` undefined: without end. */
export type Repetition = {
  readonly kind: 'repetition';
  readonly item: Node;
  readonly min: number;
  readonly max: number | undefined;
  /** Whether fewer are tried first; only groups show the difference. */
  readonly lazy: boolean;
};

/** What is wrong, in Go's words, with the part that is. */
export function syntaxError(what: string, text = ''): SyntaxError {
  return new SyntaxError(text === '' ? what : `${what}: \`${text}\``);
}
