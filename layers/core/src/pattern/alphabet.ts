// The characters of a pattern, sorted into kinds: two characters of one kind lead every instruction to the same place.
// A table over kinds is small where one over all of Unicode would not be.
import { operations, type Pattern } from './pattern.ts';

/** What stands beside a place, as far as `^`, `$` and `\b` care. */
export const neighbours = { edge: 0, newline: 1, word: 2, other: 3 } as const;

/** The kinds of characters of one pattern. */
export type Alphabet = {
  /** Kinds; the number behind the last one stands for the end of the text. */
  readonly kinds: number;
  /** Kind of each ASCII character. */
  readonly ascii: Uint16Array;
  /** Kind of any code point. */
  kindOf(codePoint: number): number;
  /** 1 at `class * kinds + kind` where the class holds the kind. */
  readonly members: Uint8Array;
  /** One of {@link neighbours} for each kind, and `edge` for the end of the text. */
  readonly neighbour: Uint8Array;
};

const newlines = [10, 10];
const words = [48, 57, 65, 90, 95, 95, 97, 122];

/** The alphabet of a pattern. */
export function makeAlphabet({ classes, code }: Pattern): Alphabet {
  const asserts = code.some((value, index) => index % 3 === 0 && value === operations.assert);
  const sets = asserts ? [...classes, newlines, words] : classes;
  const starts = [...new Set([0, ...sets.flatMap(edgesOf)])].sort((a, b) => a - b);
  const kindByShape = new Map<string, number>();
  const shapes: Uint8Array[] = [];
  const kindAt = starts.map((point) => {
    const shape = Uint8Array.from(sets, (set) => (holds(set, point) ? 1 : 0));
    const key = shape.join('');
    const known = kindByShape.get(key);
    if (known !== undefined) return known;
    kindByShape.set(key, shapes.length);
    return shapes.push(shape) - 1;
  });
  const kinds = shapes.length;
  const kindOf = (point: number) => kindAt[lastAtMost(starts, point)] ?? 0;
  const members = new Uint8Array(classes.length * kinds);
  const neighbour = new Uint8Array(kinds + 1).fill(neighbours.other);
  neighbour[kinds] = neighbours.edge;
  shapes.forEach((shape, kind) => {
    classes.forEach((_, index) => {
      members[index * kinds + kind] = shape[index] ?? 0;
    });
    if (asserts && shape[classes.length] === 1) neighbour[kind] = neighbours.newline;
    if (asserts && shape[classes.length + 1] === 1) neighbour[kind] = neighbours.word;
  });
  const ascii = Uint16Array.from({ length: 128 }, (_, point) => kindOf(point));
  return { kinds, ascii, kindOf, members, neighbour };
}

/** Where a set begins and where it has ended. */
function edgesOf(set: readonly number[]): number[] {
  return set.map((point, index) => (index % 2 === 0 ? point : point + 1));
}

function holds(set: readonly number[], point: number): boolean {
  const firsts = set.length / 2;
  let low = 0;
  let high = firsts;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((set[middle * 2] ?? 0) <= point) low = middle + 1;
    else high = middle;
  }
  return low > 0 && (set[low * 2 - 1] ?? -1) >= point;
}

/** Index of the last value that is not above `point`; the first is 0. */
function lastAtMost(sorted: readonly number[], point: number): number {
  let low = 0;
  let high = sorted.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= point) low = middle;
    else high = middle;
  }
  return low;
}
