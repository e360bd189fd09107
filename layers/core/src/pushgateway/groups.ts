// The groups of a Pushgateway with their exact keys, by its query API (github.com/prometheus/pushgateway#query-api), which
// answers even where what is held contradicts itself and /metrics is an error.
import type { MetricName } from '../catalogue.ts';
import type { EpochMs, Seconds } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { DeliveryError } from '../errors.ts';
import { timeMetrics } from './owner.ts';
import type { Pushgateway } from './push.ts';
import { isOwnMetric } from './push-samples.ts';
import { readPushgatewayPath } from './stored.ts';

/** A group as the Pushgateway holds it. */
export type StoredGroup = {
  readonly labels: Readonly<Record<string, string>>;
  /** Who owns it, by our mark; undefined where it has none. */
  readonly owner: string | undefined;
  /** When it was taken, in seconds since 1970; undefined where it does not say so. */
  readonly taken: Seconds | undefined;
  /** When it was last pushed, by the Pushgateway's clock, in seconds since 1970; infinite where that is not known. */
  readonly pushed: Seconds;
  /** Interval that its results are said to come in; 0 where that is not said. */
  readonly interval: Seconds;
  /** Metrics of ours that it holds with a type that is not ours. */
  readonly clashing: readonly MetricName[];
  /** Its series of a metric. */
  readonly series: (metric: MetricName) => readonly StoredValue[];
};

/** A series of a group. */
export type StoredValue = {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** What a Pushgateway holds. */
export type StoredGroups = {
  readonly groups: readonly StoredGroup[];
  /** When it said so, by its own clock; undefined where it does not date its answers. */
  readonly now: EpochMs | undefined;
};

/** Every group that `gateway` holds. @throws DeliveryError when it does not answer with groups. */
export async function readGroups(gateway: Pushgateway, deadline: Deadline): Promise<StoredGroups> {
  const { now, text } = await readPushgatewayPath(gateway, '/api/v1/metrics', deadline);
  const data = parseJson(text);
  if (!Array.isArray(data)) {
    const message = 'the Pushgateway answered /api/v1/metrics without groups, want {"data": […]}';
    throw new DeliveryError(message, { retryable: false });
  }
  return { groups: data.map((group) => toGroup(group)), now };
}

function parseJson(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly data?: unknown } | null)?.data;
  } catch {
    return undefined;
  }
}

type Family = {
  readonly type?: string;
  readonly metrics?: readonly {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value?: string;
  }[];
};

function toGroup(group: Readonly<Record<string, unknown>>): StoredGroup {
  const family = (name: string) => group[name] as Family | undefined;
  const all = (name: string) =>
    (family(name)?.metrics ?? []).map(({ labels = {}, value }) => ({
      labels,
      value: Number(value),
    }));
  const read = (name: string) => all(name)[0]?.value ?? Number.NaN;
  // Without a time of its last push nothing is known of its age, so it never grows old.
  const pushed = read('push_time_seconds');
  const [mark] = all(ownerMetric);
  const times = [...timeMetrics].map(read).filter(Number.isFinite);
  return {
    labels: (group.labels ?? {}) as Record<string, string>,
    owner: mark?.labels.owner,
    taken: mark === undefined ? pickLatest(times) : mark.value,
    pushed: Number.isFinite(pushed) ? pushed : Number.POSITIVE_INFINITY,
    interval: read('probe_interval_seconds') || 0,
    clashing: Object.keys(group)
      .filter(isOwnMetric)
      .filter((name) => family(name)?.type !== 'GAUGE'),
    series: all,
  };
}

const ownerMetric = 'fargaze_group_timestamp_seconds' satisfies MetricName;

function pickLatest(times: readonly Seconds[]): Seconds | undefined {
  return times.length === 0 ? undefined : Math.max(...times);
}
