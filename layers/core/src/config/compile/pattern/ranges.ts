// Sets of code points as pairs of first and last, in order and without overlap or touch. Pure.

/** A set of code points. */
export type Ranges = readonly number[];

/** The last code point of Unicode. */
export const lastPoint = 0x10ffff;

/** Every code point. */
export const everything: Ranges = [0, lastPoint];

/** A set of pairs in any order. */
export function toRanges(pairs: Ranges): Ranges {
  const sorted: [number, number][] = [];
  for (let index = 0; index < pairs.length; index += 2) {
    sorted.push([pairs[index] ?? 0, pairs[index + 1] ?? 0]);
  }
  sorted.sort(([a], [b]) => a - b);
  const out: number[] = [];
  for (const [first, last] of sorted) {
    const end = out.at(-1);
    if (end !== undefined && first <= end + 1) out[out.length - 1] = Math.max(end, last);
    else out.push(first, last);
  }
  return out;
}

/** All code points of any of the sets. */
export function union(...sets: readonly Ranges[]): Ranges {
  return toRanges(sets.flat());
}

/** All code points that are not in the set. */
export function negate(set: Ranges): Ranges {
  const out: number[] = [];
  let next = 0;
  for (let index = 0; index < set.length; index += 2) {
    const first = set[index] ?? 0;
    if (first > next) out.push(next, first - 1);
    next = (set[index + 1] ?? 0) + 1;
  }
  if (next <= lastPoint) out.push(next, lastPoint);
  return out;
}
