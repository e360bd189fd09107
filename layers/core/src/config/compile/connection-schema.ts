// How a probe of any prober connects: keys that mean the same in each part of a module.
import { isIP } from 'node:net';
import * as v from 'valibot';
import { cidr, ipProtocol } from './fields.ts';

/** What every prober that connects takes. */
export const connectionEntries = {
  preferred_ip_protocol: v.optional(
    v.pipe(ipProtocol, v.description('address family to try first')),
    'ip4',
  ),
  ip_protocol_fallback: v.optional(
    v.pipe(
      v.boolean(),
      v.description('use the other family when the name has no address of the preferred one'),
    ),
    true,
  ),
  allow_blocked: v.optional(
    v.pipe(
      v.array(cidr),
      v.description('address blocks to reach although probes are kept from them by default'),
    ),
    [],
  ),
};

/** The address of this machine to send from. */
export const sourceAddressEntry = v.optional(
  v.pipe(
    v.string('want text'),
    v.check((value) => isIP(value) !== 0, 'an IP address'),
    v.description('address of the probing machine to connect from; a function in AWS has one only'),
  ),
);

type Connection = {
  readonly preferred_ip_protocol: 'ip4' | 'ip6';
  readonly ip_protocol_fallback: boolean;
  readonly allow_blocked: string[];
};

/** {@link connectionEntries} in their compiled form. */
export function connectionOf(options: Connection) {
  return {
    preferredIpProtocol: options.preferred_ip_protocol,
    ipProtocolFallback: options.ip_protocol_fallback,
    allowBlocked: options.allow_blocked,
  };
}
