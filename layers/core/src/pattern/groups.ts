// Where a pattern matches a short text first, and where its groups do: RE2's choice of the leftmost match and of the first
// branch. Time grows with the text times the pattern, never faster.
import { type GroupPattern, operations, places } from './pattern.ts';

/** Instructions after which a search lets others run; some milliseconds. */
const workInOneGo = 20_000;

/** A thread of the program: where it stands, and the places that it has kept. */
type Thread = { readonly at: number; readonly slots: readonly (number | undefined)[] };

/** The whole match and its groups; a group that took no part is undefined. */
export type Groups = readonly (string | undefined)[];

/** Finds the first match in `text`; undefined where there is none. */
export function matchGroups(pattern: GroupPattern, text: string): Groups | undefined {
  const search = searchGroups(pattern, text);
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value ?? undefined;
  }
}

/** As {@link matchGroups}, for a text that may be long: yields every few milliseconds. */
export function* searchGroups(
  pattern: GroupPattern,
  text: string,
): Generator<undefined, Groups | undefined> {
  const points = [...text];
  const offsets = [0];
  for (const point of points) offsets.push((offsets.at(-1) ?? 0) + point.length);
  const machine = new Machine(pattern, points);
  const slots = yield* machine.run();
  if (slots === undefined) return undefined;
  return Array.from({ length: pattern.names.length + 1 }, (_, group) => {
    const from = slots[group * 2];
    const to = slots[group * 2 + 1];
    if (from === undefined || to === undefined) return undefined;
    return text.slice(offsets[from], offsets[to]);
  });
}

class Machine {
  readonly #pattern: GroupPattern;
  readonly #points: readonly string[];
  readonly #seen: Int32Array;
  #work = 0;

  constructor(pattern: GroupPattern, points: readonly string[]) {
    this.#pattern = pattern;
    this.#points = points;
    this.#seen = new Int32Array(pattern.code.length / 3).fill(-1);
  }

  *run(): Generator<undefined, Thread['slots'] | undefined> {
    let threads: Thread[] = [];
    let found: Thread['slots'] | undefined;
    for (let place = 0; place <= this.#points.length; place += 1) {
      if (this.#work > workInOneGo) {
        this.#work = 0;
        yield;
      }
      // A thread of an earlier beginning goes before one of a later.
      const waiting = found === undefined ? [...threads, this.#begin()] : threads;
      const open = this.#follow(waiting, place);
      if (open.match !== undefined) found = open.match;
      if (open.taking.length === 0 && found !== undefined) break;
      threads = this.#take(open.taking, place);
    }
    return found;
  }

  #begin(): Thread {
    return { at: this.#pattern.start, slots: [] };
  }

  /** Goes on to instructions that take a character; stops at a match, because what follows has less right. */
  #follow(threads: readonly Thread[], place: number) {
    const { code } = this.#pattern;
    const taking: Thread[] = [];
    const stack = [...threads].reverse();
    for (let thread = stack.pop(); thread !== undefined; thread = stack.pop()) {
      this.#work += 1;
      const { at, slots } = thread;
      if (this.#seen[at] === place) continue;
      this.#seen[at] = place;
      const operand = code[at * 3 + 1] ?? 0;
      const target = code[at * 3 + 2] ?? 0;
      const operation = code[at * 3];
      if (operation === operations.match) return { taking, match: slots };
      if (operation === operations.take) taking.push(thread);
      else if (operation === operations.split) {
        stack.push({ at: target, slots }, { at: operand, slots });
      } else if (operation === operations.save) {
        const kept = slots.slice();
        kept[operand] = place;
        stack.push({ at: target, slots: kept });
      } else if (this.#isAt(operand, place)) stack.push({ at: target, slots });
    }
    return { taking, match: undefined };
  }

  #take(threads: readonly Thread[], place: number): Thread[] {
    const point = this.#points[place]?.codePointAt(0);
    if (point === undefined) return [];
    const { classes, code } = this.#pattern;
    return threads
      .filter(({ at }) => holds(classes[code[at * 3 + 1] ?? 0] ?? [], point))
      .map(({ at, slots }) => ({ at: code[at * 3 + 2] ?? 0, slots }));
  }

  #isAt(wanted: number, place: number): boolean {
    const before = this.#points[place - 1];
    const after = this.#points[place];
    if (wanted === places.textBegin) return before === undefined;
    if (wanted === places.textEnd) return after === undefined;
    if (wanted === places.lineBegin) return before === undefined || before === '\n';
    if (wanted === places.lineEnd) return after === undefined || after === '\n';
    const isWord = (char: string | undefined) => char !== undefined && /^\w$/.test(char);
    return (isWord(before) !== isWord(after)) === (wanted === places.wordEdge);
  }
}

/** Whether pairs of first and last hold `point`. */
function holds(set: readonly number[], point: number): boolean {
  for (let at = 0; at < set.length; at += 2) {
    if (point >= (set[at] ?? 0) && point <= (set[at + 1] ?? 0)) return true;
  }
  return false;
}

/** `template` with `${1}`, `$1` and `${name}` filled from a match, as Go's Regexp.Expand does it; `$$` is `$`. */
export function expandGroups(template: string, pattern: GroupPattern, groups: Groups): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return '$';
    const number = /^\d+$/.test(name) ? Number(name) : pattern.names.indexOf(name) + 1;
    return number === 0 && name !== '0' ? '' : (groups[number] ?? '');
  });
}
