// What is wrong with a YAML text as YAML, in words and with its place; and what YAML allows but nobody means in a
// configuration: keys twice, aliases that hold themselves, tags of other programs. Values are not shown: one may be a secret.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  Scalar,
  visit,
  type YAMLError,
} from 'yaml';
import type { Issue } from '../layers/core/src/errors.ts';
import { targetOf } from './yaml-aliases.ts';

/** A document, its text and how places in it are counted. */
export type ParsedText = {
  readonly text: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  /** Go's yaml.v3 takes any tag, keys that are empty or aliases, and `<<` once only. */
  readonly reader?: 'go';
};

/** Every fault, in the order of the text. */
export function findYamlFaults(parsed: ParsedText): Issue[] {
  const { document, lines, reader, text } = parsed;
  const quotes = quotedTexts(document);
  const found: Fault[] = [
    ...controlCharacters(text),
    ...[...document.errors, ...document.warnings]
      .filter(({ code }) => reader !== 'go' || code !== 'TAG_RESOLVE_FAILED')
      .map((error) => inWords(error, text, quotes)),
    ...(reader === 'go' ? foreignVersion(document) : []),
  ];
  const first = new Map<Node, Map<string, number>>();
  visit(document, {
    Alias: (_, alias) => {
      const message = findAliasFault(alias, document);
      if (message !== undefined) found.push({ at: alias.range?.[0] ?? 0, message });
    },
    Pair: (_, pair, path) => {
      const parent = path.at(-1);
      if (!isMap(parent) || !isNode(pair.key)) return;
      const keys = first.get(parent) ?? new Map<string, number>();
      first.set(parent, keys);
      found.push(...keyFaults(pair, { keys, lines, reader }));
      // Go's decoder names it by its path.
      const message = reader === 'go' ? undefined : findMergeFault(pair, document);
      if (message !== undefined) found.push({ at: pair.key.range?.[0] ?? 0, message });
    },
  });
  const placed = found
    .sort((a, b) => a.at - b.at)
    .map((fault) => ({ ...fault, ...lines.linePos(fault.at) }));
  // One mistake makes the parser stumble again, in the same line or the next.
  const likeliest = new Map<number, number>();
  for (const { echo = 0, line } of placed) {
    likeliest.set(line, Math.min(echo, likeliest.get(line) ?? echo));
  }
  const isEcho = ({ echo = 0, line }: (typeof placed)[number]) =>
    [line - 1, line, line + 1].some((near) => (likeliest.get(near) ?? echo) < echo);
  return placed
    .filter((fault) => !isEcho(fault))
    .map(({ col, line, message }) => ({ path: `line ${line}, column ${col}`, message }));
}

type Fault = {
  readonly at: number;
  readonly message: string;
  /** How likely it only follows from a fault beside it with a lower number; 0 when unset: it stands for itself. */
  readonly echo?: number;
};

/** Everything that YAML calls not printable: it gets into a file by mistake and is seen by nobody. */
function controlCharacters(text: string): Fault[] {
  return [...text.matchAll(/[^\P{Cc}\t\n\r\x85]/gu)].slice(0, 1).map((match) => {
    const code = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return { at: match.index, message: `holds the control character U+${code}, want text` };
  });
}

function inWords(error: YAMLError, text: string, quotes: readonly Span[]): Fault {
  const [at] = error.pos;
  const opened = error.code === 'MISSING_CHAR' ? openQuote(quotes, at) : undefined;
  if (opened !== undefined) {
    return { at: opened, message: 'the quote that opens here is not closed, want another one' };
  }
  if (error.code === 'TAG_RESOLVE_FAILED') {
    const [tag = '!'] = /^!\S*/.exec(text.slice(at)) ?? [];
    const named = isWord(tag.slice(1)) ? ` (${tag})` : ', or a text that begins with !,';
    const message = `a tag${named} that is not known here, want plain text, numbers, lists and mappings`;
    return { at, message };
  }
  const words = error.message.replace(/;? please use .*$/, '').replace(quoted, '$1');
  const echo = echoes[error.code] ?? 0;
  return { at, message: known[error.code] ?? `${words}, want valid YAML`, echo };
}

/** What the parser's own words quote of the text, behind what is kept of them. */
const quoted =
  /(Not a YAML token|extra characters|in YAML stream|YAML version|directive|escape sequence|(?=: ".*"$))[: ].*$/s;

/** Whether the name of a tag or an alias may be shown: a password may begin with the same mark, and is no word then. */
function isWord(name: string): boolean {
  return /^[a-z]+(?:[-_.][a-z]+)*$/i.test(name);
}

const echoes: Partial<Readonly<Record<YAMLError['code'], number>>> = {
  BLOCK_AS_IMPLICIT_KEY: 1,
  MULTILINE_IMPLICIT_KEY: 2,
  MISSING_CHAR: 2,
};

const known: Partial<Readonly<Record<YAMLError['code'], string>>> = {
  TAB_AS_INDENT: 'a tab as indentation, want spaces',
  MULTIPLE_DOCS: 'a second document begins, want a single one',
  BAD_ALIAS: 'a * without a name, which YAML takes for an alias, want it in quotes: "*"',
  BAD_SCALAR_START: 'a character that has a meaning in YAML begins a text, want the text in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a key within the value of another one, want it on a line of its own, or the value in quotes',
};

/** Where a part of a text begins and ends. */
type Span = readonly [begin: number, end: number];

/** All quoted texts, in their order. */
function quotedTexts(document: Document.Parsed): Span[] {
  const found: Span[] = [];
  visit(document, {
    Scalar: (_, { range, type }) => {
      if (type !== Scalar.QUOTE_DOUBLE && type !== Scalar.QUOTE_SINGLE) return;
      if (range) found.push([range[0], range[1]]);
    },
  });
  return found;
}

/** Where the quoted text begins that has no end before `at`: the last one before it, for they do not overlap. */
function openQuote(quotes: readonly Span[], at: number): number | undefined {
  let low = 0;
  let high = quotes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((quotes[middle]?.[0] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  const [begin, end = 0] = quotes[low - 1] ?? [];
  return end >= at - 1 ? begin : undefined;
}

/** Why an alias cannot be followed. */
export function findAliasFault(alias: Alias, document: Document.Parsed): string | undefined {
  // A bare * is an error of syntax already.
  if (alias.source === '') return undefined;
  const shown = (mark: string) => (isWord(alias.source) ? ` ${mark}${alias.source}` : '');
  const target = targetOf(alias, document);
  if (target === undefined) {
    return `no anchor${shown('&')} stands before this alias, want one, or the text in quotes`;
  }
  const [at = 0] = alias.range ?? [];
  const [start = 0, , end = 0] = target.range ?? [];
  if (at < start || at > end) return undefined;
  return `the alias${shown('*')} stands within what it stands for, want its end`;
}

/** yaml.v3 reads YAML 1.1 only. */
function foreignVersion({ directives }: Document.Parsed): Fault[] {
  const { explicit, version } = directives.yaml;
  if (explicit !== true || version === '1.1') return [];
  return [{ at: 0, message: `got %YAML ${version}, want 1.1 or no such line` }];
}

/** Why what a pair merges cannot be: the library would say so without a place. */
export function findMergeFault(
  { key, value }: Pair,
  document: Document.Parsed,
): string | undefined {
  if (!isScalar(key) || key.source !== '<<' || key.type !== Scalar.PLAIN) return undefined;
  const follow = (node: unknown) => (isAlias(node) ? targetOf(node, document) : node);
  const merged = follow(value);
  const sources = isSeq(merged) ? merged.items.map(follow) : [merged];
  // An alias that stands for nothing has a fault of its own.
  const fits = sources.every((source) => isMap(source) || source === undefined);
  return fits ? undefined : 'a merge (<<) of something that is no mapping, want mappings';
}

type Keys = {
  readonly keys: Map<string, number>;
  readonly lines: LineCounter;
  readonly reader: ParsedText['reader'] | undefined;
};

function keyFaults({ key }: Pair, about: Keys): Fault[] {
  const at = (isNode(key) && key.range?.[0]) || 0;
  const isGo = about.reader === 'go';
  if (isGo && isAlias(key)) return [];
  if (isMap(key)) {
    const hint =
      'a mapping as a key, want text: a file with {{ … }} is a template, render it first';
    return [{ at, message: hint, echo: 2 }];
  }
  if (isAlias(key) || !isScalar(key))
    return [{ at, message: 'a list, mapping or alias as a key, want text', echo: 2 }];
  if (key.value === null) return [{ at, message: 'a key that is empty, want text' }];
  const name = String(key.value);
  // YAML 1.2 dropped merges; every other reader of configurations has kept them.
  if (!isGo && key.source === '<<' && key.type === Scalar.PLAIN) return [];
  const earlier = about.keys.get(name);
  if (earlier === undefined) {
    about.keys.set(name, at);
    return [];
  }
  const line = about.lines.linePos(earlier).line;
  return [
    { at, message: `duplicate key ${JSON.stringify(name)}, already in line ${line}, want it once` },
  ];
}
