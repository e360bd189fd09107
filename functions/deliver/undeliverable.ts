// Messages that no further try delivers as they are. They stay in the queue, whose redrive policy makes dead letters of
// them, and are reported once; only what came too late for its receiver is let go.
import type { MessageOutcome } from './run.ts';

/** Ids of messages that were reported, as a warm function remembers them; the oldest go first. */
export type Reported = Set<string>;

const maxReported = 10_000;

const undeliverable: readonly MessageOutcome[] = ['refused', 'malformed'];
const staying: readonly MessageOutcome[] = ['retried', ...undeliverable, 'kept'];

/** Whether SQS is to hand the message over again, and in the end to set it aside. */
export function staysInQueue(outcome: MessageOutcome | undefined): boolean {
  return outcome !== undefined && staying.includes(outcome);
}

/** `kept` in place of an outcome that was reported for the same message before; it is handed over every three minutes. */
export function reportOnce(
  outcome: MessageOutcome,
  id: string,
  reported: Reported,
): MessageOutcome {
  if (!undeliverable.includes(outcome)) return outcome;
  if (reported.has(id)) return 'kept';
  reported.add(id);
  const [oldest] = reported;
  if (reported.size > maxReported && oldest !== undefined) reported.delete(oldest);
  return outcome;
}

/** How many messages of a run were found to be undeliverable. */
export function countUndeliverable(messages: readonly { readonly outcome: MessageOutcome }[]) {
  return messages.filter(({ outcome }) => undeliverable.includes(outcome)).length;
}
