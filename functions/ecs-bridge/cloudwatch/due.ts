// When CloudWatch is due. Schedule ticks jitter: measured from the last reading where it is remembered, a late or duplicate
// tick neither skips nor repeats a paid reading.
import { type EpochSeconds, isDue, type Seconds } from '@fargaze/core/internal';

/** A tick of the schedule. */
export type Tick = {
  readonly now: EpochSeconds;
  /** Seconds between ticks; undefined: invoked by hand. */
  readonly schedule: Seconds | undefined;
};

/** When a warm function read CloudWatch. */
export class Turns {
  /** The last scheduled tick at which a plan was carried out or refused. */
  #lastTick: EpochSeconds | undefined;
  /** The interval to which the budget slowed the last plan. */
  #slowedTo: Seconds | undefined;
  /** When everything was last read and delivered. */
  lastSuccess: EpochSeconds | undefined;

  /**
   * Whether it is time to read. After a plan has been slowed only its slowed interval counts: if the configured one had to
   * be due as well, the plan would run only at common multiples of the two.
   */
  isDue(interval: Seconds, tick: Tick): boolean {
    return this.isTurn(this.#slowedTo ?? interval, tick);
  }

  /** Whether `interval` has passed since the last tick. By hand it always has. */
  isTurn(interval: Seconds, { now, schedule }: Tick): boolean {
    if (schedule === undefined) return true;
    const last = this.#lastTick;
    if (last === undefined || last > now) return isDue(interval, { schedule, time: now * 1000 });
    return now - last >= interval - schedule / 2;
  }

  /** Records the interval to which a plan was slowed; undefined: it was not. */
  slowTo(interval: Seconds | undefined): void {
    this.#slowedTo = interval;
  }

  /** Records that a plan was carried out or refused. */
  take({ now, schedule }: Tick): void {
    if (schedule !== undefined) this.#lastTick = now;
  }
}
