// What one type of resource asks of whoever deploys it.

/** Calls for a type of resource, or for what stands outside the template. */
export type Grant = {
  readonly type: string;
  /** ARNs without `arn:*:`; all where a call knows no resource or its name is not the stack's. */
  readonly on: readonly string[];
  /** With their service, such as `sqs:CreateQueue`. */
  readonly calls: readonly string[];
};

/** How all that the stack names begins. */
export const stack = 'fargaze-*';

/** Calls by which most services keep tags. */
export const tags = ['ListTagsForResource', 'TagResource', 'UntagResource'];

/** What cannot be limited to the stack. */
export const any = ['*'];

/** The grant for a type; calls of its own service may leave the service out. */
export function grant(type: string, on: readonly string[], calls: readonly string[]): Grant {
  const [, service = ''] = type.split('::');
  const prefix = prefixes[service] ?? service.toLowerCase();
  return {
    type,
    on,
    calls: calls.map((call) => (call.includes(':') ? call : `${prefix}:${call}`)),
  };
}

const prefixes: Readonly<Record<string, string>> = {
  ElasticLoadBalancingV2: 'elasticloadbalancing',
};
