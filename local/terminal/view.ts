// What is shown: the snapshot, the health of the system's parts, and what does not change while it runs.
import type { EpochMs } from '../../layers/core/src/clock.ts';
import type { PartHealth } from '../system/parts.ts';
import type { Snapshot } from './snapshot.ts';

/** All that is shown at one moment. */
export type View = {
  readonly snapshot: Snapshot;
  readonly parts: readonly PartHealth[];
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
