// A receiver that keeps what is written and refuses what Prometheus refuses, with or without an out-of-order window; or keeps
// every value of a point, as VictoriaMetrics does.
// It never forgets and takes any past, so that simulated time can run; down, it fails every request.

import type { SeriesWriter } from '../../layers/core/src/delivery/series-writer.ts';
import { DeliveryError } from '../../layers/core/src/errors.ts';
import type { WriteResult } from '../../layers/core/src/remote-write/client.ts';
import type { PointValue, Series } from '../../layers/core/src/sample.ts';
import { canonicalLabels } from '../../layers/core/src/series.ts';

/** A stored series: values by time. */
export type Stored = ReadonlyMap<number, PointValue>;

/** The receiver. */
export type Receiver = SeriesWriter & {
  /** Stored series by their labels, `name{a="b",…}`. */
  readonly series: ReadonlyMap<string, Stored>;
  /** Points that came a second time with the same value. */
  repeated(): number;
  /** Requests so far. */
  requests(): number;
  setState(state: 'up' | 'down'): void;
};

/** How Prometheus would be configured; `kept`: as VictoriaMetrics, whose highest value for a time is seen. */
export type ReceiverOptions = { readonly outOfOrder: 'taken' | 'refused' | 'kept' };

/** An empty receiver that is up. */
export function createReceiver(
  { outOfOrder }: ReceiverOptions = { outOfOrder: 'taken' },
): Receiver {
  const series = new Map<string, Map<number, PointValue>>();
  /** Times that were written out of order, by series: Prometheus drops a second such value without a word. */
  const taken = new Map<string, Set<number>>();
  const counts = { repeated: 0, requests: 0 };
  let state: 'up' | 'down' = 'up';
  const check = () => {
    counts.requests += 1;
    if (state === 'down') throw new DeliveryError('receiver is down', { retryable: true });
  };
  return {
    answers: 'now',
    series,
    repeated: () => counts.repeated,
    requests: () => counts.requests,
    setState: (next) => {
      state = next;
    },
    write: async (all): Promise<WriteResult> => {
      check();
      const rejected: Record<string, number> = {};
      const unsettled: Series[] = [];
      let sent = 0;
      for (const one of all) {
        const { labels, points } = one;
        const key = keyOf(labels);
        const stored = seriesOf(series, key);
        const corrected = taken.get(key) ?? new Set();
        taken.set(key, corrected);
        let newest = Math.max(Number.NEGATIVE_INFINITY, ...stored.keys());
        for (const { at, value } of points) {
          const known = stored.get(at);
          if (known === value) counts.repeated += 1;
          if (outOfOrder === 'kept') {
            stored.set(at, higher(known, value));
            sent += 1;
            continue;
          }
          const reason =
            at === newest && known !== undefined && known !== value
              ? 'duplicate'
              : at < newest && outOfOrder === 'refused'
                ? 'out_of_order'
                : undefined;
          if (reason === undefined) {
            if (!corrected.has(at)) stored.set(at, value);
            if (at < newest) corrected.add(at);
            newest = Math.max(newest, at);
            sent += 1;
          } else rejected[reason] = (rejected[reason] ?? 0) + 1;
          if (reason === 'duplicate') unsettled.push(one);
        }
      }
      return { sent, rejected, requests: 1, unsettled };
    },
    query: async ({ at, expression }) => {
      check();
      const asked = /^(last|max)_over_time\((\w+)\[(\d+)s\]\)$/.exec(expression);
      const [, kind, name, seconds] = asked ?? [];
      if (name === undefined) throw new Error(`receiver asked ${expression}, want last_over_time`);
      return [...series].flatMap(([key, stored]) => {
        if (!key.startsWith(`${name}{`)) return [];
        const times = [...stored.keys()].filter(
          (time) => time <= at && time > at - Number(seconds) * 1000,
        );
        const values = times
          .sort((a, b) => a - b)
          .map((time) => stored.get(time))
          .filter((value) => typeof value === 'number');
        const value = kind === 'max' ? Math.max(...values) : values.at(-1);
        return values.length > 0 && value !== undefined
          ? [{ labels: parseLabels(key), value }]
          : [];
      });
    },
  };
}

function higher(one: PointValue | undefined, other: PointValue): PointValue {
  return typeof one === 'number' && typeof other === 'number' ? Math.max(one, other) : other;
}

function seriesOf(all: Map<string, Map<number, PointValue>>, key: string) {
  const stored = all.get(key) ?? new Map<number, PointValue>();
  all.set(key, stored);
  return stored;
}

/** `name{a="b",…}` with labels sorted. */
export function keyOf(labels: Series['labels']): string {
  const inner = canonicalLabels(labels)
    .filter(([name]) => name !== '__name__')
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${labels.__name__}{${inner.join(',')}}`;
}

function parseLabels(key: string): Record<string, string> {
  const pairs = [...key.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g)];
  return Object.fromEntries(pairs.map(([, name = '', text = '""']) => [name, JSON.parse(text)]));
}
