// From a connected socket to an authenticated conversation: HELLO with credentials, or AUTH where HELLO is refused
// or answered by closing. A password that is refused is read anew once: it may have been rotated.
import type { Phase, Reason } from '@fargaze/core/internal';
import type { Credentials, ReadCredentials } from './credentials.ts';
import { quoteReply, reasonOfReply } from './replies.ts';
import { type Reply, RespError } from './resp.ts';
import { isClosed, refusal, Verdict } from './verdict.ts';
import { noteCheck, type Visit } from './visit.ts';

/** The connection that is logged in. */
export type Unauthenticated = {
  ask(phase: Phase, command: readonly string[]): Promise<Reply>;
  /** Dials again. */
  dial(): Promise<void>;
  facts: readonly Reply[];
};

/** How to log in. */
export type Login = {
  readonly credentials: ReadCredentials;
  /** Whether HELLO is tried. */
  readonly hello: boolean;
  /** Asked where a connection without TLS is closed without a word. */
  readonly speaksTls: () => Promise<boolean>;
};

/** Authenticates. @throws Verdict */
export async function authenticate(
  connection: Unauthenticated,
  visit: Visit,
  login: Login,
): Promise<void> {
  const read = (): Credentials => {
    const found = login.credentials();
    const { password } = found;
    // One of three characters is no secret, and is part of many words.
    if (password.length > 3 && !visit.secrets.includes(password)) visit.secrets.push(password);
    return found;
  };
  const hello = login.hello && visit.options.topology !== 'proxy';
  if (hello && (await greet(connection, visit, read))) return;
  const inResp2 = { ...login, credentials: read };
  try {
    // What answered HELLO does not want TLS.
    const first = hello ? { ...inResp2, speaksTls: async () => false } : inResp2;
    await loginByAuth(connection, first, visit);
  } catch (error) {
    // Some close after the error by which they refuse HELLO.
    if (!hello || !isClosed(error)) throw error;
    await connection.dial();
    await loginByAuth(connection, inResp2, visit);
  }
}

/** HELLO sends protocol and credentials in one step. Answers whether it was taken; otherwise AUTH is to be tried. */
async function greet(connection: Unauthenticated, visit: Visit, read: ReadCredentials) {
  const reply = await withFreshPassword(read, async (who) => {
    try {
      return await connection.ask('auth', ['HELLO', '3', ...authOf(who)]);
    } catch (error) {
      if (!isClosed(error)) throw error;
      visit.env.trace('HELLO is answered by closing, speaking RESP2');
      await connection.dial();
      return undefined;
    }
  });
  if (!(reply instanceof RespError)) {
    const taken = Array.isArray(reply);
    if (taken) connection.facts = reply as readonly Reply[];
    noteCheck(visit, 'hello', { allowed: taken });
    return taken;
  }
  refuseHeader(reply);
  const reason = reply.judgedBy(reasonOfReply);
  const who = read();
  // What these say, AUTH would hear too; a server that only dislikes HELLO says something else.
  const final = ['wrongpass', 'loading', 'busy', 'max_clients', 'denied', 'masterdown', 'misconf'];
  if (reason === 'noauth' && authOf(who).length === 0) throw passwordWanted(who);
  if (final.includes(reason)) throw refused('HELLO', reply, who);
  noteCheck(visit, 'hello', { allowed: false });
  visit.env.trace(`HELLO refused (${quoteReply(reply.message)}), speaking RESP2`);
  return false;
}

/** Servers close after these. PING judges all other errors. */
const turnedAway: readonly Reason[] = ['max_clients', 'denied'];

/** A load balancer's header is answered first, so that each answer would be taken for that of the question before. @throws Verdict */
function refuseHeader(reply: RespError): void {
  if (!reply.says(/^ERR unknown command ['`]PROXY\b/i)) return;
  const words =
    'the server takes a header of the PROXY protocol for a command, want none sent to it';
  throw new Verdict('auth', 'protocol', words);
}

/** In our words: servers answer HELLO with how to call it. */
function passwordWanted({ setting }: Credentials): Verdict {
  const words = `the server wants a password, and none is given: want ${setting}`;
  return new Verdict('auth', 'noauth', words);
}

/** The verdict on a login that is refused; where the password comes from, if that is what is wrong. */
function refused(command: string, reply: RespError, { password, setting }: Credentials): Verdict {
  const { detail, phase, reason } = refusal('auth', command, reply).outcome;
  const unwanted = reply.says(/^ERR .*\b(?:no|any) (?:password|username-password pair)\b/i);
  if (reason === 'wrongpass') {
    const given = password === '' ? 'no password is given, want' : 'the password is that of';
    return new Verdict(phase, reason, `${detail} (${given} ${setting})`);
  }
  if (!unwanted) return new Verdict(phase, reason, detail);
  return new Verdict(phase, reason, `${detail} (it is that of ${setting})`);
}

async function loginByAuth(connection: Unauthenticated, login: Login, visit: Visit) {
  try {
    const reply = await withFreshPassword(login.credentials, (who) => {
      const [, username = '', password = ''] = authOf(who);
      // PING stands in where there is nothing to log in with, so that what is wrong shows here.
      if (password === '' && username === '') return connection.ask('auth', ['PING']);
      return connection.ask(
        'auth',
        who.username === '' ? ['AUTH', password] : ['AUTH', username, password],
      );
    });
    judgeLogin(reply, login.credentials());
  } catch (error) {
    if (!isClosed(error)) throw error;
    if (visit.address.tls || !(await login.speaksTls())) throw explainSilence(error);
    throw new Verdict(
      'auth',
      'tls_wanted',
      'closed without a word, and TLS is spoken: want rediss://',
    );
  }
}

/** A far side that connects and closes is seldom the server itself. */
function explainSilence({ outcome: { detail, phase, reason } }: Verdict): Verdict {
  const words = `${detail}, without a word, as load balancers do that have no server in order or send a PROXY header`;
  return new Verdict(phase, reason, words);
}

/** The reply to AUTH, or to PING where there is nothing to log in with. @throws Verdict */
function judgeLogin(reply: Reply, who: Credentials): void {
  const [command, wanted] = authOf(who).length === 0 ? ['PING', 'PONG'] : ['AUTH', 'OK'];
  if (!(reply instanceof RespError)) {
    if (reply === wanted) return;
    const words = `${command} was answered by something else than ${wanted}`;
    throw new Verdict('auth', 'protocol', words);
  }
  refuseHeader(reply);
  if (command === 'AUTH') throw refused('AUTH', reply, who);
  const reason = reply.judgedBy(reasonOfReply);
  if (reason === 'noauth') throw passwordWanted(who);
  if (turnedAway.includes(reason)) throw refusal('auth', 'PING', reply);
}

/** A user without a password is a user all the same, with permissions of its own. */
function authOf({ password, username }: Credentials): string[] {
  if (password === '' && username === '') return [];
  return ['AUTH', username === '' ? 'default' : username, password];
}

/** Tries again, once, when the password is refused and another one can be read by now. */
async function withFreshPassword<T extends Reply | undefined>(
  read: ReadCredentials,
  login: (who: Credentials) => Promise<T>,
): Promise<T> {
  const first = read();
  const reply = await login(first);
  const refused = reply instanceof RespError && reply.judgedBy(reasonOfReply) === 'wrongpass';
  if (!refused) return reply;
  const second = read();
  return second.password === first.password && second.username === first.username
    ? reply
    : login(second);
}
