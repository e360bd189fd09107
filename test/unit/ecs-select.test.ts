// Which clusters and services a configuration means, and that a deleted cluster is as good as none.
import { createCallTally } from '../../functions/ecs-bridge/aws/call-tally.ts';
import type { EcsApi } from '../../functions/ecs-bridge/aws/ecs-api.ts';
import { readEcs } from '../../functions/ecs-bridge/ecs/read-ecs.ts';
import { selectsCluster, selectsService } from '../../functions/ecs-bridge/ecs/select.ts';
import type { EcsConfig } from '../../layers/core/src/config/bridge.ts';

const wanting = (more: Partial<EcsConfig>): EcsConfig => ({
  clusters: ['*'],
  services: ['*'],
  tags: [],
  exportedTags: [],
  ...more,
});

const arn = (name: string) => `arn:aws:ecs:eu-west-1:111122223333:cluster/${name}`;

it.each([
  { wanted: '*', name: 'prod', meant: true },
  { wanted: 'prod', name: 'prod-eu', meant: false },
  { wanted: 'prod*', name: 'prod-eu', meant: true },
  { wanted: 'p.od', name: 'prod', meant: false },
  { wanted: arn('prod'), name: 'prod', meant: true },
  { wanted: 'arn:aws:ecs:eu-west-1:*:cluster/p*', name: 'prod', meant: true },
  { wanted: 'arn:aws:ecs:us-east-1:*', name: 'prod', meant: false },
])('$wanted means cluster $name: $meant', ({ meant, name, wanted }) => {
  expect(selectsCluster(wanting({ clusters: [wanted] }), arn(name))).toBe(meant);
});

it('services go by the last part of their ARN, in the short format too', () => {
  const config = wanting({ services: ['web*'] });
  const service = (path: string) => `arn:aws:ecs:eu-west-1:111122223333:service/${path}`;
  expect(selectsService(config, service('prod/web-admin'))).toBe(true);
  expect(selectsService(config, service('web'))).toBe(true);
  expect(selectsService(config, service('web/worker'))).toBe(false);
});

it('a cluster that was deleted is reported as missing and not read', async () => {
  const read: string[] = [];
  const api: EcsApi = {
    region: 'eu-west-1',
    tally: createCallTally(),
    listClusters: async () => [],
    describeClusters: async (names) =>
      names.map((name) => ({
        clusterName: name,
        clusterArn: arn(name),
        status: name === 'old' ? 'INACTIVE' : 'ACTIVE',
      })),
    listServices: async (cluster) => {
      read.push(cluster);
      return [];
    },
    describeServices: async () => [],
    describeServiceRevisions: async () => [],
    describeServiceDeployments: async () => [],
    listTasks: async () => [],
    describeTasks: async () => [],
    listContainerInstances: async () => [],
    describeContainerInstances: async () => [],
    close: () => undefined,
  };
  const { clusters, faults } = await readEcs(api, wanting({ clusters: ['prod', 'old'] }));
  expect(clusters).toHaveLength(1);
  expect(faults.map(({ message }) => message)).toEqual([expect.stringContaining('got "old"')]);
  expect(read).toEqual([arn('prod')]);
});
