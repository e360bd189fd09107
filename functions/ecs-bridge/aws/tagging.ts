// Tags of resources by the Resource Groups Tagging API, every page.
import { type Caller, callJson, nextTokenOf } from './signed-call.ts';

/** A resource with its tags. */
export type TaggedResource = { readonly arn: string; readonly tags: ReadonlyMap<string, string> };

/** Which resources to show: of one of the types, with all of the tags `keys`. */
export type ResourceWish = { readonly types: readonly string[]; readonly keys: readonly string[] };

/** Tagged resources, every page; `limit` makes each call in its turn. @throws SourceError */
export async function getTaggedResources(
  caller: Caller,
  wish: ResourceWish,
  limit: (make: () => Promise<TagPage>) => Promise<TagPage>,
): Promise<TaggedResource[]> {
  const resources: TaggedResource[] = [];
  let token = '';
  do {
    const from = token;
    const page = await limit(() => readPage(caller, { ...wish, token: from }));
    for (const { ResourceARN, Tags } of page.ResourceTagMappingList ?? []) {
      const tags = new Map(Tags?.map(({ Key, Value }) => [Key, Value]));
      resources.push({ arn: ResourceARN, tags });
    }
    token = nextTokenOf('GetResources', token, page.PaginationToken) ?? '';
  } while (token !== '');
  return resources;
}

/** A page of GetResources. */
export type TagPage = {
  readonly PaginationToken?: string;
  readonly ResourceTagMappingList?: readonly {
    readonly ResourceARN: string;
    readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  }[];
};

function readPage(
  caller: Caller,
  { keys, token, types }: ResourceWish & { readonly token: string },
): Promise<TagPage> {
  const input = {
    ResourceTypeFilters: types,
    ResourcesPerPage: 100,
    ...(keys.length > 0 && { TagFilters: [...new Set(keys)].map((Key) => ({ Key })) }),
    ...(token !== '' && { PaginationToken: token }),
  };
  return callJson(caller, {
    service: 'tagging',
    permissions: 'tag',
    operation: 'GetResources',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources',
    },
    body: JSON.stringify(input),
  });
}
