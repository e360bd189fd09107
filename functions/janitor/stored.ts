// The groups of a Pushgateway with their exact keys (github.com/prometheus/pushgateway#query-api).
import {
  type Deadline,
  DeliveryError,
  type Pushgateway,
  readPushgatewayPath,
} from '@fargaze/core/internal';
import type { StoredGroup } from './judge.ts';

/** Every group that `gateway` holds. @throws DeliveryError when it does not answer with groups. */
export async function readGroups(gateway: Pushgateway, deadline: Deadline): Promise<StoredGroup[]> {
  const text = await readPushgatewayPath(gateway, '/api/v1/metrics', deadline);
  const data = parseJson(text);
  if (!Array.isArray(data)) {
    const message = 'the Pushgateway answered /api/v1/metrics without groups, want {"data": […]}';
    throw new DeliveryError(message, { retryable: false });
  }
  return data.map((group) => toGroup(group));
}

function parseJson(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly data?: unknown } | null)?.data;
  } catch {
    return undefined;
  }
}

type Family = {
  readonly metrics?: readonly {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value?: string;
  }[];
};

function toGroup(group: Readonly<Record<string, unknown>>): StoredGroup {
  const family = (name: string) => (group[name] as Family | undefined)?.metrics?.[0];
  const read = (name: string) => Number(family(name)?.value ?? Number.NaN);
  // Without a time of its last push nothing is known of its age, so it never grows old.
  const pushed = read('push_time_seconds');
  return {
    labels: (group.labels ?? {}) as Record<string, string>,
    owner: family('fargaze_group_timestamp_seconds')?.labels?.owner,
    pushed: Number.isFinite(pushed) ? pushed : Number.POSITIVE_INFINITY,
    interval: read('probe_interval_seconds') || 0,
  };
}
