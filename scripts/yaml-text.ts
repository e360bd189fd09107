// YAML with the lines of its values: documents that are read as mappings, and where an issue's path stands in the file.
import { isNode, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { Issue } from '../layers/core/src/errors.ts';

/** A YAML text that was read. */
export type YamlText = {
  /** Syntax errors, with line and column as path. */
  readonly errors: readonly Issue[];
  /** The document as plain values. */
  readonly value: unknown;
  /** The line of the nearest existing node on a path such as `probes[0].name`. */
  readonly lineOf: (path: string) => number | undefined;
};

/** How to read a text. */
export type YamlOptions = {
  /** 1.1: `yes` is true, `<<` merges; what Go's yaml.v2 reads. */
  readonly version: '1.1' | '1.2';
  /** Below this path (empty: everywhere) a YACE document stands: its texts may look like numbers. */
  readonly yaceAt?: readonly string[];
};

/** Reads a text. Never throws for what the text holds. */
export function readYaml(text: string, { version, yaceAt }: YamlOptions): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version });
  const errors = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { path: `line ${line}, column ${col}`, message: error.message };
  });
  const yace = yaceAt === undefined ? undefined : document.getIn(yaceAt, true);
  if (isNode(yace)) keepText(yace);
  const lineOf = (path: string) => {
    const steps = stepsOf(path);
    for (let length = steps.length; length > 0; length--) {
      const node = document.getIn(steps.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return undefined;
  };
  return { errors, value: errors.length === 0 ? document.toJS() : undefined, lineOf };
}

function stepsOf(path: string): (string | number)[] {
  return [...path.matchAll(/"((?:[^"\\]|\\.)*)"|\[(\d+)\]|([^.[\]]+)/g)].map((match) =>
    match[2] === undefined ? (match[1] ?? match[3] ?? '') : Number(match[2]),
  );
}

/** Keys whose values are text in YACE, however they are written: `value: 0123` is the text 0123 there. */
const textKeys = ['key', 'value', 'name', 'externalId', 'includeLinkedAccounts'];

function keepText(yace: Node): void {
  visit(yace, {
    Pair: (_, pair) => {
      if (!isScalar(pair.key) || !textKeys.includes(String(pair.key.value))) return;
      if (isNode(pair.value)) visit(pair.value, { Scalar: (_, scalar) => useSource(scalar) });
    },
  });
}

function useSource(scalar: { value: unknown; source?: string }): void {
  if (typeof scalar.value === 'string' || scalar.value === null) return;
  scalar.value = scalar.source ?? String(scalar.value);
}
