// The sink that hands batches to the delivery queue itself, for functions whose batches outgrow one message.
import { DeliveryError } from '../errors.ts';
import type { Sink } from '../sink/sink.ts';
import { maxMessageBytes, toMessages } from './message.ts';
import { type SqsQueue, sendToQueue } from './sqs.ts';

/** A sink for the queue. Each of a batch's messages stands for itself: a group that fits none fails after the others were sent. */
export function createQueueSink(queue: SqsQueue): Sink {
  return {
    name: 'queue',
    series: 'forwarded',
    write: async (batch, deadline) => {
      const { messages, tooLong } = toMessages(batch);
      await sendToQueue(queue, messages, deadline);
      if (tooLong.length === 0) return;
      const message = `queue: longer than a message of ${maxMessageBytes} bytes: ${tooLong.join(', ')}`;
      throw new DeliveryError(message, { retryable: false });
    },
  };
}
