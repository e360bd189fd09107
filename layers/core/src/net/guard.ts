// Addresses that no probe may reach unless a module allows it: what answers there belongs to the machine that
// runs the probe (metadata, credentials, the Lambda runtime), never to a target.
import { readEnv } from '../env.ts';
import { addressBytes, familyOf } from './family.ts';

type Subnet = readonly [address: string, prefix: number];

// RFC 6890 (special-purpose addresses); fd00:ec2::/32 is where EC2 serves metadata and time over IPv6.
const always: readonly Subnet[] = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['255.255.255.255', 32],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
  ['ff00::', 8],
  // Old and local forms that a router may turn into an IPv4 address, which is not known here: IPv4-compatible and
  // IPv4-translated (RFC 4291, 2765), 6to4 (RFC 7526) and its relays (RFC 7526), NAT64 for local use (RFC 8215), Teredo
  // (RFC 4380), site-local (RFC 3879). No service has such an address.
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['2002::', 16],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['fec0::', 10],
  ['192.88.99.0', 24],
];

// Inside Lambda, loopback is the runtime API and its extensions (127.0.0.1:9001).
const inLambda: readonly Subnet[] = [
  ['127.0.0.0', 8],
  ['::1', 128],
];

/** Why `address` (an IP literal) must not be dialled; undefined when it may be. */
export function findBlock(address: string, allowed: readonly string[]): string | undefined {
  const plain = unmap(address);
  const subnets =
    readEnv('AWS_LAMBDA_RUNTIME_API') === undefined ? always : [...always, ...inLambda];
  const bytes = addressBytes(plain);
  const subnet = subnets.find(
    ([base, prefix]) => liesIn(bytes, base, prefix) && !(base === '::' && isLoopback(bytes)),
  );
  if (subnet === undefined) {
    const inner = innerOfIsatap(bytes);
    return inner === undefined ? undefined : findBlock(inner, allowed);
  }
  const lifted = allowed.some((block) => isInBlock(plain, block));
  return lifted ? undefined : `${plain} lies in ${subnet[0]}/${subnet[1]}`;
}

/** Whether `address` is an IP address in the block `base/prefix`. */
export function isInBlock(address: string, block: string): boolean {
  const [base = '', prefix = ''] = block.split('/');
  if (familyOf(base) === 0 || familyOf(address) === 0) return false;
  return liesIn(addressBytes(address), base, Number(prefix));
}

/** `::1`, which lies in `::/96` and is judged by itself. */
function isLoopback(bytes: readonly number[]): boolean {
  return liesIn(bytes, '::1', 128);
}

/** Whether the bytes of an address lie in `base/prefix`. By hand: Node's BlockList takes milliseconds to make. */
export function liesIn(address: readonly number[], base: string, prefix: number): boolean {
  if (base.includes(':') !== (address.length === 16)) return false;
  const network = addressBytes(base);
  return network.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8));
    const mask = 0xff << (8 - bits);
    return ((byte ^ (address[index] ?? 0)) & mask & 0xff) === 0;
  });
}

/** `::ffff:a.b.c.d` in any spelling, and NAT64's `64:ff9b::/96`, reach the IPv4 address that they hold. */
function unmap(address: string): string {
  if (!address.includes(':')) return address;
  const normal = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const match = /^(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(normal);
  if (match === null) return normal;
  const value = [match[1], match[2]].map((part) => Number.parseInt(part ?? '0', 16));
  return value.flatMap((part) => [part >> 8, part & 255]).join('.');
}

/** The IPv4 address in an ISATAP address of any prefix (RFC 5214, 6.1), which an interface of that kind would dial. */
function innerOfIsatap(bytes: readonly number[]): string | undefined {
  const [local = 0, ...rest] = bytes.slice(8, 12);
  if ((local & 0xfd) !== 0 || rest.join() !== '0,94,254') return undefined;
  return bytes.slice(12).join('.');
}
