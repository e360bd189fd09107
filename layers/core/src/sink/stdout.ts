// The sink that prints: Prometheus text with job and instance on every series, for terminals and logs.
import { DeliveryError, messageOf } from '../errors.ts';
import { renderExposition, renderTimed } from '../exposition.ts';
import { writeLine } from '../log.ts';
import type { Sink } from './sink.ts';

/** A sink that hands the text of each batch to `write`. */
export function createStdoutSink(write: (text: string) => void = writeLine): Sink {
  return {
    name: 'stdout',
    series: 'shown',
    write: async (batch, deadline) => {
      if (deadline.signal.aborted) {
        throw new DeliveryError('stdout: no time left', { retryable: true });
      }
      const samples = batch.groups.flatMap(({ grouping, samples }) =>
        samples.map((sample) => ({ ...sample, labels: { ...grouping, ...sample.labels } })),
      );
      const text = (await renderExposition(samples)).trimEnd();
      const timed = renderTimed(batch.series ?? []);
      try {
        write([text, timed].filter((part) => part !== '').join('\n'));
      } catch (cause) {
        throw new DeliveryError(`stdout: ${messageOf(cause)}`, { retryable: true, cause });
      }
    },
  };
}
