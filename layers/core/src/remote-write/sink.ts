// The sink that writes to Prometheus itself, with the times that samples have. What the receiver will never take is
// an error, but only after everything else has been stored.
import { systemClock } from '../clock.ts';
import { DeliveryError } from '../errors.ts';
import { seriesOfBatch } from '../series.ts';
import type { Sink } from '../sink/sink.ts';
import { RemoteWriteClient, type RemoteWriteOptions } from './client.ts';

/** A sink for a remote-write receiver. */
export function createRemoteWriteSink(options: Omit<RemoteWriteOptions, 'clock'>): Sink {
  const client = new RemoteWriteClient({ ...options, clock: systemClock });
  return {
    name: 'remote-write',
    series: 'stored',
    write: async (batch, deadline) => {
      const { rejected } = await client.write(seriesOfBatch(batch), deadline);
      const reasons = Object.entries(rejected).map(([reason, count]) => `${count} ${reason}`);
      if (reasons.length === 0) return;
      const message = `remote write: samples that the receiver will never take: ${reasons.join(', ')}`;
      throw new DeliveryError(message, { status: 400, retryable: false });
    },
  };
}
