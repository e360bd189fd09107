// Calls of the ECS API in parts. One that fails costs only what needs it, and is kept as a fault.
import { mapConcurrently, SourceError } from '@fargaze/core/internal';

/** Calls under way at once; the API's steady rate is about 20 a second for reads (ECS API throttling quotas). */
export const concurrency = 8;

/** Makes calls and collects those that failed. */
export class Calls {
  readonly faults: SourceError[] = [];

  /** The result, or undefined and a fault more. */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.faults.push(error);
      return undefined;
    }
  }

  /** What each part of at most `limit` is answered; undefined for one that failed. */
  async inParts<T>(
    names: readonly string[],
    limit: number,
    describe: (part: readonly string[]) => Promise<T[]>,
  ): Promise<(T[] | undefined)[]> {
    const parts = Array.from({ length: Math.ceil(names.length / limit) }, (_, index) =>
      names.slice(index * limit, (index + 1) * limit),
    );
    return mapConcurrently(parts, concurrency, (part) => this.attempt(() => describe(part)));
  }

  /** All answers as one list; undefined where there is no list of names or a part failed. */
  async whole<T>(
    names: readonly string[] | undefined,
    limit: number,
    describe: (part: readonly string[]) => Promise<T[]>,
  ): Promise<T[] | undefined> {
    if (names === undefined) return undefined;
    const answers = await this.inParts(names, limit, describe);
    const known = answers.filter((answer) => answer !== undefined);
    return known.length === answers.length ? known.flat() : undefined;
  }
}
