// Resource Groups Tagging API: GetResources. Only resources that have tags exist for it.
import type { Context } from '../call/context.ts';
import { takePage } from '../call/paging.ts';
import { statusOf } from '../model/service.ts';
import type { Region, Resource, Tags } from '../model/types.ts';
import { AwsError, invalidParameter } from '../wire/errors.ts';
import { readNumber, readObjects, readText, readTexts, requireText } from '../wire/input.ts';

const maxPageSize = 100;

/** GetResources: 50 a page unless asked otherwise, 100 at most. */
export function getResources(context: Context): object {
  const { input } = context.call;
  const types = readTexts(input, 'ResourceTypeFilters') ?? [];
  const size = readNumber(input, 'ResourcesPerPage') ?? 50;
  if (size < 1 || size > maxPageSize) {
    throw invalidParameter(`ResourcesPerPage is ${size}, want 1-${maxPageSize}.`);
  }
  const token = readText(input, 'PaginationToken');
  const page = takePage(
    resourcesOf(context.region, context.view.now)
      .filter(({ tags }) => Object.keys(tags).length > 0)
      .filter(({ arn }) => types.length === 0 || types.some((type) => isOfType(arn, type)))
      .filter(({ tags }) => readTagFilters(context).every((matches) => matches(tags)))
      .sort((left, right) => (left.arn < right.arn ? -1 : 1)),
    {
      keyOf: ({ arn }) => arn,
      token: token === '' ? undefined : token,
      size: Math.min(size, context.directives.pageSize ?? size),
      invalidToken: () =>
        new AwsError({ code: 'PaginationTokenExpiredException' }, 'The token is not valid.'),
    },
  );
  return {
    // The last page has an empty token, not none.
    PaginationToken: page.nextToken ?? '',
    ResourceTagMappingList: page.items.map(({ arn, tags }) => ({
      ResourceARN: arn,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}

function resourcesOf(region: Region, now: number): Resource[] {
  const clusters = [...region.clusters.values()];
  const services = clusters
    .flatMap((cluster) => [...cluster.services.values()])
    .filter((service) => service.createdAt <= now && statusOf(service, now) === 'ACTIVE');
  return [...clusters, ...services, ...region.resources.values()].map(({ arn, tags }) => ({
    arn,
    tags,
  }));
}

/** A type filter is `service` or `service:type`, where the type is the beginning of the ARN's last part. */
function isOfType(arn: string, filter: string): boolean {
  const [, , service = '', , , ...rest] = arn.split(':');
  const [wantedService, wantedType] = filter.split(':');
  if (service !== wantedService) return false;
  const resource = rest.join(':');
  return (
    wantedType === undefined ||
    resource.startsWith(`${wantedType}/`) ||
    resource.startsWith(`${wantedType}:`)
  );
}

function readTagFilters({ call }: Context): readonly ((tags: Tags) => boolean)[] {
  return readObjects(call.input, 'TagFilters').map((filter) => {
    const key = requireText(filter, 'Key');
    const values = readTexts(filter, 'Values') ?? [];
    return (tags) => {
      const value = tags[key];
      return value !== undefined && (values.length === 0 || values.includes(value));
    };
  });
}
