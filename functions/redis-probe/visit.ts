// One run of the probe against one target: what it is about, what was measured, what failed, what is open.
import {
  type Failure,
  type Phase,
  type ProbeEnvironment,
  type RedisAddress,
  type RedisCheck,
  type RedisExpectation,
  type RedisModule,
  type RedisOptions,
  roundSeconds,
  type Sample,
  sample,
  type Target,
} from '@fargaze/core/internal';
import { Verdict } from './verdict.ts';

/** One run. */
export type Visit = {
  readonly target: Target<RedisModule>;
  readonly options: RedisOptions;
  readonly address: RedisAddress;
  readonly env: ProbeEnvironment;
  readonly samples: Sample[];
  /** In the order in which they were found; the first is the verdict. */
  readonly failures: Failure[];
  /** Closed when the run ends, whatever becomes of it. */
  readonly open: Set<{ close(): void }>;
  /** Passwords that were sent, which no message may repeat. */
  readonly secrets: string[];
  /** Texts of servers in which one of these secrets stands. */
  readonly echoes: Set<string>;
  /** Optional reads by whether every server that was asked allows them. */
  readonly checks: Map<RedisCheck, boolean>;
};

/** Runs one part; a verdict on it is kept, and the parts after it run too. Answers whether it passed. */
export async function attempt(visit: Visit, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof Verdict)) throw error;
    visit.failures.push(error.outcome);
    return false;
  }
}

/** Does one part of a run among others, in at most `share` of the time left, so that there is time for the others. */
export async function inPart<T>(
  visit: Visit,
  share: number,
  work: (part: Visit) => Promise<T>,
): Promise<T> {
  const { deadline } = visit.env;
  const slice = deadline.slice(deadline.remaining() * share);
  try {
    return await work({ ...visit, env: { ...visit.env, deadline: slice } });
  } finally {
    slice.close();
  }
}

/** Seconds that `work` takes, also when it fails. */
export async function timed<T>(
  { env }: Visit,
  work: () => Promise<T>,
  take: (seconds: number) => void,
): Promise<T> {
  const begun = env.clock.monotonic();
  try {
    return await work();
  } finally {
    take(roundSeconds(env.clock.monotonic() - begun));
  }
}

/** Runs `work` as a phase of its own. */
export function timedPhase<T>(visit: Visit, phase: Phase, work: () => Promise<T>): Promise<T> {
  return timed(visit, work, (seconds) => {
    visit.samples.push(sample('probe_redis_duration_seconds', { phase }, seconds));
  });
}

/** Notes whether an optional read is allowed; one server that refuses it decides for all. */
export function noteCheck(
  { checks }: Visit,
  check: RedisCheck,
  { allowed }: { readonly allowed: boolean },
): void {
  checks.set(check, allowed && checks.get(check) !== false);
}

/** Notes an expectation; one that is not met is a failure with the reason and words of `verdict`. */
export function expectThat(
  visit: Visit,
  expectation: RedisExpectation,
  verdict: Verdict | undefined,
): void {
  noteExpectation(visit, expectation, { met: verdict === undefined });
  if (verdict !== undefined) visit.failures.push(verdict.outcome);
}

/** Notes an expectation whose failure is kept already. */
export function noteExpectation(
  { samples }: Visit,
  expectation: RedisExpectation,
  { met }: { readonly met: boolean },
): void {
  samples.push(sample('probe_redis_expectation_met', { expectation }, met ? 1 : 0));
}
