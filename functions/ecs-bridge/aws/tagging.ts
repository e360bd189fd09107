// Tags of resources by the Resource Groups Tagging API, every page.
import { type Caller, callSigned } from './signed-call.ts';

/** A resource with its tags. */
export type TaggedResource = { readonly arn: string; readonly tags: ReadonlyMap<string, string> };

/** Tagged resources of the types, every page; `onCall` is called before each call. @throws SourceError */
export async function getTaggedResources(
  caller: Caller,
  types: readonly string[],
  onCall: () => void,
): Promise<TaggedResource[]> {
  const resources: TaggedResource[] = [];
  let token = '';
  do {
    onCall();
    const page = await readPage(caller, { types, token });
    for (const { ResourceARN, Tags } of page.ResourceTagMappingList ?? []) {
      const tags = new Map(Tags?.map(({ Key, Value }) => [Key, Value]));
      resources.push({ arn: ResourceARN, tags });
    }
    token = page.PaginationToken ?? '';
  } while (token !== '');
  return resources;
}

type TagPage = {
  readonly PaginationToken?: string;
  readonly ResourceTagMappingList?: readonly {
    readonly ResourceARN: string;
    readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  }[];
};

async function readPage(
  caller: Caller,
  { token, types }: { readonly types: readonly string[]; readonly token: string },
): Promise<TagPage> {
  const input = {
    ResourceTypeFilters: types,
    ResourcesPerPage: 100,
    ...(token !== '' && { PaginationToken: token }),
  };
  const text = await callSigned(caller, {
    service: 'tagging',
    permissions: 'tag',
    operation: 'GetResources',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources',
    },
    body: JSON.stringify(input),
  });
  return JSON.parse(text) as TagPage;
}
