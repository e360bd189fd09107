// One message of the delivery queue: a batch as gzipped JSON in base64, in an envelope that says which version it has.
// Documented in docs/queue.md. Whatever is read is bounded before it is unpacked.

import { showValue } from '../config/explain.ts';
import { messageOf } from '../errors.ts';
import type { Batch } from '../sample.ts';
import { batchFromJson, batchToJson, findUnknown } from './json.ts';

/** Had when a message is made or read: a probe that pushes by itself would load it for nothing. */
const zlib = () => process.getBuiltinModule('node:zlib');

/** The envelope. */
export type QueueMessage = {
  /** Version of this format. */
  readonly fargaze: 1;
  /** When the batch was taken, in milliseconds since 1970; as in the batch, readable without unpacking it. */
  readonly taken: number;
  readonly encoding: 'gzip';
  /** The batch: JSON, gzipped, in base64. */
  readonly batch: string;
};

/**
 * Bytes of a message, of all messages of one request, and of the record that a Lambda destination makes of an answer.
 * SQS takes 1 MiB of late, but the limit of older queues and of SNS is the one that all keep
 * (docs.aws.amazon.com/lambda/latest/api/API_OnSuccess.html).
 */
export const maxMessageBytes = 256 * 1024;

/** Bytes of a message's batch as JSON: ten messages at once must fit into a function's memory. */
export const maxBatchBytes = 4 * 1024 * 1024;

/** A message that cannot be read. */
export class MessageError extends Error {
  static override readonly name = 'MessageError';
  override readonly name = 'MessageError';
  /** Whether a newer version of the reader may understand it. */
  readonly retryable: boolean;

  constructor(message: string, fault: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: fault.cause });
    this.retryable = fault.retryable;
  }
}

/** The message of `batch`; undefined when the batch is longer than {@link maxBatchBytes}. */
export function toMessage(batch: Batch): QueueMessage | undefined {
  const json = Buffer.from(batchToJson(batch), 'utf8');
  if (json.byteLength > maxBatchBytes) return undefined;
  return {
    fargaze: 1,
    taken: batch.taken,
    encoding: 'gzip',
    batch: zlib().gzipSync(json).toString('base64'),
  };
}

/**
 * The batch of a message.
 * @throws MessageError saying what is wrong; `retryable` for a version, metric or label that is not known here.
 */
export function fromMessage(message: unknown): Batch {
  const { batch: packed, encoding, fargaze } = (message ?? {}) as Record<string, unknown>;
  if (!Number.isSafeInteger(fargaze)) refuse(`fargaze: got ${showValue(fargaze)}, want a version`);
  if (fargaze !== 1) {
    throw new MessageError(`fargaze: got version ${showValue(fargaze)}, want 1`, {
      retryable: true,
    });
  }
  if (encoding !== 'gzip') refuse(`encoding: got ${showValue(encoding)}, want "gzip"`);
  if (typeof packed !== 'string') refuse(`batch: got ${showValue(packed)}, want text in base64`);
  const batch = parseBatch(unpack(packed as string));
  const unknown = findUnknown(batch);
  if (unknown === undefined) return batch;
  throw new MessageError(`${unknown.path}: ${unknown.message}`, { retryable: true });
}

function unpack(packed: string): string {
  try {
    const bytes = Buffer.from(packed, 'base64');
    return zlib().gunzipSync(bytes, { maxOutputLength: maxBatchBytes }).toString('utf8');
  } catch (cause) {
    return refuse(
      `batch: ${messageOf(cause)}, want gzip in base64 of at most ${maxBatchBytes} bytes`,
      cause,
    );
  }
}

function parseBatch(json: string): Batch {
  try {
    return batchFromJson(json);
  } catch (cause) {
    return refuse(messageOf(cause), cause);
  }
}

function refuse(message: string, cause?: unknown): never {
  throw new MessageError(message, { retryable: false, cause });
}

/** A batch in messages, and the names of what no message can hold. */
export type Packed = { readonly messages: readonly string[]; readonly tooLong: readonly string[] };

/**
 * The batch as messages of at most `most` bytes each. A group stays whole, since it replaces its predecessor as a whole;
 * a series may be continued in the next message.
 */
export function toMessages(batch: Batch, most = maxMessageBytes): Packed {
  const message = toMessage(batch);
  const text = message === undefined ? undefined : JSON.stringify(message);
  if (text !== undefined && Buffer.byteLength(text) <= most)
    return { messages: [text], tooLong: [] };
  const parts = divide(batch);
  if (parts.length < 2) return { messages: [], tooLong: [nameOf(batch)] };
  const packed = parts.map((part) => toMessages(part, most));
  return {
    messages: packed.flatMap(({ messages }) => messages),
    tooLong: packed.flatMap(({ tooLong }) => tooLong),
  };
}

/** Two parts of a batch; one or none where it cannot be divided. */
function divide({ groups, series = [], taken }: Batch): Batch[] {
  if (groups.length > 0 && series.length > 0) {
    return [
      { taken, groups },
      { taken, groups: [], series },
    ];
  }
  if (groups.length > 0) return halve(groups).map((half) => ({ taken, groups: half }));
  const [one] = series;
  const parts =
    series.length > 1 || one === undefined
      ? halve(series)
      : halve(one.points).map((points) => [{ ...one, points }]);
  return parts.map((half) => ({ taken, groups: [], series: half }));
}

function halve<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [];
  const middle = items.length >> 1;
  return [items.slice(0, middle), items.slice(middle)];
}

function nameOf({ groups: [group], series: [one] = [] }: Batch): string {
  if (group === undefined) return `a point of the series ${showValue(one?.labels)}`;
  return `the group ${group.grouping.job} ${group.grouping.instance}`;
}
