// Text as a terminal shows it: columns are counted, what does not fit is cut, and nothing that controls the terminal gets through.
import { eastAsianWidth } from 'get-east-asian-width';

/** Takes no column: combining marks (variation selectors are some) and the joiner. */
const joining = /^(?:\p{Mn}|\p{Me}|\u200d)$/u;

/** Control characters, line and paragraph separators, direction marks and other invisible ones, halves of characters. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** What stands where a character was that must not reach a terminal. */
const replacement = '\ufffd';

/** `text` on one line, without anything that moves the cursor, changes colours or turns the direction of writing. */
export function neutralize(text: string): string {
  return text.replace(unsafe, (character) => (character === '\u200d' ? character : replacement));
}

/** Columns that `text` takes on a terminal. */
export function widthOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += widthOfCharacter(character);
  return columns;
}

function widthOfCharacter(character: string): number {
  // Nearly all text is ASCII.
  if (character >= ' ' && character <= '~') return 1;
  return joining.test(character) ? 0 : eastAsianWidth(character.codePointAt(0) ?? 0);
}

/** The first characters of `text` that fit into `columns`, with `…` at the end where something is missing. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  return columns < 1 ? '' : `${headOf(text, columns - 1)}…`;
}

/** {@link cut} in the middle, for names and addresses that differ at their ends. */
export function cutMiddle(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns < 5) return cut(text, columns);
  const tail = tailOf(text, Math.floor((columns - 1) / 2));
  return `${headOf(text, columns - 1 - widthOf(tail))}…${tail}`;
}

/** `text` with spaces behind it, `columns` wide; longer text stays as it is. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** What a reader sees as one character each: marks and joined emoji stay whole. */
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

function headOf(text: string, columns: number): string {
  return takeWhileFits(
    [...graphemes.segment(text)].map(({ segment }) => segment),
    columns,
  ).join('');
}

function tailOf(text: string, columns: number): string {
  const backwards = [...graphemes.segment(text)].map(({ segment }) => segment).reverse();
  return takeWhileFits(backwards, columns).reverse().join('');
}

function takeWhileFits(characters: readonly string[], columns: number): string[] {
  let left = columns;
  const end = characters.findIndex((character) => {
    left -= widthOf(character);
    return left < 0;
  });
  return characters.slice(0, end === -1 ? characters.length : end);
}
