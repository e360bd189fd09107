// Things that the simulated cloud does by itself at set times, in order, each seeing its own time as now.
import type { EpochSeconds } from '../../../layers/core/src/clock.ts';

/** Does something at an instant. */
export type Action = (at: EpochSeconds) => void;

/** A repeated action: at `first` and every `seconds` after it. */
export type Repeat = { readonly first: EpochSeconds; readonly seconds: number };

/** Actions to come. */
export type Agenda = {
  at(time: EpochSeconds, action: Action): void;
  /** @throws RangeError unless there are seconds between two times. */
  every(repeat: Repeat, action: Action): void;
  /** Does everything that is due by `now`, oldest first. */
  advance(now: EpochSeconds): void;
};

type Entry = { readonly at: EpochSeconds; readonly order: number; readonly action: Action };

/** An empty agenda. */
export function createAgenda(): Agenda {
  let entries: Entry[] = [];
  let order = 0;
  const add = (at: EpochSeconds, action: Action) => {
    entries.push({ at, order: order++, action });
    entries.sort((left, right) => left.at - right.at || left.order - right.order);
  };
  const agenda: Agenda = {
    at: add,
    every: ({ first, seconds }, action) => {
      if (!(seconds > 0)) throw new RangeError(`an interval of ${seconds} s, want more than 0`);
      add(first, (at) => {
        action(at);
        agenda.every({ first: at + seconds, seconds }, action);
      });
    },
    advance: (now) => {
      for (let next = entries[0]; next !== undefined && next.at <= now; next = entries[0]) {
        entries = entries.slice(1);
        next.action(next.at);
      }
    },
  };
  return agenda;
}
