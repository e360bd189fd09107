// A clock that runs with the machine's, but whose sleepers wake at once: what is waited for between two attempts costs no
// real time, while a far side that hangs costs what it costs.
import { type Clock, type Seconds, systemClock } from '../../layers/core/src/clock.ts';

/** A clock that is `skew` seconds ahead of the machine's calendar (behind, where negative). */
export function createSkippingClock(skew: Seconds = 0): Clock {
  const begun = systemClock.monotonic();
  let skipped: Seconds = 0;
  const elapsed = () => systemClock.monotonic() - begun + skipped;
  const start = systemClock.now() + skew * 1000;
  return {
    now: () => start + Math.round(elapsed() * 1000),
    monotonic: elapsed,
    sleep: (seconds, signal) => {
      const until = elapsed() + Math.max(0, seconds);
      return new Promise((resolve, reject) => {
        if (signal?.aborted) reject(signal.reason);
        // Whoever works meanwhile gets its turn first.
        setImmediate(() => {
          skipped += Math.max(0, until - elapsed());
          resolve();
        });
      });
    },
  };
}
