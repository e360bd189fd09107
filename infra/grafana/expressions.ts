// PromQL that the boards share. Everything that a probe or the bridge pushed is read through a gate: a Pushgateway
// never forgets, and what was true once must not look as if it were true now.
import { catalogue } from '../../layers/core/src/catalogue.ts';

/** A metric that came through the Pushgateway. */
type Pushed = keyof typeof catalogue;

/** Braces and what is in them, or nothing. */
type Selector = `{${string}}` | '';

/** A probe's series while its result is fresh, for metrics that have no recorded `:fresh` series. */
export function freshProbe(metric: Pushed, selector: Selector = ''): string {
  const { labels } = catalogue[metric];
  const matching = labels.length === 0 ? '' : ` ignoring (${labels.join(', ')})`;
  return `(${metric}${selector} and${matching} fargaze:probe_fresh)`;
}

/** A series of the bridge while the bridge runs. */
export function freshBridge(metric: Pushed, selector: Selector = ''): string {
  return `(${metric}${selector} and on (job, instance) fargaze:bridge_fresh)`;
}

/**
 * What the bridge reported when it last read CloudWatch, for 2.5 of its intervals. These are five minutes or longer, and not
 * reported where a reading failed early.
 */
export function lastReading(metric: Pushed): string {
  const reported = 'clamp_min(fargaze_bridge_interval_seconds, 300)';
  const patience = `2.5 * (${reported} or 0 * push_time_seconds + 300)`;
  return `(${metric} and on (job, instance) time() - push_time_seconds < ${patience})`;
}

/**
 * What a probe measured, with the probe's name and vantage; `own` are labels of `measured` beyond its group's. Of the
 * probe's info only these two count: during a rollout there may be one of the old version beside the new one.
 */
export function withVantage(
  measured: string,
  selector: Selector = '',
  own: readonly string[] = [],
) {
  const lent: readonly string[] = ['probe', 'vantage'];
  const others = catalogue.fargaze_probe_info.labels.filter((label) => !lent.includes(label));
  const info = `max without (${others.join(', ')}) (fargaze_probe_info${selector})`;
  return `${measured} * ignoring (${[...own, ...lent].join(', ')}) group_left (${lent.join(', ')}) ${info}`;
}

/**
 * The verdict on each target: 1 up, 0 down, 2 unknown. A target that was seen once and of which there is no fresh
 * result is unknown, which is neither up nor down. Adding 0 drops the name of the metric: with it a target that changes
 * from one side of the `or` to the other would be two lines.
 */
export function verdict(selector: Selector): string {
  return `fargaze:probe_success:fresh${selector} + 0 or 0 * fargaze_probe_timestamp_seconds${selector} + 2`;
}

/**
 * The worst that `expr` was since the last point of the graph, where 0 is down: asked only at its points, a graph of
 * three hours would miss a failure of a minute.
 */
export function worst(expr: string): string {
  return `min_over_time((${expr})[$__rate_interval:15s])`;
}

/** `part` over `whole`, 0 where only `part` has no series: an error that never happened has none. */
export function ratio(part: string, whole: string): string {
  return `(${part} or 0 * ${whole}) / (${whole} > 0)`;
}

/** The rate per second over what the graph's resolution needs. */
export function rate(series: string): string {
  return `rate(${series}[$__rate_interval])`;
}
