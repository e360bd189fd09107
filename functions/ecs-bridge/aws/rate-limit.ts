// Keeps an API's rates for the whole account and tries again what may succeed: the rate is halved when the API throttles
// and grows back slowly. Nothing is tried beyond the deadline.
import { type Clock, type Deadline, type Seconds, SourceError } from '@fargaze/core';
import { isThrottled } from './clients.ts';

/** Most calls and points in any second (CloudWatch service quotas; points for windows of up to three hours). */
export type Rates = { readonly calls: number; readonly points: number };

/** What was called, by API; added to as it happens. */
export type CallTally = {
  readonly requests: Map<string, number>;
  readonly throttles: Map<string, number>;
  readonly retries: Map<string, number>;
};

/** An empty tally. */
export function createTally(): CallTally {
  return { requests: new Map(), throttles: new Map(), retries: new Map() };
}

/** Adds to a count. */
export function count(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** One call: its name, the points that it asks for, and how it is made. */
export type PacedCall<T> = {
  readonly api: string;
  readonly points?: number;
  make(): Promise<T>;
};

const mostAttempts = 8;
const firstBackoff: Seconds = 0.1;
const longestBackoff: Seconds = 5;

/** Makes calls of one API at its rate. */
export class Pace {
  readonly #rates: Rates;
  readonly #clock: Clock;
  readonly #tally: CallTally;
  /** 1: the whole rate. */
  #share = 1;
  /** When the next call may be made. */
  #callsFree = 0;
  #pointsFree = 0;

  constructor(rates: Rates, { clock, tally }: { clock: Clock; tally: CallTally }) {
    this.#rates = rates;
    this.#clock = clock;
    this.#tally = tally;
  }

  /** Makes the call when its turn comes, and again while that may help. @throws SourceError of the last attempt. */
  async run<T>({ api, make, points = 0 }: PacedCall<T>, deadline: Deadline): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.#turn(api, points, deadline);
      count(this.#tally.requests, api);
      try {
        const answer = await make();
        this.#share = Math.min(1, this.#share + 0.05);
        return answer;
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        if (isThrottled(error)) {
          count(this.#tally.throttles, api);
          this.#share = Math.max(0.02, this.#share / 2);
        }
        const backoff = Math.min(longestBackoff, firstBackoff * 2 ** attempt);
        const wait = backoff * (0.5 + Math.random() / 2);
        const useless = !error.retryable || attempt >= mostAttempts;
        if (useless || deadline.signal.aborted || wait >= deadline.remaining()) throw error;
        count(this.#tally.retries, api);
        await sleep(wait);
      }
    }
  }

  async #turn(api: string, points: number, deadline: Deadline): Promise<void> {
    const now = this.#clock.monotonic();
    // Nearly half of the rate at once and half of it evenly: together never more than the rate in any second.
    const calls = (this.#rates.calls / 2) * this.#share;
    const burst = this.#share === 1 ? 0.9 : 0;
    const start = Math.max(now, this.#callsFree - burst, this.#pointsFree);
    this.#callsFree = Math.max(now, this.#callsFree) + 1 / calls;
    this.#pointsFree = start + points / ((this.#rates.points / 2) * this.#share);
    const wait = start - now;
    if (wait >= deadline.remaining() || deadline.signal.aborted) {
      const message = `${api}: no time left to call it within ${this.#rates.calls} calls a second`;
      throw new SourceError(message, { operation: api, retryable: true });
    }
    if (wait > 0) await sleep(wait);
  }
}

function sleep(seconds: Seconds): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
