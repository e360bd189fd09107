// The Pushgateway as the guard's store: one reading shows when every group was taken.
import {
  findSeries,
  groupKey,
  markOwner,
  type Pushgateway,
  pushGroup,
  readPushgatewayPath,
  renderExposition,
  type Seconds,
  timeMetrics,
} from '@fargaze/core/internal';
import type { Store } from './guard.ts';

/** The store at `gateway`; what is put there is marked as `owner`'s. */
export function createStore(gateway: Pushgateway, owner: string): Store {
  return {
    read: async (deadline) => readTimes(await readPushgatewayPath(gateway, '/metrics', deadline)),
    put: async ({ group, taken }, deadline) => {
      const { grouping, samples } = markOwner(group, taken * 1000, owner);
      await pushGroup(gateway, { grouping, text: await renderExposition(samples) }, deadline);
    },
  };
}

/** When each group of fargaze in Prometheus text was taken. */
export function readTimes(text: string): Map<string, Seconds> {
  const times = new Map<string, Seconds>();
  for (const { labels, value } of findSeries(text, timeMetrics)) {
    const { instance, job, owner: _, ...others } = labels;
    // A group with a further label in its key is not one of fargaze's, whatever it holds.
    if (job === undefined || instance === undefined || Object.keys(others).length > 0) continue;
    const key = groupKey({ job, instance });
    times.set(key, Math.max(value, times.get(key) ?? value));
  }
  return times;
}
