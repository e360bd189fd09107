// The pure parts of the web probe and of its options: groups of patterns, CEL's syntax, encodings, proxies, addresses.
import { splitHostPort } from '../../functions/web-probe/address/host-port.ts';
import { chooseProxy } from '../../functions/web-probe/proxy/choose.ts';
import { acceptsCompression } from '../../layers/core/src/config/compile/accept-encoding.ts';
import { compileCel } from '../../layers/core/src/config/compile/cel-parse.ts';
import { compileGroups } from '../../layers/core/src/config/compile/pattern/program.ts';
import { expandGroups, matchGroups } from '../../layers/core/src/pattern/groups.ts';

describe('groups of a pattern', () => {
  it.each([
    { pattern: '(a+)(b+)?', text: 'xaab', want: ['aab', 'aa', 'b'] },
    { pattern: '(a+)(b+)?', text: 'xaa', want: ['aa', 'aa', undefined] },
    { pattern: '(a+?)(a*)', text: 'aaa', want: ['aaa', 'a', 'aa'] },
    { pattern: '(?U)(a+)(a*)', text: 'aaa', want: ['a', 'a', ''] },
    { pattern: '(a|ab)(c|bcd)(d*)', text: 'abcd', want: ['abcd', 'a', 'bcd', ''] },
    { pattern: '(?:x)(y)', text: 'xy', want: ['xy', 'y'] },
    { pattern: '(?P<one>\\w)(?<two>\\w)', text: 'é ab', want: ['ab', 'a', 'b'] },
    { pattern: '^(.)$', text: '😀', want: ['😀', '😀'] },
    { pattern: '((a)|b)*', text: 'ab', want: ['ab', 'b', 'a'] },
    { pattern: '(a{2,3}?)(a*)', text: 'aaaa', want: ['aaaa', 'aa', 'aa'] },
    { pattern: '\\bfoo\\b', text: 'a foo b', want: ['foo'] },
    { pattern: '(a)', text: 'b', want: undefined },
  ])('$pattern on $text', ({ pattern, text, want }) =>
    expect(matchGroups(compileGroups(pattern), text)).toEqual(want),
  );

  it.each([
    { template: '$1-${2}-$0', want: 'a-b-ab' },
    { template: '${two}$one', want: 'ba' },
    { template: '$$1 $9 ${none} $1x', want: '$1   ' },
  ])('$template is $want', ({ template, want }) => {
    const pattern = compileGroups('(?P<one>.)(?P<two>.)');
    expect(expandGroups(template, pattern, matchGroups(pattern, 'ab') ?? [])).toBe(want);
  });

  it('take time that grows with the text, not with what it says', () => {
    const pattern = compileGroups('(a*)*b');
    expect(matchGroups(pattern, 'a'.repeat(5_000))).toBeUndefined();
  });
});

describe('CEL that cel-go refuses is refused, with its place', () => {
  it.each([
    { text: 'body.a ==', want: 'column 10: the end, want a name' },
    { text: 'bdy.a', want: 'column 1: unknown name bdy, want body' },
    { text: 'foo(body)', want: 'column 1: unknown function foo' },
    { text: 'body.foo()', want: 'column 6: unknown method foo' },
    { text: 'size()', want: 'column 1: size of 0, want 1 arguments' },
    { text: 'body.matches(body.pattern)', want: 'want a constant as its pattern' },
    { text: 'body.matches("(")', want: 'missing closing )' },
    { text: 'has(body)', want: 'column 1: has() of something else' },
    { text: '"open', want: 'column 1: a quote that is not closed' },
    { text: 'body & 1', want: 'column 6: "&" is no CEL' },
    { text: '"\\q"', want: '\\q is no escape of CEL' },
    { text: 'body.list.all(for, true)', want: 'for is reserved' },
    { text: '99999999999999999999', want: 'no integer of 64 bits' },
    { text: `${'('.repeat(200)}1${')'.repeat(200)}`, want: 'nested more than 100 levels deep' },
    { text: '!'.repeat(200), want: 'nested more than 100 levels deep' },
  ])('$text', ({ text, want }) => expect(() => compileCel(text)).toThrow(want));

  it.each([
    'body.a == r"\\d" || body.b == """x"y"""',
    'body["a"][0u] == b"\\x00" && -1 < 0x10 // why',
    '{"a": [1, 2.5e3, null],}.a.size() == 3',
    'body.list.map(x, x > 1, x * 2)',
  ])('%s is taken', (text) => expect(compileCel(text).source).toBe(text));
});

it.each([
  ['', '', true],
  ['gzip', '', true],
  ['', 'gzip', true],
  ['gzip', 'gzip', true],
  ['gzip', 'deflate', false],
  ['gzip', '*', true],
  ['gzip', '*;q=0.0', false],
  ['gzip', 'deflate, gzip', true],
  ['gzip', 'gzip;q=0', false],
  ['gzip', 'gzip;q=0, *;q=1', true],
  ['gzip', 'br;q=1.0, gzip;q=0.8, *;q=0.1', true],
  ['gzip', 'deflate;q=0.5, *;q=0', false],
  ['identity', 'identity;q=nonsense', false],
])('compression %j and Accept-Encoding %j: %s', (compression, header, want) =>
  expect(acceptsCompression(compression, header)).toBe(want),
);

describe('a proxy', () => {
  const url = 'http://proxy:3128';
  it.each([
    { name: 'for everything', target: 'http://127.0.0.1/', noProxy: '', want: true },
    {
      name: 'not for loopback beside exceptions',
      target: 'http://127.0.0.1/',
      noProxy: 'x',
      want: false,
    },
    { name: 'not for a host', target: 'http://a.example/', noProxy: 'b, a.example', want: false },
    {
      name: 'not for a host below',
      target: 'http://x.a.example/',
      noProxy: 'a.example',
      want: false,
    },
    {
      name: 'for the host of a domain',
      target: 'http://a.example/',
      noProxy: '.a.example',
      want: true,
    },
    {
      name: 'not for a domain',
      target: 'http://x.a.example/',
      noProxy: '*.a.example',
      want: false,
    },
    {
      name: 'for another port',
      target: 'http://a.example/',
      noProxy: 'a.example:8080',
      want: true,
    },
    { name: 'not for a port', target: 'https://a.example/', noProxy: 'a.example:443', want: false },
    { name: 'not for a block', target: 'http://10.1.2.3/', noProxy: '10.0.0.0/8', want: false },
    {
      name: 'not for a block of IPv6',
      target: 'http://[2001:db8::1]/',
      noProxy: '2001:db8::/32',
      want: false,
    },
    { name: 'for nothing', target: 'http://a.example/', noProxy: '*', want: false },
  ])('$name', ({ noProxy, target, want }) => {
    const chosen = chooseProxy(new URL(target), { url, noProxy, connectHeaders: [] });
    expect(chosen !== undefined).toBe(want);
  });
});

it.each([
  ['a:1', { host: 'a', port: 1 }],
  ['[::1]:25', { host: '::1', port: 25 }],
  ['mail.example.test:smtp', { host: 'mail.example.test', port: 25 }],
  ['a', undefined],
  ['::1', undefined],
  ['a:70000', undefined],
  ['a:0', undefined],
  ['http://a:1', undefined],
])('%s is %j', (text, want) => expect(splitHostPort(text)).toEqual(want));
