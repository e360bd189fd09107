// Begins probes one after the other, each when the event loop has caught its breath, so that the work of one falls into no
// phase of another. One that waits for its target holds up nobody: a socket that waits is no work.
import type { Clock, Seconds } from '../clock.ts';

/** Probes under way at most: a function may have 1,024 files open. */
const maxOpen = 250;

/** Share of the time since the last beginning that the event loop may have worked. */
const busy = 0.5;

/** Time between two beginnings at least, about the work of one probe. */
const pause: Seconds = 0.004;

/** Pauses before a beginning at most; a machine that is always busy must not wait for ever. */
const maxPauses = 10;

/** Where there are many probes their pauses get shorter and fewer: all together are about so long, on an idle and a busy machine. */
const together = { idle: 4 as Seconds, busy: 8 as Seconds } as const;

/** Runs `work` for each of `indexes`, begun in that order. @throws what `work` throws. */
export async function runPaced(
  indexes: readonly number[],
  work: (index: number) => Promise<void>,
  clock: Clock,
): Promise<void> {
  const open = new Set<Promise<void>>();
  const seconds = Math.min(pause, together.idle / indexes.length);
  const pauses = Math.min(maxPauses, Math.ceil(together.busy / (seconds * indexes.length)));
  for (const index of indexes) {
    while (open.size >= maxOpen) await Promise.race(open);
    await breathe(clock, { seconds, pauses });
    const one: Promise<void> = work(index).finally(() => open.delete(one));
    open.add(one);
  }
  await Promise.all(open);
}

type Breath = { readonly seconds: Seconds; readonly pauses: number };

async function breathe(clock: Clock, { pauses, seconds }: Breath): Promise<void> {
  let last = performance.eventLoopUtilization();
  for (let left = pauses; left > 0; left -= 1) {
    await clock.sleep(seconds);
    const now = performance.eventLoopUtilization();
    if (performance.eventLoopUtilization(now, last).utilization <= busy) return;
    last = now;
  }
}
