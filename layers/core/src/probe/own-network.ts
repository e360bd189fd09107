// Whether our own network works, asked only when a probe has failed for the network: the targets of `vantage` are known to be
// up, so where none of them takes a connection the target that failed may be up as well.
import type { Clock, Seconds } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { interpolate } from '../config/interpolate.ts';
import type { Vantage } from '../config/probes.ts';
import { hostAndPort } from '../config/vantage.ts';
import { type Deadline, startDeadline } from '../deadline.ts';
import { ConfigError } from '../errors.ts';
import { dial } from '../net/dial.ts';
import type { Outcome, Reason } from '../outcome.ts';

/** Time for a connection. */
const patience: Seconds = 2;

/** An answer is good for so long: many probes fail at once. */
const lasting: Seconds = 1;

/** With less time than that nothing is asked, and the verdict stands. */
const least: Seconds = 0.2;

const suspicious: ReadonlySet<Reason> = new Set<Reason>([
  ...(['nxdomain', 'no_address', 'dns_failure'] as const),
  ...(['refused', 'unreachable', 'reset', 'timeout'] as const),
]);

/** Whether the network, ours or the target's, may be why a probe failed. */
export function blamesNetwork(outcome: Outcome): boolean {
  return !outcome.ok && suspicious.has(outcome.reason);
}

/** A watch over our own network. */
export type OwnNetwork = {
  /** What was seen where nothing could be reached; undefined where something could, or there was no time to ask. */
  findFault(deadline: Deadline): Promise<string | undefined>;
};

type Selection = {
  readonly vantage: Vantage | undefined;
  readonly clock: Clock;
  readonly read: (name: string) => string | undefined;
};

/**
 * The watch that `config` asks for, where this function stands; undefined where it asks for none.
 * @throws ConfigError where a variable of an address is unset.
 */
export function watchOwnNetwork(
  { vantage: targets = {} }: Pick<Config, 'vantage'>,
  { clock, read, vantage }: Selection,
): OwnNetwork | undefined {
  const own = vantage === undefined ? Object.values(targets).flat() : (targets[vantage] ?? []);
  if (own.length === 0) return undefined;
  const addresses = own.map((target) => fill(target, read));
  let last: { readonly at: Seconds; readonly fault: Promise<string | undefined> } | undefined;
  return {
    findFault: async (deadline) => {
      const now = clock.monotonic();
      if (last !== undefined && now - last.at < lasting) return last.fault;
      if (deadline.remaining() < least) return undefined;
      const seconds = Math.min(patience, deadline.remaining());
      last = { at: now, fault: askAll(addresses, { seconds, clock }) };
      return last.fault;
    },
  };
}

type Address = { readonly host: string; readonly port: number };

function fill(target: string, read: Selection['read']): Address {
  const { text, unset } = interpolate(target, read);
  const address = unset.length > 0 ? undefined : hostAndPort(text);
  if (address !== undefined) return address;
  const message =
    unset.length > 0
      ? `variable ${unset.join(', ')} is unset, want it in the environment or a default`
      : 'a variable gives no host:port and no http:// or https:// address';
  throw new ConfigError('fargaze.yml', [{ path: 'vantage', message }]);
}

type Asking = { readonly seconds: Seconds; readonly clock: Clock };

/** Undefined as soon as one takes a connection; the others are left then. */
async function askAll(
  addresses: readonly Address[],
  { clock, seconds }: Asking,
): Promise<string | undefined> {
  const enough = new AbortController();
  const deadline = startDeadline(seconds, clock, enough.signal);
  const env = { deadline, clock, trace: () => undefined };
  const faults: string[] = [];
  try {
    return await new Promise((resolve, reject) => {
      for (const { host, port } of addresses) {
        dial({ host, port, ip: anyFamily, allowBlocked: [] }, env).then((dialed) => {
          if (dialed.ok) {
            dialed.socket.destroy();
            resolve(undefined);
            return;
          }
          const { phase, reason } = dialed.outcome;
          faults.push(`${host}:${port} ${phase}/${reason}`);
          if (faults.length === addresses.length) resolve(faults.join(', '));
        }, reject);
      }
    });
  } finally {
    enough.abort(new Error('another one has answered'));
    deadline.close();
  }
}

const anyFamily = { preferredIpProtocol: 'ip4', ipProtocolFallback: true } as const;
