// One conversation over one connection: a command, its reply, within the deadline. Never pipelines, never retries.
import type { Socket } from 'node:net';
import {
  classify,
  type Deadline,
  type Failure,
  failure,
  hideSecrets,
  messageOf,
  type Phase,
  type Reason,
  raceDeadline,
} from '@fargaze/core/internal';
import { quoteReply, reasonOfReply } from './replies.ts';
import { encodeCommand, type Reply, RespError, RespParser, RespSyntaxError } from './resp.ts';

/** Ends the probe with a verdict. */
export class Verdict extends Error {
  override readonly name = 'Verdict';
  readonly outcome: Failure;

  constructor(phase: Phase, reason: Reason, detail: string) {
    super(detail);
    this.outcome = failure(phase, reason, detail);
  }
}

/** A conversation with a Redis server. */
export type Session = {
  /** The reply to a command, an error reply included. @throws Verdict when there is none. */
  ask(phase: Phase, command: readonly string[]): Promise<Reply>;
  close(): void;
};

/** What a conversation keeps to. */
export type SessionRules = {
  readonly deadline: Deadline;
  /** What a server may have been sent and must not be quoted with. */
  readonly secrets: readonly string[];
};

/** Starts a conversation over a connected socket. */
export function openSession(socket: Socket, { deadline, secrets }: SessionRules): Session {
  const parser = new RespParser();
  let waiting: { resolve(reply: Reply): void; reject(error: unknown): void } | undefined;
  let ended: unknown;
  const end = (error: unknown) => {
    ended ??= error;
    waiting?.reject(ended);
  };
  /** Answers the question that waits with what has arrived, also if it arrived before it was asked. */
  const deliver = () => {
    try {
      const reply = waiting === undefined ? undefined : parser.next();
      if (reply !== undefined) waiting?.resolve(reply);
    } catch (error) {
      end(error);
    }
  };
  /** Words of the server without secrets; hidden here, because words are cut off later. */
  const withoutSecrets = (reply: Reply): Reply =>
    reply instanceof RespError ? new RespError(hideSecrets(reply.message, secrets)) : reply;
  socket.on('data', (chunk: Buffer) => {
    try {
      parser.push(chunk);
    } catch (error) {
      end(error);
    }
    deliver();
  });
  socket.on('error', end);
  socket.on('close', () => end(closedError()));
  socket.on('end', () => end(closedError()));
  return {
    ask: async (phase, command) => {
      const reply = new Promise<Reply>((resolve, reject) => {
        waiting = { resolve, reject };
        // A full server refuses and closes before it is asked anything.
        deliver();
        if (ended !== undefined) reject(ended);
      });
      reply.catch(() => undefined);
      if (!socket.destroyed) socket.write(encodeCommand(command));
      try {
        return withoutSecrets(await raceDeadline(reply, deadline));
      } catch (error) {
        const shown = error instanceof RespSyntaxError ? error.without(secrets) : error;
        throw toFailure(phase, command[0] ?? '', shown);
      } finally {
        waiting = undefined;
      }
    },
    close: () => {
      socket.destroy();
    },
  };
}

/** The reply to a command that must not fail. @throws Verdict for an error reply. */
export async function demand(
  session: Session,
  phase: Phase,
  command: readonly string[],
): Promise<Exclude<Reply, RespError>> {
  const reply = await session.ask(phase, command);
  if (reply instanceof RespError) throw refusal(phase, command[0] ?? '', reply);
  return reply;
}

/** The verdict on an error reply. */
export function refusal(phase: Phase, command: string, { message }: RespError): Verdict {
  return new Verdict(phase, reasonOfReply(message), `${command}: ${quoteReply(message)}`);
}

class ClosedError extends Error {
  override readonly name = 'ClosedError';
}

function closedError(): ClosedError {
  return new ClosedError('connection closed by the server');
}

function toFailure(phase: Phase, command: string, error: unknown): unknown {
  const message = messageOf(error);
  if (error instanceof RespSyntaxError) {
    const seen = error.seen === '' ? '' : ` ${JSON.stringify(error.seen.slice(0, 40))}`;
    return new Verdict(phase, 'protocol', `${command}: not a Redis reply: ${message}${seen}`);
  }
  if (error instanceof ClosedError) {
    return new Verdict(phase, 'closed', `${command}: ${message}`);
  }
  const reason = classify(error);
  return reason === 'internal' ? error : new Verdict(phase, reason, `${command}: ${message}`);
}
