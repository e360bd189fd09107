// Reads YAML as programs in Go do that decode it into typed values by yaml.v3: a text may be written like a number, `yes` is true
// where true or false is wanted, a list loses its empty entries, and nothing behind the first document is read.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { formatPath, type PathStep, showValue } from '../layers/core/src/config/explain.ts';
import { hintOf } from '../layers/core/src/config/suggest.ts';
import type { Issue } from '../layers/core/src/errors.ts';
import { type GoScalar, readScalar, toSwitch, toWhole } from './go-scalar.ts';
import { findGrowthFault, targetOf } from './yaml-aliases.ts';
import { findDepthFault } from './yaml-depth.ts';
import { findYamlFaults } from './yaml-faults.ts';
import { lineFinder } from './yaml-lines.ts';

type Mapping = Readonly<Record<string, unknown>>;

/** What is wrong with a mapping as a whole, or with what `key` leads to. */
export type FieldFault = { readonly key?: readonly PathStep[]; readonly message: string };

/** What a value is decoded into. */
export type Shape =
  /** `check` says what is wanted instead; a `secret` is never shown. */
  | {
      readonly kind: 'text';
      readonly check?: (text: string) => string | undefined;
      readonly isSecret?: true;
      /** Whether an empty text means something. */
      readonly keepsEmpty?: true;
      /** Whether `!!binary` stays bytes. */
      readonly takesBytes?: true;
    }
  | { readonly kind: 'whole' | 'switch' | 'any' }
  /** A text that Go parses, so that no number will do. */
  | { readonly kind: 'duration'; readonly check: (text: string) => string | undefined }
  | { readonly kind: 'list' | 'map'; readonly of: Shape }
  | {
      readonly kind: 'fields';
      readonly fields: Readonly<Record<string, Shape>>;
      readonly check?: (value: Mapping) => readonly FieldFault[];
    };

/** A text that was decoded. */
export type GoYaml = {
  /** What the shape lets stand; undefined where there is no document. */
  readonly value: unknown;
  /** What yaml.v3 or the shape refuses; the path is a place of the text, or one of the document. */
  readonly faults: readonly Issue[];
  readonly lineOf: (path: string) => number | undefined;
  /** The line where a second document begins. */
  readonly secondLine?: number;
};

/** Decodes a text. Never throws for what the text holds. */
export function decodeGoYaml(given: string, shape: Shape): GoYaml {
  // A carriage return by itself ends a line in YAML 1.1.
  const text = given.replace(/^\uFEFF/, '').replace(/\r(?!\n)/g, '\n');
  const deep = findDepthFault(text);
  if (deep !== undefined) return { value: undefined, faults: [deep], lineOf: () => undefined };
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    // Every value stays the text that it is; what it means depends on the shape.
    schema: 'failsafe',
    resolveKnownTags: false,
  }) as Document.Parsed[];
  const [document, second] = documents;
  if (document === undefined) {
    const empty = { path: '', message: 'is empty, want a mapping with modules' };
    return { value: undefined, faults: [empty], lineOf: () => undefined };
  }
  const lineOf = lineFinder(document, lines);
  const syntax = findYamlFaults({ text, document, lines, reader: 'go' });
  const start = second?.range[0];
  const more = start === undefined ? {} : { secondLine: lines.linePos(start).line };
  if (syntax.length > 0) return { value: undefined, faults: syntax, lineOf, ...more };
  const grown = findGrowthFault(document);
  if (grown !== undefined) {
    return { value: undefined, faults: [{ path: '', message: grown }], lineOf, ...more };
  }
  const decoder = new Decoder(document);
  const value = decoder.decode(document.contents, shape, []);
  return { value, faults: decoder.faults, lineOf, ...more };
}

class Decoder {
  readonly faults: Issue[] = [];
  readonly #document: Document.Parsed;

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  /** The value; undefined where there is none, or one that does not fit. */
  decode(given: unknown, shape: Shape, path: readonly PathStep[]): unknown {
    const node = isAlias(given) ? targetOf(given, this.#document) : given;
    if (isMap(node)) return this.#mapping(node, shape, path);
    if (isSeq(node)) {
      if (shape.kind === 'any') return node.items.map((one) => this.decode(one, shape, path));
      if (shape.kind !== 'list') return this.#refuse(path, 'a list', shape);
      const kept = node.items
        .map((one, index) => this.decode(one, shape.of, [...path, index]))
        .filter((one) => one !== undefined);
      return kept.length === 0 ? undefined : kept;
    }
    return isScalar(node) ? this.#scalar(readScalar(node), shape, path) : undefined;
  }

  #scalar(scalar: GoScalar, shape: Shape, path: readonly PathStep[]): unknown {
    if (scalar.type === 'null') return undefined;
    if (scalar.type === 'fault') {
      const words = holdsSecret(shape)
        ? scalar.text.replace(/^got ".*"/s, 'got a value')
        : scalar.text;
      return this.#fault(path, words);
    }
    if (shape.kind === 'any') return scalar.type === 'text' ? scalar.text : scalar.value;
    const seen = holdsSecret(shape) ? 'a value' : showValue(scalar.text);
    const wanted = this.#wantedOf(scalar, shape);
    if (typeof wanted === 'string') return this.#fault(path, `got ${seen}, want ${wanted}`);
    return wanted.value;
  }

  /** The value of a scalar, or what is wanted instead. */
  #wantedOf(scalar: GoScalar, shape: Shape): { readonly value: unknown } | string {
    if (shape.kind === 'whole') {
      const value = toWhole(scalar);
      return value === undefined ? wantedWords.whole : { value };
    }
    if (shape.kind === 'switch') {
      const value = toSwitch(scalar);
      return value === undefined ? wantedWords.switch : { value };
    }
    if (shape.kind === 'duration') {
      const wanted = scalar.type === 'text' ? shape.check(scalar.text) : wantedWords.duration;
      return wanted ?? { value: scalar.text };
    }
    if (shape.kind !== 'text') return wantedWords[shape.kind];
    if (scalar.bytes !== undefined && shape.takesBytes) return { value: scalar.bytes };
    const wanted = shape.check?.(scalar.text);
    if (wanted !== undefined) return wanted;
    // In Go an empty text is one that was not given.
    return { value: scalar.text === '' && !shape.keepsEmpty ? undefined : scalar.text };
  }

  #mapping(node: YAMLMap, shape: Shape, path: readonly PathStep[]): unknown {
    if (shape.kind === 'any') {
      const pairs = this.#pairs(node, path).map(([key, one]) => [
        key,
        this.decode(one, shape, [...path, key]),
      ]);
      return Object.fromEntries(pairs);
    }
    if (shape.kind === 'map') {
      const pairs = this.#pairs(node, path).map(([key, one]) => {
        const value = this.decode(one, shape.of, [...path, key]);
        return [key, value ?? zeroOf(shape.of)] as const;
      });
      return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
    }
    if (shape.kind !== 'fields') return this.#refuse(path, 'a mapping', shape);
    const before = this.faults.length;
    const known = Object.keys(shape.fields);
    const decoded = this.#pairs(node, path).map(([key, one]) => {
      const field = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
      if (field !== undefined) return [key, this.decode(one, field, [...path, key])] as const;
      this.#fault([...path, key], `unknown key${hintOf(key, known)}`);
      return [key, undefined] as const;
    });
    const value = Object.fromEntries(decoded.filter(([, one]) => one !== undefined));
    const found = this.faults.length > before ? [] : (shape.check?.(value) ?? []);
    for (const { key, message } of found) {
      this.#fault(key === undefined ? path : [...path, ...key], message);
    }
    return value;
  }

  /** Keys with their values, those of merges behind the mapping's own. A key without a value is skipped. */
  #pairs(node: YAMLMap, path: readonly PathStep[]): (readonly [string, unknown])[] {
    const own: (readonly [string, unknown])[] = [];
    const merged: unknown[] = [];
    for (const { key, value } of node.items as Pair[]) {
      const resolved = isAlias(key) ? targetOf(key, this.#document) : key;
      if (!isScalar(resolved)) continue;
      const read = readScalar(resolved);
      if (isMergeKey(resolved)) merged.push(value);
      else if (read.type === 'fault') this.#fault(path, `a key: ${read.text}`);
      else if (read.type !== 'null') own.push([read.text, value]);
    }
    const keys = new Set(own.map(([key]) => key));
    for (const one of merged.flatMap((value) => this.#sources(value, path))) {
      for (const [key, value] of this.#pairs(one, path)) {
        if (keys.has(key)) continue;
        keys.add(key);
        own.push([key, value]);
      }
    }
    return own;
  }

  /** What `<<` stands for. */
  #sources(value: unknown, path: readonly PathStep[]): YAMLMap[] {
    const follow = (one: unknown) => (isAlias(one) ? targetOf(one, this.#document) : one);
    const whole = follow(value);
    const all: unknown[] = isSeq(whole) && !isAlias(value) ? whole.items.map(follow) : [whole];
    const maps = all.filter(isMap);
    if (maps.length < all.length) this.#fault([...path, '<<'], 'got no mapping, want one to merge');
    return maps;
  }

  #refuse(path: readonly PathStep[], seen: string, shape: Shape): undefined {
    return this.#fault(path, `got ${seen}, want ${wantedWords[shape.kind]}`);
  }

  #fault(path: readonly PathStep[], message: string): undefined {
    this.faults.push({ path: formatPath(path), message });
    return undefined;
  }
}

/** Whether a secret may stand where this is wanted, be it in the place of the mapping that it belongs into. */
function holdsSecret(shape: Shape): boolean {
  if (shape.kind === 'text') return shape.isSecret === true;
  if (shape.kind === 'list' || shape.kind === 'map') return holdsSecret(shape.of);
  if (shape.kind !== 'fields') return false;
  return Object.values(shape.fields).some((one) => one.kind !== 'fields' && holdsSecret(one));
}

const wantedWords: Readonly<Record<Shape['kind'], string>> = {
  any: 'a value',
  text: 'text',
  whole: 'a whole number',
  switch: 'true or false',
  duration: 'a duration with a unit, such as 5s',
  list: 'a list',
  map: 'a mapping',
  fields: 'a mapping',
};

/** What a key without a value has in a map. */
function zeroOf(shape: Shape): unknown {
  if (shape.kind === 'fields') return {};
  return shape.kind === 'list' ? [] : '';
}

function textOf(scalar: Scalar): string {
  return scalar.source ?? String(scalar.value);
}

function isMergeKey(scalar: Scalar): boolean {
  return textOf(scalar) === '<<' && scalar.type === 'PLAIN';
}
