// What is produced: every minute each function's results of its targets, as groups and as samples with their own times; now
// and then nothing, because the function was killed, a message twice, late, or broken.
import { toMessage } from '../../../layers/core/src/queue/message.ts';
import { sample } from '../../../layers/core/src/sample.ts';
import type { Message, SimulatedQueue } from './queue.ts';

/** Functions, and targets of each. */
export const functions = 4;
/** Targets of each function. */
export const targetsOfEach = 5;

/** Minutes that the receiver takes samples late. */
export const window = 30;

const minuteMs = 60_000;

/** Everything that was produced, for the accounts. */
export type Produced = {
  /** Times in milliseconds of all results, by target. */
  readonly results: ReadonlyMap<string, Set<number>>;
  /** Of each message the results that it holds; broken ones hold none that could be known. */
  readonly messages: ReadonlyMap<
    string,
    readonly { readonly target: string; readonly at: number }[]
  >;
  /** Messages that nobody can read. */
  readonly broken: ReadonlySet<string>;
  /** Ticks whose function was killed before it had produced anything. */
  readonly killed: number;
};

/** Produces into a queue. */
export class Producers {
  readonly #random: () => number;
  readonly #queue: SimulatedQueue;
  readonly #start: number;
  readonly results = new Map<string, Set<number>>();
  readonly messages = new Map<string, { target: string; at: number }[]>();
  readonly broken = new Set<string>();
  killed = 0;

  /** `start` is the time of minute 0, in milliseconds. */
  constructor(queue: SimulatedQueue, start: number, random: () => number) {
    this.#queue = queue;
    this.#start = start;
    this.#random = random;
  }

  /** One tick of every function. */
  tick(minute: number): void {
    for (let name = 0; name < functions; name += 1) {
      if (this.#random() < 0.02) this.killed += targetsOfEach;
      else this.#produce(name, minute);
    }
    if (this.#random() < 0.05) {
      const id = `broken-${minute}`;
      this.broken.add(id);
      this.#queue.send({ id, body: '{' }, minute);
    }
  }

  #produce(name: number, minute: number): void {
    const at = this.#start + minute * minuteMs;
    const id = `f${name}-${minute}`;
    const targets = Array.from({ length: targetsOfEach }, (_, index) => `t${name}-${index}`);
    const body = JSON.stringify(
      toMessage({
        taken: at,
        groups: targets.map((instance) => ({
          grouping: { job: 'accounts', instance },
          samples: [sample('fargaze_probe_timestamp_seconds', {}, at / 1000)],
        })),
        series: targets.map((instance) => ({
          labels: { __name__: 'accounts_minute', instance },
          points: [{ at, value: minute }],
        })),
      }),
    );
    for (const target of targets) {
      this.results.set(target, (this.results.get(target) ?? new Set()).add(at));
    }
    this.messages.set(
      id,
      targets.map((target) => ({ target, at })),
    );
    this.#send({ id, body }, minute);
  }

  #send(message: Message, minute: number): void {
    const chance = this.#random();
    if (chance < 0.01) {
      this.#queue.send(message, minute + 3 * window);
      return;
    }
    const delay = chance < 0.1 ? Math.ceil(this.#random() * 15) : 0;
    this.#queue.send(message, minute + delay);
    if (this.#random() < 0.05)
      this.#queue.send({ ...message }, minute + Math.ceil(this.#random() * 5));
  }
}
