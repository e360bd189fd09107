// Writes series to the receiver as soon as they are made, and counts what it took and what it refused for good.
import { DeliveryError, type Series } from '@fargaze/core/internal';
import { addTo } from '../../aws/call-tally.ts';
import type { Pass } from '../pass/pass.ts';

/** Whether the series have been delivered; a failure is a delivery fault of the pass. */
export async function writeSeries(
  series: readonly Series[],
  { tally, writeDeadline, writer }: Pass,
): Promise<boolean> {
  if (series.length === 0) return true;
  try {
    const { rejected, sent } = await writer.write(series, writeDeadline);
    tally.sent += sent;
    for (const [reason, samples] of Object.entries(rejected)) {
      addTo(tally.rejected, reason, samples);
    }
    return true;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    tally.deliveryFaults.push(error);
    return false;
  }
}
