// Addresses in blocks, against Node's own BlockList; and which errors of the system are the network's.
import { BlockList } from 'node:net';
import fc from 'fast-check';
import { isFromNetwork } from '../../layers/core/src/net/classify.ts';
import { addressBytes } from '../../layers/core/src/net/family.ts';
import { findBlock, liesIn } from '../../layers/core/src/net/guard.ts';

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

it('an allowed block lifts the guard for its own addresses alone', () => {
  expect(findBlock('169.254.1.1', ['169.254.1.0/24'])).toBeUndefined();
  expect(findBlock('169.254.2.1', ['169.254.1.0/24'])).toBe('169.254.2.1 lies in 169.254.0.0/16');
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
