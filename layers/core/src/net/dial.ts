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
  /** The address of this machine to connect from. */
  readonly localAddress?: string;
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
  const course = new Course(env);
  return course.finish(async () => {
    await course.resolve(request);
    const socket = await course.connect(request);
    return secured === undefined ? socket : course.shakeHands(socket, secured);
  });
}

/** An address that may be reached, or why there is none: what {@link dial} does before it connects. */
export type FoundAddress =
  | { readonly ok: true; readonly address: string; readonly facts: DialFacts }
  | { readonly ok: false; readonly outcome: Failure; readonly facts: DialFacts };

/** Resolves a name and asks the guard, for those who do not connect by TCP or not to this address. */
export async function findAddress(
  request: Omit<DialRequest, 'port' | 'tls'>,
  env: DialEnvironment,
): Promise<FoundAddress> {
  const course = new Course(env);
  const found = await course.attempt(() => course.resolve(request));
  return 'outcome' in found ? found : { ok: true, address: found.value, facts: course.facts };
}

/** TLS over a connection that exists: after STARTTLS, or through a proxy. The facts go on from those that there are. */
export async function upgrade(
  { facts, socket }: { readonly socket: Socket; readonly facts: DialFacts },
  tls: TlsRequest,
  env: DialEnvironment,
): Promise<Dialed> {
  const secured = await secure(tls);
  const course = new Course(env, facts, socket);
  return course.finish(() => course.shakeHands(socket, secured));
}

type Attempt<T> =
  | { readonly value: T }
  | { readonly ok: false; readonly outcome: Failure; readonly facts: DialFacts };

/** The way to a connection, stage by stage, with what is known so far. */
class Course {
  facts: DialFacts;
  readonly #env: DialEnvironment;
  #socket: Socket | undefined;

  constructor(env: DialEnvironment, facts: DialFacts = { durations: {} }, socket?: Socket) {
    this.#env = env;
    this.facts = facts;
    this.#socket = socket;
  }

  async resolve(request: Omit<DialRequest, 'port'>): Promise<string> {
    const { deadline, trace } = this.#env;
    const found = await this.#timed('resolve', () => resolve(request.host, request.ip, deadline));
    this.facts = { ...this.facts, ...found };
    trace(`${request.host} is ${found.address} (${found.lookup})`);
    refuseBlocked(found.address, request.allowBlocked);
    return found.address;
  }

  async connect({ localAddress, port }: DialRequest): Promise<Socket> {
    const { address = '', family = 4 } = this.facts;
    const to = { address, family, port, ...(localAddress !== undefined && { localAddress }) };
    this.#socket = await this.#timed('connect', () => openTcp(to, this.#env.deadline));
    this.#env.trace(`connected to ${endpoint(address, port)}`);
    return this.#socket;
  }

  async shakeHands(plain: Socket, secured: Secured): Promise<Socket> {
    const session = await this.#timed('tls', () => secured.start(plain, this.#env.deadline));
    this.#socket = session.socket;
    this.facts = { ...this.facts, tls: session.facts };
    const { cipher, fault, version } = session.facts;
    this.#env.trace(`${version} ${cipher}, ${verdict(session.facts)}`);
    if (fault !== undefined && !secured.insecure) throw explainFailure('tls', fault);
    return session.socket;
  }

  async attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
    try {
      return { value: await work() };
    } catch (error) {
      this.#socket?.on('error', () => undefined).destroy();
      if (!(error instanceof StageFailure)) throw error;
      return { ok: false, outcome: error.outcome, facts: this.facts };
    }
  }

  async finish(work: () => Promise<Socket>): Promise<Dialed> {
    const done = await this.attempt(work);
    return 'outcome' in done ? done : { ok: true, socket: done.value, facts: this.facts };
  }

  async #timed<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const { clock } = this.#env;
    const begun = clock.monotonic();
    try {
      return await work();
    } catch (error) {
      throw explainFailure(stage, error);
    } finally {
      const seconds = roundSeconds(clock.monotonic() - begun);
      this.facts = { ...this.facts, durations: { ...this.facts.durations, [stage]: seconds } };
    }
  }
}

type Secured = Awaited<ReturnType<typeof secure>>;

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

type TcpAddress = {
  readonly address: string;
  readonly family: 4 | 6;
  readonly port: number;
  readonly localAddress?: string;
};

/** One attempt at one address: racing families would hide which of them is broken. */
async function openTcp({ address, ...to }: TcpAddress, deadline: Deadline): Promise<Socket> {
  const options = { ...to, host: address, autoSelectFamily: false, noDelay: true };
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

/** Which series are wanted of a connection. */
export type DialSampling = {
  /** `strict`: certificates only where blackbox_exporter shows them, and a year 1 where nothing was verified. */
  readonly compat?: 'strict' | undefined;
  /** Whether the target answered over the connection. */
  readonly answered?: boolean;
};

/** The series that blackbox_exporter has for name resolution and TLS, and those that only fargaze has. */
export function dialSamples(
  facts: DialFacts,
  { answered = true, compat }: DialSampling = {},
): Sample[] {
  const { address, durations, family, tls } = facts;
  // Without an address there was no resolution here, but for one that failed.
  const isLeft = address === undefined && durations.connect !== undefined;
  const resolution = [
    sample('probe_ip_protocol', {}, family ?? 0),
    sample('probe_dns_lookup_time_seconds', {}, durations.resolve ?? 0),
    sample('probe_ip_addr_hash', {}, address === undefined ? 0 : hashAddress(address)),
  ];
  const isHidden = tls === undefined || (compat === 'strict' && !answered);
  return [...(isLeft ? [] : resolution), ...(isHidden ? [] : tlsSamples(tls, compat))];
}

/** Go's zero time, the first of January of the year 1. */
const goZeroTime = -62_135_596_800;

function tlsSamples(tls: TlsFacts, compat?: 'strict'): Sample[] {
  const chainExpiry = tls.chainExpiry ?? (compat === 'strict' ? goZeroTime : undefined);
  const samples = [
    sample('probe_ssl_earliest_cert_expiry', {}, tls.earliestExpiry),
    sample('probe_ssl_leaf_not_before_timestamp_seconds', {}, tls.leafNotBefore),
    sample('probe_ssl_verified', {}, tls.verified ? 1 : 0),
    sample('probe_ssl_last_chain_info', tls.leaf, 1),
    sample('probe_tls_version_info', { version: tls.version }, 1),
    sample('probe_tls_cipher_info', { cipher: tls.cipher }, 1),
  ];
  if (chainExpiry !== undefined) {
    samples.push(sample('probe_ssl_last_chain_expiry_timestamp_seconds', {}, chainExpiry));
  }
  return samples;
}

/** FNV-1a, 32 bits, over the 4 or 16 bytes of the address. */
function hashAddress(address: string): number {
  let hash = 0x811c9dc5;
  for (const byte of addressBytes(address)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
