// Escapes and classes in brackets of RE2's syntax, read at a place of the text, which then moves on.
import { syntaxError } from './node.ts';
import { negate, type Ranges, union } from './ranges.ts';
import { foldCase, perlClasses, posixClasses, unicodeClass } from './unicode.ts';

/** A pattern that is being read. `fold`: whether `(?i)` holds here. */
export type Scan = { readonly text: string; at: number; fold: boolean };

/** What is left to read. */
export function restOf({ at, text }: Scan): string {
  return text.slice(at);
}

/** The set, and with `(?i)` what differs from it in case. */
export function inCase({ fold }: Scan, set: Ranges): Ranges {
  return fold ? foldCase(set) : set;
}

/** The character at the place, as its code point. */
export function readPlain(scan: Scan): number {
  const point = scan.text.codePointAt(scan.at) ?? 0;
  scan.at += point > 0xffff ? 2 : 1;
  return point;
}

/** A class by a letter or a name: `\d`, `\pL`, `\p{^Greek}`; undefined where none stands. */
export function readNamedClass(scan: Scan): Ranges | undefined {
  const rest = restOf(scan);
  const [perl, letter = ''] = /^\\([dswDSW])/.exec(rest) ?? [];
  if (perl !== undefined) {
    scan.at += perl.length;
    const set = inCase(scan, perlClasses.get(letter.toLowerCase()) ?? []);
    return letter === letter.toLowerCase() ? set : negate(set);
  }
  if (!/^\\[pP]/.test(rest)) return undefined;
  const [whole, sign, braced, short] = /^\\([pP])(?:\{([^}]*)\}|([^{]))/su.exec(rest) ?? [];
  if (whole === undefined) throw syntaxError('invalid character class range', rest);
  const name = braced ?? short ?? '';
  const set = unicodeClass(name.replace(/^\^/, ''));
  if (set === undefined) throw syntaxError('invalid character class range', whole);
  scan.at += whole.length;
  const inverse = (sign === 'P') !== name.startsWith('^');
  return inverse ? negate(inCase(scan, set)) : inCase(scan, set);
}

/** A class in brackets. */
export function readBrackets(scan: Scan): Ranges {
  const whole = restOf(scan);
  const negated = whole.startsWith('[^');
  scan.at += negated ? 2 : 1;
  const sets: Ranges[] = [];
  for (let first = true; first || scan.text[scan.at] !== ']'; first = false) {
    if (scan.at >= scan.text.length) throw syntaxError('missing closing ]', whole);
    sets.push(readPosixClass(scan) ?? readNamedClass(scan) ?? readRange(scan, whole));
  }
  scan.at += 1;
  const set = union(...sets);
  return negated ? negate(set) : set;
}

function readPosixClass(scan: Scan): Ranges | undefined {
  const [whole, negated = '', name = ''] = /^\[:(\^?)(.*?):\]/s.exec(restOf(scan)) ?? [];
  if (whole === undefined) return undefined;
  const set = posixClasses.get(name);
  if (set === undefined) throw syntaxError('invalid character class range', whole);
  scan.at += whole.length;
  return negated === '' ? inCase(scan, set) : negate(inCase(scan, set));
}

function readRange(scan: Scan, whole: string): Ranges {
  const begun = scan.at;
  const low = readMember(scan, whole);
  if (!/^-[^\]]/s.test(restOf(scan))) return inCase(scan, [low, low]);
  scan.at += 1;
  const high = readMember(scan, whole);
  if (high < low) {
    throw syntaxError('invalid character class range', scan.text.slice(begun, scan.at));
  }
  return inCase(scan, [low, high]);
}

function readMember(scan: Scan, whole: string): number {
  if (scan.at >= scan.text.length) throw syntaxError('missing closing ]', whole);
  return scan.text[scan.at] === '\\' ? readEscape(scan) : readPlain(scan);
}

const controls: ReadonlyMap<string, number> = new Map([
  ['a', 7],
  ['f', 12],
  ['n', 10],
  ['r', 13],
  ['t', 9],
  ['v', 11],
]);

/** One escaped character, as its code point. */
export function readEscape(scan: Scan): number {
  const rest = restOf(scan);
  if (rest === '\\') throw syntaxError('trailing backslash at end of expression');
  const form = /^\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]+)\}|(0[0-7]{0,2}|[1-7][0-7]{1,2}))/;
  const [code, hex, long, octal] = form.exec(rest) ?? [];
  if (code !== undefined) {
    const digits = hex ?? long;
    const point =
      digits === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(digits, 16);
    if (point > 0x10ffff) throw syntaxError('invalid escape sequence', code.replace(/\}$/, ''));
    scan.at += code.length;
    return point;
  }
  const escaped = String.fromCodePoint(rest.codePointAt(1) ?? 0);
  const point =
    controls.get(escaped) ??
    (/^[!-/:-@[-`{-~\0- \x7f]$/.test(escaped) ? escaped.charCodeAt(0) : undefined);
  if (point === undefined)
    throw syntaxError('invalid escape sequence', brokenEscape(rest, escaped));
  scan.at += 2;
  return point;
}

/** As much of a broken escape as it takes to see that it is broken. */
function brokenEscape(rest: string, escaped: string): string {
  const [hex] = /^\\x(?:\{[0-9A-Fa-f]*(?:[^0-9A-Fa-f]|$)|.{0,2})/su.exec(rest) ?? [];
  return escaped === 'x' && hex !== undefined ? hex : `\\${escaped}`;
}
