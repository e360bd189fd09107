// Pushes a group although somebody else has pushed one of its metrics with another type: that metric is left out, the
// rest is stored. Refuses to leave out the last metric that says when the group was taken.
import { catalogue, type MetricName } from '../catalogue.ts';
import type { Deadline } from '../deadline.ts';
import { DeliveryError, messageOf } from '../errors.ts';
import { renderExposition } from '../exposition.ts';
import type { Group, Sample } from '../sample.ts';
import { timeMetrics } from './owner.ts';
import { type Pushgateway, pushGroup } from './push.ts';

/** Metrics that a Pushgateway does not take from us, with its words about each. */
export type Conflicts = Map<MetricName, string>;

/**
 * Replaces `group`, without the metrics of `conflicts`. A metric that is found to be one is added to them.
 * @returns the metrics of the group that were left out.
 * @throws DeliveryError when the rest is refused too; RangeError when two samples are the same series.
 */
export async function pushSamples(
  gateway: Pushgateway,
  { conflicts, group }: { readonly group: Group; readonly conflicts: Conflicts },
  deadline: Deadline,
): Promise<Conflicts> {
  const leftOut: Conflicts = new Map();
  let samples = group.samples;
  const leaveOut = (metric: MetricName, words: string) => {
    samples = samples.filter((one) => one.metric !== metric);
    leftOut.set(metric, words);
  };
  for (const [metric, words] of conflicts) if (canMiss(samples, metric)) leaveOut(metric, words);
  for (;;) {
    try {
      const text = await renderExposition(samples);
      await pushGroup(gateway, { grouping: group.grouping, text }, deadline);
      return leftOut;
    } catch (error) {
      const words = messageOf(error);
      const refused = error instanceof DeliveryError && error.status === 400;
      const metric = refused ? conflictIn(words) : undefined;
      if (metric === undefined || !canMiss(samples, metric)) throw error;
      leaveOut(metric, words);
      // Another type stands against every group of ours, a series that somebody else has against this one only.
      if (!words.includes('collected before')) conflicts.set(metric, words);
    }
  }
}

/** Whether the group holds `metric` and says when it was taken without it, too. */
function canMiss(samples: readonly Sample[], metric: MetricName): boolean {
  if (!samples.some((one) => one.metric === metric)) return false;
  if (!timeMetrics.has(metric)) return true;
  return samples.some((one) => one.metric !== metric && timeMetrics.has(one.metric));
}

/** The metric of ours that the words of a Pushgateway call inconsistent. */
function conflictIn(text: string): MetricName | undefined {
  const words = /(?:collected metric|gathered metric family) "?([a-zA-Z_:][a-zA-Z0-9_:]*)/;
  const [, name = ''] = words.exec(text) ?? [];
  return isOwnMetric(name) ? name : undefined;
}

/** Whether a metric is one that fargaze emits. */
export function isOwnMetric(name: string): name is MetricName {
  return Object.hasOwn(catalogue, name);
}
