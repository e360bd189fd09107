// The RESP parser: every type, every way of cutting the bytes, and nothing but its own error for anything else.

import {
  encodeCommand,
  limits,
  type Reply,
  RespError,
  RespParser,
  RespSyntaxError,
} from '../../functions/redis-probe/resp.ts';
import { fc } from '../support/property.ts';

function parse(text: string | Buffer): Reply | undefined {
  const parser = new RespParser();
  parser.push(typeof text === 'string' ? Buffer.from(text) : text);
  return parser.next();
}

it.each([
  ['+OK\r\n', 'OK'],
  ['-ERR no\r\n', new RespError('ERR no')],
  [':-12\r\n', -12],
  [':9223372036854775807\r\n', 9223372036854775807n],
  ['$5\r\nhello\r\n', 'hello'],
  ['$0\r\n\r\n', ''],
  ['$-1\r\n', null],
  ['*-1\r\n', null],
  ['*2\r\n:1\r\n*1\r\n+a\r\n', [1, ['a']]],
  ['_\r\n', null],
  ['#t\r\n', true],
  ['#f\r\n', false],
  [',1.5\r\n', 1.5],
  [',-inf\r\n', Number.NEGATIVE_INFINITY],
  [',nan\r\n', Number.NaN],
  ['(12345678901234567890\r\n', 12345678901234567890n],
  ['!5\r\nERR x\r\n', new RespError('ERR x')],
  ['=7\r\ntxt:abc\r\n', 'abc'],
  ['%1\r\n+a\r\n:1\r\n', ['a', 1]],
  ['~2\r\n:1\r\n:2\r\n', [1, 2]],
  ['|1\r\n+a\r\n:1\r\n+b\r\n', 'b'],
  ['>1\r\n+push\r\n+real\r\n', 'real'],
])('%j', (text, want) => expect(parse(text)).toEqual(want));

it.each([
  'HTTP/1.1 400\r\n',
  '$x\r\n',
  '$-2\r\n',
  `$${limits.bytes + 1}\r\n`,
  '*99999999\r\n',
  '$3\r\nabcd\r\n',
  ':1a\r\n',
  ':\r\n',
  '#x\r\n',
  ',1e\r\n',
  '$?\r\n',
  '*?\r\n',
  '*1\r\n'.repeat(limits.depth + 2),
  `+${'x'.repeat(limits.line + 2)}`,
  '\0',
])('%j is refused', (text) => expect(() => parse(text)).toThrow(RespSyntaxError));

/** A reply and its bytes. */
const wire: fc.Arbitrary<{ readonly bytes: string; readonly value: unknown }> = fc.letrec<{
  reply: { bytes: string; value: unknown };
}>((tie) => ({
  reply: fc.oneof(
    { maxDepth: 4 },
    fc.stringMatching(/^[ -~]{0,20}$/).map((text) => ({ bytes: `+${text}\r\n`, value: text })),
    fc
      .string({ unit: 'grapheme', maxLength: 30 })
      .map((text) => ({ bytes: `$${Buffer.byteLength(text)}\r\n${text}\r\n`, value: text })),
    fc.integer().map((n) => ({ bytes: `:${n}\r\n`, value: n })),
    fc.boolean().map((b) => ({ bytes: b ? '#t\r\n' : '#f\r\n', value: b })),
    fc.constant({ bytes: '_\r\n', value: null }),
    fc.array(tie('reply'), { maxLength: 4 }).map((items) => ({
      bytes: `*${items.length}\r\n${items.map(({ bytes }) => bytes).join('')}`,
      value: items.map(({ value }) => value),
    })),
  ),
})).reply;

it('replies come out whole, however their bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(wire, { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat(50), { maxLength: 40 }),
      (replies, cuts) => {
        const bytes = Buffer.from(replies.map((reply) => reply.bytes).join(''));
        const parser = new RespParser();
        const seen: unknown[] = [];
        let offset = 0;
        for (const size of [...cuts, bytes.length]) {
          parser.push(bytes.subarray(offset, offset + size));
          offset += size;
          for (let reply = parser.next(); reply !== undefined; reply = parser.next())
            seen.push(reply);
        }
        expect(seen).toEqual(replies.map(({ value }) => value));
      },
    ),
  );
});

it('garbage gives a reply, a wait or the parser’s own error, and always ends', () => {
  const nasty = fc.array(
    fc.constantFrom('*', '$', '%', '|', '>', '1', '9', '-', '\r\n', '+a', ':', 'x', '\n', '\r'),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }).map((b) => Buffer.from(b)),
        nasty.map((parts) => Buffer.from(parts.join(''))),
      ),
      (bytes) => {
        try {
          parse(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(RespSyntaxError);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

it('a command is an array of bulk strings that parses back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { minLength: 1, maxLength: 6 }),
      (parts) => {
        expect(parse(encodeCommand(parts))).toEqual(parts);
      },
    ),
  );
});
