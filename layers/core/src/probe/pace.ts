// Begins probes one after the other, each when the event loop has caught its breath, so that the work of one falls into no
// phase of another. One that waits for its target holds up nobody: a socket that waits is no work.
import { performance } from 'node:perf_hooks';
import type { Clock } from '../clock.ts';

/** Probes under way at most: a function may have 1,024 files open. */
const maxOpen = 250;

/** Share of the time since the last beginning that the event loop may have worked. */
const busy = 0.5;

/** Pauses that a beginning waits at most. */
const maxPauses = 20;

/** Runs `work` for each of `indexes`, begun in that order. @throws what `work` throws. */
export async function runPaced(
  indexes: readonly number[],
  work: (index: number) => Promise<void>,
  clock: Clock,
): Promise<void> {
  const open = new Set<Promise<void>>();
  for (const [place, index] of indexes.entries()) {
    while (open.size >= maxOpen) await Promise.race(open);
    if (place > 0) await breathe(clock);
    const one: Promise<void> = work(index).finally(() => open.delete(one));
    open.add(one);
  }
  await Promise.all(open);
}

async function breathe(clock: Clock): Promise<void> {
  let last = performance.eventLoopUtilization();
  for (let pauses = 0; pauses < maxPauses; pauses += 1) {
    await clock.sleep(0.001);
    const now = performance.eventLoopUtilization();
    if (performance.eventLoopUtilization(now, last).utilization <= busy) return;
    last = now;
  }
}
