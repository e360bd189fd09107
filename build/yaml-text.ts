// YAML with the lines of its values: documents that are read as mappings, and where an issue's path stands in the file.
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  visit,
} from 'yaml';
import type { Issue } from '../layers/core/src/errors.ts';
import { findGrowthFault, targetOf } from './yaml-aliases.ts';
import { findDepthFault } from './yaml-depth.ts';
import { findAliasFault, findMergeFault, findYamlFaults } from './yaml-faults.ts';
import { lineFinder } from './yaml-lines.ts';

/** A YAML text that was read. */
export type YamlText = {
  /** What is wrong with it as YAML, with line and column as path. */
  readonly errors: readonly Issue[];
  /** The document as plain values, `null` where it is empty; undefined where an error leaves none. */
  readonly value: unknown;
  /** The line of the key or entry that a path such as `probes[0].name` leads to, or of the nearest one that exists. */
  readonly lineOf: (path: string) => number | undefined;
};

/** How to read a text. */
export type YamlOptions = {
  /** 1.1: `yes` is true; what Go's yaml.v2 reads. `<<` merges in both. */
  readonly version: '1.1' | '1.2';
  /** Below this path (empty: everywhere) a YACE document stands: its texts may look like numbers. */
  readonly yaceAt?: readonly string[];
};

/** Reads a text. Never throws for what the text holds. */
export function readYaml(text: string, { version, yaceAt }: YamlOptions): YamlText {
  const deep = findDepthFault(text);
  if (deep !== undefined) return { errors: [deep], value: undefined, lineOf: () => undefined };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // findYamlFaults names it with both lines.
    uniqueKeys: false,
    merge: true,
    // It would print its own words about a list or mapping as a key.
    logLevel: 'error',
    version,
    customTags: (tags) => tags.filter((tag) => !isForeign(tag)),
  });
  const errors = findYamlFaults({ text, document, lines });
  const grown = findGrowthFault(document);
  if (grown !== undefined) errors.push({ path: '', message: grown });
  const yace = yaceAt === undefined ? undefined : document.getIn(yaceAt, true);
  if (isNode(yace)) keepText(document, yace);
  const isWhole = grown === undefined && isReadable(document);
  // What aliases grow to has been counted; the library would refuse a hundred that stand for one mapping.
  const value = isWhole ? document.toJS({ maxAliasCount: -1 }) : undefined;
  return { errors, value, lineOf: lineFinder(document, lines) };
}

/** Whether there are values in spite of what is wrong: no error of syntax in it, no alias that stands for nothing or for itself. */
function isReadable(document: Document.Parsed): boolean {
  let readable = document.errors.every(({ code }) => code === 'MULTIPLE_DOCS');
  visit(document, {
    Alias: (_, alias) => {
      if (findAliasFault(alias, document) !== undefined) readable = false;
    },
    Pair: (_, pair) => {
      if (findMergeFault(pair, document) !== undefined) readable = false;
    },
  });
  return readable;
}

/** Types of YAML 1.1 that are neither text, number, list nor mapping. A date is text to the programs that we follow. */
function isForeign(tag: unknown): boolean {
  const { tag: name = '' } = typeof tag === 'string' ? { tag } : (tag as { readonly tag?: string });
  return /(?:^|:)(?:timestamp|binary|set|omap|pairs)$/.test(name);
}

/** Keys whose values are text in YACE, however they are written: `value: 0123` is the text 0123 there. */
const textKeys = [
  ...['key', 'value', 'name', 'externalId', 'includeLinkedAccounts'],
  ...['type', 'namespace', 'region', 'regions', 'sts-region', 'roleArn', 'roleArns'],
  ...['statistics', 'dimensionNameRequirements', 'exportedTagsOnMetrics'],
];

function keepText(document: Document.Parsed, node: Node): void {
  const keep = (value: unknown): unknown => {
    if (isMap(value)) for (const pair of value.items) pair.value = keep(pair.value);
    if (isSeq(value)) value.items = value.items.map(keep);
    if (isScalar(value)) useSource(value);
    if (!isAlias(value)) return value;
    // What it stands for may be a number in another place.
    const target = targetOf(value, document);
    return isScalar(target) && isOther(target.value) ? new Scalar(textOf(target)) : value;
  };
  visit(node, {
    Pair: (_, pair) => {
      if (!isScalar(pair.key)) return;
      // YAML 1.1 reads a key `on` as true.
      if (typeof pair.key.value === 'boolean') useSource(pair.key);
      if (textKeys.includes(String(pair.key.value))) pair.value = keep(pair.value);
    },
  });
}

/** Whether YAML reads something other than text or nothing. */
function isOther(value: unknown): boolean {
  return typeof value !== 'string' && value !== null && !(value instanceof Uint8Array);
}

function textOf({ source, value }: { readonly value: unknown; readonly source?: string }): string {
  return source ?? String(value);
}

function useSource(scalar: { value: unknown; source?: string }): void {
  if (isOther(scalar.value)) scalar.value = textOf(scalar);
}
