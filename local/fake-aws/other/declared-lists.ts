// Lists of services that have no model here: what was declared is answered, in the members that each API has, a page at a time.
import type { Context, Operation } from '../call/context.ts';
import { readText } from '../wire/input.ts';

/** The members of each API's answer: its items, and the token of the next page as answered and as asked for. */
const members: Readonly<Record<string, readonly [items: string, answered: string, asked: string]>> =
  {
    DescribeAutoScalingGroups: ['AutoScalingGroups', 'NextToken', 'NextToken'],
    DescribeReplicationInstances: ['ReplicationInstances', 'Marker', 'Marker'],
    DescribeReplicationTasks: ['ReplicationTasks', 'Marker', 'Marker'],
    DescribeSpotFleetRequests: ['spotFleetRequestConfigSet', 'nextToken', 'NextToken'],
    DescribeTransitGatewayAttachments: ['transitGatewayAttachments', 'nextToken', 'NextToken'],
    GetApis: ['items', 'nextToken', 'nextToken'],
    GetRestApis: ['item', 'position', 'position'],
    ListGateways: ['Gateways', 'Marker', 'Marker'],
    ListProtections: ['Protections', 'NextToken', 'NextToken'],
    ListTagsForResource: ['Tags', 'Marker', 'Marker'],
    ListWorkspaces: ['workspaces', 'nextToken', 'nextToken'],
  };

/** The operations with these names. */
export function listDeclared(...names: readonly string[]): [string, Operation][] {
  return names.map((name) => [name, (context) => list(name, context)]);
}

function list(api: string, { call, directives, region }: Context): object {
  const [items = '', answered = '', asked = ''] = members[api] ?? [];
  const all = region.lists.get(api) ?? [];
  const from = Number(readText(call.input, asked) ?? 0);
  const until = from + (directives.pageSize ?? all.length);
  const next = until < all.length ? { [answered]: String(until) } : {};
  return { [items]: all.slice(from, until), ...next };
}
