// Inputs made of seeds by a generator that starts from a number: the same number gives the same inputs.

/** Pieces that parsers stumble over. */
const pieces = [
  ...[
    '',
    '\0',
    '\r\n',
    '\n\n',
    '"',
    "'",
    '\\',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '%',
    '%00',
    '%zz',
    '#',
    '//',
    '@',
    ' ',
  ],
  ...[
    '-1',
    '0',
    '1e999',
    '9'.repeat(40),
    '18446744073709551616',
    'NaN',
    '+Inf',
    '0x',
    '-0',
    '1e-400',
    '.',
    '..',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'null',
    'true',
    '{}',
    '[]',
    '[[[[[[[[',
    '{{{{',
    '&a *a',
    '!!js',
    '<<: *a',
    '---',
    '- - -',
  ],
  ...['\u2028', '\ufeff', '\ud800', '😀', 'ß', '\u202e', 'ＡＢ', '\x7f', '\x1b[2J'],
  ...[
    '$-1\r\n',
    '*1000000000\r\n',
    '%2\r\n',
    '>3\r\n',
    '|1\r\n',
    '=15\r\n',
    ':+',
    '_\r\n',
    '#t\r\n',
    ',inf\r\n',
    '(1',
  ],
  ...[
    'a'.repeat(300),
    '['.repeat(2000),
    '\\x41',
    '\\u0000',
    '(?i)',
    '(a+)+$',
    '\\p{L}',
    '{1000}',
    '[^',
  ],
].map((text) => Buffer.from(text, 'utf8'));

/** Bytes that an input has at most. */
const longest = 8192;

/** An input: a seed, changed in one to six places. */
export function mutate(seeds: readonly Buffer[], random: () => number): Buffer {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let bytes = pick(seeds);
  for (let left = 1 + Math.floor(random() * 6); left > 0; left -= 1) {
    const at = Math.floor(random() * (bytes.length + 1));
    const end = Math.min(bytes.length, at + Math.floor(random() * 20));
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(end)];
    const kind = Math.floor(random() * 7);
    if (kind === 0) bytes = Buffer.concat([before, pick(pieces), bytes.subarray(at)]);
    else if (kind === 1) bytes = Buffer.concat([before, pick(pieces), after]);
    else if (kind === 2) bytes = Buffer.concat([before, after]);
    else if (kind === 3)
      bytes = Buffer.concat([before, bytes.subarray(at, end), bytes.subarray(at)]);
    else if (kind === 4) bytes = Buffer.concat([before, pick(seeds).subarray(at)]);
    else if (kind === 5) bytes = before;
    else if (bytes.length > 0) {
      bytes = Buffer.from(bytes);
      const place = Math.min(at, bytes.length - 1);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
  }
  return bytes.subarray(0, longest);
}
