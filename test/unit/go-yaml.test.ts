// YAML is read as Go's yaml.v3 decodes it into typed values; test/deployed/blackbox-load.test.ts compares with the real one.

import { bytesOf, goDuration, isGoSize, isGoUrl } from '../../build/go-texts.ts';
import { decodeGoYaml, type Shape } from '../../build/go-yaml.ts';

const shape: Shape = {
  kind: 'fields',
  fields: {
    text: { kind: 'text' },
    whole: { kind: 'whole' },
    flag: { kind: 'switch' },
    time: {
      kind: 'duration',
      check: (text) => (goDuration(text) === undefined ? 'a duration' : undefined),
    },
    list: { kind: 'list', of: { kind: 'text' } },
    map: { kind: 'map', of: { kind: 'text' } },
    any: { kind: 'any' },
    one: { kind: 'fields', fields: { text: { kind: 'text' }, whole: { kind: 'whole' } } },
  },
};

it.each([
  { text: 'text: 1.10', want: { text: '1.10' } },
  { text: 'text: yes', want: { text: 'yes' } },
  { text: 'text: 2020-01-01', want: { text: '2020-01-01' } },
  { text: 'text: ""', want: {} },
  { text: 'text: ~', want: {} },
  { text: 'text: !odd x', want: { text: 'x' } },
  { text: 'text: !!binary aMOp', want: { text: 'hé' } },
  { text: 'whole: 0o17', want: { whole: 15 } },
  { text: 'whole: 017', want: { whole: 15 } },
  { text: 'whole: -0x1F', want: { whole: -31 } },
  { text: 'whole: 1_000', want: { whole: 1000 } },
  { text: 'whole: 1e2', want: { whole: 100 } },
  { text: 'whole: 200.9', want: { whole: 200 } },
  { text: 'whole: 089', want: { whole: 89 } },
  { text: 'flag: "yes"', want: { flag: true } },
  { text: 'flag: OFF', want: { flag: false } },
  { text: 'time: 1m30s', want: { time: '1m30s' } },
  { text: 'time: "0"', want: { time: '0' } },
  { text: 'list: [~, a, 5, null]', want: { list: ['a', '5'] } },
  { text: 'list: [~]', want: {} },
  { text: 'map: { a: , ~: b, 5: c }', want: { map: { a: '', 5: 'c' } } },
  { text: 'map: {}', want: {} },
  { text: 'any: { a: [1, x, true, ~] }', want: { any: { a: [1, 'x', true, undefined] } } },
  {
    text: 'any: &a { b: 1 }\none: { <<: { whole: 5 }, text: t }',
    want: { any: { b: 1 }, one: { whole: 5, text: 't' } },
  },
  {
    text: 'one: { whole: 1, <<: [{ whole: 2 }, { whole: 3, text: a }] }',
    want: { one: { whole: 1, text: 'a' } },
  },
  { text: 'text: &t a\nlist: [*t, *t]', want: { text: 'a', list: ['a', 'a'] } },
  { text: 'text: a\n---\ntext: [', want: { text: 'a' } },
  { text: 'text: a\rwhole: 5\r', want: { text: 'a', whole: 5 } },
])('$text', ({ text, want }) => {
  const { faults, value } = decodeGoYaml(text, shape);
  expect([value, faults]).toEqual([want, []]);
});

it.each([
  { text: 'text: [a]', want: 'text: got a list, want text' },
  { text: 'text: { a: b }', want: 'text: got a mapping, want text' },
  { text: 'whole: "5"', want: 'whole: got "5", want a whole number' },
  { text: 'whole: .inf', want: 'whole: got ".inf", want a whole number' },
  { text: 'flag: 1', want: 'flag: got "1", want true or false' },
  { text: 'flag: !!bool yes', want: 'flag: got "yes" with the tag !!bool' },
  { text: 'time: 5', want: 'time: got "5", want a duration with a unit' },
  { text: 'time: 1d', want: 'time: got "1d", want a duration' },
  { text: 'list: a', want: 'list: got "a", want a list' },
  { text: 'one: ""', want: 'one: got "", want a mapping' },
  { text: 'one: { txet: a }', want: 'one.txet: unknown key; did you mean "text"?' },
  { text: 'one: { odd: a }', want: 'one.odd: unknown key, want text or whole' },
  { text: 'one: { <<: a }', want: 'one.<<: got no mapping' },
  { text: 'one: { <<: { odd: 1 } }', want: 'one.odd: unknown key' },
  { text: 'map: { !!bool yes: a }', want: 'map: a key: got "yes" with the tag !!bool' },
  { text: 'text: "\\ud83d"', want: 'text: got half of a character' },
  { text: 'text: !!binary a', want: 'text: got !!binary that is no base64' },
  { text: 'text: a\ntext: b', want: 'line 2, column 1: duplicate key "text"' },
  {
    text: 'one: { <<: { whole: 1 }, <<: { text: a } }',
    want: 'line 1, column 26: duplicate key "<<"',
  },
  { text: '%YAML 1.2\n---\ntext: a', want: 'line 1, column 1: got %YAML 1.2, want 1.1' },
  { text: '# nothing', want: ': is empty' },
])('$text is refused', ({ text, want }) => {
  const [fault, ...more] = decodeGoYaml(text, shape).faults;
  expect([
    `${fault?.path}: ${fault?.message}`
      .replace(/"<<"/g, '<<')
      .slice(0, want.replace(/"<<"/g, '<<').length),
    more,
  ]).toEqual([want.replace(/"<<"/g, '<<'), []]);
});

it('aliases of aliases end', () => {
  const levels = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`);
  const text = `any:\n  a0: &a0 [x]\n${levels.map((line) => `  ${line}\n`).join('')}`;
  expect(decodeGoYaml(text, shape)).toMatchObject({
    value: undefined,
    faults: [{ path: '', message: expect.stringContaining('stand for too much') }],
  });
});

it.each([
  { text: '1MB', want: 1_048_576 },
  { text: '1KiB', want: 1024 },
  { text: '1MB512KB', want: 1_572_864 },
  { text: '.5KB', want: 512 },
  { text: '-1MB', want: -1_048_576 },
  { text: '0', want: 0 },
  { text: '1024', want: undefined },
  { text: '1 MB', want: undefined },
  { text: '1mb', want: undefined },
  { text: '1kB', want: undefined },
  { text: '1MB1KiB', want: undefined },
  { text: '9EB', want: undefined },
  { text: '', want: undefined },
])('a size of $text', ({ text, want }) => {
  expect(isGoSize(text) ? bytesOf(text) : undefined).toBe(want);
});

it.each(
  [...['http://p:3128', 'p:3128', 'p', '', '//p', 'http://u:p@[::1]:80/', 'socks5://p', 'X Y']]
    .map((url) => ({ url, want: true }))
    .concat(
      ['http://[::1', '127.0.0.1:3128', '%zz', ':80', 'http://p:x', 'http://a b/', 'a\tb'].map(
        (url) => ({ url, want: false }),
      ),
    ),
)('a URL of $url', ({ url, want }) => {
  expect(isGoUrl(url)).toBe(want);
});
