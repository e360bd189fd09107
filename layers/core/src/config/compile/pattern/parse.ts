// Reads RE2's syntax (github.com/google/re2/wiki/Syntax) as Go does: what Go's regexp takes has a tree with Go's meaning,
// what it refuses is refused with its words.
import { places } from '../../../pattern/pattern.ts';
import {
  inCase,
  readBrackets,
  readEscape,
  readNamedClass,
  readPlain,
  restOf,
  type Scan,
} from './escape.ts';
import { type Node, syntaxError } from './node.ts';
import { everything, negate } from './ranges.ts';

/** Which flags hold: `i`, `m`, `s` and `U`. */
type Flags = {
  readonly fold: boolean;
  readonly lines: boolean;
  readonly dotAll: boolean;
  readonly lazy: boolean;
};

/** A group that is open: branches so far, the items of the one being read, and the flags that hold after it. */
type Group = {
  readonly branches: Node[];
  items: Node[];
  readonly outer: Flags;
  /** Number and name of a group that captures. */
  readonly capture?: { readonly index: number; readonly name: string };
};

const noNewline = negate([10, 10]);
const noFlags: Flags = { fold: false, lines: false, dotAll: false, lazy: false };

/** Nesting that is taken at most. */
const maxDepth = 1000;

/**
 * The tree of a pattern.
 * @throws SyntaxError saying what is wrong, in Go's words.
 */
export function parsePattern(text: string): Node {
  return new Parser(text).parse();
}

class Parser {
  readonly #scan: Scan;
  readonly #groups: Group[] = [{ branches: [], items: [], outer: noFlags }];
  #flags = noFlags;
  #captures = 0;

  constructor(text: string) {
    this.#scan = { text, at: 0, fold: false };
  }

  parse(): Node {
    const { text } = this.#scan;
    let repeated = '';
    while (this.#scan.at < text.length) {
      const repetition = readRepetition(restOf(this.#scan));
      if (repetition === undefined) {
        this.#readItem();
        repeated = '';
      } else {
        const { whole } = repetition;
        if (repeated !== '') {
          throw syntaxError('invalid nested repetition operator', repeated + whole);
        }
        this.#repeat(repetition);
        this.#scan.at += whole.length;
        repeated = whole;
      }
    }
    const [group] = this.#groups;
    if (group === undefined || this.#groups.length > 1)
      throw syntaxError('missing closing )', text);
    return closed(group);
  }

  get #group(): Group {
    const group = this.#groups.at(-1);
    if (group === undefined) throw new Error('no group is open');
    return group;
  }

  #add(node: Node): void {
    this.#group.items.push(node);
  }

  #readItem(): void {
    const scan = this.#scan;
    const char = scan.text[scan.at];
    const { dotAll, lines } = this.#flags;
    if (char === '(') this.#open();
    else if (char === ')') this.#close();
    else if (char === '[') this.#add({ kind: 'class', set: readBrackets(scan) });
    else if (char === '\\') this.#readBackslash();
    else if (char === '|') {
      scan.at += 1;
      this.#group.branches.push({ kind: 'sequence', items: this.#group.items });
      this.#group.items = [];
    } else if (char === '^' || char === '$') {
      scan.at += 1;
      const [line, whole] =
        char === '^' ? [places.lineBegin, places.textBegin] : [places.lineEnd, places.textEnd];
      this.#add({ kind: 'place', place: lines ? line : whole });
    } else if (char === '.') {
      scan.at += 1;
      this.#add({ kind: 'class', set: dotAll ? everything : noNewline });
    } else this.#addPoint(readPlain(scan));
  }

  #addPoint(point: number): void {
    this.#add({ kind: 'class', set: inCase(this.#scan, [point, point]) });
  }

  #readBackslash(): void {
    const scan = this.#scan;
    const next = scan.text[scan.at + 1] ?? '';
    const { noWordEdge, textBegin, textEnd, wordEdge } = places;
    const place = new Map([
      ['A', textBegin],
      ['z', textEnd],
      ['b', wordEdge],
      ['B', noWordEdge],
    ] as const).get(next as 'A');
    if (place !== undefined) {
      scan.at += 2;
      this.#add({ kind: 'place', place });
    } else if (next === 'Q') {
      scan.at += 2;
      const found = scan.text.indexOf('\\E', scan.at);
      const end = found < 0 ? scan.text.length : found;
      while (scan.at < end) this.#addPoint(readPlain(scan));
      if (found >= 0) scan.at += 2;
    } else {
      const set = readNamedClass(scan);
      if (set === undefined) this.#addPoint(readEscape(scan));
      else this.#add({ kind: 'class', set });
    }
  }

  #repeat({ max, min, whole }: NonNullable<ReturnType<typeof readRepetition>>): void {
    const { items } = this.#group;
    const item = items.pop();
    if (item === undefined) throw syntaxError('missing argument to repetition operator', whole);
    const lazy = (whole.length > 1 && whole.endsWith('?')) !== this.#flags.lazy;
    const node: Node = { kind: 'repetition', item, min, max, lazy };
    const counted = whole.startsWith('{') && (min >= 2 || (max ?? 0) >= 2);
    if (counted && !fitsInto(node, 1000)) throw syntaxError('invalid repeat count', whole);
    items.push(node);
  }

  #open(): void {
    const scan = this.#scan;
    const rest = restOf(scan);
    const outer = this.#flags;
    const [named, name = ''] = /^\(\?P?<([^>]*)>/s.exec(rest) ?? [];
    const captures = !rest.startsWith('(?') || /^\(\?P?</.test(rest);
    if (!rest.startsWith('(?')) scan.at += 1;
    else if (/^\(\?P?</.test(rest) && !/^\(\?P<$/.test(rest)) {
      if (named === undefined) throw syntaxError('invalid named capture', rest);
      if (!/^\w+$/.test(name)) throw syntaxError('invalid named capture', named);
      scan.at += named.length;
    } else if (this.#readFlags() === 'flags') return;
    this.#captures += captures ? 1 : 0;
    const capture = captures ? { capture: { index: this.#captures, name } } : {};
    this.#groups.push({ branches: [], items: [], outer, ...capture });
    if (this.#groups.length > maxDepth) throw syntaxError('expression nests too deeply', scan.text);
  }

  /** `(?i)` holds from here on, `(?i:` in the group that it opens. */
  #readFlags(): 'flags' | 'group' {
    const form = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])/;
    const [whole, on = '', off = '', end] = form.exec(restOf(this.#scan)) ?? [];
    if (whole === undefined) {
      const [seen = ''] = /^\(\?[imsU]*(?:-[imsU]*)?.?/su.exec(restOf(this.#scan)) ?? [];
      throw syntaxError('invalid or unsupported Perl syntax', seen);
    }
    this.#scan.at += whole.length;
    const holds = (letter: string, flag: keyof Flags) =>
      !off.includes(letter) && (on.includes(letter) || this.#flags[flag]);
    this.#setFlags({
      fold: holds('i', 'fold'),
      lines: holds('m', 'lines'),
      dotAll: holds('s', 'dotAll'),
      lazy: holds('U', 'lazy'),
    });
    return end === ')' ? 'flags' : 'group';
  }

  #setFlags(flags: Flags): void {
    this.#flags = flags;
    this.#scan.fold = flags.fold;
  }

  #close(): void {
    const group = this.#groups.pop();
    if (group === undefined || this.#groups.length === 0) {
      throw syntaxError('unexpected )', this.#scan.text);
    }
    this.#scan.at += 1;
    this.#setFlags(group.outer);
    const item = closed(group);
    this.#add(group.capture === undefined ? item : { kind: 'group', item, ...group.capture });
  }
}

function closed({ branches, items }: Group): Node {
  const last: Node = { kind: 'sequence', items };
  return branches.length === 0 ? last : { kind: 'choice', items: [...branches, last] };
}

/** `*`, `+?`, `{2,3}` and the like; braces that hold anything else are text. */
function readRepetition(rest: string) {
  const form = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/;
  const [whole, count, comma, limit = ''] = form.exec(rest) ?? [];
  if (whole === undefined) return undefined;
  if (count === undefined) {
    const [min, max] = { '*': [0], '+': [1], '?': [0, 1] }[whole[0] as '*'] ?? [0];
    return { whole, min: min ?? 0, max };
  }
  const min = Number(count);
  const max = comma === undefined ? min : limit === '' ? undefined : Number(limit);
  if (min > 1000 || (max ?? 0) > 1000 || (max !== undefined && min > max)) {
    throw syntaxError('invalid repeat count', whole.replace(/\}\?$/, '}'));
  }
  return { whole, min, max };
}

/** Whether nothing within `node` is repeated more than `times` times, by counts. */
function fitsInto(node: Node, times: number): boolean {
  if (node.kind === 'class' || node.kind === 'place') return true;
  if (node.kind === 'group') return fitsInto(node.item, times);
  if (node.kind !== 'repetition') return node.items.every((item) => fitsInto(item, times));
  const { item, max, min } = node;
  if (max === 0) return true;
  const most = max ?? min;
  if (most > times) return false;
  // A star counts as nothing, an optional part as one.
  return fitsInto(item, most > 0 ? Math.floor(times / most) : times);
}
