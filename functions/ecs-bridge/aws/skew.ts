// The clock of AWS, as far as this machine's differs: it refuses signatures that are some minutes off, and a machine that slept
// may be. Set by the date of such a refusal; what is no date, or nearly the time that was signed with, changes nothing.
import type { Clock, EpochMs } from '@fargaze/core/internal';

/** What AWS's clock is ahead, by clock. */
const ahead = new WeakMap<Clock, EpochMs>();

/** Milliseconds: less than the 5 minutes by which AWS lets clocks differ, and more than an answer takes to arrive. */
const least: EpochMs = 4 * 60_000;

/** The clock that requests are signed by. */
export function clockOfAws(clock: Clock): Pick<Clock, 'now'> {
  return { now: () => clock.now() + (ahead.get(clock) ?? 0) };
}

/** Sets AWS's clock to the date of an answer; whether that changed it, so that another signature may be taken. */
export function setClock(clock: Clock, date: unknown): boolean {
  const difference = Date.parse(String(date)) - clockOfAws(clock).now();
  if (!(Math.abs(difference) >= least)) return false;
  ahead.set(clock, (ahead.get(clock) ?? 0) + difference);
  return true;
}
