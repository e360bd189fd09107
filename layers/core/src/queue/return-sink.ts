// The sink of functions whose answer the platform carries: asynchronous invocations with a destination. Writing only
// keeps the batch for the answer; an answer that no destination would take is an error before it is too late.
import { DeliveryError } from '../errors.ts';
import type { Batch } from '../sample.ts';
import type { Sink } from '../sink/sink.ts';
import { maxMessageBytes, type QueueMessage, toMessage } from './message.ts';

/** Bytes that are kept for what Lambda adds to the answer and the event: ids, times, status, ARN. */
const recordBytes = 4096;

/** A sink for one invocation. */
export function createReturnSink(): Sink {
  let message: QueueMessage | undefined;
  return {
    name: 'return',
    series: 'refused',
    write: async (batch: Batch) => {
      const packed = toMessage(batch);
      if (packed === undefined) throw tooLong('a batch too long to pack');
      const bytes = Buffer.byteLength(packed.batch);
      if (bytes > maxMessageBytes - recordBytes) throw tooLong(`${bytes} bytes of results`);
      message = packed;
    },
    answer: (summary, event) => {
      const whole = { ...summary, ...(message !== undefined && { message }) };
      const bytes = Buffer.byteLength(JSON.stringify({ answer: whole, event: event ?? null }));
      if (message !== undefined && bytes > maxMessageBytes - recordBytes) {
        throw tooLong(`${bytes} bytes of answer and event`);
      }
      return whole;
    },
  };
}

function tooLong(seen: string): DeliveryError {
  const most = maxMessageBytes - recordBytes;
  const message = `return: ${seen}, want at most ${most}: probe fewer targets at once, or let FARGAZE_SINK be queue`;
  return new DeliveryError(message, { retryable: false });
}
