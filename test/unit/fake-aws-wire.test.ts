import { decodeToken, encodeToken, takePage } from '../../local/fake-aws/call/paging.ts';
import { decodeCbor, encodeCbor } from '../../local/fake-aws/wire/cbor.ts';
import { AwsError, invalidParameter } from '../../local/fake-aws/wire/errors.ts';
import {
  readFlag,
  readNumber,
  readObjects,
  readText,
  readTexts,
  requireText,
  requireTime,
} from '../../local/fake-aws/wire/input.ts';
import { decodeForm, encodeXml, encodeXmlError } from '../../local/fake-aws/wire/query.ts';
import { stampIfPast, Timestamp } from '../../local/fake-aws/wire/timestamp.ts';
import { fc } from '../support/property.ts';

describe('CBOR', () => {
  it('reads back what it wrote', () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.boolean(),
        fc.string({ unit: 'binary' }),
        fc.double({ noNaN: true }),
        fc.maxSafeInteger(),
        fc.double({ min: -1e11, max: 1e11, noNaN: true }).map((seconds) => new Timestamp(seconds)),
        fc.array(tie('tree'), { maxLength: 30 }),
        fc.dictionary(fc.string(), tie('tree'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => expect(decodeCbor(encodeCbor(value))).toEqual(value)),
      {
        examples: [[-0]],
      },
    );
  });

  // RFC 8949 appendix A.
  it.each([
    { hex: '00', value: 0 },
    { hex: '17', value: 23 },
    { hex: '1818', value: 24 },
    { hex: '1903e8', value: 1000 },
    { hex: '1a000f4240', value: 1_000_000 },
    { hex: '1b000000e8d4a51000', value: 1_000_000_000_000 },
    { hex: '20', value: -1 },
    { hex: '3903e7', value: -1000 },
    { hex: 'f4', value: false },
    { hex: 'f6', value: null },
    { hex: 'fb3ff199999999999a', value: 1.1 },
    { hex: 'c1fb41d452d9ec200000', value: new Timestamp(1_363_896_240.5) },
    { hex: '6161', value: 'a' },
    { hex: '62c3bc', value: 'ü' },
    { hex: '8301820203820405', value: [1, [2, 3], [4, 5]] },
    { hex: 'a26161016162820203', value: { a: 1, b: [2, 3] } },
  ])('$hex is what the standard says, both ways', ({ hex, value }) => {
    expect(decodeCbor(Buffer.from(hex, 'hex'))).toEqual(value);
    expect(encodeCbor(value).toString('hex')).toBe(hex);
  });

  it.each([
    { hex: 'f93c00', value: 1 },
    { hex: 'f97bff', value: 65_504 },
    { hex: 'f90001', value: 2 ** -24 },
    { hex: 'f97c00', value: Number.POSITIVE_INFINITY },
    { hex: 'fa47c35000', value: 100_000 },
    { hex: '9f018202039f0405ffff', value: [1, [2, 3], [4, 5]] },
    { hex: 'bf61610161629f0203ffff', value: { a: 1, b: [2, 3] } },
    { hex: 'c11a514b67b0', value: new Timestamp(1_363_896_240) },
  ])('$hex is read, although it is never written', ({ hex, value }) => {
    expect(decodeCbor(Buffer.from(hex, 'hex'))).toEqual(value);
  });

  it.each([
    '',
    '18',
    '62',
    '6261',
    '83',
    '8301',
    'a1',
    'a10102',
    '0000',
    'ff',
    '81ff',
    '1c',
    '5f6161ff',
    '7f6161ff',
    'c16161',
  ])('the broken bytes %s are refused', (hex) => {
    expect(() => decodeCbor(Buffer.from(hex, 'hex'))).toThrow(AwsError);
  });

  it('holds more than fits into the first piece of memory', () => {
    const value = Array.from({ length: 3000 }, (_, index) => ({ name: `entry ${index}`, index }));
    expect(decodeCbor(encodeCbor(value))).toEqual(value);
  });

  it('leaves out members that are undefined', () => {
    expect(encodeCbor({ a: 1, b: undefined }).toString('hex')).toBe('a1616101');
  });

  it('is refused for what it cannot hold', () => {
    expect(() => encodeCbor({ a: () => 1 })).toThrow('unsupported type');
  });
});

describe('the query protocol', () => {
  it('reads structures, lists in the order of their numbers, and empty lists', () => {
    const names = Array.from({ length: 11 }, (_, index) => `L.member.${11 - index}=v${11 - index}`);
    const form = `Action=Do&A.B.Name=x%26y&Empty=&None.member=&${names.join('&')}&D.member.1.Name=n`;
    expect(decodeForm(form)).toEqual({
      Action: 'Do',
      A: { B: { Name: 'x&y' } },
      Empty: '',
      None: [],
      L: Array.from({ length: 11 }, (_, index) => `v${index + 1}`),
      D: [{ Name: 'n' }],
    });
  });

  it('never touches prototypes', () => {
    expect(decodeForm('__proto__.polluted=1&constructor.prototype.polluted=1')).toBeDefined();
    expect('polluted' in {}).toBe(false);
  });

  it('writes lists, maps, instants and special characters as the SDKs read them', () => {
    const frame = { api: 'Get', xmlns: 'urn:x', requestId: 'r', dialect: 'query' } as const;
    const output = {
      Label: '<a&"b">',
      Values: [1, 2.5],
      None: [],
      At: new Timestamp(1_800_000_000),
      ExtendedStatistics: { p90: 3 },
      Left: undefined,
    };
    expect(encodeXml(frame, output)).toBe(
      '<GetResponse xmlns="urn:x"><GetResult><Label>&lt;a&amp;&quot;b&quot;&gt;</Label>' +
        '<Values><member>1</member><member>2.5</member></Values><None></None>' +
        '<At>2027-01-15T08:00:00.000Z</At>' +
        '<ExtendedStatistics><entry><key>p90</key><value>3</value></entry></ExtendedStatistics>' +
        '</GetResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetResponse>',
    );
  });

  it('says whose fault an error is', () => {
    const errorOf = (status: number) =>
      encodeXmlError(
        { xmlns: 'urn:x', requestId: 'r', dialect: 'query' },
        { code: 'C', message: 'm', status },
      );
    expect(errorOf(400)).toContain('<Type>Sender</Type><Code>C</Code><Message>m</Message>');
    expect(errorOf(500)).toContain('<Type>Receiver</Type>');
  });

  it('frames answers and refusals of EC2 as EC2 does', () => {
    const frame = { api: 'Get', xmlns: 'urn:x', requestId: 'r', dialect: 'ec2' } as const;
    expect(encodeXml(frame, { set: [{ id: 'a' }, { id: 'b' }] })).toBe(
      '<GetResponse xmlns="urn:x"><requestId>r</requestId>' +
        '<set><item><id>a</id></item><item><id>b</id></item></set></GetResponse>',
    );
    expect(encodeXmlError(frame, { code: 'C', message: 'm', status: 400 })).toBe(
      '<Response><Errors><Error><Code>C</Code><Message>m</Message></Error></Errors>' +
        '<RequestID>r</RequestID></Response>',
    );
  });
});

describe('members of a request', () => {
  it('are read from JSON types and from text alike', () => {
    expect([readNumber({ a: 5 }, 'a'), readNumber({ a: '5' }, 'a'), readNumber({}, 'a')]).toEqual([
      5,
      5,
      undefined,
    ]);
    expect([readFlag({ a: true }, 'a'), readFlag({ a: 'false' }, 'a')]).toEqual([true, false]);
    expect([
      requireTime({ a: 1_800_000_000 }, 'a'),
      requireTime({ a: '2027-01-15T08:00:00Z' }, 'a'),
      requireTime({ a: new Timestamp(1_800_000_000) }, 'a'),
    ]).toEqual([1_800_000_000, 1_800_000_000, 1_800_000_000]);
  });

  it.each([
    { name: 'a number that is text', read: () => readNumber({ a: 'x' }, 'a') },
    { name: 'a number that is empty', read: () => readNumber({ a: '' }, 'a') },
    { name: 'a text that is a number', read: () => readText({ a: 1 }, 'a') },
    { name: 'a required text that is empty', read: () => requireText({ a: '' }, 'a') },
    { name: 'a flag that is text', read: () => readFlag({ a: 'yes' }, 'a') },
    { name: 'a list that is a text', read: () => readTexts({ a: 'x' }, 'a') },
    { name: 'structures that are texts', read: () => readObjects({ a: ['x'] }, 'a') },
    { name: 'an instant that is no date', read: () => requireTime({ a: 'soon' }, 'a') },
    { name: 'an instant that is missing', read: () => requireTime({}, 'a') },
  ])('refuses $name', ({ read }) => {
    expect(read).toThrow(AwsError);
  });
});

describe('timestamps', () => {
  it('are shown once their time has come', () => {
    expect([stampIfPast(10, 9), stampIfPast(undefined, 9), stampIfPast(10, 10)?.seconds]).toEqual([
      undefined,
      undefined,
      10,
    ]);
    expect(JSON.stringify({ at: new Timestamp(1.5) })).toBe('{"at":1.5}');
  });
});

describe('pages', () => {
  const page = (items: readonly string[], token: string | undefined, size: number) =>
    takePage(items, {
      keyOf: (item) => item,
      token,
      size,
      invalidToken: () => invalidParameter('bad'),
    });

  it('give every item once, for any list and size', () => {
    const items = fc.uniqueArray(fc.string(), { maxLength: 40 }).map((list) => list.sort());
    fc.assert(
      fc.property(items, fc.integer({ min: 1, max: 45 }), (list, size) => {
        const seen: string[] = [];
        let token: string | undefined;
        do {
          const next = page(list, token, size);
          seen.push(...next.items);
          token = next.nextToken;
        } while (token !== undefined);
        expect(seen).toEqual(list);
      }),
    );
  });

  it('neither repeat nor skip others when items come and go between them', () => {
    const first = page(['a', 'c', 'e', 'g'], undefined, 2);
    expect(page(['b', 'e', 'f', 'g'], first.nextToken, 9).items).toEqual(['e', 'f', 'g']);
  });

  it('refuse a token that is not theirs', () => {
    expect(() => page(['a'], encodeToken('x'), 1)).toThrow('bad');
    expect(decodeToken(encodeToken('é\u0000'))).toBe('é\u0000');
  });
});
