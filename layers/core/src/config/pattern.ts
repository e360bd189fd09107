// RE2 patterns, as Prometheus and blackbox_exporter take them, made into JavaScript's. One pass over the text reads RE2's
// grammar (github.com/google/re2/wiki/Syntax) and says what is wrong in its words; what cannot be said in both is refused.
import { escapeLiteral, readClass, readEscape, type Scan } from './pattern-class.ts';

/** JavaScript source and flags of a pattern that was given in RE2 syntax. */
export type Pattern = { readonly source: string; readonly flags: string };

/**
 * Compiles an RE2 pattern.
 * @throws SyntaxError saying what is wrong or unsupported.
 */
export function compilePattern(text: string): Pattern {
  const lead = /^\(\?([a-zA-Z]+)\)/.exec(text);
  const flags = lead?.[1] ?? '';
  if (/[^ims]/.test(flags)) throw new SyntaxError(`the flags (?${flags}) are not supported`);
  const scan: Scan = { text, at: lead?.[0].length ?? 0, unicode: false };
  const source = translate(scan, flags);
  const pattern = {
    source,
    flags: [...new Set(flags)].sort().join('') + (scan.unicode ? 'u' : ''),
  };
  try {
    new RegExp(pattern.source, pattern.flags);
  } catch (cause) {
    throw new SyntaxError('it cannot be run here', { cause });
  }
  return pattern;
}

/** The pattern that matches exactly `text`. */
export function exactPattern(text: string): Pattern {
  return { source: `^${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`, flags: '' };
}

/** What the next repetition would repeat: nothing, something from `start` on, or what is repeated already. */
type Before = {
  readonly kind: 'nothing' | 'atom' | 'assertion' | 'repeated';
  readonly start: number;
};

const nothing: Before = { kind: 'nothing', start: 0 };

function translate(scan: Scan, flags: string): string {
  const { text } = scan;
  const groups: number[] = [];
  const names = new Set<string>();
  let out = '';
  let before = nothing;
  const add = (source: string, kind: Before['kind'] = 'atom') => {
    before = { kind, start: out.length };
    out += source;
  };
  while (scan.at < text.length) {
    const char = String.fromCodePoint(text.codePointAt(scan.at) ?? 0);
    const repetition = readRepetition(text, scan.at);
    if (repetition !== undefined) {
      const body = repeatable(out, before, repetition);
      scan.at += repetition.length;
      out = body + repetition;
      before = { ...before, kind: 'repeated' };
    } else if (char === '(') {
      groups.push(out.length);
      out += readGroup(scan, names);
      before = nothing;
    } else if (char === ')') {
      const start = groups.pop();
      if (start === undefined) throw new SyntaxError('unexpected )');
      scan.at += 1;
      out += ')';
      before = { kind: 'atom', start };
    } else if (char === '[') add(readClass(scan));
    else if (char === '\\') {
      const escaped = readEscape(scan, flags.includes('m'));
      // `\Q` may quote nothing.
      if (escaped.source !== '') add(escaped.source, escaped.kind);
    } else {
      scan.at += char.length;
      if (char === '|') {
        out += char;
        before = nothing;
      } else if (char === '^' || char === '$') add(char, 'assertion');
      // JavaScript's point also leaves out three other ends of a line.
      else if (char === '.') add(flags.includes('s') ? '.' : '[^\\n]');
      else add(escapeLiteral(scan, char));
    }
  }
  if (groups.length > 0) throw new SyntaxError('missing closing )');
  return out;
}

/** `*`, `+?`, `{2,3}` and the like at `at`; braces that hold anything else are text. */
function readRepetition(text: string, at: number): string | undefined {
  const found = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(text.slice(at, at + 20));
  if (found === null) return undefined;
  const [whole, min, comma, max = ''] = found;
  if (min === undefined) return whole;
  const most = comma === undefined ? min : max;
  const tooMany = [min, most].some((count) => Number(count) > 1000);
  if (tooMany || (most !== '' && Number(most) < Number(min))) {
    throw new SyntaxError(`invalid repeat count: ${whole}`);
  }
  return whole;
}

/** `out` with its end fit to be repeated. */
function repeatable(out: string, { kind, start }: Before, repetition: string): string {
  if (kind === 'nothing') {
    throw new SyntaxError(`missing argument to repetition operator: ${repetition}`);
  }
  if (kind === 'repeated')
    throw new SyntaxError(`invalid nested repetition operator: ${repetition}`);
  // RE2 repeats a `^`, JavaScript only a group that holds one.
  return kind === 'atom' ? out : `${out.slice(0, start)}(?:${out.slice(start)})`;
}

/** The opening of a group. Names are checked and left out: nothing asks for them, and JavaScript allows fewer. */
function readGroup(scan: Scan, names: Set<string>): string {
  const rest = scan.text.slice(scan.at);
  const [named, name = ''] = /^\(\?P?<([^=!>][^>]*)>/.exec(rest) ?? [];
  if (named !== undefined) {
    if (!/^\w+$/.test(name)) throw new SyntaxError(`invalid named capture: ${named}`);
    if (names.has(name)) throw new SyntaxError(`duplicate capture group name: ${name}`);
    names.add(name);
    scan.at += named.length;
    return '(';
  }
  if (rest.startsWith('(?:')) {
    scan.at += 3;
    return '(?:';
  }
  const [flags] = /^\(\?[a-zA-Z-]+[:)]/.exec(rest) ?? [];
  if (flags !== undefined) {
    throw new SyntaxError(`${flags} is not supported, flags stand at the beginning, as in (?i)`);
  }
  const [unknown] = /^\(\?(?:P|<[=!]?|.)?/.exec(rest) ?? [];
  if (unknown !== undefined) throw new SyntaxError(`${unknown} is not supported by RE2`);
  scan.at += 1;
  return '(';
}
