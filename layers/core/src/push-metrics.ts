// For functions of users: pushes what their own prom-client registry holds, by the same push as ours.
import { systemClock } from './clock.ts';
import { startDeadline } from './deadline.ts';
import { type Pushgateway, pushGroup } from './sink/push.ts';

/** What {@link pushMetrics} needs. */
export type PushMetricsOptions = Pushgateway & {
  /** Grouping key; `job` is required, `instance` advised. */
  readonly grouping: Readonly<Record<string, string>> & { readonly job: string };
  /** A prom-client registry, or anything that renders Prometheus text. */
  readonly registry: { metrics(): string | Promise<string> };
  /** Bound on the whole exchange in seconds; 5 when unset. */
  readonly seconds?: number;
};

/**
 * Replaces the group at the Pushgateway by the metrics of `registry`.
 * @throws DeliveryError when it was not accepted; ConfigError when the URL or secret is unusable.
 */
export async function pushMetrics(options: PushMetricsOptions): Promise<void> {
  const { grouping, registry, seconds = 5, ...gateway } = options;
  const deadline = startDeadline(seconds, systemClock);
  try {
    await pushGroup(gateway, { grouping, text: await registry.metrics() }, deadline);
  } finally {
    deadline.close();
  }
}
