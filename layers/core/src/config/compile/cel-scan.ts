// Reads the tokens of a CEL expression (cel.dev/specification, Syntax). Refuses what is no token, with its column.
import type { CelLiteral } from '../cel.ts';

/** A token; `at` is its offset in the text. */
export type CelToken = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly value: CelLiteral }
  | { readonly kind: 'name' | 'mark'; readonly text: string }
  | { readonly kind: 'end' }
);

const space = /(?:\s|\/\/[^\n]*)+/y;
const double = /(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)/y;
const integer = /(0x[0-9a-fA-F]+|\d+)([uU]?)/y;
const quoted =
  /([rRbB]{0,2})("""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n\r]|\\[\s\S])*"|'(?:[^'\\\n\r]|\\[\s\S])*')/y;
const rawQuoted = /([bB]?[rR][bB]?)("""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n\r]*"|'[^'\n\r]*')/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const mark = /(?:\|\||&&|[<>=!]=|[-<>+*/%!?:.,()[\]{}])/y;

/**
 * The tokens of `text`, the last of kind `end`.
 * @throws SyntaxError naming the column of what is no token.
 */
export function scanCel(text: string): CelToken[] {
  const tokens: CelToken[] = [];
  let at = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    const blank = take(space);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    const raw = take(rawQuoted);
    const found = raw ?? take(quoted) ?? take(double) ?? take(integer) ?? take(word) ?? take(mark);
    if (found === null) throw new SyntaxError(`column ${at + 1}: ${unexpected(text, at)}`);
    tokens.push(toToken(found, { at, isRaw: raw !== null, before: tokens.at(-1) }));
    at += found[0].length;
  }
  return [...tokens, { kind: 'end', at }];
}

function unexpected(text: string, at: number): string {
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return /["']/.test(char) ? 'a quote that is not closed' : `${JSON.stringify(char)} is no CEL`;
}

type Found = {
  readonly at: number;
  readonly isRaw: boolean;
  readonly before: CelToken | undefined;
};

function toToken(found: RegExpExecArray, { at, isRaw }: Found): CelToken {
  const [whole, first, second] = found;
  if (isRaw || /^[rRbB]{0,2}["']/.test(whole)) {
    const isBytes = /b/i.test(first ?? '');
    return { kind: 'literal', at, value: readText(second ?? '', { isBytes, isRaw }) };
  }
  if (/^(?:\d|\.\d)/.test(whole)) return { kind: 'literal', at, value: readNumber(whole) };
  if (whole === 'true' || whole === 'false') {
    return { kind: 'literal', at, value: { type: 'bool', value: whole === 'true' } };
  }
  if (whole === 'null') return { kind: 'literal', at, value: { type: 'null' } };
  return { kind: /^\w/.test(whole) ? 'name' : 'mark', at, text: whole };
}

function readNumber(text: string): CelLiteral {
  if (!/^(?:0x[0-9a-f]+|\d+)u?$/i.test(text)) return { type: 'double', value: Number(text) };
  const isUnsigned = /u$/i.test(text);
  const value = BigInt(text.replace(/u$/i, ''));
  // 2^63 may follow a minus.
  if (value > (isUnsigned ? 2n ** 64n - 1n : 2n ** 63n)) {
    throw new SyntaxError(`${text} is no integer of 64 bits`);
  }
  return { type: isUnsigned ? 'uint' : 'int', value: String(value) };
}

function readText(
  text: string,
  { isBytes, isRaw }: { readonly isBytes: boolean; readonly isRaw: boolean },
): CelLiteral {
  const long = /^(?:"""|''')/.test(text);
  const inner = text.slice(long ? 3 : 1, long ? -3 : -1);
  const value = isRaw ? inner : unescapeText(inner);
  return isBytes
    ? { type: 'bytes', value: [...Buffer.from(value, 'utf8')] }
    : { type: 'string', value };
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unescapeText(text: string): string {
  return text.replace(
    /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))/g,
    (whole, ...groups: (string | undefined)[]) => {
      const [x, u, long, octal, char = ''] = groups;
      const code = x ?? u ?? long;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      const known = escapes[char] ?? (/["'`\\?]/.test(char) ? char : undefined);
      if (known === undefined) throw new SyntaxError(`${whole} is no escape of CEL`);
      return known;
    },
  );
}
