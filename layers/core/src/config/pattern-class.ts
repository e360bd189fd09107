// Escapes and character classes of RE2, made into JavaScript's.

/** A pattern that is being read. `unicode`: what was read so far needs the flag `u`. */
export type Scan = { readonly text: string; at: number; unicode: boolean };

/** JavaScript for an escape, and whether it stands for characters or for a place between them. */
export type Escape = { readonly source: string; readonly kind: 'atom' | 'assertion' };

// JavaScript's \s and \S count more spaces than RE2's.
const spaces = '\\t\\n\\f\\r ';
const moreSpaces = '\\v\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';

const posixClasses: ReadonlyMap<string, string> = new Map([
  ['alnum', 'A-Za-z0-9'],
  ['alpha', 'A-Za-z'],
  ['ascii', '\\x00-\\x7F'],
  ['blank', '\\t '],
  ['cntrl', '\\x00-\\x1F\\x7F'],
  ['digit', '0-9'],
  ['graph', '!-~'],
  ['lower', 'a-z'],
  ['print', ' -~'],
  ['punct', '!-\\/:-@\\[-`{-~'],
  ['space', '\\t\\n\\v\\f\\r '],
  ['upper', 'A-Z'],
  ['word', '0-9A-Za-z_'],
  ['xdigit', '0-9A-Fa-f'],
]);

/** A character that stands for itself, as JavaScript must have it. */
export function escapeLiteral(scan: Scan, char: string): string {
  if (char.length > 1) scan.unicode = true;
  return /^[\\^$.*+?()[\]{}|/-]$/.test(char) && char !== '-' && char !== '/' ? `\\${char}` : char;
}

/** The escape at the place of `scan`, which moves behind it; `multiline`: `^` and `$` stand for ends of lines. */
export function readEscape(scan: Scan, multiline: boolean): Escape {
  const quoted = /^\\Q(.*?)(?:\\E|$)/s.exec(scan.text.slice(scan.at));
  if (quoted !== null) {
    scan.at += quoted[0].length;
    const source = [...(quoted[1] ?? '')].map((char) => escapeLiteral(scan, char)).join('');
    return { source, kind: 'atom' };
  }
  const next = scan.text[scan.at + 1] ?? '';
  const places: Readonly<Record<string, string>> = {
    A: multiline ? '(?<![^])' : '^',
    z: multiline ? '(?![^])' : '$',
    b: '\\b',
    B: '\\B',
  };
  const place = Object.hasOwn(places, next) ? places[next] : undefined;
  if (place !== undefined) {
    scan.at += 2;
    return { source: place, kind: 'assertion' };
  }
  const set = readSet(scan);
  if (set !== undefined)
    return { source: /^\\[dDwWpP]/.test(set) ? set : `[${set}]`, kind: 'atom' };
  return { source: escapeLiteral(scan, readChar(scan)), kind: 'atom' };
}

/** A class in brackets at the place of `scan`, which moves behind it. */
export function readClass(scan: Scan): string {
  const { text } = scan;
  const whole = text.slice(scan.at);
  const negated = text[scan.at + 1] === '^';
  scan.at += negated ? 2 : 1;
  let out = negated ? '[^' : '[';
  for (let first = true; first || text[scan.at] !== ']'; first = false) {
    if (scan.at >= text.length) throw new SyntaxError(`missing closing ]: ${whole}`);
    out += readPosix(scan) ?? readSet(scan) ?? readRange(scan, whole);
  }
  scan.at += 1;
  return `${out}]`;
}

function readPosix(scan: Scan): string | undefined {
  const [whole, negated = '', name = ''] = /^\[:(\^?)(\w+):\]/.exec(scan.text.slice(scan.at)) ?? [];
  if (whole === undefined) return undefined;
  const members = posixClasses.get(name);
  if (members === undefined) throw new SyntaxError(`invalid character class range: ${whole}`);
  if (negated !== '') throw new SyntaxError(`${whole} is not supported, want [^[:${name}:]]`);
  scan.at += whole.length;
  return members;
}

/** Members of `\d`, `\s`, `\pL` and the like at the place of `scan`; undefined where no such escape stands. */
function readSet(scan: Scan): string | undefined {
  const rest = scan.text.slice(scan.at);
  const [property, kind = '', braced, short] = /^\\([pP])(?:\{(\^?\w+)\}|(\w))/.exec(rest) ?? [];
  if (property !== undefined) {
    scan.at += property.length;
    scan.unicode = true;
    const name = braced ?? short ?? '';
    const inverse = name.startsWith('^') ? (kind === 'p' ? 'P' : 'p') : kind;
    return `\\${inverse}{${propertyOf(name.replace('^', ''), property)}}`;
  }
  const [set] = /^\\[dDwWsS]/.exec(rest) ?? [];
  if (set === undefined) return undefined;
  scan.at += 2;
  return { '\\s': spaces, '\\S': `\\S${moreSpaces}` }[set] ?? set;
}

/** A general category by its name, a script by JavaScript's longer one. */
function propertyOf(name: string, shown: string): string {
  for (const candidate of [name, `Script=${name}`]) {
    try {
      new RegExp(`\\p{${candidate}}`, 'u');
      return candidate;
    } catch {
      // Not a name of this kind.
    }
  }
  throw new SyntaxError(`invalid character class range: ${shown}`);
}

function readRange(scan: Scan, whole: string): string {
  const low = readChar(scan, whole);
  const rest = scan.text.slice(scan.at);
  if (!/^-[^\]]/s.test(rest)) return escapeMember(scan, low);
  scan.at += 1;
  const begun = scan.at;
  const high = /^-\\[dDwWsSpP]/.test(rest) ? undefined : readChar(scan, whole);
  if (high === undefined || (high.codePointAt(0) ?? 0) < (low.codePointAt(0) ?? 0)) {
    const end = high === undefined ? begun + 2 : scan.at;
    throw new SyntaxError(`invalid character class range: ${low}-${scan.text.slice(begun, end)}`);
  }
  return `${escapeMember(scan, low)}-${escapeMember(scan, high)}`;
}

function escapeMember(scan: Scan, char: string): string {
  if (char.length > 1) scan.unicode = true;
  return /^[\\\][^-]$/.test(char) ? `\\${char}` : char;
}

const controls: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

/** One character, escaped or not, at the place of `scan`, which moves behind it. `whole`: the class that it is in. */
function readChar(scan: Scan, whole?: string): string {
  const rest = scan.text.slice(scan.at);
  const plain = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  if (plain !== '\\') {
    scan.at += plain.length;
    return plain;
  }
  if (rest === '\\') {
    const message = 'trailing backslash at end of expression';
    throw new SyntaxError(whole === undefined ? message : `missing closing ]: ${whole}`);
  }
  const form = /^\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}|(0[0-7]{0,2}|[1-7][0-7]{1,2}))/;
  const [code, hex, long, octal] = form.exec(rest) ?? [];
  if (code !== undefined) {
    const point =
      octal === undefined ? Number.parseInt(hex ?? long ?? '', 16) : Number.parseInt(octal, 8);
    if (point > 0x10ffff) throw new SyntaxError(`invalid escape sequence: ${code}`);
    scan.at += code.length;
    return String.fromCodePoint(point);
  }
  const escaped = String.fromCodePoint(rest.codePointAt(1) ?? 0);
  const control = controls.get(escaped);
  if (control === undefined && !/^[!-/:-@[-`{-~]$/.test(escaped)) {
    throw new SyntaxError(`invalid escape sequence: \\${escaped}`);
  }
  scan.at += 1 + escaped.length;
  return control ?? escaped;
}
