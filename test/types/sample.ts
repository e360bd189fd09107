// What the compiler must refuse of `sample`: `tsc` fails when one of these lines compiles.
import { sample } from '../../layers/core/src/sample.ts';

declare const anyStrings: Record<string, string>;
declare const anyText: string;
declare const tooMany: { readonly api: string; readonly region: string };
declare const maybe: { readonly api?: string };
declare const eitherWay:
  | { readonly api: string }
  | { readonly api: string; readonly region: string };

/** What compiles. */
export const accepted = [
  sample('probe_success', {}, 1),
  sample('probe_failure_info', { phase: 'tls', reason: 'tls_expired' }, 1),
  sample('fargaze_bridge_requests', { api: anyText }, 1),
  sample('probe_redis_canary_success', { op: 'delete' }, 1),
];

/** What does not. */
export const refused = [
  // @ts-expect-error: no such metric
  sample('probe_sucess', {}, 1),
  // @ts-expect-error: the metric has no labels
  sample('probe_success', { reason: 'x' }, 1),
  // @ts-expect-error: any strings may hold a label
  sample('probe_success', anyStrings, 1),
  // @ts-expect-error: a variable with labels that the metric does not have
  sample('probe_success', tooMany, 1),
  // @ts-expect-error: a label is missing
  sample('fargaze_bridge_requests', {}, 1),
  // @ts-expect-error: a label may be missing
  sample('fargaze_bridge_requests', maybe, 1),
  // @ts-expect-error: a label of another name
  sample('fargaze_bridge_requests', { operation: 'ListMetrics' }, 1),
  // @ts-expect-error: a label too many
  sample('fargaze_bridge_requests', { api: 'ListMetrics', region: 'eu-west-1' }, 1),
  // @ts-expect-error: a variable with a label too many
  sample('fargaze_bridge_requests', tooMany, 1),
  // @ts-expect-error: one member of the union has a label too many
  sample('fargaze_bridge_requests', eitherWay, 1),
  // @ts-expect-error: any strings need not hold the label
  sample('fargaze_bridge_requests', anyStrings, 1),
  // @ts-expect-error: the value of a label is text
  sample('fargaze_bridge_requests', { api: 1 }, 1),
  // @ts-expect-error: phases are a closed list
  sample('probe_failure_info', { phase: 'handshake', reason: 'timeout' }, 1),
  // @ts-expect-error: reasons are a closed list
  sample('probe_failure_info', { phase: 'tls', reason: anyText }, 1),
  // @ts-expect-error: `toString` is no metric
  sample('toString', {}, 1),
];
