// SendMessageBatch of Amazon SQS by its JSON protocol, signed by hand: the SDK's client alone is 450 KB.
// Every message is in the queue when this settles, or an error says which are not and why.

import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { DeliveryError, messageOf } from '../errors.ts';
import { exchange, type HttpAnswer } from '../http/exchange.ts';
import { backoffOf, waitWithin } from '../http/retry.ts';
import { type AwsCredentials, signRequest } from '../http/sigv4.ts';
import { classify } from '../net/classify.ts';
import { version } from '../version.ts';
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
  for (let attempt = 0; ; attempt += 1) {
    const failed = await attemptOnce(queue, open, deadline);
    refused.push(...failed.filter(({ final }) => final));
    const again = failed.filter(({ final }) => !final);
    if (again.length === 0) break;
    open = again.map(({ entry }) => entry);
    if (await waitWithin(backoffOf(attempt), deadline)) continue;
    refused.push(...again);
    break;
  }
  if (refused.length > 0) throw toError(refused, bodies.length);
}

/** What was not taken of one request. */
async function attemptOnce(
  queue: SqsQueue,
  entries: readonly Entry[],
  deadline: Deadline,
): Promise<Refusal[]> {
  const signed = sign(queue, entries);
  let answer: HttpAnswer;
  try {
    answer = await exchange(signed, deadline);
  } catch (cause) {
    const why = `${classify(cause)}: ${messageOf(cause)}`;
    return entries.map((entry) => ({ entry, final: false, why }));
  }
  if (answer.status !== 200) return refuseAll(entries, answer);
  return readResults(entries, answer);
}

function sign({ clock, credentials, endpoint, region, url }: SqsQueue, entries: readonly Entry[]) {
  const body = Buffer.from(
    JSON.stringify({
      QueueUrl: url.href,
      Entries: entries.map((entry) => ({ Id: entry.id, MessageBody: entry.body })),
    }),
    'utf8',
  );
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'user-agent': `fargaze/${version}`,
    'x-amz-target': 'AmazonSQS.SendMessageBatch',
  };
  const about = { method: 'POST' as const, url: endpoint, headers, body };
  const signed = signRequest({ ...about, region, service: 'sqs', at: clock.now() }, credentials());
  return { ...about, headers: { ...headers, ...signed }, keep: answerBytes };
}

/** Types of a refusal with status 400 that may be gone at the next attempt. */
const passing = /Throttl|RequestLimitExceeded|ServiceUnavailable|InternalError|RequestExpired/;

function refuseAll(entries: readonly Entry[], { body, status }: HttpAnswer): Refusal[] {
  const { __type, message, Message } = readJson(body);
  const type = typeof __type === 'string' ? __type.slice(__type.lastIndexOf('#') + 1) : '';
  const words = [type, message ?? Message].filter((part) => typeof part === 'string' && part);
  const why = `status ${status}${words.length === 0 ? '' : `: ${oneLine(words.join(': '))}`}`;
  const final = status < 500 && status !== 429 && !passing.test(type);
  return entries.map((entry) => ({ entry, final, why }));
}

/** Only what the answer names as taken is taken. */
function readResults(entries: readonly Entry[], { body }: HttpAnswer): Refusal[] {
  const { Failed, Successful } = readJson(body);
  const taken = new Set(list(Successful).map(({ Id }) => Id));
  const failed = new Map(list(Failed).map((one) => [one.Id, one]));
  return entries.flatMap((entry) => {
    if (taken.has(entry.id)) return [];
    const { Code, Message, SenderFault } = failed.get(entry.id) ?? {};
    const words = [Code, Message].filter((part) => typeof part === 'string' && part).join(': ');
    const why = words === '' ? 'the answer does not name it' : oneLine(words);
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

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, 512);
}

function toError(refused: readonly Refusal[], total: number): DeliveryError {
  const reasons = [...new Set(refused.map(({ why }) => why))].join('; ');
  return new DeliveryError(`queue: ${refused.length} of ${total} messages not taken: ${reasons}`, {
    retryable: refused.some(({ final }) => !final),
  });
}
