// Classes of characters by name, and characters that differ in case only. What Unicode says comes from the JavaScript
// engine that builds the configuration; functions carry the result.
import { lastPoint, negate, type Ranges, toRanges, union } from './ranges.ts';

const known = new Map<string, Ranges>();

const blockSize = 256;

/** The code points that a JavaScript pattern of one character matches. */
function rangesOf(source: string): Ranges {
  const cached = known.get(source);
  if (cached !== undefined) return cached;
  const out: number[] = [];
  const add = (first: number, last: number) => {
    if (out.at(-1) === first - 1) out[out.length - 1] = last;
    else out.push(first, last);
  };
  const one = new RegExp(source, 'u');
  const all = new RegExp(`^(?:${source})*$`, 'u');
  for (let first = 0; first <= lastPoint; first += blockSize) {
    const points = Array.from({ length: blockSize }, (_, index) => first + index);
    // Most blocks are all of one kind.
    const block = String.fromCodePoint(...points);
    if (all.test(block)) add(first, first + blockSize - 1);
    else if (one.test(block)) {
      for (const point of points) if (one.test(String.fromCodePoint(point))) add(point, point);
    }
  }
  known.set(source, out);
  return out;
}

// Go knows scripts by their whole names only; these are the whole names that are as short as the codes of four letters.
const shortScripts = /^(?:Ahom|Cham|Kawi|Lisu|Modi|Newa|Thai|Toto)$/;

/** The class of a name as in `\p{Greek}`; undefined where there is none. Case, spaces, `_` and `-` in names do not count. */
export function unicodeClass(name: string): Ranges | undefined {
  const words = name.split(/[_\- ]+/).map((word) => {
    return word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
  });
  if (/^(?:Any|Ascii|Assigned)$/.test(words.join(''))) {
    return { Any: [0, lastPoint], Ascii: [0, 127] }[words.join('')] ?? negate(rangesOf('\\p{Cn}'));
  }
  const spellings = [...new Set([name, words.join('_'), words.join(''), name.toUpperCase()])];
  for (const spelling of spellings.filter((one) => /^\w+$/.test(one))) {
    const script = spelling.length === 4 && !shortScripts.test(spelling) ? [] : ['Script'];
    for (const kind of ['General_Category', ...script]) {
      const source = `\\p{${kind}=${spelling}}`;
      if (isProperty(source)) return rangesOf(source);
    }
  }
  return undefined;
}

function isProperty(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

const folded = new Map<string, Ranges>();

/** The set, and every character that differs from one of it in case only (simple case folding). */
export function foldCase(set: Ranges): Ranges {
  const key = set.join();
  const cached = folded.get(key);
  if (cached !== undefined) return cached;
  const cased = rangesOf('[\\p{Changes_When_Casemapped}\\p{Changes_When_Casefolded}]');
  const show = (point: number) => `\\u{${point.toString(16)}}`;
  let body = '';
  for (let index = 0; index < set.length; index += 2) {
    body += `${show(set[index] ?? 0)}-${show(set[index + 1] ?? 0)}`;
  }
  if (body === '') return set;
  const pattern = new RegExp(`[${body}]`, 'iu');
  const more: number[] = [];
  for (let index = 0; index < cased.length; index += 2) {
    for (let point = cased[index] ?? 0; point <= (cased[index + 1] ?? 0); point += 1) {
      if (pattern.test(String.fromCodePoint(point))) more.push(point, point);
    }
  }
  const out = union(set, more);
  folded.set(key, out);
  return out;
}

const digit = [48, 57];
const lower = [97, 122];
const upper = [65, 90];
const blank = [9, 9, 32, 32];
const space = [9, 10, 12, 13, 32, 32];

/** Perl's classes, by letter. */
export const perlClasses: ReadonlyMap<string, Ranges> = new Map([
  ['d', digit],
  ['s', space],
  ['w', [...digit, ...upper, 95, 95, ...lower]],
]);

/** The classes of POSIX, as in `[[:alpha:]]`, by name. */
export const posixClasses: ReadonlyMap<string, Ranges> = new Map([
  ['alnum', [...digit, ...upper, ...lower]],
  ['alpha', [...upper, ...lower]],
  ['ascii', [0, 127]],
  ['blank', blank],
  ['cntrl', [0, 31, 127, 127]],
  ['digit', digit],
  ['graph', [33, 126]],
  ['lower', lower],
  ['print', [32, 126]],
  ['punct', toRanges([33, 47, 58, 64, 91, 96, 123, 126])],
  ['space', [9, 13, 32, 32]],
  ['upper', upper],
  ['word', [...digit, ...upper, 95, 95, ...lower]],
  ['xdigit', [...digit, 65, 70, 97, 102]],
]);
