// RE2 patterns, as blackbox_exporter takes them, made into JavaScript's. Refuses what cannot be said in both.
import type { Pattern } from './types.ts';

const posixClasses: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/**
 * Compiles an RE2 pattern (github.com/google/re2/wiki/Syntax).
 * @throws SyntaxError saying what is wrong or unsupported.
 */
export function compilePattern(text: string): Pattern {
  const lead = /^\(\?([a-zA-Z]+)\)/.exec(text);
  const flags = lead?.[1] ?? '';
  if (/[^ims]/.test(flags)) throw new SyntaxError(`flag group (?${flags}) is not supported`);
  const source = translate(text.slice(lead?.[0].length ?? 0));
  const unicode = /\\[pP]\{/.test(source) ? 'u' : '';
  const pattern = { source, flags: [...new Set(flags)].sort().join('') + unicode };
  new RegExp(pattern.source, pattern.flags);
  return pattern;
}

/** The pattern that matches `text` alone, whole. */
export function exactPattern(text: string): Pattern {
  return { source: `^${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`, flags: '' };
}

function translate(text: string): string {
  const refused = /\\[1-9]|\(\?<?[=!]|\\k<|\\C|\(\?[a-zA-Z-]+[:)]/.exec(
    text.replace(/\\\\/g, '__'),
  );
  if (refused !== null) throw new SyntaxError(`${refused[0]} is not supported`);
  return text
    .replace(/\\\\|\\Q(.*?)(?:\\E|$)/gs, (whole, literal: string | undefined) =>
      literal === undefined ? whole : literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
    )
    .replace(/\\\\|\\A|\\z/g, (whole) => ({ '\\A': '^', '\\z': '$' })[whole] ?? whole)
    .replace(/\\\\|\\([pP])([A-Z])/g, (whole, kind?: string, category?: string) =>
      kind === undefined ? whole : `\\${kind}{${category}}`,
    )
    .replace(/\(\?P</g, '(?<')
    .replace(/\[:(\^?)(\w+):\]/g, (_, negated: string, name: string) => {
      const members = posixClasses[name];
      if (members === undefined || negated !== '') {
        throw new SyntaxError(`character class [:${negated}${name}:] is not supported`);
      }
      return members;
    });
}
