import {
  ClusterNotFoundException,
  DescribeClustersCommand,
  DescribeServicesCommand,
  type ECSClient,
  InvalidParameterException,
  ListClustersCommand,
  ListServicesCommand,
  paginateListServices,
} from '@aws-sdk/client-ecs';
import { ecsClient } from '../../local/fake-aws/clients.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';

const now = 1_800_000_000;
const prod = 'arn:aws:ecs:eu-west-1:111122223333:cluster/prod';
const web = { cluster: 'prod', service: 'web' };
let fake: FakeAws;
let client: ECSClient;

beforeEach(async () => {
  fake = await startFakeAws();
  fake.clock.set(now);
  client = ecsClient(fake);
  fake.model.addCluster({ name: 'prod', tags: { team: 'a' }, containerInsights: 'enabled' });
  fake.model.addService({ cluster: 'prod', name: 'web', desired: 2, tags: { tier: 'front' } });
});

afterEach(async () => {
  client.destroy();
  await fake.close();
});

const date = (seconds: number) => new Date(seconds * 1000);

async function describeWeb() {
  const { services } = await client.send(
    new DescribeServicesCommand({ cluster: 'prod', services: ['web'], include: ['TAGS'] }),
  );
  const [service] = services ?? [];
  if (service === undefined) throw new Error('web is missing');
  return service;
}

describe('clusters', () => {
  it('are listed and described with tags and settings only when asked for', async () => {
    const { clusterArns } = await client.send(new ListClustersCommand({}));
    expect(clusterArns).toEqual([prod]);
    const include = ['TAGS', 'SETTINGS'] as const;
    const { clusters } = await client.send(
      new DescribeClustersCommand({ clusters: [prod], include: [...include] }),
    );
    expect(clusters?.[0]).toMatchObject({
      clusterArn: prod,
      clusterName: 'prod',
      status: 'ACTIVE',
      activeServicesCount: 1,
      runningTasksCount: 2,
      pendingTasksCount: 0,
      tags: [{ key: 'team', value: 'a' }],
      settings: [{ name: 'containerInsights', value: 'enabled' }],
    });
    const plain = await client.send(new DescribeClustersCommand({ clusters: ['prod'] }));
    expect(plain.clusters?.[0]?.tags).toEqual([]);
  });

  it('that are not there are failures, not errors', async () => {
    const { clusters, failures } = await client.send(
      new DescribeClustersCommand({ clusters: ['x'] }),
    );
    expect(clusters).toEqual([]);
    expect(failures).toEqual([{ arn: prod.replace('prod', 'x'), reason: 'MISSING' }]);
  });

  it('belong to one region and one account', async () => {
    for (const elsewhere of [{ region: 'us-east-1' }, { account: '444455556666' }]) {
      const other = ecsClient({ url: fake.url, ...elsewhere });
      expect((await other.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
      other.destroy();
    }
  });
});

describe('services', () => {
  it('are described with counts, deployment, events and tags', async () => {
    const service = await describeWeb();
    expect(service).toMatchObject({
      serviceArn: 'arn:aws:ecs:eu-west-1:111122223333:service/prod/web',
      serviceName: 'web',
      clusterArn: prod,
      status: 'ACTIVE',
      desiredCount: 2,
      runningCount: 2,
      pendingCount: 0,
      launchType: 'FARGATE',
      createdAt: date(now - 86_400),
      taskDefinition: 'arn:aws:ecs:eu-west-1:111122223333:task-definition/web:1',
      tags: [{ key: 'tier', value: 'front' }],
    });
    expect(service.deployments).toHaveLength(1);
    expect(service.deployments?.[0]).toMatchObject({
      status: 'PRIMARY',
      rolloutState: 'COMPLETED',
      desiredCount: 2,
      runningCount: 2,
      failedTasks: 0,
    });
    expect(service.events?.[0]?.message).toBe('(service web) has reached a steady state.');
  });

  it('can be asked for ten at a time and no more', async () => {
    const services = Array.from({ length: 11 }, (_, index) => `s${index}`);
    const describe = (count: number) =>
      client.send(
        new DescribeServicesCommand({ cluster: 'prod', services: services.slice(0, count) }),
      );
    expect((await describe(10)).failures).toHaveLength(10);
    await expect(describe(11)).rejects.toThrow(InvalidParameterException);
    await expect(describe(0)).rejects.toThrow('Services cannot be empty.');
  });

  it.each([1, 3, 10, 100])('are listed completely in pages of %d', async (maxResults) => {
    for (let index = 0; index < 24; index++) {
      fake.model.addService({ cluster: 'prod', name: `extra-${index}` });
    }
    const pages: string[][] = [];
    const paginator = paginateListServices({ client }, { cluster: 'prod', maxResults });
    for await (const { serviceArns } of paginator) pages.push(serviceArns ?? []);
    expect(new Set(pages.flat()).size).toBe(25);
    expect(pages.map((page) => page.length)).toEqual(
      Array.from({ length: Math.ceil(25 / maxResults) }, (_, page) =>
        Math.min(maxResults, 25 - page * maxResults),
      ),
    );
  });

  it('come ten on a page when no size is given', async () => {
    for (let index = 0; index < 11; index++) {
      fake.model.addService({ cluster: 'prod', name: `extra-${index}` });
    }
    const page = await client.send(new ListServicesCommand({ cluster: 'prod' }));
    expect(page.serviceArns).toHaveLength(10);
    expect(page.nextToken).toBeDefined();
    await expect(
      client.send(new ListServicesCommand({ cluster: 'prod', nextToken: 'bm9uc2Vuc2U' })),
    ).rejects.toThrow('Invalid token.');
    await expect(
      client.send(new ListServicesCommand({ cluster: 'prod', maxResults: 101 })),
    ).rejects.toThrow(InvalidParameterException);
  });

  it('of an unknown cluster are refused', async () => {
    await expect(client.send(new ListServicesCommand({ cluster: 'x' }))).rejects.toThrow(
      ClusterNotFoundException,
    );
    await expect(client.send(new ListServicesCommand({}))).rejects.toThrow('Cluster not found.');
  });

  it('that were deleted are no longer listed but still described', async () => {
    fake.model.deleteService(web);
    fake.clock.advance(60);
    const { serviceArns } = await client.send(new ListServicesCommand({ cluster: 'prod' }));
    expect(serviceArns).toEqual([]);
    expect(await describeWeb()).toMatchObject({
      status: 'INACTIVE',
      desiredCount: 0,
      runningCount: 0,
    });
  });

  it('on a capacity provider have a strategy instead of a launch type', async () => {
    fake.model.addService({ cluster: 'prod', name: 'spot', capacityProvider: 'FARGATE_SPOT' });
    const { services } = await client.send(
      new DescribeServicesCommand({ cluster: 'prod', services: ['spot'] }),
    );
    expect(services?.[0]?.launchType).toBeUndefined();
    expect(services?.[0]?.capacityProviderStrategy?.[0]?.capacityProvider).toBe('FARGATE_SPOT');
  });
});
