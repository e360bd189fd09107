// Keeps calls of one API below the account's rates and retries what may succeed: a throttled call halves the rate, each
// call that succeeds raises it a little. No call and no wait goes beyond the deadline.
import {
  type Clock,
  type Deadline,
  retry,
  type Seconds,
  SourceError,
} from '@fargaze/core/internal';
import { holdYoungGeneration } from '../heap/young-generation.ts';
import { addTo, type CallTally } from './call-tally.ts';
import { afterSecondsOf, isThrottled } from './source-error.ts';

/** Most calls and points in any second (CloudWatch service quotas; points for windows of up to three hours). */
export type Rates = { readonly calls: number; readonly points: number };

/** One call: its name, the points that it asks for, and how it is made. */
export type LimitedCall<T> = {
  readonly api: string;
  readonly points?: number;
  make(): Promise<T>;
};

const maxAttempts = 8;

/**
 * Calls a second by which one that succeeds raises the rate, and that are made at least: in calls, because what the account
 * allows may be far below what a function would make, and several share it.
 */
const rise = 1.25;
const least = 0.5;

/** Makes the calls of one API at its rates. */
export class RateLimiter {
  readonly #rates: Rates;
  readonly #clock: Clock;
  readonly #tally: CallTally;
  /** The part of the rates that is used; 1 is all of them. */
  #share = 1;
  /** Monotonic seconds from which calls and points are free again. */
  #callsFree = 0;
  /** Monotonic seconds at which the rate was halved last. */
  #slowedAt = 0;
  #pointsFree = 0;

  constructor(rates: Rates, { clock, tally }: { clock: Clock; tally: CallTally }) {
    this.#rates = rates;
    this.#clock = clock;
    this.#tally = tally;
  }

  /** Makes the call when its turn comes, and again while that may help. @throws SourceError of the last attempt. */
  async run<T>(call: LimitedCall<T>, deadline: Deadline): Promise<T> {
    const last = await retry(() => this.#attempt(call, deadline), {
      clock: this.#clock,
      deadline,
      maxAttempts,
      again: (result) =>
        'fault' in result &&
        result.fault.retryable && { afterSeconds: afterSecondsOf(result.fault) },
    });
    if ('fault' in last) throw last.fault;
    return last.value;
  }

  async #attempt<T>(
    { api, make, points = 0 }: LimitedCall<T>,
    deadline: Deadline,
  ): Promise<{ readonly value: T } | { readonly fault: SourceError }> {
    await this.#waitTurn(api, points, deadline);
    addTo(this.#tally.requests, api);
    const begun = this.#clock.monotonic();
    try {
      const value = await make();
      holdYoungGeneration();
      this.#share = Math.min(1, this.#share + rise / (this.#rates.calls / 2));
      return { value };
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (isThrottled(error)) {
        addTo(this.#tally.throttles, api);
        this.#slowDown(begun);
      }
      return { fault: error };
    }
  }

  /** Halves the rate, once for calls that were under way together. */
  #slowDown(begun: Seconds): void {
    if (begun < this.#slowedAt) return;
    this.#slowedAt = this.#clock.monotonic();
    this.#share = Math.max(least / (this.#rates.calls / 2), this.#share / 2);
  }

  async #waitTurn(api: string, points: number, deadline: Deadline): Promise<void> {
    const now = this.#clock.monotonic();
    // Nearly half of the rate at once and half of it evenly: together never more than the rate in any second.
    const calls = (this.#rates.calls / 2) * this.#share;
    const burst: Seconds = this.#share === 1 ? 0.9 : 0;
    const start = Math.max(now, this.#callsFree - burst, this.#pointsFree);
    this.#callsFree = Math.max(now, this.#callsFree) + 1 / calls;
    this.#pointsFree = start + points / ((this.#rates.points / 2) * this.#share);
    const wait = start - now;
    if (wait >= deadline.remaining() || deadline.signal.aborted) {
      const message = `${api}: no time left to call it within ${this.#rates.calls} calls a second`;
      throw new SourceError(message, { operation: api, retryable: true });
    }
    if (wait > 0) await this.#clock.sleep(wait);
  }
}
