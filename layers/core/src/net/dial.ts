// From a host name to a connected socket in timed stages: resolve, guard, TCP, TLS. What was measured before a
// failure is kept. The address that was judged is the address that is dialled.
import { connect, type Socket } from 'node:net';
import type { Clock, Seconds } from '../clock.ts';
import type { IpOptions } from '../config/modules.ts';
import { type Deadline, raceDeadline } from '../deadline.ts';
import { type Failure, failure, type Phase, type Reason } from '../outcome.ts';
import { roundSeconds, type Sample, sample } from '../sample.ts';
import { classify, isFromNetwork } from './classify.ts';
import { addressBytes, familyOf } from './family.ts';
import { findBlock } from './guard.ts';
import { type Resolved, resolve } from './resolve.ts';
import type { TlsFacts, TlsRequest } from './tls.ts';
import { detailOf } from './tls-error.ts';

export type { TlsFacts, TlsRequest } from './tls.ts';

/** Where to connect to and how. */
export type DialRequest = {
  readonly host: string;
  readonly port: number;
  readonly ip: IpOptions;
  /** CIDR blocks that the guard lets through. */
  readonly allowBlocked: readonly string[];
  readonly tls?: TlsRequest;
};

/** What dialling needs of a probe's environment. */
export type DialEnvironment = {
  readonly deadline: Deadline;
  readonly clock: Clock;
  readonly trace: (line: string) => void;
};

/** What is known about a connection, complete or not. */
export type DialFacts = {
  /** Seconds of each stage that began; a failed one counts until its failure. */
  readonly durations: {
    readonly resolve?: Seconds;
    readonly connect?: Seconds;
    readonly tls?: Seconds;
  };
  readonly address?: string;
  readonly family?: 4 | 6;
  readonly lookup?: Resolved['lookup'];
  readonly tls?: TlsFacts;
};

/** A connection, or why there is none; in that case nothing is left open. */
export type Dialed =
  | { readonly ok: true; readonly socket: Socket; readonly facts: DialFacts }
  | { readonly ok: false; readonly outcome: Failure; readonly facts: DialFacts };

type Stage = 'resolve' | 'connect' | 'tls';

class StageFailure extends Error {
  readonly outcome: Failure;

  constructor(outcome: Failure) {
    super(outcome.detail);
    this.outcome = outcome;
  }
}

/** Connects. A fault of the target is an answer; only a bug in fargaze or bad configuration throws. */
export async function dial(request: DialRequest, env: DialEnvironment): Promise<Dialed> {
  // Loaded late, because most of a cold start's cost is loading, and before anything is timed.
  const secured = request.tls && (await secure(request.tls));
  let facts: DialFacts = { durations: {} };
  let socket: Socket | undefined;
  const timed = async <T>(stage: Stage, work: () => Promise<T>): Promise<T> => {
    const begun = env.clock.monotonic();
    try {
      return await work();
    } catch (error) {
      throw explainFailure(stage, error);
    } finally {
      const seconds = roundSeconds(env.clock.monotonic() - begun);
      facts = { ...facts, durations: { ...facts.durations, [stage]: seconds } };
    }
  };
  try {
    const found = await timed('resolve', () => resolve(request.host, request.ip, env.deadline));
    facts = { ...facts, ...found };
    env.trace(`${request.host} is ${found.address} (${found.lookup})`);
    refuseBlocked(found.address, request.allowBlocked);
    socket = await timed('connect', () => openTcp(found, request.port, env.deadline));
    env.trace(`connected to ${endpoint(found.address, request.port)}`);
    if (secured === undefined) return { ok: true, socket, facts };
    const plain = socket;
    const session = await timed('tls', () => secured.start(plain, env.deadline));
    socket = session.socket;
    facts = { ...facts, tls: session.facts };
    env.trace(`${session.facts.version} ${session.facts.cipher}, ${verdict(session.facts)}`);
    const { fault } = session.facts;
    if (fault !== undefined && !secured.insecure) throw explainFailure('tls', fault);
    return { ok: true, socket, facts };
  } catch (error) {
    socket?.on('error', () => undefined).destroy();
    if (!(error instanceof StageFailure)) throw error;
    return { ok: false, outcome: error.outcome, facts };
  }
}

async function secure(tls: TlsRequest) {
  const { prepareTls, startTls } = await import('./tls.ts');
  const request = { ...tls, context: prepareTls(tls.options) };
  const start = (socket: Socket, deadline: Deadline) => startTls(socket, request, deadline);
  return { start, insecure: tls.options.insecureSkipVerify };
}

function refuseBlocked(address: string, allowed: readonly string[]): void {
  const block = findBlock(address, allowed);
  if (block === undefined) return;
  const detail = `${block}, which probes must not reach (allow_blocked lifts it)`;
  throw new StageFailure(failure('guard', 'blocked', detail));
}

/** One attempt at one address: racing families would hide which of them is broken. */
async function openTcp({ address, family }: Resolved, port: number, deadline: Deadline) {
  const options = { host: address, port, family, autoSelectFamily: false, noDelay: true };
  const socket = connect(options);
  try {
    const connected = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    await raceDeadline(connected, deadline);
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  }
}

/** The verdict on an error of a stage. What is neither the network's nor the target's is rethrown as it is. */
function explainFailure(phase: Phase, error: unknown): unknown {
  const reason = reasonOf(error);
  return reason === undefined ? error : new StageFailure(failure(phase, reason, detailOf(error)));
}

function reasonOf(error: unknown): Reason | undefined {
  const reason = classify(error);
  if (reason !== 'internal') return reason;
  return isFromNetwork(error) ? 'unreachable' : undefined;
}

function endpoint(address: string, port: number): string {
  return familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

function verdict({ fault }: TlsFacts): string {
  return fault === undefined ? 'certificate valid' : fault.message;
}

/** The series that blackbox_exporter has for name resolution and TLS, and those that only fargaze has. */
export function dialSamples(facts: DialFacts): Sample[] {
  const { address, durations, family, tls } = facts;
  const samples = [
    sample('probe_ip_protocol', {}, family ?? 0),
    sample('probe_dns_lookup_time_seconds', {}, durations.resolve ?? 0),
  ];
  if (address !== undefined) samples.push(sample('probe_ip_addr_hash', {}, hashAddress(address)));
  if (tls !== undefined) samples.push(...tlsSamples(tls));
  return samples;
}

function tlsSamples(tls: TlsFacts): Sample[] {
  const samples = [
    sample('probe_ssl_earliest_cert_expiry', {}, tls.earliestExpiry),
    sample('probe_ssl_leaf_not_before_timestamp_seconds', {}, tls.leafNotBefore),
    sample('probe_ssl_verified', {}, tls.verified ? 1 : 0),
    sample('probe_ssl_last_chain_info', tls.leaf, 1),
    sample('probe_tls_version_info', { version: tls.version }, 1),
    sample('probe_tls_cipher_info', { cipher: tls.cipher }, 1),
  ];
  if (tls.chainExpiry !== undefined) {
    samples.push(sample('probe_ssl_last_chain_expiry_timestamp_seconds', {}, tls.chainExpiry));
  }
  return samples;
}

/** FNV-1a, 32 bits, over the 4 or 16 bytes of the address. */
function hashAddress(address: string): number {
  let hash = 0x811c9dc5;
  for (const byte of addressBytes(address)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
