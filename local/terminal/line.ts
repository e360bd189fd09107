// A line of the terminal as pieces of text with what they mean; what colour that is, and whether there is any, is decided last.
import { cut, neutralize, widthOf } from './text.ts';

/** What a piece of text means. */
export type Style = 'plain' | 'head' | 'good' | 'bad' | 'warn' | 'faint';

/** A piece of text of one style. */
export type StyledText = { readonly text: string; readonly style: Style };

/** One line, left to right. */
export type Line = readonly StyledText[];

/** Makes text of a style what is written to the terminal. */
export type Painter = (span: StyledText) => string;

/** A piece of text; whoever chose it, it cannot control the terminal. */
export function span(text: string, style: Style = 'plain'): StyledText {
  return { text: neutralize(text), style };
}

/** The text of a line without styles. */
export function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}

/** `line` within `columns`, with `…` where something is missing. */
export function cutLine(line: Line, columns: number): Line {
  let left = columns;
  const fitting: StyledText[] = [];
  for (const { style, text } of line) {
    const rest = cut(text, left);
    fitting.push({ style, text: rest });
    left -= widthOf(rest);
    if (rest !== text) break;
  }
  return fitting;
}

/** Numbers of https://www.ecma-international.org/publications-and-standards/standards/ecma-48/ (SGR). */
const codes: Readonly<Record<Style, string>> = {
  plain: '',
  head: '1',
  good: '32',
  bad: '1;31',
  warn: '33',
  faint: '2',
};

/** Paints with the sixteen colours that every terminal with colours has. */
export const paintColours: Painter = ({ style, text }) =>
  codes[style] === '' || text === '' ? text : `\u001b[${codes[style]}m${text}\u001b[0m`;

/** Leaves text as it is. */
export const paintNothing: Painter = ({ text }) => text;
