// Which IP family a text is. Node's own isIP tries a regular expression for IPv6 on everything that is not IPv4,
// and compiling that takes milliseconds of every cold start.
import { isIPv4, isIPv6 } from 'node:net';

/** 4 or 6 for an IP address, 0 for anything else. */
export function familyOf(text: string): 0 | 4 | 6 {
  if (text.includes(':')) return isIPv6(text) ? 6 : 0;
  return isIPv4(text) ? 4 : 0;
}

/** The 4 or 16 bytes of what is known to be an IP address; a zone (`%eth0`) is no part of it. */
export function addressBytes(address: string): number[] {
  if (!address.includes(':')) return address.split('.').map(Number);
  const normal = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const [head = '', tail] = normal.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const last = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - groups(head).length - last.length }, () => '0');
  const all = tail === undefined ? groups(head) : [...groups(head), ...zeros, ...last];
  return all.flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
}
