// Writes series to the receiver as soon as they are made, and counts what it took and what it refused for good.
import { DeliveryError, type Series, type WriteResult } from '@fargaze/core/internal';
import { addTo } from '../../aws/call-tally.ts';
import type { Pass } from '../pass/pass.ts';

/** What became of nothing. */
export const nothingWritten: WriteResult = { sent: 0, rejected: {}, requests: 0 };

/** What became of the series; undefined when they have not been delivered, which is a delivery fault of the pass. */
export async function writeSeries(
  series: readonly Series[],
  { tally, writeDeadline, writer }: Pass,
): Promise<WriteResult | undefined> {
  if (series.length === 0) return nothingWritten;
  try {
    const result = await writer.write(series, writeDeadline);
    tally.sent += result.sent;
    for (const [reason, samples] of Object.entries(result.rejected)) {
      addTo(tally.rejected, reason, samples);
    }
    return result;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    tally.deliveryFaults.push(error);
    return undefined;
  }
}
