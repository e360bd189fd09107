// A connection to one server, dialled and authenticated. Knows RESP3 and RESP2, servers and proxies that do not know
// HELLO, and ports that speak TLS where none is asked for or the other way round.
import {
  type Dialed,
  dial,
  failure,
  familyOf,
  hideSecrets,
  isTlsAlert,
  type Phase,
  type RedisCheck,
} from '@fargaze/core/internal';
import { type Place, showPlace } from './address.ts';
import type { ReadCredentials } from './credentials.ts';
import { authenticate } from './login.ts';
import { quoteReply, reasonOfReply } from './replies.ts';
import { type Reply, RespError } from './resp.ts';
import { demand, openSession, type Session } from './session.ts';
import { explainRefusal, hasReason, isClosed, Verdict } from './verdict.ts';
import { noteCheck, type Visit } from './visit.ts';

/** What a connection is for. */
export type Purpose = {
  readonly place: Place;
  readonly credentials: ReadCredentials;
  /** RESP2 only: messages of channels come as replies, not as push frames. */
  readonly resp2?: true;
  /** Hears what dialling found, also when it failed. */
  readonly dialed?: (dialed: Dialed) => void;
  /** Whether the database of the address is selected; sentinels have none. */
  readonly select?: true;
  /** Runs the login, so that it can be timed. */
  readonly login?: (work: () => Promise<void>) => Promise<void>;
};

/** Share of the time left that a TLS handshake may take; the rest is for finding out why it hangs. */
const handshakeShare = 0.75;

/** A server that is ready for commands. */
export class Connection {
  readonly name: string;
  readonly place: Place;
  /** What HELLO says: keys and values in turn; empty where HELLO is not known. */
  facts: readonly Reply[] = [];
  /** ROLE was answered for several servers: the far side is a proxy before them, such as Envoy. */
  gathers = false;
  /** The run, or the part of it, whose time is kept to. */
  visit: Visit;
  readonly #purpose: Purpose;
  #session: Session | undefined;
  /** The far side answers what it does not know by closing, as twemproxy does. */
  #closesOnUnknown = false;
  #selects: boolean;

  constructor(visit: Visit, purpose: Purpose) {
    this.visit = visit;
    this.#purpose = purpose;
    this.#selects = purpose.select === true;
    this.name = showPlace(purpose.place);
    this.place = purpose.place;
  }

  /** Dials again, without logging in. @throws Verdict */
  async dial(): Promise<void> {
    this.close();
    if (this.visit.env.deadline.signal.aborted) {
      throw new Verdict('connect', 'timeout', `${this.name}: no time was left to connect`);
    }
    const dialed = await dialPlace(this.visit, this.#purpose.place);
    this.#purpose.dialed?.(dialed);
    if (!dialed.ok) {
      const { detail, phase, reason } = dialed.outcome;
      // A certificate is the words of a server, too.
      const shown = phase === 'tls' ? hideSecrets(detail, this.visit.secrets) : detail;
      throw new Verdict(phase, reason, shown);
    }
    const { visit } = this;
    const { echoes, secrets } = visit;
    const rules = { secrets, echoes, deadline: () => this.visit.env.deadline };
    const session = openSession(dialed.socket, rules);
    this.#session = session;
    this.visit.open.add(this);
  }

  /** The reply to a command, an error reply included. @throws Verdict when there is none. */
  ask(phase: Phase, command: readonly string[]): Promise<Reply> {
    if (this.#session === undefined) throw new Error('connection is not open');
    return this.#session.ask(phase, command);
  }

  /** Takes replies as large as the map of a cluster from here on. */
  allowMaps(): void {
    this.#session?.allowMaps();
  }

  /** What arrives without being asked for. @throws Verdict when nothing does. */
  receive(phase: Phase, what: string): Promise<Reply> {
    if (this.#session === undefined) throw new Error('connection is not open');
    return this.#session.receive(phase, what);
  }

  /**
   * The reply to a command that a server need not allow: undefined, or the error reply, where it does not. A far side
   * that closes in answer is dialled again, and not asked for such things any more.
   */
  async askOptional(
    phase: Phase,
    check: RedisCheck,
    command: readonly string[],
  ): Promise<Reply | undefined> {
    const { env, options } = this.visit;
    if (this.#closesOnUnknown || options.topology === 'proxy') {
      noteCheck(this.visit, check, { allowed: false });
      return undefined;
    }
    try {
      this.allowMaps();
      const reply = await this.ask(phase, command);
      const refused = reply instanceof RespError && isUnsupported(reply);
      noteCheck(this.visit, check, { allowed: !refused });
      if (refused) env.trace(`${command.join(' ')} not available: ${quoteReply(reply.message)}`);
      return reply;
    } catch (error) {
      const closed = isClosed(error);
      if (!closed && !hasReason(error, 'size_limit')) throw error;
      const how = closed ? 'by closing' : 'with more than is read';
      env.trace(`${command.join(' ')} is answered ${how}: connecting again without it`);
      this.#closesOnUnknown ||= closed;
      noteCheck(this.visit, check, { allowed: false });
      await this.dial();
      await this.login();
      return undefined;
    }
  }

  /** Authenticates, and selects the database of the address where that is wanted. @throws Verdict */
  async login(): Promise<void> {
    await authenticate(this, this.visit, {
      credentials: this.#purpose.credentials,
      hello: this.#purpose.resp2 !== true && !this.#closesOnUnknown,
      speaksTls: () => speaksTls(this.visit, this.#purpose.place),
    });
    if (this.#selects) await this.select();
  }

  /** Selects the database of the address, now and when it is dialled again. @throws Verdict */
  async select(): Promise<void> {
    const { address, env, options } = this.visit;
    this.#selects = true;
    if (address.database === 0) return;
    if (options.topology === 'proxy') env.trace('SELECT is not sent to a proxy');
    else {
      const command = ['SELECT', String(address.database)];
      const remedy = 'want topology: proxy, or an address without a database';
      await explainRefusal(remedy, () => demand(this, 'auth', command));
    }
  }

  /** A value that HELLO gave under `key`. */
  fact(key: string): Reply | undefined {
    const index = this.facts.findIndex((fact, at) => at % 2 === 0 && fact === key);
    return index < 0 ? undefined : this.facts[index + 1];
  }

  close(): void {
    this.#session?.close();
    this.visit.open.delete(this);
  }
}

/** Connects and authenticates. @throws Verdict */
export async function connectTo(visit: Visit, purpose: Purpose): Promise<Connection> {
  const connection = new Connection(visit, purpose);
  await connection.dial();
  const login = () => connection.login();
  await (purpose.login === undefined ? login() : purpose.login(login));
  return connection;
}

/** Whether a reply says that the command is forbidden or unknown, rather than that the server is in trouble. */
export function isUnsupported(reply: RespError): boolean {
  return ['noperm', 'unknown_command', 'redis_error'].includes(reply.judgedBy(reasonOfReply));
}

async function dialPlace(visit: Visit, place: Place): Promise<Dialed> {
  const dialed = await dialOnce(visit, place, visit.address.tls ? 'verified' : 'plain');
  if (dialed.ok || dialed.outcome.phase !== 'tls') return dialed;
  if (!['timeout', 'tls_protocol', 'reset', 'closed'].includes(dialed.outcome.reason))
    return dialed;
  if (!(await speaksPlain(visit, place))) return dialed;
  const detail = `${showPlace(place)} answers PING without TLS, want redis://`;
  return { ...dialed, outcome: failure('tls', 'tls_not_spoken', detail) };
}

function dialOnce(visit: Visit, place: Place, tls: 'plain' | 'verified' | 'unverified') {
  const { address, env, options } = visit;
  // A server that is announced by its IP address has the certificate of the name by which the target is known, or its own.
  const named = familyOf(place.host) !== 0 && familyOf(address.host) === 0;
  const names = named
    ? { serverName: address.host, address: place.host }
    : { serverName: place.host };
  const tlsOptions = { ...options.tls, ...(tls === 'unverified' && { insecureSkipVerify: true }) };
  return dial(
    {
      host: place.host,
      port: place.port,
      ip: options,
      allowBlocked: options.allowBlocked,
      ...(tls !== 'plain' && { tls: { options: tlsOptions, ...names, share: handshakeShare } }),
    },
    env,
  );
}

/** Whether PING without TLS is answered. Nothing secret is sent. */
async function speaksPlain(visit: Visit, place: Place): Promise<boolean> {
  const dialed = await dialOnce(visit, place, 'plain');
  if (!dialed.ok) return false;
  const { echoes, env, secrets } = visit;
  const session = openSession(dialed.socket, { deadline: () => env.deadline, secrets, echoes });
  try {
    await session.ask('ping', ['PING']);
    return true;
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    return false;
  } finally {
    session.close();
  }
}

/** Whether TLS is spoken, whatever the certificate, and also where no session comes about. */
async function speaksTls(visit: Visit, place: Place): Promise<boolean> {
  const dialed = await dialOnce(visit, place, 'unverified');
  if (!dialed.ok) return isTlsAlert(dialed.outcome.detail);
  dialed.socket.on('error', () => undefined).destroy();
  return true;
}
