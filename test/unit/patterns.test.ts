// Patterns mean what they mean to Go, and so to blackbox_exporter: by Go's own verdicts (test/support/go-regexp/main.go), and
// in time that no text and no pattern can stretch.
import { readFileSync } from 'node:fs';
import { compilePattern } from '../../layers/core/src/config/compile/pattern/program.ts';
import { keptCells, maxCellsOfAll } from '../../layers/core/src/pattern/automaton.ts';
import { Matcher, matches } from '../../layers/core/src/pattern/matcher.ts';
import { createRandom } from '../support/random.ts';

type Text = string | { readonly hex: string };
type Line = readonly [pattern: string, error: string | null, pairs: readonly [Text, boolean][]];

const lines = readFileSync('test/fixtures/go-regexp.jsonl', 'utf8').trimEnd().split('\n');
const recorded = lines.map((line) => JSON.parse(line) as Line);

const toBytes = (text: Text) =>
  Buffer.from(
    typeof text === 'string' ? text : text.hex,
    typeof text === 'string' ? 'utf8' : 'hex',
  );

function run(matcher: Matcher, bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; ) at = matcher.scan(bytes, at);
  return matcher.end();
}

/** What is wrong with the pattern, or which of the texts match. */
function judge(pattern: string, texts: readonly Text[]): unknown {
  try {
    const compiled = compilePattern(pattern);
    return texts.map((text) => run(new Matcher(compiled), toBytes(text)));
  } catch (error) {
    return error instanceof SyntaxError ? error.message : error;
  }
}

it('all recorded patterns and texts are judged as Go judges them, errors in its words', () => {
  const pairs = recorded.flatMap(([, , texts]) => texts);
  expect(pairs.length).toBeGreaterThan(2000);
  const wrong = recorded.flatMap(([pattern, error, texts]) => {
    const want = error?.replace(/: ``$/, '') ?? texts.map(([, match]) => match);
    const got = judge(
      pattern,
      texts.map(([text]) => text),
    );
    return JSON.stringify(got) === JSON.stringify(want) ? [] : [{ pattern, want, got, texts }];
  });
  expect(wrong).toEqual([]);
});

it('a text that comes byte by byte is judged as one that comes at once', () => {
  const wrong = recorded.flatMap(([pattern, error, texts]) => {
    if (error !== null) return [];
    const compiled = compilePattern(pattern);
    return texts.filter(([text, want]) => {
      const matcher = new Matcher(compiled);
      for (const byte of toBytes(text)) matcher.scan(Uint8Array.of(byte));
      return matcher.end() !== want;
    });
  });
  expect(wrong).toEqual([]);
});

/** `a` and `b` in no order, the same for the same seed. */
function noise(seed: number, length: number): string {
  let value = seed;
  return Array.from({ length }, () => {
    value = (Math.imul(value, 1_103_515_245) + 12_345) >>> 0;
    return value & 0x10000 ? 'a' : 'b';
  }).join('');
}

describe('work grows with the text', () => {
  /** Calls of `scan` that one text takes: each is a bounded piece of work. */
  const callsFor = (pattern: string, text: string) => {
    const matcher = new Matcher(compilePattern(pattern));
    const bytes = Buffer.from(text);
    let calls = 0;
    for (let at = 0; at < bytes.length; calls += 1) at = matcher.scan(bytes, at);
    return calls;
  };

  it.each([
    { pattern: '(a+)+$', text: `${'a'.repeat(40)}b` },
    { pattern: '(x+x+)+y', text: 'x'.repeat(100_000) },
    { pattern: '.*"status":"UP".*', text: 'x'.repeat(100_000) },
    { pattern: '(.*)*(.*)*(.*)*z', text: 'y'.repeat(100_000) },
    { pattern: '(?i)\\bword\\b', text: 'words sword '.repeat(10_000) },
  ])('$pattern needs one piece of work', ({ pattern, text }) => {
    expect(callsFor(pattern, text)).toBe(1);
  });

  it('a pattern that has ever new states is stopped after each piece', () => {
    const calls = callsFor('a[ab]{60}c', noise(1, 20_000));
    expect(calls).toBeGreaterThan(3);
    expect(calls).toBeLessThan(50);
  });
});

it('what a pattern has learnt is kept for the next text, within bounds', () => {
  const pattern = compilePattern('a[ab]{12}c');
  for (let seed = 1; seed < 6; seed += 1) {
    expect(matches(pattern, noise(seed, 30_000))).toBe(false);
    expect(matches(pattern, `${noise(seed, 30_000)}a${'b'.repeat(12)}c`)).toBe(true);
  }
});

it('many patterns that learn without end keep no more together, and judge rightly all the same', () => {
  const random = createRandom(3);
  const text = Buffer.from(
    `${Array.from({ length: 6000 }, () => (random() < 0.5 ? 'a' : 'b')).join('')}c`,
  );
  const sources = Array.from({ length: 40 }, (_, n) => `a[ab]{${100 + n}}${n % 2 ? 'c' : 'd'}`);
  const patterns = sources.map((source) => compilePattern(source));
  let most = 0;
  const judge = () => {
    const matchers = patterns.map((one) => new Matcher(one));
    // All are read at the same time, in parts.
    for (let at = 0; at < text.length; at += 500) {
      for (const matcher of matchers) {
        const part = text.subarray(at, at + 500);
        for (let from = 0; from < part.length; ) from = matcher.scan(part, from);
        most = Math.max(most, keptCells());
      }
    }
    return matchers.map((matcher) => matcher.end());
  };
  const want = sources.map((source) => new RegExp(source).test(text.toString()));
  expect(new Set(want).size).toBe(2);
  expect([judge(), judge()]).toEqual([want, want]);
  expect(most).toBeGreaterThan(maxCellsOfAll / 2);
  expect(most).toBeLessThan(maxCellsOfAll * 1.01);
});

it('a pattern of too many instructions is refused', () => {
  expect(() =>
    compilePattern('(?:abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefg){1000}'),
  ).toThrow(new SyntaxError('expression too large, want at most 50000 instructions'));
});
