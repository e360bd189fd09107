// The messages of an SQS event. What cannot be read becomes data: one broken message must not cost the others.
import {
  type Batch,
  type EpochMs,
  fromMessage,
  MessageError,
  messageOf,
  parseQueueEvent,
} from '@fargaze/core/internal';
import { type EcsEvent, isBusEvent, readEcsEvent } from './ecs-events/event.ts';

/** One message: what it holds, or why that cannot be known. */
export type Received = {
  readonly id: string;
  readonly content: Batch | EcsEvent | 'empty' | MessageError;
  /** When the queue took it, by its own clock; unset where that is not known. */
  readonly sent?: EpochMs;
  /** How often it was handed over. */
  readonly receives?: number;
};

/**
 * The messages of `event`, in its order.
 * @param now Where a message does not say when the queue took it.
 * @throws ConfigError when it is no event of SQS: then nothing of it can be acknowledged either.
 */
export function readRecords(event: unknown, now: EpochMs): Received[] {
  return parseQueueEvent(event).map(({ body, messageId, ...times }) => ({
    id: messageId,
    content: readBody(body, times.sent ?? now),
    ...times,
  }));
}

function readBody(body: string, sent: EpochMs): Received['content'] {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isBusEvent(parsed)) {
      const event = readEcsEvent(parsed, sent);
      return event === 'unimportant' ? 'empty' : event;
    }
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

/** Whether a message holds a batch. */
export function isBatch(content: Received['content']): content is Batch {
  return content !== 'empty' && !(content instanceof MessageError) && 'groups' in content;
}

/** Whether a message holds an event of ECS. */
export function isEcsEvent(content: Received['content']): content is EcsEvent {
  return content !== 'empty' && !(content instanceof MessageError) && 'place' in content;
}
