// A CEL expression after compilation: its text for messages and its syntax tree, which the web probe evaluates.
import type { Pattern } from '../pattern/pattern.ts';

/** A node of the syntax tree (cel.dev/specification, Syntax): an operator or form and its parts. */
export type CelNode =
  | { readonly kind: 'literal'; readonly value: CelLiteral }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'field'; readonly of: CelNode; readonly name: string; readonly test?: true }
  | { readonly kind: 'index'; readonly of: CelNode; readonly at: CelNode }
  | {
      readonly kind: 'call';
      readonly name: string;
      /** The value that a method is called on. */
      readonly on?: CelNode;
      readonly args: readonly CelNode[];
      /** The pattern of `matches`, which is a constant. */
      readonly pattern?: Pattern;
    }
  | { readonly kind: 'list'; readonly items: readonly CelNode[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [CelNode, CelNode])[] }
  | {
      readonly kind: 'loop';
      readonly macro: 'all' | 'exists' | 'exists_one' | 'map' | 'filter';
      readonly over: CelNode;
      readonly variable: string;
      readonly where?: CelNode;
      readonly body: CelNode;
    };

/** A constant as JSON can hold it: integers as text, because theirs have 64 bits. */
export type CelLiteral =
  | { readonly type: 'null' }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int' | 'uint'; readonly value: string }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: readonly number[] };

/** An expression that compiled. */
export type CelProgram = { readonly source: string; readonly tree: CelNode };
