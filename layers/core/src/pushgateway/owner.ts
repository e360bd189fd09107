// Whose a group is and when it was taken, for those who replace or delete groups: `deliver` and the janitor.
import type { MetricName } from '../catalogue.ts';
import type { EpochMs, Seconds } from '../clock.ts';
import { type Group, sample } from '../sample.ts';

/** Every group that fargaze pushes has one of these metrics, which says when the group was taken. */
export const timeMetrics: ReadonlySet<string> = new Set([
  'fargaze_group_timestamp_seconds',
  'fargaze_probe_timestamp_seconds',
  'fargaze_bridge_timestamp_seconds',
] satisfies MetricName[]);

/** When a group was taken, in seconds since 1970: by its own samples, else as the batch that it came in. */
export function takenOf({ samples }: Group, batch: EpochMs): Seconds {
  const times = samples.flatMap(({ metric, value }) =>
    timeMetrics.has(metric) && Number.isFinite(value) ? [value] : [],
  );
  return times.length === 0 ? batch / 1000 : Math.max(...times);
}

/** The group with the mark of its owner, which says when it was taken. */
export function markOwner(group: Group, taken: Seconds, owner: string): Group {
  const others = group.samples.filter(({ metric }) => metric !== 'fargaze_group_timestamp_seconds');
  const mark = sample('fargaze_group_timestamp_seconds', { owner }, taken);
  return { ...group, samples: [...others, mark] };
}
