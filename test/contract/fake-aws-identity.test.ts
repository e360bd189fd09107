import { ListClustersCommand } from '@aws-sdk/client-ecs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { clientConfig, ecsClient, signedHeaders } from '../../local/fake-aws/clients.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';

const other = '444455556666';
let fake: FakeAws;
let sts: STSClient;

beforeEach(async () => {
  fake = await startFakeAws();
  fake.model.addAccount({
    id: other,
    alias: 'staging',
    roles: { reader: 'shared-id', open: null },
  });
  fake.model.addCluster({ account: other, name: 'theirs' });
  fake.model.addCluster({ name: 'ours' });
  sts = new STSClient(clientConfig(fake));
});

afterEach(async () => {
  sts.destroy();
  await fake.close();
});

const assume = (role: string, ExternalId?: string) =>
  sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${role}`,
      RoleSessionName: 'fargaze',
      ...(ExternalId === undefined ? {} : { ExternalId }),
    }),
  );

describe('STS', () => {
  it('answers who calls', async () => {
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '111122223333',
      Arn: 'arn:aws:iam::111122223333:user/local',
    });
  });

  it('takes a key that names no account for the default one', async () => {
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'not-a-secret' };
    const stranger = new STSClient({ ...clientConfig(fake), credentials });
    expect((await stranger.send(new GetCallerIdentityCommand({}))).Account).toBe('111122223333');
    stranger.destroy();
  });

  it('gives credentials that see the other account, in the name of the role', async () => {
    const { Credentials, AssumedRoleUser } = await assume(`${other}:role/path/reader`, 'shared-id');
    const arn = `arn:aws:sts::${other}:assumed-role/reader/fargaze`;
    expect(AssumedRoleUser?.Arn).toBe(arn);
    expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now());
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    const session = new STSClient({ ...clientConfig(fake), credentials });
    expect((await session.send(new GetCallerIdentityCommand({}))).Arn).toBe(arn);
    session.destroy();
    const ecs = ecsClient(fake);
    ecs.config.credentials = async () => credentials;
    expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([
      `arn:aws:ecs:eu-west-1:${other}:cluster/theirs`,
    ]);
    ecs.destroy();
  });

  it.each([
    {
      name: 'an account that is not known',
      role: '999900001111:role/reader',
      externalId: 'shared-id',
    },
    { name: 'a role that is not there', role: `${other}:role/writer`, externalId: 'shared-id' },
    { name: 'another external id', role: `${other}:role/reader`, externalId: 'guess' },
    { name: 'no external id', role: `${other}:role/reader`, externalId: undefined },
  ])('refuses $name', async ({ role, externalId }) => {
    await expect(assume(role, externalId)).rejects.toMatchObject({
      name: 'AccessDenied',
      message:
        'User: arn:aws:iam::111122223333:user/local is not authorized to perform: ' +
        `sts:AssumeRole on resource: arn:aws:iam::${role}`,
    });
  });

  it('needs no external id where none is set', async () => {
    await expect(assume(`${other}:role/open`)).resolves.toBeDefined();
    await expect(assume(`${other}:user/open`)).rejects.toThrow('is invalid');
  });
});

async function call(
  scope: string,
  init: { type: string; target?: string; body: string; account?: string },
) {
  const account = init.account === undefined ? {} : { account: init.account };
  const answer = await fetch(fake.url, {
    method: 'POST',
    headers: {
      ...signedHeaders({ url: fake.url, scope, ...account }),
      'content-type': init.type,
      ...(init.target === undefined ? {} : { 'x-amz-target': init.target }),
    },
    body: init.body,
  });
  return answer.text();
}

describe('IAM', () => {
  const aliases = (account?: string) =>
    call('iam', {
      type: 'application/x-www-form-urlencoded',
      body: 'Action=ListAccountAliases&Version=2010-05-08',
      ...(account === undefined ? {} : { account }),
    });

  it('knows the alias of an account that has one', async () => {
    expect(await aliases(other)).toContain(
      '<AccountAliases><member>staging</member></AccountAliases><IsTruncated>false</IsTruncated>',
    );
    expect(await aliases()).toContain('<AccountAliases></AccountAliases>');
  });
});

describe('the tagging API', () => {
  type Answer = {
    PaginationToken: string;
    ResourceTagMappingList: { ResourceARN: string; Tags: { Key: string; Value: string }[] }[];
  };
  const get = async (input: object): Promise<Answer> =>
    JSON.parse(
      await call('tagging', {
        type: 'application/x-amz-json-1.1',
        target: 'ResourceGroupsTaggingAPI_20170126.GetResources',
        body: JSON.stringify(input),
      }),
    );
  const namesOf = ({ ResourceTagMappingList: list }: Answer) =>
    list.map(({ ResourceARN }) => ResourceARN.split(':').slice(5).join(':'));

  beforeEach(() => {
    fake.model.addCluster({ name: 'prod', tags: { team: 'a' } });
    fake.model.addService({ cluster: 'prod', name: 'api', tags: { team: 'a', tier: 'back' } });
    fake.model.addService({ cluster: 'prod', name: 'web', tags: { team: 'b' } });
    fake.model.addService({ cluster: 'prod', name: 'bare' });
    fake.model.addResource({ kind: 'load-balancer', name: 'edge', tags: { team: 'b' } });
    fake.model.addResource({ kind: 'function', name: 'resize', tags: { team: 'a' } });
  });

  it.each([
    {
      name: 'by type',
      input: { ResourceTypeFilters: ['ecs:service'] },
      want: ['service/prod/api', 'service/prod/web'],
    },
    {
      name: 'by several types',
      input: { ResourceTypeFilters: ['ecs:cluster', 'lambda'] },
      want: ['cluster/prod', 'function:resize'],
    },
    {
      name: 'by a type with a path',
      input: { ResourceTypeFilters: ['elasticloadbalancing:loadbalancer/app'] },
      want: [expect.stringMatching(/^loadbalancer\/app\/edge\/[0-9a-f]{16}$/)],
    },
    {
      name: 'by the key of a tag',
      input: { TagFilters: [{ Key: 'tier' }] },
      want: ['service/prod/api'],
    },
    {
      name: 'by values of a tag and a type',
      input: {
        TagFilters: [{ Key: 'team', Values: ['b', 'c'] }],
        ResourceTypeFilters: ['ecs:service'],
      },
      want: ['service/prod/web'],
    },
  ])('finds what is tagged, $name', async ({ input, want }) => {
    expect(namesOf(await get(input))).toEqual(want);
  });

  it('gives pages that end with an empty token', async () => {
    const names: string[] = [];
    let token = '';
    let pages = 0;
    do {
      const page = await get({ ResourcesPerPage: 2, PaginationToken: token });
      names.push(...namesOf(page));
      token = page.PaginationToken;
      pages += 1;
    } while (token !== '');
    expect({ pages, distinct: new Set(names).size }).toEqual({ pages: 3, distinct: 6 });
  });

  it('follows tags that change and services that go', async () => {
    fake.model.tagService({ cluster: 'prod', service: 'bare', tags: { team: 'c' } });
    fake.model.deleteService({ cluster: 'prod', service: 'web' });
    const { ResourceTagMappingList } = await get({ ResourceTypeFilters: ['ecs:service'] });
    expect(ResourceTagMappingList.map(({ Tags }) => Tags)).toEqual([
      [
        { Key: 'team', Value: 'a' },
        { Key: 'tier', Value: 'back' },
      ],
      [{ Key: 'team', Value: 'c' }],
    ]);
  });
});
