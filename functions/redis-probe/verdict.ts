// What ends a part of the probe: phase, reason and words, from an error reply or from what broke instead of it.
import {
  classify,
  detailOf,
  type Failure,
  failure,
  messageOf,
  type Phase,
  type Reason,
} from '@fargaze/core/internal';
import { quoteReply, reasonOfReply } from './replies.ts';
import { ReplyTooLargeError, type RespError, RespSyntaxError, TlsAnswerError } from './resp.ts';

/** Ends a part of the probe. */
export class Verdict extends Error {
  override readonly name = 'Verdict';
  readonly outcome: Failure;

  constructor(phase: Phase, reason: Reason, detail: string) {
    super(detail);
    this.outcome = failure(phase, reason, detail);
  }

  /** The same of one part among several. */
  of(part: string): Verdict {
    const { detail, phase, reason } = failureOf(part, this.outcome);
    return new Verdict(phase, reason, detail);
  }
}

/** The failure of one part among several. */
export function failureOf(part: string, { detail, phase, reason }: Failure): Failure {
  return failure(phase, reason, `${part}: ${detail}`);
}

/** Whether an error is the end of the connection by the far side. */
export function isClosed(error: unknown): error is Verdict {
  return hasReason(error, 'closed', 'reset');
}

/** Does `work`; a far side that closes in answer, or does not know the command, may be a proxy, and `remedy` says what is wanted with one. @throws Verdict */
export async function explainRefusal<T>(remedy: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const closed = isClosed(error);
    if (!closed && !hasReason(error, 'unknown_command')) throw error;
    const { detail, phase, reason } = error.outcome;
    const cause = closed ? ', as proxies answer what they do not know' : '';
    const words = `${detail}${cause}: ${remedy}`;
    throw new Verdict(phase, reason, words);
  }
}

/** Whether an error is a verdict for one of these reasons. */
export function hasReason(error: unknown, ...reasons: readonly Reason[]): error is Verdict {
  return error instanceof Verdict && reasons.includes(error.outcome.reason);
}

/** The verdict on an error reply. */
export function refusal(phase: Phase, command: string, reply: RespError): Verdict {
  const words = `${command}: ${quoteReply(reply.message)}`;
  return new Verdict(phase, reply.judgedBy(reasonOfReply), words);
}

/** The server ended the connection. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';

  constructor() {
    super('connection closed by the server');
  }
}

/** What was waited for when something broke, and how much of it had arrived. */
export type Waited = { readonly phase: Phase; readonly what: string; readonly bytes: number };

/** The verdict on what broke; a bug of fargaze is given back as it is. */
export function toFailure(error: unknown, { phase, what, bytes }: Waited): unknown {
  const message = messageOf(error);
  if (error instanceof TlsAnswerError) {
    return new Verdict(phase, 'tls_wanted', `${what}: answered in TLS, want rediss://`);
  }
  if (error instanceof ReplyTooLargeError) {
    return new Verdict(phase, 'size_limit', `${what}: ${message}`);
  }
  if (error instanceof RespSyntaxError) {
    const seen = error.seen === '' ? '' : ` ${JSON.stringify(error.seen.slice(0, 40))}`;
    return new Verdict(phase, 'protocol', `${what}: not a Redis reply: ${message}${seen}`);
  }
  if (error instanceof ClosedError) return new Verdict(phase, 'closed', `${what}: ${message}`);
  const reason = classify(error);
  if (reason === 'internal') return error;
  // Under TLS 1.3 a server judges the client's certificate after the handshake has ended for the client.
  if (reason === 'tls_client_certificate') return new Verdict('tls', reason, detailOf(error));
  if (reason !== 'timeout') return new Verdict(phase, reason, `${what}: ${detailOf(error)}`);
  const arrived = bytes === 0 ? 'no answer' : `${bytes} bytes of an answer`;
  return new Verdict(phase, reason, `${what}: ${arrived} (${message})`);
}
