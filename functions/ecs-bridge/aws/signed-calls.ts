// The calls that need no SDK client: tags of resources, roles and the account. Signed as every AWS call, one attempt each.
import {
  type AwsCredentials,
  type Clock,
  type Deadline,
  type RoleConfig,
  readEnv,
  SourceError,
  signRequest,
} from '@fargaze/core';
import { explain } from './clients.ts';

/** Whom to call, and for how long. */
export type Caller = {
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
  readonly deadline: Deadline;
  readonly clock: Clock;
};

/** A resource with its tags. */
export type TaggedResource = { readonly arn: string; readonly tags: ReadonlyMap<string, string> };

/** Tagged resources of the types, every page; `onCall` is told of each call. @throws SourceError */
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
  const text = await call(caller, {
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

/** The account that the credentials belong to; needs no permission. @throws SourceError */
export async function getAccount(caller: Caller): Promise<string> {
  return field(await callSts(caller, { Action: 'GetCallerIdentity' }), 'Account');
}

/** Credentials of a role. @throws SourceError */
export async function assumeRole(
  caller: Caller,
  { externalId, roleArn }: RoleConfig,
): Promise<AwsCredentials & { readonly expiration: Date }> {
  const text = await callSts(caller, {
    Action: 'AssumeRole',
    RoleArn: roleArn,
    RoleSessionName: 'fargaze',
    ...(externalId !== undefined && { ExternalId: externalId }),
  });
  return {
    accessKeyId: field(text, 'AccessKeyId'),
    secretAccessKey: field(text, 'SecretAccessKey'),
    sessionToken: field(text, 'SessionToken'),
    expiration: new Date(field(text, 'Expiration')),
  };
}

function callSts(
  caller: Caller,
  input: { readonly Action: string } & Record<string, string>,
): Promise<string> {
  return call(caller, {
    service: 'sts',
    permissions: 'sts',
    operation: input.Action,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ ...input, Version: '2011-06-15' }).toString(),
  });
}

/** The text of the first element `name`; STS's answers hold each of ours once. */
function field(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  if (text !== undefined) return text.replaceAll('&amp;', '&');
  throw new SourceError(`STS: answer without ${name}`, { operation: 'STS', retryable: false });
}

type SignedCall = {
  readonly service: 'tagging' | 'sts';
  /** Prefix of the service's permissions. */
  readonly permissions: string;
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

async function call(
  { clock, credentials, deadline, region }: Caller,
  { body, headers, operation, permissions, service }: SignedCall,
): Promise<string> {
  const url = endpoint(service, region);
  const request = { method: 'POST', url, headers, body: Buffer.from(body, 'utf8') };
  try {
    const signed = signRequest(
      { ...request, region, service, at: clock.now() },
      await credentials(),
    );
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, ...signed },
      body,
      signal: deadline.signal,
    });
    const text = await response.text();
    if (response.ok) return text;
    throw refusal(response.status, text);
  } catch (error) {
    throw explain(permissions, operation, error);
  }
}

const endpointVariables = {
  tagging: 'AWS_ENDPOINT_URL_RESOURCE_GROUPS_TAGGING_API',
  sts: 'AWS_ENDPOINT_URL_STS',
} as const;

/** As the SDK finds it: a variable of the service, one for all, else the region's own. */
function endpoint(service: 'tagging' | 'sts', region: string): URL {
  const set = readEnv(endpointVariables[service]) ?? readEnv('AWS_ENDPOINT_URL');
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(set ?? `https://${service}.${region}.${domain}/`);
}

/** An error with the parts that the SDK's errors have; JSON services name it `__type`, query services `<Code>`. */
function refusal(status: number, text: string): Error {
  const code = /"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"|<Code>([^<]+)<\/Code>/.exec(text);
  const words = /"[Mm]essage"\s*:\s*"([^"]*)"|<Message>([^<]*)<\/Message>/.exec(text);
  const error = new Error(words?.[1] ?? words?.[2] ?? `status ${status}`);
  error.name = code?.[1] ?? code?.[2] ?? 'Error';
  return Object.assign(error, { $metadata: { httpStatusCode: status } });
}
