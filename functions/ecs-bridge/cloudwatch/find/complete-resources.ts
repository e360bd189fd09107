// Resources of namespaces whose dimensions or tags need an API of their own, as in YACE (pkg/clients/tagging/filters.go): some
// are listed there only, of others the ARN lacks a name that the dimensions have.
import type { CloudWatchJob, ResourceCall } from '@fargaze/core/internal';
import type { TaggedResource } from '../../aws/tagging.ts';
import { matchesTags } from './metric-query.ts';
import type { Search } from './search.ts';
import { type Item, listJson, listQuery, listRest } from './service-lists.ts';
import { type Element, find, textAt } from './xml.ts';

/** The resources of a job, from the tagged ones that its filters match. @throws SourceError */
export async function completeResources(
  job: CloudWatchJob,
  tagged: readonly TaggedResource[],
  search: Search,
): Promise<readonly TaggedResource[]> {
  const call = job.association?.call;
  if (call === undefined) return tagged;
  if (call === 'api-gateway') return nameApis(tagged, search);
  if (call === 'dms') return nameReplications(tagged, search);
  const listed = await lists[call](search);
  // What Shield protects has no tags, and YACE filters none of it.
  const own = call === 'shield' ? listed : listed.filter(({ tags }) => matchesTags(job, tags));
  return [...tagged, ...own];
}

type Lists = Exclude<ResourceCall, 'api-gateway' | 'dms'>;

const lists: Readonly<Record<Lists, (search: Search) => Promise<TaggedResource[]>>> = {
  'auto-scaling': async (search) => {
    const groups = await listQuery(
      {
        service: 'autoscaling',
        version: '2011-01-01',
        operation: 'DescribeAutoScalingGroups',
        items: '*/*/AutoScalingGroups/member',
        token: '*/*/NextToken',
      },
      search,
    );
    return groups.map((group) => ({
      arn: textAt(group, 'AutoScalingGroupARN'),
      tags: xmlTags(find(group, 'Tags/member'), ['Key', 'Value']),
    }));
  },
  'spot-fleets': async (search) => {
    const fleets = await listEc2('DescribeSpotFleetRequests', 'spotFleetRequestConfigSet', search);
    return fleets.map((fleet) => ({
      arn: textAt(fleet, 'spotFleetRequestId'),
      tags: ec2Tags(fleet),
    }));
  },
  'transit-gateways': async (search) => {
    const operation = 'DescribeTransitGatewayAttachments';
    const attachments = await listEc2(operation, 'transitGatewayAttachments', search);
    return attachments.map((one) => ({
      arn: `${textAt(one, 'transitGatewayId')}/${textAt(one, 'transitGatewayAttachmentId')}`,
      tags: ec2Tags(one),
    }));
  },
  prometheus: async (search) => {
    const list = { service: 'aps', permission: 'aps:ListWorkspaces', operation: 'ListWorkspaces' };
    const place = { path: '/workspaces?maxResults=1000', items: 'workspaces', token: 'nextToken' };
    const workspaces = await listRest({ ...list, ...place }, search);
    return workspaces.map(({ arn, tags }) => ({
      arn: text(arn),
      tags: new Map(Object.entries((tags ?? {}) as Record<string, string>)),
    }));
  },
  'storage-gateway': async (search) => {
    const target = { service: 'storagegateway', target: 'StorageGateway_20130630' };
    const list = { operation: 'ListGateways', items: 'Gateways', token: 'Marker' };
    const gateways = await listJson({ ...target, ...list }, search);
    return Promise.all(
      gateways.map(async ({ GatewayARN, GatewayId, GatewayName }) => {
        const input = { ResourceARN: GatewayARN };
        const own = { operation: 'ListTagsForResource', input, items: 'Tags', token: 'Marker' };
        const tags = await listJson({ ...target, ...own }, search);
        return { arn: `${text(GatewayId)}/${text(GatewayName)}`, tags: jsonTags(tags) };
      }),
    );
  },
  shield: async (search) => {
    const target = { service: 'shield', target: 'AWSShield_20160616' };
    const list = { operation: 'ListProtections', items: 'Protections', token: 'NextToken' };
    const protections = await listJson({ ...target, ...list }, search);
    const { region } = search.scope;
    return protections.flatMap(({ ProtectionArn, ResourceArn }) => {
      const arn = text(ResourceArn);
      // What belongs to no region has its metrics in us-east-1.
      const home = arn.split(':')[3] || 'us-east-1';
      const tags = new Map([['ProtectionArn', text(ProtectionArn)]]);
      return home === region ? [{ arn, tags }] : [];
    });
  },
};

/** REST APIs by name, which is their dimension, instead of id; of other resources only HTTP and WebSocket APIs stay. */
async function nameApis(
  tagged: readonly TaggedResource[],
  search: Search,
): Promise<TaggedResource[]> {
  const common = { service: 'apigateway', permission: 'apigateway:GET' };
  const rest = { operation: 'GetRestApis', path: '/restapis?limit=500' };
  const http = { operation: 'GetApis', path: '/v2/apis?maxResults=500' };
  const [named, others] = await Promise.all([
    listRest({ ...common, ...rest, items: 'item', token: 'position' }, search),
    listRest({ ...common, ...http, items: 'items', token: 'nextToken' }, search),
  ]);
  const names = new Map(named.map(({ id, name }) => [text(id), text(name)]));
  const ids = new Set(others.map(({ apiId }) => text(apiId)));
  return tagged.flatMap((resource) => {
    const [, kind, id = ''] = /\/(restapis|apis)\/([^/]+)$/.exec(resource.arn) ?? [];
    const name = kind === 'restapis' ? names.get(id) : undefined;
    if (name !== undefined) return [{ ...resource, arn: resource.arn.replaceAll(id, name) }];
    return kind === 'apis' && ids.has(id) ? [resource] : [];
  });
}

/** Replication instances and tasks with the identifier of their instance at the end of the ARN. */
async function nameReplications(
  tagged: readonly TaggedResource[],
  search: Search,
): Promise<TaggedResource[]> {
  if (tagged.length === 0) return [];
  const target = { service: 'dms', target: 'AmazonDMSv20160101', token: 'Marker' };
  const [instances, tasks] = await Promise.all([
    listJson(
      { ...target, operation: 'DescribeReplicationInstances', items: 'ReplicationInstances' },
      search,
    ),
    listJson(
      { ...target, operation: 'DescribeReplicationTasks', items: 'ReplicationTasks' },
      search,
    ),
  ]);
  const byInstance = new Map(
    instances.map((one) => [
      text(one.ReplicationInstanceArn),
      text(one.ReplicationInstanceIdentifier),
    ]),
  );
  const byTask = new Map(
    tasks.map((one) => [
      text(one.ReplicationTaskArn),
      byInstance.get(text(one.ReplicationInstanceArn)),
    ]),
  );
  return tagged.map((resource) => {
    const name = byInstance.get(resource.arn) ?? byTask.get(resource.arn);
    return name === undefined ? resource : { ...resource, arn: `${resource.arn}/${name}` };
  });
}

function listEc2(operation: string, set: string, search: Search): Promise<Element[]> {
  const list = { service: 'ec2', version: '2016-11-15', operation };
  return listQuery({ ...list, items: `*/${set}/item`, token: '*/nextToken' }, search);
}

function ec2Tags(element: Element): ReadonlyMap<string, string> {
  return xmlTags(find(element, 'tagSet/item'), ['key', 'value']);
}

function xmlTags(
  tags: readonly Element[],
  [key, value]: readonly [string, string],
): ReadonlyMap<string, string> {
  return new Map(tags.map((tag) => [textAt(tag, key), textAt(tag, value)]));
}

function jsonTags(tags: readonly Item[]): ReadonlyMap<string, string> {
  return new Map(tags.map(({ Key, Value }) => [text(Key), text(Value)]));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
