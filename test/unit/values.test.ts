// Small pure parts: durations, sizes, suggestions, redaction, grouping keys, exposition, classification.

import { formatDuration, parseDuration } from '../../layers/core/src/config/duration.ts';
import { listNames, suggest } from '../../layers/core/src/config/suggest.ts';
import { DeadlineExceeded } from '../../layers/core/src/deadline.ts';
import { ConfigError, DeliveryError, SourceError } from '../../layers/core/src/errors.ts';
import { renderExposition } from '../../layers/core/src/exposition.ts';
import { classify } from '../../layers/core/src/net/classify.ts';
import { groupPath } from '../../layers/core/src/pushgateway/grouping.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';
import { sample } from '../../layers/core/src/sample.ts';
import { fc } from '../support/property.ts';

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

it('suggests the first of the nearest by single edits, as the textbook counts them', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 5 }), (typed, known) => {
      const edits = known.map((name) => countEdits(typed, name));
      const fewest = Math.min(...edits);
      const want = fewest <= (typed.length <= 4 ? 1 : 2) ? known[edits.indexOf(fewest)] : undefined;
      expect(suggest(typed, known)).toBe(want);
    }),
  );
});

/** From the ends of both words: one letter less, more or other, or two that changed places. */
function countEdits(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const same = a.at(-1) === b.at(-1) ? 0 : 1;
  const isSwapped = a.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1);
  return Math.min(
    countEdits(a.slice(0, -1), b) + 1,
    countEdits(a, b.slice(0, -1)) + 1,
    countEdits(a.slice(0, -1), b.slice(0, -1)) + same,
    isSwapped ? countEdits(a.slice(0, -2), b.slice(0, -2)) + 1 : Number.POSITIVE_INFINITY,
  );
}

it.each([
  { count: 0, want: 'none' },
  { count: 2, want: 'n0, n1' },
  { count: 20, want: /n18, n19$/ },
  { count: 5000, want: /n18, n19 and 4980 more$/ },
])('of $count names an error lists what can be read', ({ count, want }) => {
  expect(listNames(Array.from({ length: count }, (_, n) => `n${n}`))).toEqual(
    typeof want === 'string' ? want : expect.stringMatching(want),
  );
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

  it('a word that is shown is shown beside a letter or mark outside of ASCII too, and one that is hidden is hidden', () => {
    const hides = (segment: string) => redactUrl(`http://h/${segment}`).includes('redacted');
    expect(['gesundheit', 'größe', 'Zustand-日本'].filter(hides)).toEqual([]);
    expect(['sk9f8Zk2', 'ä9f8Zk2q'].filter(hides)).toHaveLength(2);
    const word = fc.stringMatching(/^(?:[a-zA-Z]{0,26}|[A-Za-z0-9_.-]{1,12})$/);
    fc.assert(fc.property(word, (text) => expect(hides(`${text}€`)).toBe(hides(text))));
  });
});

describe('grouping keys', () => {
  it.each([
    [{ job: 'j', instance: 'i' }, '/metrics/job/j/instance/i'],
    [{ instance: 'a/b', job: 'j' }, '/metrics/job/j/instance@base64/YS9i'],
    [{ job: 'j', instance: 'i\ud800' }, '/metrics/job/j/instance@base64/ae-_vQ'],
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
  // What a receiver or an API answers is expected too: no line of code explains it.
  const delivery = new DeliveryError('pushgateway: status 503', { retryable: true });
  expect(delivery.stack).toBe('DeliveryError: pushgateway: status 503');
  const source = new SourceError('no', { operation: 'ListClusters', retryable: false });
  expect(source.stack).toBe('SourceError: no');
});
