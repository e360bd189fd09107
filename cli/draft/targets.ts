// Addresses that somebody gives, as groups of probes.
import { isRedisAddress, readRedisAddress } from '../../layers/core/src/net/redis-address.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';
import { UsageError } from '../command/command.ts';
import { nameOf, type ProbeGroup, takeName } from './draft.ts';

/** `name=address` or an address; one that is given twice counts once. @throws UsageError for one that no built-in module probes. */
export function groupTargets(given: readonly string[], taken: Set<string>): ProbeGroup[] {
  const web: Record<string, string> = {};
  const redis: Record<string, string> = {};
  for (const text of new Set(given)) {
    const [, named, address = text] = /^([A-Za-z0-9][\w.-]{0,99})=(.+)$/s.exec(text) ?? [];
    const name = takeName(named ?? nameOf(address), taken);
    if (/^https?:\/\//i.test(address)) web[name] = address;
    else if (isRedisAddress(address)) redis[name] = checkedRedis(address);
    else if (address.startsWith('${')) web[name] = address;
    else
      throw new UsageError(
        `--target: got ${JSON.stringify(redactUrl(address))}, want an address such as ${nearest(address)}`,
        'what other schemes reach (tcp, dns, grpc) needs a module: docs/configuration.md',
      );
  }
  return [
    ...(Object.keys(web).length > 0 ? [{ module: 'http_2xx', targets: web }] : []),
    ...(Object.keys(redis).length > 0
      ? [
          {
            module: 'redis',
            targets: redis,
            comments: ['Writes, reads and deletes a key of its own, from inside the VPC.'],
          },
        ]
      : []),
  ];
}

/** What may have been meant: a host without a scheme is nearly always one of the web, or a Redis by its port. */
function nearest(address: string): string {
  const [, host, port] = /^([\w-]+(?:\.[\w-]+)+)(?::(\d+))?(?:\/[^@]*)?$/.exec(address) ?? [];
  if (host === undefined)
    return 'https://shop.example.com/healthz or rediss://sessions.example.com:6379';
  return port === '6379' ? `redis://${host}:6379` : `https://${redactUrl(address)}`;
}

function checkedRedis(address: string): string {
  const read = readRedisAddress(address);
  if ('fault' in read) throw new UsageError(`--target: ${read.fault}`);
  return address;
}
