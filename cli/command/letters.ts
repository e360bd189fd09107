// Letters for a terminal whose locale is not UTF-8, where bars and dots of our own would be several wrong letters each. Names and
// words of others stay as they are.
import type { Variables } from '../../local/terminal/terminal.ts';

const plain: Readonly<Record<string, string>> = {
  '█': '#',
  '…': '...',
  '’': "'",
  '–': '-',
  '·': '.',
  '→': '->',
  '×': 'x',
};

const marks = new RegExp(`[${Object.keys(plain).join('')}]`, 'gu');

/** Whether the locale says that text is not UTF-8; where none is set, as in containers, it nearly always is. */
export function isAsciiOnly({ LANG, LC_ALL, LC_CTYPE }: Variables): boolean {
  const locale = [LC_ALL, LC_CTYPE, LANG].find((one) => one !== undefined && one !== '');
  return locale !== undefined && !/utf-?8/i.test(locale);
}

/** `text` with our own marks as ASCII. */
export function toAscii(text: string): string {
  return text.replace(marks, (mark) => plain[mark] ?? mark);
}
