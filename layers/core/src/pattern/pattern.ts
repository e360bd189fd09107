// What an RE2 pattern becomes when fargaze.yml is compiled: a small program, which pattern/matcher.ts runs. Plain data,
// so that it travels in the compiled configuration; nothing reads a pattern's syntax at run time.

/** A compiled pattern. */
export type Pattern = {
  /** The pattern as it was written, for messages. */
  readonly text: string;
  /** Sets of characters, each as pairs of first and last code point, in order and without overlap. */
  readonly classes: readonly (readonly number[])[];
  /** Instructions of three numbers: {@link operations} and two operands; places are indexes of instructions. */
  readonly code: readonly number[];
  /** Where the program begins. */
  readonly start: number;
};

/** A pattern whose program says where its groups begin and end. Names by number, from 1 on; empty where there is none. */
export type GroupPattern = Pattern & { readonly names: readonly string[] };

/** What an instruction does, by its first number. */
export const operations = {
  /** The text matches. */
  match: 0,
  /** Takes one character of the class; then goes on at the second operand. */
  take: 1,
  /** Goes on at both operands. */
  split: 2,
  /** Goes on at the second operand where the first, one of {@link places}, is true. */
  assert: 3,
  /** Keeps the place in the slot of the first operand, twice a group's number and one more at its end. */
  save: 4,
} as const;

/** Places between characters that a pattern can ask for. */
export const places = {
  textBegin: 0,
  textEnd: 1,
  lineBegin: 2,
  lineEnd: 3,
  wordEdge: 4,
  noWordEdge: 5,
} as const;
