// The balance of a simulation: what was produced, what the receivers have, what was counted as dropped, and what is missing.
import { window } from './producers.ts';
import type { Accounts } from './simulation.ts';

/** The balance. Lists name what must not be, so they are empty. */
export type Balance = {
  readonly produced: number;
  readonly stored: number;
  /** Results in messages that were let go, because they came too late. */
  readonly dropped: number;
  /** Results that are neither stored nor counted as dropped. */
  readonly missing: readonly string[];
  /** Results that were dropped although they came within the receiver's window. */
  readonly droppedInWindow: readonly string[];
  /** Samples that nobody produced. */
  readonly invented: readonly string[];
  /** Targets whose group does not hold their newest result. */
  readonly notNewest: readonly string[];
  /** Broken messages that were not counted, or are not kept as dead letters. */
  readonly uncounted: readonly string[];
  /** Dead letters that are not broken. */
  readonly wronglyDead: readonly string[];
};

/** What the receivers hold in the end. */
export type Stores = {
  /** Times in milliseconds of the samples of each target. */
  readonly samples: ReadonlyMap<string, readonly number[]>;
  /** When what each group holds was taken, in seconds. */
  readonly groups: ReadonlyMap<string, number>;
};

/** Strikes the balance. */
export function strike(
  { dead, produced, reported }: Accounts,
  { groups, samples }: Stores,
): Balance {
  const name = (target: string, at: number) => `${target} ${at}`;
  const all = [...produced.results].flatMap(([target, times]) =>
    [...times].map((at) => name(target, at)),
  );
  const stored = new Set(
    [...samples].flatMap(([target, times]) => times.map((at) => name(target, at))),
  );
  const given = new Map(
    [...reported].flatMap(([id, { at: when }]) =>
      (produced.messages.get(id) ?? []).map(({ at, target }) => {
        const late = when - at > window * 60_000;
        return [name(target, at), late ? 'too late' : 'in window'] as const;
      }),
    ),
  );
  const known = new Set(all);
  const lost = all.filter((one) => !stored.has(one));
  return {
    produced: all.length,
    stored: all.length - lost.length,
    dropped: lost.filter((one) => given.has(one)).length,
    missing: lost.filter((one) => !given.has(one)),
    droppedInWindow: lost.filter((one) => given.get(one) === 'in window'),
    invented: [...stored].filter((one) => !known.has(one)),
    notNewest: [...produced.results].flatMap(([target, times]) =>
      groups.get(target) === Math.max(...times) / 1000 ? [] : [target],
    ),
    uncounted: [...produced.broken].filter(
      (id) => reported.get(id)?.why !== 'malformed' || !dead.includes(id),
    ),
    wronglyDead: dead.filter((id) => !produced.broken.has(id)),
  };
}
