// How long the event loop was held up while a probe ran: whatever it waited for may have come that much earlier. One watch
// serves all probes of an invocation, and sees a delay that lasts until the very end of one.
import { every, type Seconds, systemClock } from '../clock.ts';

/** Time between two looks. */
const tick: Seconds = 0.01;

/** A watch over the event loop. */
export type LoopWatch = {
  /** Begins a measurement; the function ends it and says the longest delay in it. */
  begin(): () => Seconds;
  close(): void;
};

type Window = { readonly begun: Seconds; longest: Seconds };

/** Watches until it is closed. */
export function watchLoop(): LoopWatch {
  let due = systemClock.monotonic() + tick;
  const windows = new Set<Window>();
  const note = (window: Window, now: Seconds) => {
    const late = Math.min(now - due, now - window.begun);
    window.longest = Math.max(window.longest, late);
  };
  const close = every(tick, () => {
    const now = systemClock.monotonic();
    for (const window of windows) note(window, now);
    due = now + tick;
  });
  const begin = () => {
    const window = { begun: systemClock.monotonic(), longest: 0 };
    windows.add(window);
    return () => {
      windows.delete(window);
      // The look that would have seen the last delay is still to come.
      note(window, systemClock.monotonic());
      return window.longest;
    };
  };
  return { begin, close };
}

/** Shorter delays are the noise of timers. */
const noise: Seconds = 0.01;

/** Whether a delay makes the times of a probe of this length wrong by more than a tenth. */
export function isDistorted(delay: Seconds, length: Seconds): boolean {
  return delay > noise && delay > length / 10;
}
