// The messages of an SQS event. What cannot be read becomes data: one broken message must not cost the others.
import {
  type Batch,
  type EpochMs,
  fromMessage,
  MessageError,
  messageOf,
  parseQueueEvent,
} from '@fargaze/core/internal';

/** One message: what it holds, or why that cannot be known. */
export type Received = {
  readonly id: string;
  readonly content: Batch | 'empty' | MessageError;
  /** When the queue took it, by its own clock; unset where that is not known. */
  readonly sent?: EpochMs;
  /** How often it was handed over. */
  readonly receives?: number;
};

/**
 * The messages of `event`, in its order.
 * @throws ConfigError when it is no event of SQS: then nothing of it can be acknowledged either.
 */
export function readRecords(event: unknown): Received[] {
  return parseQueueEvent(event).map(({ body, messageId, ...times }) => ({
    id: messageId,
    content: readBody(body),
    ...times,
  }));
}

function readBody(body: string): Received['content'] {
  try {
    const parsed: unknown = JSON.parse(body);
    const message = isInvocationRecord(parsed) ? answeredMessage(parsed) : parsed;
    return message === undefined ? 'empty' : fromMessage(message);
  } catch (error) {
    if (error instanceof MessageError) return error;
    return new MessageError(messageOf(error), { retryable: false, cause: error });
  }
}

type InvocationRecord = { readonly requestContext: unknown; readonly responsePayload?: unknown };

/** What a destination is sent (docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html). */
function isInvocationRecord(value: unknown): value is InvocationRecord {
  return typeof value === 'object' && value !== null && 'requestContext' in value;
}

function answeredMessage({ responsePayload }: InvocationRecord): unknown {
  return (responsePayload as { readonly message?: unknown } | null | undefined)?.message;
}
