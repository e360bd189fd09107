// Writes series by our client, as the tests of remote write do it.
import { startDeadline } from '../../layers/core/src/deadline.ts';
import {
  RemoteWriteClient,
  type RemoteWriteOptions,
} from '../../layers/core/src/remote-write/client.ts';
import type { Point, Series } from '../../layers/core/src/sample.ts';
import { createFakeClock } from './fake-clock.ts';

/** Milliseconds. */
export const minute = 60_000;
/** A round time near now: Prometheus takes nothing from the far past or future. */
export const now = Math.floor(Date.now() / minute) * minute;

/** A gauge with points of its own times. */
export const series = (name: string, points: readonly Point[], labels = {}): Series => ({
  labels: { __name__: name, ...labels },
  points,
  metadata: { type: 'gauge', help: `help of ${name}`, unit: '' },
});

/** One write by a new client; version 1 unless told otherwise, within `seconds` (30). */
export async function write(
  url: string,
  all: readonly Series[],
  options: Partial<RemoteWriteOptions> & { seconds?: number } = {},
) {
  // What is waited for between two attempts costs no real time.
  const { clock = createFakeClock(Date.now()), seconds = 30, ...rest } = options;
  const client = new RemoteWriteClient({
    url: new URL(url),
    version: 1,
    clock,
    ...rest,
  });
  const deadline = startDeadline(seconds, clock);
  try {
    return await client.write(all, deadline);
  } finally {
    deadline.close();
  }
}
