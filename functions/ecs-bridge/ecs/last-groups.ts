// Ends series of ECS that a run no longer has, where they go by remote write: Prometheus shows the last sample of a series for
// five minutes, unless it is ended. At a Pushgateway a group replaces its predecessor as a whole.
import type { Batch, EpochMs, Group, Sample, Seconds, Series } from '@fargaze/core/internal';

/** What a run read of ECS: all there is, or less, because calls failed. */
export type Extent = 'all' | 'some';

/** A series that was not delivered for so long has ended by itself. */
const endedAfter: Seconds = 600;

/** A group, and when it was delivered. */
type Delivered = { readonly group: Group; readonly at: EpochMs };

/** The groups that were delivered last. Lost at a cold start, when what has gone ends by itself. */
export class LastGroups {
  readonly #groups = new Map<string, Delivered>();

  /** Ends of the series that were delivered and are not in `batch`. A group that may not have been read does not end. */
  endsIn({ groups, taken }: Batch, extent: Extent): Series[] {
    const now = new Map(groups.map((group) => [group.grouping.instance, group]));
    return [...this.#groups].flatMap(([instance, { group: before }]) => {
      const group = now.get(instance);
      if (group === undefined && extent === 'some') return [];
      const there = new Set(group?.samples.map(keyOf));
      const gone = before.samples.filter((sample) => !there.has(keyOf(sample)));
      return gone.map((sample) => endOf(before, sample, taken));
    });
  }

  /** Records a batch that was delivered. */
  keep({ groups, taken: at }: Batch, extent: Extent): void {
    for (const [instance, last] of this.#groups) {
      if (extent === 'all' || at - last.at > endedAfter * 1000) this.#groups.delete(instance);
    }
    for (const group of groups) this.#groups.set(group.grouping.instance, { group, at });
  }
}

function endOf({ grouping }: Group, { labels, metric }: Sample, at: Batch['taken']): Series {
  const { instance, job } = grouping;
  // Spread last: V8 gives an object that begins with a spread three times the memory.
  const all: Record<string, string> = { __name__: metric, job, instance, ...labels };
  return { labels: all, points: [{ at, value: 'stale' }] };
}

function keyOf({ labels, metric }: Sample): string {
  let key: string = metric;
  for (const [name, value] of Object.entries(labels)) key += `\u0000${name}\u0000${value}`;
  return key;
}
