// Runs work side by side with a bound. Rejects like Promise.all: on the first error.

/**
 * Maps `items` by `work`, at most `limit` at a time, results in the order of the items.
 * @throws RangeError when `limit` is not a whole number of 1 or more; or what `work` throws.
 */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`concurrency limit ${limit}, want a whole number of 1 or more`);
  }
  const results = new Array<R>(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
