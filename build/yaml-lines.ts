// Where the path of an issue stands in a YAML document.
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type LineCounter } from 'yaml';
import { targetOf } from './yaml-aliases.ts';

/** Finds the line of the key or entry that a path such as `probes[0].name` leads to, or of the nearest one that exists. */
export function lineFinder(
  document: Document.Parsed,
  lines: LineCounter,
): (path: string) => number | undefined {
  return (path) => {
    const at = offsetOf(document, stepsOf(path));
    return at === undefined ? undefined : lines.linePos(at).line;
  };
}

/** Where the last step of a path that exists begins. */
function offsetOf(document: Document.Parsed, steps: readonly string[]): number | undefined {
  let node: unknown = document.contents;
  let at: number | undefined;
  for (const step of steps) {
    if (isAlias(node)) node = targetOf(node, document);
    const next = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value ?? '') === step)
      : isSeq(node)
        ? { key: node.items[Number(step)], value: node.items[Number(step)] }
        : undefined;
    if (!isNode(next?.key)) break;
    at = next.key.range?.[0] ?? at;
    node = next.value;
  }
  return at;
}

function stepsOf(path: string): string[] {
  return [...path.matchAll(/("(?:[^"\\]|\\.)*")|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, plain = '']) =>
      quoted === undefined ? (index ?? plain) : String(JSON.parse(quoted)),
  );
}
