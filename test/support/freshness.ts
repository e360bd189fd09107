// Which of what a Pushgateway remembers an expression takes for news.
import { catalogue } from '../../layers/core/src/catalogue.ts';
import { readSelectors, type Selector } from './promql.ts';

/** When something happened, and how often it should, is what freshness is judged by. */
const clocks = [
  'fargaze_probe_timestamp_seconds',
  'probe_interval_seconds',
  'fargaze_bridge_timestamp_seconds',
  'fargaze_bridge_interval_seconds',
  'fargaze_bridge_watermark_timestamp_seconds',
  'fargaze_deliver_timestamp_seconds',
];
const gates = [
  'fargaze:probe_fresh',
  'fargaze:probe_success:fresh',
  'fargaze:bridge_fresh',
  'fargaze:ecs_service_rollout_in_progress',
  'fargaze_deliver_timestamp_seconds',
  'push_time_seconds',
];

/** Whether what a Pushgateway remembers is read only while it is fresh. */
function isFresh({ metric, gates: own, lends }: Selector): boolean {
  const definition = catalogue[metric as keyof typeof catalogue];
  if (definition === undefined || clocks.includes(metric)) return true;
  return (
    own.some((gate) => gates.includes(gate)) || (definition.unit === 'info' && lends === 'labels')
  );
}

/**
 * The metrics of this project that `expression` reads though they may be old.
 * @throws SyntaxError where it is not PromQL.
 */
export const listStale = (expression: string): string[] =>
  readSelectors(expression)
    .filter((selector) => !isFresh(selector))
    .map(({ metric }) => metric);
