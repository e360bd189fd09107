// Addresses in blocks, against Node's own BlockList; and which errors of the system are the network's.
import { BlockList } from 'node:net';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { classify, isFromNetwork } from '../../layers/core/src/net/classify.ts';
import { addressBytes } from '../../layers/core/src/net/family.ts';
import { findBlock, liesIn } from '../../layers/core/src/net/guard.ts';
import { resolve } from '../../layers/core/src/net/resolve.ts';
import { fc } from '../support/property.ts';

const kinds = [
  { family: 'ipv4', address: fc.ipV4(), bits: 32 },
  { family: 'ipv6', address: fc.ipV6(), bits: 128 },
] as const;

it.each(kinds)(
  'an $family address lies in the blocks that Node says',
  ({ address, bits, family }) => {
    // A base near the address, or hardly any block would hold it.
    const cases = fc.tuple(address, address, fc.boolean(), fc.nat({ max: bits }));
    fc.assert(
      fc.property(cases, ([one, another, near, prefix]) => {
        const base = near ? one : another;
        const list = new BlockList();
        list.addSubnet(base, prefix, family);
        expect(liesIn(addressBytes(one), base, prefix)).toBe(list.check(one, family));
        expect(liesIn(addressBytes(another), base, prefix)).toBe(list.check(another, family));
      }),
      { numRuns: 500 },
    );
  },
);

it('a block of one family holds no address of the other', () => {
  expect(liesIn(addressBytes('::1'), '0.0.0.0', 0)).toBe(false);
  expect(liesIn(addressBytes('127.0.0.1'), '::', 0)).toBe(false);
});

it('an allowed block lifts the guard for its own addresses only', () => {
  expect(findBlock('169.254.1.1', ['169.254.1.0/24'])).toBeUndefined();
  expect(findBlock('169.254.2.1', ['169.254.1.0/24'])).toBe('169.254.2.1 lies in 169.254.0.0/16');
});

describe('the guard, outside Lambda', () => {
  it.each([
    { address: '169.254.169.254', block: '169.254.0.0/16' },
    { address: '0.0.0.0', block: '0.0.0.0/8' },
    { address: '239.1.2.3', block: '224.0.0.0/4' },
    { address: '255.255.255.255', block: '255.255.255.255/32' },
    { address: 'fe80::1%eth0', block: 'fe80::/10' },
    { address: 'fd00:ec2::254', block: 'fd00:ec2::/32' },
    { address: 'ff02::1', block: 'ff00::/8' },
    { address: '::', block: '::/96' },
    // What reaches an IPv4 address is judged as that one.
    { address: '::ffff:169.254.169.254', block: '169.254.0.0/16' },
    { address: '::FFFF:a9fe:a9fe', block: '169.254.0.0/16' },
    { address: '0:0:0:0:0:ffff:a9fe:a9fe', block: '169.254.0.0/16' },
    { address: '64:ff9b::169.254.169.254', block: '169.254.0.0/16' },
    { address: '64:ff9b::a9fe:a9fe', block: '169.254.0.0/16' },
    // What may reach one is blocked whole.
    { address: '::169.254.169.254', block: '::/96' },
    { address: '::8.8.8.8', block: '::/96' },
    { address: '::2', block: '::/96' },
    { address: '::ffff:0:169.254.169.254', block: '::ffff:0:0:0/96' },
    { address: '2002:a9fe:a9fe::1', block: '2002::/16' },
    { address: '64:ff9b:1::a9fe:a9fe', block: '64:ff9b:1::/48' },
    { address: '64:ff9b:1:a9fe:a9:fe00::', block: '64:ff9b:1::/48' },
    { address: '2001:0:a9fe:a9fe::1', block: '2001::/32' },
    { address: 'fec0::1', block: 'fec0::/10' },
    { address: '192.88.99.1', block: '192.88.99.0/24' },
    { address: '2001:db8::5efe:169.254.169.254', block: '169.254.0.0/16' },
    { address: '2001:db8::200:5efe:a9fe:a9fe', block: '169.254.0.0/16' },
    { address: 'fe80::5efe:8.8.8.8', block: 'fe80::/10' },
  ])('blocks $address', ({ address, block }) => {
    expect(findBlock(address, [])).toMatch(new RegExp(` lies in ${block}$`));
  });

  it.each([
    ...['8.8.8.8', '10.0.0.1', '127.0.0.1', '169.253.255.255', '223.255.255.255', '::1'],
    ...['2001:db8::1', 'fd00:ec3::254', '64:ff9b::8.8.8.8', '64:ff9b:2::a9fe:a9fe'],
    ...[
      '2003::1',
      '::ffff:8.8.8.8',
      '::1:0:0:1',
      '2001:db8::ffff:a9fe:a9fe',
      '2001:db8::5efe:8.8.8.8',
    ],
  ])('lets %s through', (address) => expect(findBlock(address, [])).toBeUndefined());

  it('is lifted by a block of the form that was judged', () => {
    expect(findBlock('2002:a9fe:a9fe::1', ['2002:a9fe::/32'])).toBeUndefined();
    expect(findBlock('64:ff9b::a9fe:a9fe', ['169.254.169.254/32'])).toBeUndefined();
    expect(findBlock('64:ff9b::a9fe:a9fe', ['64:ff9b::/96'])).toMatch('169.254.0.0/16');
  });
});

describe('the guard, in Lambda', () => {
  beforeEach(() => {
    process.env.AWS_LAMBDA_RUNTIME_API = '127.0.0.1:9001';
  });
  afterEach(() => {
    delete process.env.AWS_LAMBDA_RUNTIME_API;
  });

  it.each([
    { address: '127.0.0.1', block: '127.0.0.0/8' },
    { address: '127.255.255.254', block: '127.0.0.0/8' },
    { address: '::1', block: '::1/128' },
    { address: '::ffff:127.0.0.1', block: '127.0.0.0/8' },
    { address: '64:ff9b::127.0.0.1', block: '127.0.0.0/8' },
  ])('also blocks $address', ({ address, block }) => {
    expect(findBlock(address, [])).toMatch(new RegExp(` lies in ${block}$`));
  });

  it('lets others through', () => expect(findBlock('128.0.0.1', [])).toBeUndefined());
});

it.each([
  { code: 'ENOTCONN', syscall: 'connect', want: true },
  { code: 'EMFILE', syscall: 'connect', want: false },
  { code: 'ENFILE', syscall: 'connect', want: false },
  { code: 'ENOBUFS', syscall: 'connect', want: false },
  { code: 'ENOMEM', syscall: 'connect', want: false },
  { code: 'ERR_ASSERTION', want: false },
])('whether $code is the fault of the network: $want', ({ want, ...error }) => {
  expect(isFromNetwork(Object.assign(new Error('x'), error))).toBe(want);
});

it('a name with an empty label is a name that is not there, not a fault of fargaze', async () => {
  const deadline = startDeadline(60, systemClock);
  const ip = { preferredIpProtocol: 'ip4', ipProtocolFallback: true } as const;
  const error: unknown = await resolve('a..b', ip, deadline).catch((fault: unknown) => fault);
  deadline.close();
  expect(error).toMatchObject({ message: 'a..b is no name that DNS allows' });
  expect(classify(error)).toBe('nxdomain');
});
