// What a probe is: a function from one target to a reading. It knows no sink, no schedule and no Lambda.
import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import type { Outcome } from '../outcome.ts';
import type { Sample } from '../sample.ts';

/** What one probe found: a verdict and the measurements that were made before it. */
export type Reading = { readonly outcome: Outcome; readonly samples: readonly Sample[] };

/** What a probe may use of the world. */
export type ProbeEnvironment = {
  /** The probe must have settled, sockets closed, when this passes. */
  readonly deadline: Deadline;
  readonly clock: Clock;
  /** Keeps a line for `{"explain": true}`; must be free of secrets. */
  readonly trace: (line: string) => void;
};

/** Measures one target. A target that is down is a reading; only our own failures throw. */
export type Probe<T> = (target: T, env: ProbeEnvironment) => Promise<Reading>;
