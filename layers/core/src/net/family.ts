// Which IP family a text is. Node's own isIP tries a regular expression for IPv6 on everything that is not IPv4,
// and compiling that takes milliseconds of every cold start.
import { isIPv4, isIPv6 } from 'node:net';

/** 4 or 6 for an IP address, 0 for anything else. */
export function familyOf(text: string): 0 | 4 | 6 {
  if (text.includes(':')) return isIPv6(text) ? 6 : 0;
  return isIPv4(text) ? 4 : 0;
}
