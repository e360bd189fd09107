// The clock of the simulated cloud: it follows the machine's until it is set, then it stands until it is moved.
import type { EpochSeconds } from '../../layers/core/src/clock.ts';

/** A clock that tests can own. */
export type SimulatedClock = {
  now(): EpochSeconds;
  /** Stops the clock at an instant. */
  set(seconds: EpochSeconds): void;
  /** Moves a clock that stands; one that runs is stopped and moved. */
  advance(seconds: number): void;
};

/** A clock over another one in milliseconds, the machine's by default. It throws a RangeError for a time that is no number. */
export function createSimulatedClock(base: { now(): number } = Date): SimulatedClock {
  let fixed: EpochSeconds | undefined;
  const now = () => fixed ?? base.now() / 1000;
  return {
    now,
    set: (seconds) => {
      if (!Number.isFinite(seconds)) throw new RangeError(`time ${seconds}, want epoch seconds`);
      fixed = seconds;
    },
    advance: (seconds) => {
      if (!(seconds >= 0)) throw new RangeError(`advance by ${seconds} s, want 0 or more`);
      fixed = now() + seconds;
    },
  };
}
