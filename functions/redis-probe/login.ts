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
  const taken = reply !== undefined && !(reply instanceof RespError);
  if (taken && Array.isArray(reply)) connection.facts = reply as readonly Reply[];
  if (!(reply instanceof RespError)) {
    noteCheck(visit, 'hello', { allowed: taken });
    return taken;
  }
  const reason = reply.judgedBy(reasonOfReply);
  const anonymous = authOf(read()).length === 0;
  // What these say, AUTH would hear too; a server that only dislikes HELLO says something else.
  const final = ['wrongpass', 'loading', 'busy', 'max_clients', 'denied', 'masterdown', 'misconf'];
  if (reason === 'noauth' && anonymous) throw passwordWanted();
  if (final.includes(reason)) throw refusal('auth', 'HELLO', reply);
  noteCheck(visit, 'hello', { allowed: false });
  visit.env.trace(`HELLO refused (${quoteReply(reply.message)}), speaking RESP2`);
  return false;
}

/** Servers close after these. PING judges all other errors. */
const turnedAway: readonly Reason[] = ['max_clients', 'denied'];

/** In our words: servers answer HELLO with how to call it. */
function passwordWanted(): Verdict {
  return new Verdict('auth', 'noauth', 'the server wants a password, and none is given');
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
    const anonymous = authOf(login.credentials()).length === 0;
    if (reply instanceof RespError) {
      if (!anonymous) throw refusal('auth', 'AUTH', reply);
      const reason = reply.judgedBy(reasonOfReply);
      if (reason === 'noauth') throw passwordWanted();
      if (turnedAway.includes(reason)) throw refusal('auth', 'PING', reply);
    }
  } catch (error) {
    if (!isClosed(error) || visit.address.tls || !(await login.speaksTls())) throw error;
    throw new Verdict(
      'auth',
      'tls_wanted',
      'closed without a word, and TLS is spoken: want rediss://',
    );
  }
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
