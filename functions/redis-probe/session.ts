// One conversation over one connection: a command, its reply, within the deadline. Never pipelines, never retries.
import type { Socket } from 'node:net';
import { type Deadline, type Phase, raceDeadline } from '@fargaze/core/internal';
import { echoesIn } from './hiding.ts';
import { Inbox } from './inbox.ts';
import { encodeCommand, type Reply, RespError, RespSyntaxError } from './resp.ts';
import { refusal, toFailure, Verdict } from './verdict.ts';

/** A conversation with a Redis server. */
export type Session = {
  /** The reply to a command, an error reply included. @throws Verdict when there is none. */
  ask(phase: Phase, command: readonly string[]): Promise<Reply>;
  /** What arrives without being asked for, such as a message of a channel. @throws Verdict when nothing does. */
  receive(phase: Phase, what: string): Promise<Reply>;
  /** Takes replies as large as the map of a cluster from here on. */
  allowMaps(): void;
  close(): void;
};

/** What a conversation keeps to. */
export type SessionRules = {
  /** Read anew for each reply: one part of a run may have less time than the whole. */
  readonly deadline: () => Deadline;
  /** What a server may have been sent and must not be quoted with; more may be added while it is spoken to. */
  readonly secrets: readonly string[];
  /** Takes what a server said that is no error and holds one of these secrets. */
  readonly echoes: Set<string>;
};

/** Starts a conversation over a connected socket. */
export function openSession(socket: Socket, rules: SessionRules): Session {
  const inbox = new Inbox(socket);
  /** Waits for one reply; its words are without secrets before they are cut off anywhere. */
  const wait = async (phase: Phase, what: string, begin: () => void): Promise<Reply> => {
    const before = inbox.bytes;
    const reply = inbox.next();
    reply.catch(() => undefined);
    // Nothing is sent after the deadline, not even before its timer has run.
    const deadline = rules.deadline();
    if (!deadline.signal.aborted && deadline.remaining() > 0) begin();
    try {
      return withoutSecrets(what, await raceDeadline(reply, deadline), rules);
    } catch (error) {
      const shown = error instanceof RespSyntaxError ? error.without(rules.secrets) : error;
      throw toFailure(shown, { phase, what, bytes: inbox.bytes - before });
    } finally {
      inbox.forget();
    }
  };
  let answered = false;
  return {
    ask: async (phase, command) => {
      const what = nameCommand(command);
      // Only a server that refuses everybody may speak first: any other reply would be taken for that of this question.
      if (answered && inbox.holds) {
        throw new Verdict(phase, 'protocol', `${what}: a reply had arrived before it was asked`);
      }
      const reply = await wait(phase, what, () => {
        if (!socket.destroyed) socket.write(encodeCommand(command));
      });
      answered = true;
      return reply;
    },
    receive: (phase, what) => wait(phase, what, () => undefined),
    allowMaps: () => inbox.allowMaps(),
    close: () => {
      socket.destroy();
    },
  };
}

/** An error without secrets; of another reply, those of its texts are noted that hold one. */
function withoutSecrets(what: string, reply: Reply, { echoes, secrets }: SessionRules): Reply {
  if (reply instanceof RespError) return reply.without(secrets);
  // Of what HELLO says nothing is quoted.
  if (what !== 'HELLO') for (const echo of echoesIn(reply, secrets)) echoes.add(echo);
  return reply;
}

/** Commands whose second word says what they do. */
const containers = new Set(['CLUSTER', 'SENTINEL', 'LATENCY', 'SLOWLOG']);

/** The command without its arguments, which may be secrets. */
function nameCommand([first = '', second = '']: readonly string[]): string {
  return containers.has(first) ? `${first} ${second}` : first;
}

/** The reply to a command that must not fail. @throws Verdict for an error reply. */
export async function demand(
  session: Pick<Session, 'ask'>,
  phase: Phase,
  command: readonly string[],
): Promise<Exclude<Reply, RespError>> {
  const reply = await session.ask(phase, command);
  if (reply instanceof RespError) throw refusal(phase, nameCommand(command), reply);
  return reply;
}
