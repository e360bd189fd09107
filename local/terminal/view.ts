// What is shown: the snapshot, the health of the system's parts, and what does not change while it runs.
import type { EpochMs } from '../../layers/core/src/clock.ts';
import type { Snapshot } from './snapshot.ts';

/** A program of the local system. */
export type Part = {
  readonly name: string;
  /** `restarting`: it ended and comes again; `failed`: it ended too often and stays so; `stopped`: on purpose. */
  readonly state: 'starting' | 'up' | 'restarting' | 'stopped' | 'failed';
  /** Since when it has been in this state. */
  readonly since: EpochMs;
  /** How often it was started again. */
  readonly restarts: number;
  /** How it ended the last time, without being asked. */
  readonly last: End | undefined;
};

/** The end of a program. */
type End = {
  readonly path: string;
  /** `exit code 1` or `signal SIGKILL`. */
  readonly how: string;
  /** What it printed last. */
  readonly lines: string;
};

/** All that is shown at one moment. */
export type View = {
  readonly snapshot: Snapshot;
  readonly parts: readonly Part[];
  /** Since when the functions run on their schedules. */
  readonly scheduled: EpochMs;
  readonly prometheusUrl: string;
  /** Other addresses by name, the most wanted first. */
  readonly links: Readonly<Record<string, string>>;
  /** An IANA name; times are shown as clocks there show them. */
  readonly timeZone: string;
};

/** When the first tick comes at which a probe of `interval` seconds is due, once the functions are `scheduled`. */
export function firstDue(interval: number, scheduled: EpochMs): EpochMs {
  const step = interval * 1000;
  return Math.ceil(scheduled / step) * step;
}
