// Our RESP parser beside that of @redis/client, on generated replies cut anywhere: both see the same values.
import { Decoder } from '@redis/client/dist/lib/RESP/decoder.js';
import { RespError, RespParser, RespSyntaxError } from '../../functions/redis-probe/resp.ts';
import { fc } from '../support/property.ts';

const text = fc.stringMatching(/^[ -~]{0,30}$/);
const unicode = fc.string({ unit: 'grapheme', maxLength: 40 });
const blob = (kind: string, value: string) => `${kind}${Buffer.byteLength(value)}\r\n${value}\r\n`;

/** The bytes of any reply of RESP2 or RESP3. */
const reply: fc.Arbitrary<string> = fc.letrec<{ reply: string }>((tie) => {
  const many = fc.array(tie('reply'), { maxLength: 5 });
  const list = (kind: string) => many.map((items) => `${kind}${items.length}\r\n${items.join('')}`);
  const pairs = fc.array(fc.tuple(unicode, tie('reply')), { maxLength: 4 });
  return {
    reply: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      text.map((value) => `+${value}\r\n`),
      text.map((value) => `-ERR ${value}\r\n`),
      // Near 2^53 @redis/client 6.3.1 is off by one below zero.
      fc
        .maxSafeInteger()
        .map((value) => Math.trunc(value / 8))
        .map((value) => `:${value}\r\n`),
      unicode.map((value) => blob('$', value)),
      unicode.map((value) => blob('=', `txt:${value}`)),
      text.map((value) => blob('!', `ERR ${value}`)),
      fc.constantFrom('_\r\n', '#t\r\n', '#f\r\n', '$-1\r\n', '*-1\r\n', ',inf\r\n', ',-inf\r\n'),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => `,${value}\r\n`),
      fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }).map((value) => `(${value}\r\n`),
      list('*'),
      list('~'),
      pairs.map((all) => {
        const items = all.map(([key, value]) => blob('$', key) + value);
        return `%${all.length}\r\n${items.join('')}`;
      }),
    ),
  };
}).reply;

/** What comes out for chunks, errors as their words; maps as pairs, sets as lists. */
function ours(chunks: readonly Buffer[]): unknown[] {
  const parser = new RespParser();
  const seen: unknown[] = [];
  for (const chunk of chunks) {
    parser.push(chunk);
    for (let next = parser.next(); next !== undefined; next = parser.next()) seen.push(next);
  }
  return seen.map(normalise);
}

function theirs(chunks: readonly Buffer[]): unknown[] {
  const seen: unknown[] = [];
  const decoder = new Decoder({
    onReply: (value) => seen.push(value),
    onErrorReply: (error) => seen.push(error),
    onPush: () => undefined,
    // Pairs in a list, so that a key that comes twice is seen twice.
    getTypeMapping: () => ({ 37: Array }) as never,
  });
  for (const chunk of chunks) decoder.write(Buffer.from(chunk));
  return seen.map(normalise);
}

function normalise(value: unknown): unknown {
  if (value instanceof RespError || value instanceof Error) return { error: value.message };
  if (value instanceof Set) return [...value].map(normalise);
  if (Array.isArray(value)) return value.map(normalise);
  if (typeof value === 'bigint') return `${value}`;
  // Minus zero is told from zero by neither.
  return typeof value === 'number' ? String(value) : value;
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at < bytes.length) chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  if (at < bytes.length) chunks.push(bytes.subarray(at));
  return chunks;
}

const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 30 });

it('on thousands of replies, whole or in pieces', () => {
  const corpus = fc.array(reply, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(corpus, sizes, (replies, pieces) => {
      const chunks = cut(Buffer.from(replies.join('')), pieces);
      expect(ours(chunks)).toEqual(theirs(chunks));
    }),
    { numRuns: 3000 },
  );
});

it('a reply that is damaged gives a value, a wait or a refusal, and nothing grows without bound', () => {
  const damage = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(reply, damage, sizes, (bytes, changes, pieces) => {
      const damaged = Buffer.from(bytes);
      for (const [at, byte] of changes) {
        if (damaged.length > 0) damaged[at % damaged.length] = byte;
      }
      try {
        ours(cut(damaged, pieces));
      } catch (error) {
        expect(error).toBeInstanceOf(RespSyntaxError);
      }
    }),
    { numRuns: 3000 },
  );
});
