// Packs units of 1 to 5 queries into as few requests as possible. Pure. Requests are filled one after the other, each as full
// as possible, the largest units first; if that needs more requests than the bound, other choices are tried.

/** Units by size: `counts[k]` of them have k queries; index 0 is unused. */
export type SizeCounts = readonly number[];

/** Choices that are tried for one number of requests. Inputs that need more have so many sizes that the first ones fit. */
const triedChoices = 2_000;

/**
 * For each request how many units of each size go into it; no request holds more than `capacity` queries.
 * @throws RangeError when a unit is larger than `capacity`.
 */
export function packSizes(counts: SizeCounts, capacity: number): SizeCounts[] {
  const largest = counts.findLastIndex((count) => count > 0);
  if (largest > capacity) {
    throw new RangeError(`a unit of ${largest} queries, want at most ${capacity}`);
  }
  const total = sumOf(counts);
  // Ends: with enough room to waste the first choice of each request leads to the goal.
  for (let bins = Math.ceil(total / capacity); ; bins++) {
    const search = { capacity, choices: triedChoices };
    const found = fill(counts, { bins, waste: bins * capacity - total }, search);
    if (found !== undefined) return found;
  }
}

type Room = { readonly bins: number; readonly waste: number };
type Search = { readonly capacity: number; choices: number };

function fill(left: SizeCounts, { bins, waste }: Room, search: Search): SizeCounts[] | undefined {
  const total = sumOf(left);
  if (total === 0) return [];
  if (bins === 0) return undefined;
  const { capacity } = search;
  const reachable = reachableFills(left, capacity);
  for (let sum = Math.min(capacity, total); sum >= capacity - waste && sum > 0; sum--) {
    if (reachable.at(-1)?.[sum] !== 1) continue;
    for (const bin of choices(left, reachable, sum)) {
      if (search.choices <= 0) return undefined;
      search.choices -= 1;
      const after = left.map((count, size) => count - (bin[size] ?? 0));
      const room = { bins: bins - 1, waste: waste - (capacity - sum) };
      const rest = fill(after, room, search);
      if (rest !== undefined) return [bin, ...rest];
    }
  }
  return undefined;
}

/** Every choice of units that makes exactly `sum`, those with the most of the largest size first. */
function* choices(
  left: SizeCounts,
  reachable: readonly Uint8Array[],
  sum: number,
): Generator<number[]> {
  const size = reachable.length - 1;
  if (size === 0) {
    yield [0];
    return;
  }
  const smaller = reachable.slice(0, -1);
  for (let take = Math.min(left[size] ?? 0, Math.floor(sum / size)); take >= 0; take--) {
    const rest = sum - take * size;
    if (smaller.at(-1)?.[rest] !== 1) continue;
    for (const bin of choices(left, smaller, rest)) yield [...bin, take];
  }
}

/** `reachable[k][n]` is 1 when units of at most k queries can make exactly n. */
function reachableFills(counts: SizeCounts, capacity: number): Uint8Array[] {
  const none = new Uint8Array(capacity + 1);
  none[0] = 1;
  const tables = [none];
  for (let size = 1; size < counts.length; size++) {
    const before = tables[size - 1] ?? none;
    const table = before.slice();
    // Units of this size that the fill n needs at least; more than there are: out of reach.
    const needed = new Uint16Array(capacity + 1);
    for (let n = size; n <= capacity; n++) {
      if (table[n] === 1 || table[n - size] !== 1) continue;
      needed[n] = (needed[n - size] ?? 0) + 1;
      if ((needed[n] ?? 0) <= (counts[size] ?? 0)) table[n] = 1;
    }
    tables.push(table);
  }
  return tables;
}

function sumOf(counts: SizeCounts): number {
  return counts.reduce((sum, count, size) => sum + count * size, 0);
}
