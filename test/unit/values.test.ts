// Small pure parts: durations, sizes, suggestions, patterns, redaction, grouping keys, exposition, classification.
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../layers/core/src/config/duration.ts';
import { compilePattern } from '../../layers/core/src/config/pattern.ts';
import { suggest } from '../../layers/core/src/config/suggest.ts';
import { DeadlineExceeded } from '../../layers/core/src/deadline.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { renderExposition } from '../../layers/core/src/exposition.ts';
import { classify } from '../../layers/core/src/net/classify.ts';
import { groupPath } from '../../layers/core/src/pushgateway/grouping.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';
import { sample } from '../../layers/core/src/sample.ts';

describe('durations', () => {
  it.each([
    ['1h30m', 5400],
    ['500ms', 0.5],
    ['1d', 86_400],
    ['0', 0],
    ['5', undefined],
    ['1m1h', undefined],
    ['-1s', undefined],
    ['', undefined],
  ])('%s is %p seconds', (text, seconds) => expect(parseDuration(text)).toBe(seconds));

  it('what is formatted parses back to the same', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10 ** 10 }), (ms) => {
        expect(parseDuration(formatDuration(ms / 1000))).toBeCloseTo(ms / 1000, 3);
      }),
    );
  });
});

it.each([
  ['timout', 'timeout'],
  ['tiemout', 'timeout'],
  ['htp', 'http'],
  ['zzz', undefined],
])('%s suggests %p', (word, want) =>
  expect(suggest(word, ['timeout', 'http', 'prober'])).toBe(want),
);

describe('patterns', () => {
  it.each([
    { re2: '(?i)HELLO', text: 'say hello', match: true },
    { re2: '\\Aab\\z', text: 'ab', match: true },
    { re2: '\\Aab\\z', text: 'xab', match: false },
    { re2: '(?P<year>\\d{4})', text: 'in 2026', match: true },
    { re2: '[[:digit:]_]+', text: 'x_1', match: true },
    { re2: '\\pL+', text: 'ß', match: true },
    { re2: '\\Qa.b\\E', text: 'axb', match: false },
    { re2: '\\\\A', text: '\\A', match: true },
    { re2: 'a.b', text: 'a\nb', match: false },
    { re2: '(?s)a.b', text: 'a\nb', match: true },
  ])('$re2 on $text: $match', ({ re2, text, match }) => {
    const { source, flags } = compilePattern(re2);
    expect(new RegExp(source, flags).test(text)).toBe(match);
  });

  it.each([
    { re2: '[]a]', text: ']', match: true },
    { re2: '[^]a]', text: ']', match: false },
    { re2: '\\s', text: '\u00a0', match: false },
    { re2: '[\\S]', text: '\u00a0', match: true },
    { re2: 'a.b', text: 'a\rb', match: true },
    { re2: '(?m)\\Ab', text: 'a\nb', match: false },
    { re2: '(?m)a\\z', text: 'a\nb', match: false },
    { re2: '^*a', text: 'ba', match: true },
    { re2: '\\x{1F600}+$', text: '\u{1F600}\u{1F600}', match: true },
    { re2: '[\\x41-\\103]', text: 'B', match: true },
    { re2: '\\p{Greek}', text: 'α', match: true },
    { re2: '\\P{^L}', text: 'a', match: true },
    { re2: 'a{,2}', text: 'a{,2}', match: true },
    { re2: '(?P<1>a)(?<b>b)', text: 'ab', match: true },
    { re2: '[a-]', text: '-', match: true },
    { re2: '\\Qa*', text: 'a*', match: true },
    { re2: '\\a\\-\\.', text: '\x07-.', match: true },
  ])('$re2 means what it means to RE2, on $text: $match', ({ re2, text, match }) => {
    const { source, flags } = compilePattern(re2);
    expect(new RegExp(source, flags).test(text)).toBe(match);
  });

  it.each([
    { re2: '(a', want: 'missing closing )' },
    { re2: 'a)', want: 'unexpected )' },
    { re2: '[a-', want: 'missing closing ]: [a-' },
    { re2: '[a\\', want: 'missing closing ]: [a\\' },
    { re2: '[b-a]', want: 'invalid character class range: b-a' },
    { re2: '[a-\\d]', want: 'invalid character class range: a-\\d' },
    { re2: '[[:foo:]]', want: 'invalid character class range: [:foo:]' },
    { re2: '\\p{Nobody}', want: 'invalid character class range: \\p{Nobody}' },
    { re2: '[[:^alpha:]]', want: '[:^alpha:] is not supported, want [^[:alpha:]]' },
    { re2: '*a', want: 'missing argument to repetition operator: *' },
    { re2: '(|+)', want: 'missing argument to repetition operator: +' },
    { re2: 'a**', want: 'invalid nested repetition operator: *' },
    { re2: 'a{2}{3}', want: 'invalid nested repetition operator: {3}' },
    { re2: 'a{1001}', want: 'invalid repeat count: {1001}' },
    { re2: 'a{3,2}', want: 'invalid repeat count: {3,2}' },
    { re2: 'a\\', want: 'trailing backslash at end of expression' },
    { re2: '\\y', want: 'invalid escape sequence: \\y' },
    { re2: '(a)\\1', want: 'invalid escape sequence: \\1' },
    { re2: '\\x{110000}', want: 'invalid escape sequence: \\x{110000}' },
    { re2: '(?P<a->b)', want: 'invalid named capture: (?P<a->' },
    { re2: '(?P<a>b)(?P<a>c)', want: 'duplicate capture group name: a' },
    { re2: 'a(?=b)', want: '(?= is not supported by RE2' },
    { re2: '(?!x)', want: '(?! is not supported by RE2' },
    { re2: '(?<=a)b', want: '(?<= is not supported by RE2' },
    { re2: '(?U)a', want: 'the flags (?U) are not supported' },
    { re2: 'a(?i)b', want: '(?i) is not supported, flags stand at the beginning, as in (?i)' },
  ])('$re2 is refused: $want', ({ re2, want }) => {
    expect(() => compilePattern(re2)).toThrow(new SyntaxError(want));
  });
});

describe('addresses lose their credentials', () => {
  it.each([
    ['redis://user:pass@h:6379/0', 'redis://h:6379/0'],
    ['https://h/p?token=abc&q=1', 'https://h/p?token=redacted&q=redacted'],
    ['https://u@h/p#secret', 'https://h/p'],
    ['redis://:p%40ss@w@h', 'redis://h'],
    ['user:pass@h:1', 'h:1'],
    ['http://h/a@b?c=d@e', 'http://h/a@b?c=redacted'],
  ])('%s becomes %s', (address, want) => expect(redactUrl(address)).toBe(want));

  it('whatever the parts, the password is gone', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9:@!$&'()*+,;=._~-]{1,20}$/);
    fc.assert(
      fc.property(word, fc.constantFrom('redis', 'https'), (user, scheme) => {
        expect(redactUrl(`${scheme}://${user}:S3CRET@host/path`)).toBe(`${scheme}://host/path`);
      }),
    );
  });
});

describe('grouping keys', () => {
  it.each([
    [{ job: 'j', instance: 'i' }, '/metrics/job/j/instance/i'],
    [{ instance: 'a/b', job: 'j' }, '/metrics/job/j/instance@base64/YS9i'],
    [{ job: 'j', z: '', a: 'x y' }, '/metrics/job/j/a/x%20y/z@base64/='],
  ])('%j is %s', (grouping, path) => expect(groupPath(grouping)).toBe(path));
});

describe('exposition', () => {
  it('has HELP, TYPE and escaped labels', async () => {
    const text = await renderExposition([
      sample('probe_success', {}, 1),
      sample('probe_redis_role_info', { role: 'master', expected: 'a"b\\c\nd' }, 1),
    ]);
    expect(text).toContain('# TYPE probe_success gauge\nprobe_success 1\n');
    expect(text).toContain('probe_redis_role_info{role="master",expected="a\\"b\\\\c\\nd"} 1\n');
    expect(text).toMatch(/# HELP probe_success \S+/);
  });

  it('refuses the same series twice', async () => {
    const twice = [sample('probe_success', {}, 1), sample('probe_success', {}, 0)];
    await expect(async () => renderExposition(twice)).rejects.toThrow(
      'probe_success[] sampled twice',
    );
  });

  it('renders values that are no numbers', async () => {
    const text = await renderExposition([
      sample('probe_success', {}, Number.NaN),
      sample('probe_http_redirects', {}, -Infinity),
    ]);
    expect(text).toContain('probe_success Nan\n');
    expect(text).toContain('probe_http_redirects -Inf\n');
  });
});

it.each([
  [Object.assign(new Error(), { code: 'ECONNREFUSED' }), 'refused'],
  [Object.assign(new Error(), { code: 'HPE_INVALID_CONSTANT' }), 'protocol'],
  [Object.assign(new Error(), { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }), 'tls_protocol'],
  [
    new Error('wrapped', { cause: Object.assign(new Error(), { code: 'CERT_HAS_EXPIRED' }) }),
    'tls_expired',
  ],
  [new AggregateError([Object.assign(new Error(), { code: 'EHOSTUNREACH' })]), 'unreachable'],
  [new DeadlineExceeded(1), 'timeout'],
  [new TypeError('a bug'), 'internal'],
  ['thrown text', 'internal'],
  [null, 'internal'],
])('%p is classified as %s', (error, reason) => expect(classify(error)).toBe(reason));

it('a mistake of a user is named without the lines of code that noticed it', () => {
  const error = new ConfigError('event', [{ path: 'targets', message: 'got 1, want a list' }]);
  expect(error.stack).toBe('ConfigError: event: 1 problem\n  targets: got 1, want a list');
});
