// SendMessageBatch of Amazon SQS by its JSON protocol, signed by hand: the SDK's client would add 450 KB.
// Every message is in the queue when this settles, or an error says which are not and why.

import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { DeliveryError } from '../errors.ts';
import { type Answer, ask, isRetryable, type Question } from '../http/ask.ts';
import { retry } from '../http/retry.ts';
import type { AwsCredentials } from '../http/sigv4.ts';
import { maxMessageBytes } from './message.ts';

/** A queue. */
export type SqsQueue = {
  /** The queue's own URL, which requests name. */
  readonly url: URL;
  /** Where requests go; the URL's own origin unless another endpoint is set. */
  readonly endpoint: URL;
  readonly region: string;
  readonly credentials: () => AwsCredentials;
  readonly clock: Clock;
};

/** Entries of one request at most (API reference of SendMessageBatch). */
const entriesPerRequest = 10;

/** Bytes of an answer that are read: ten results, each with words of its own. */
const answerBytes = 64 * 1024;

/** Sends `messages`. @throws DeliveryError when some are not in the queue. */
export async function sendToQueue(
  queue: SqsQueue,
  messages: readonly string[],
  deadline: Deadline,
): Promise<void> {
  for (const bodies of pack(messages)) await sendAll(queue, bodies, deadline);
}

/** Parts that one request may hold. */
function pack(messages: readonly string[]): string[][] {
  const parts: string[][] = [];
  let room = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message);
    const last = parts.at(-1);
    if (last === undefined || last.length === entriesPerRequest || bytes > room) {
      parts.push([message]);
      room = maxMessageBytes - bytes;
    } else {
      last.push(message);
      room -= bytes;
    }
  }
  return parts;
}

type Entry = { readonly id: string; readonly body: string };
type Refusal = { readonly entry: Entry; readonly final: boolean; readonly why: string };

async function sendAll(
  queue: SqsQueue,
  bodies: readonly string[],
  deadline: Deadline,
): Promise<void> {
  let open = bodies.map((body, index): Entry => ({ id: String(index), body }));
  const refused: Refusal[] = [];
  const attempt = async () => {
    const failed = await sendOnce(queue, open, deadline);
    refused.push(...failed.filter(({ final }) => final));
    const again = failed.filter(({ final }) => !final);
    open = again.map(({ entry }) => entry);
    return again;
  };
  const again = (left: readonly Refusal[]) => left.length > 0 && {};
  refused.push(...(await retry(attempt, { clock: queue.clock, deadline, again })));
  if (refused.length > 0) throw toQueueError(refused, bodies.length);
}

/** What was not taken of one request. */
async function sendOnce(
  queue: SqsQueue,
  entries: readonly Entry[],
  deadline: Deadline,
): Promise<Refusal[]> {
  try {
    const answer = await ask(toQuestion(queue, entries), deadline);
    return answer.status === 200 ? readResults(entries, answer) : refuseAll(entries, answer);
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    return entries.map((entry) => ({ entry, final: false, why: error.message }));
  }
}

function toQuestion(queue: SqsQueue, entries: readonly Entry[]): Question {
  const { clock, credentials, endpoint, region, url } = queue;
  const input = {
    QueueUrl: url.href,
    Entries: entries.map((entry) => ({ Id: entry.id, MessageBody: entry.body })),
  };
  return {
    method: 'POST',
    url: endpoint,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.SendMessageBatch',
    },
    body: Buffer.from(JSON.stringify(input), 'utf8'),
    keep: answerBytes,
    auth: { kind: 'sigv4', service: 'sqs', region, credentials, clock },
  };
}

/** Types of a refusal with status 400 that may be gone at the next attempt. */
const passing = /Throttl|RequestLimitExceeded|ServiceUnavailable|InternalError|RequestExpired/;

function refuseAll(entries: readonly Entry[], answer: Answer): Refusal[] {
  const { body, status } = answer;
  const { __type, message, Message } = readJson(body);
  const type = typeof __type === 'string' ? __type.slice(__type.lastIndexOf('#') + 1) : '';
  const words = [type, message ?? Message].filter((part) => typeof part === 'string' && part);
  const why = `status ${status}${words.length === 0 ? '' : `: ${answer.show(words.join(': '))}`}`;
  const final = !isRetryable(status) && !passing.test(type);
  return entries.map((entry) => ({ entry, final, why }));
}

/** Only what the answer names as taken is taken. */
function readResults(entries: readonly Entry[], answer: Answer): Refusal[] {
  const { Failed, Successful } = readJson(answer.body);
  const taken = new Set(list(Successful).map(({ Id }) => Id));
  const failed = new Map(list(Failed).map((one) => [one.Id, one]));
  return entries.flatMap((entry) => {
    if (taken.has(entry.id)) return [];
    const { Code, Message, SenderFault } = failed.get(entry.id) ?? {};
    const words = [Code, Message].filter((part) => typeof part === 'string' && part).join(': ');
    const why = words === '' ? 'the answer does not name it' : answer.show(words);
    return [{ entry, final: SenderFault === true, why }];
  });
}

type Fields = Readonly<Record<string, unknown>>;

function readJson(text: string): Fields {
  try {
    return (JSON.parse(text) ?? {}) as Fields;
  } catch {
    return {};
  }
}

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one) : [];
}

function toQueueError(refused: readonly Refusal[], total: number): DeliveryError {
  const reasons = [...new Set(refused.map(({ why }) => why))].join('; ');
  return new DeliveryError(`queue: ${refused.length} of ${total} messages not taken: ${reasons}`, {
    retryable: refused.some(({ final }) => !final),
  });
}
