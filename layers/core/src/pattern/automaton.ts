// The states that a pattern's program can be in, made as texts ask for them and kept for the next text. Time and memory
// are bounded: a step costs at most the program's length, and beyond a number of cells no more states are kept, neither of one
// pattern nor of all.
import { type Alphabet, makeAlphabet, neighbours } from './alphabet.ts';
import { operations, type Pattern, places } from './pattern.ts';

/** A set of instructions that wait for the next character, and what stood before it. */
export type State = {
  readonly waiting: readonly number[];
  readonly before: number;
  /** The state after each kind of character, as far as it is known. */
  readonly next: (State | undefined)[];
};

/** The state in which the text has matched. */
export const matched: State = { waiting: [], before: 0, next: [] };

/** Cells of states that are kept for one pattern; some two megabytes. */
const maxCells = 250_000;

/** The same for all patterns together; some ten megabytes. */
export const maxCellsOfAll = 1_000_000;

/** Automata that keep states, and their cells in all. */
const keeping = new Set<Automaton>();
let cellsOfAll = 0;

/** Cells that all patterns keep together. */
export function keptCells(): number {
  return cellsOfAll;
}

/** A pattern, ready to run. */
export class Automaton {
  readonly alphabet: Alphabet;
  /** The state before the first character. */
  readonly start: State;
  /** Instructions that were looked at since the automaton was made. */
  work = 0;
  readonly #code: Int32Array;
  readonly #first: number;
  readonly #seen: Int32Array;
  readonly #taken: Int32Array;
  #round = 0;
  readonly #states = new Map<string, State>();
  #cells = 0;

  constructor(pattern: Pattern) {
    this.alphabet = makeAlphabet(pattern);
    this.#code = Int32Array.from(pattern.code);
    this.#first = pattern.start;
    this.#seen = new Int32Array(pattern.code.length / 3);
    this.#taken = new Int32Array(pattern.code.length / 3);
    const next = new Array<State | undefined>(this.alphabet.kinds + 1).fill(undefined);
    this.start = { waiting: [this.#first], before: neighbours.edge, next };
  }

  /** Whether no more states are kept; `makeRoom` changes that. */
  get full(): boolean {
    return this.#cells > maxCells || cellsOfAll > maxCellsOfAll;
  }

  /** Drops what it has kept, and where that is not enough what the largest of all automata have. */
  makeRoom(): void {
    if (this.#cells > maxCells) this.#forget();
    if (cellsOfAll <= maxCellsOfAll) return;
    for (const one of [...keeping].sort((a, b) => b.#cells - a.#cells)) {
      one.#forget();
      if (cellsOfAll <= maxCellsOfAll / 2) return;
    }
  }

  /** A text that is being read goes on from its state; the ways from there are lost, so that nothing holds the others. */
  #forget(): void {
    for (const { next } of this.#states.values()) next.length = 0;
    this.#states.clear();
    this.start.next.fill(undefined);
    cellsOfAll -= this.#cells;
    this.#cells = 0;
    keeping.delete(this);
  }

  /** The state after `state` and a character of `kind`; it is kept, and the way to it. */
  follow(state: State, kind: number): State {
    const waiting = this.step(state, kind);
    if (waiting === undefined) {
      state.next[kind] = matched;
      return matched;
    }
    const next = this.#keep(waiting.sort(ascending), this.alphabet.neighbour[kind] ?? 0);
    state.next[kind] = next;
    return next;
  }

  /** The instructions that wait after `state` and a character of `kind`; undefined when the text has matched. */
  step({ before, waiting }: Pick<State, 'waiting' | 'before'>, kind: number): number[] | undefined {
    const { kinds, members, neighbour } = this.alphabet;
    const after = neighbour[kind] ?? 0;
    const [code, seen, taken] = [this.#code, this.#seen, this.#taken];
    const round = ++this.#round;
    const open = waiting.slice();
    // A match may begin at any place.
    taken[this.#first] = round;
    const next = [this.#first];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen[at] === round) continue;
      seen[at] = round;
      this.work += 1;
      const operand = code[at * 3 + 1] ?? 0;
      const target = code[at * 3 + 2] ?? 0;
      const operation = code[at * 3];
      if (operation === operations.match) return undefined;
      if (operation === operations.split) open.push(operand, target);
      else if (operation === operations.assert) {
        if (isAt(operand, before, after)) open.push(target);
      } else if (kind < kinds && members[operand * kinds + kind] === 1 && taken[target] !== round) {
        taken[target] = round;
        next.push(target);
      }
    }
    return next;
  }

  #keep(waiting: readonly number[], before: number): State {
    const key = `${before}:${waiting.join()}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const { kinds } = this.alphabet;
    const next = new Array<State | undefined>(kinds + 1).fill(undefined);
    const state = { waiting, before, next };
    this.#states.set(key, state);
    const cells = kinds + waiting.length * 2;
    this.#cells += cells;
    cellsOfAll += cells;
    keeping.add(this);
    return state;
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}

/** Whether a place between two neighbours is the one that is asked for. */
function isAt(place: number, before: number, after: number): boolean {
  const { edge, newline, word } = neighbours;
  if (place === places.textBegin) return before === edge;
  if (place === places.textEnd) return after === edge;
  if (place === places.lineBegin) return before === edge || before === newline;
  if (place === places.lineEnd) return after === edge || after === newline;
  return ((before === word) !== (after === word)) === (place === places.wordEdge);
}
